/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_GUARD_H
#define SURGUCH_AGENT_GUARD_H
/*
 * Who may speak to the agent at all: the rules of docs/agent-protocol.md 2, in
 * their order, over the head of one request.  Pure; everything is borrowed.
 */
#include <stdbool.h>
#include <stdint.h>

enum guard_kind {
	GUARD_HELLO,     /* GET /v1/hello */
	GUARD_PREFLIGHT, /* OPTIONS */
	GUARD_CALL,      /* everything else */
};

/* Whose is the other end? */
enum guard_peer {
	GUARD_PEER_OURS,
	GUARD_PEER_UNKNOWN, /* this system does not tell */
	GUARD_PEER_OTHER,
};

/* Absent headers are NULL. */
struct guard_request {
	enum guard_kind kind;
	uint16_t port; /* that it came to */
	enum guard_peer peer;
	const char *method;
	const char *host;
	const char *origin;
	bool origin_trusted;
	const char *transfer_encoding;
	const char *content_type; /* without parameters; "" */
	const char *fetch_site;
	const char *fetch_mode;
	const char *fetch_dest;
};

struct guard_refusal {
	unsigned status;
	const char *rule;
	const char *detail;
};

/* NULL: it may pass.  Otherwise static. */
const struct guard_refusal *guard_check(const struct guard_request *r);

#endif
