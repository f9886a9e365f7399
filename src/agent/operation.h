/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_OPERATION_H
#define SURGUCH_AGENT_OPERATION_H
/*
 * What an order sets going: one operation at a time, on a thread of its own,
 * told of by short questions (docs/agent-protocol.md 7).  Any number of
 * threads.
 */
#include <stdint.h>

#include "agent/pinentry.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "x509/page_order.h"
#include "json/writer.h"

struct centre_trust;
struct json;
struct media;
struct operations;
struct pins;
struct spent;
struct window;

enum {
	OPERATION_ID_SIZE = 2 + 32 + 1, /* "o_", hexadecimal */
	OPERATION_ASK_MS = 300 * 1000,  /* until somebody has answered */
};

/* Everything is borrowed. */
struct operation_options {
	const char *home;
	struct media *media;
	struct pins *pins;  /* the operation's own thread alone */
	const char *person; /* their own home directory, where browsers are */
	struct window *window;
	struct spent *spent;
	const struct clock *clock;
	struct pinentry_options pinentry;
	uint8_t agent[PAGE_ORDER_ID];
};
ATTR_MUST_USE enum err operations_new(const struct operation_options *o,
    struct operations **out, struct errinfo *ei);
void operations_free(struct operations *ops); /* cancels, waits */

struct operation_order {
	struct slice order;
	const struct slice *chain;
	size_t num_chain;
};
/*
 * Judge the order, and what the page adds to it; use it up; begin.
 * ERR_CONFLICT "agent.busy"; the refusals of order_judge() and spent_use();
 * ERR_POLICY "order.input"; what json/json.h says of `input`.
 */
ATTR_MUST_USE enum err operation_start(struct operations *ops,
    const struct centre_trust *centre, const struct operation_order *order,
    const struct json *input, char out_id[OPERATION_ID_SIZE],
    struct errinfo *ei);

/*
 * What a person does with what is theirs: nothing of it goes to a centre, so no
 * centre orders it, and their consent is all that it needs.
 */
enum own_operation {
	OWN_AUTHORITIES, /* the centre's CA certificates into stores (A20) */
	OWN_ARCHIVE,     /* expired containers into the profile (A16) */
	OWN_IMPORT,      /* a container that exists to another medium */
	OWN_PASSWORD,    /* another password for a container */
	OWN_MAX_
};
/* As the protocol names it. */
const char *own_operation_name(enum own_operation operation);

/* Borrowed; of an operation only what it needs. */
struct own_asked {
	enum own_operation operation;
	const struct slice *certs; /* DER, 1 to AGENT_AUTHORITIES_MAX */
	size_t num_certs;
	const char *medium;    /* an id; "" */
	const char *container; /* likewise */
};
/* ERR_CONFLICT "agent.busy"; ERR_POLICY "authorities.ca"; what cert_parse()
 * says. */
ATTR_MUST_USE enum err operation_start_own(struct operations *ops,
    const struct centre_trust *centre, const struct own_asked *asked,
    char out_id[OPERATION_ID_SIZE], struct errinfo *ei);

/* Write the members of its state, for the centre whose page began it.
 * ERR_NOTFOUND "agent.operation". */
ATTR_MUST_USE enum err operation_put(struct operations *ops,
    const struct centre_trust *centre, const char *id, struct json_writer *w,
    struct errinfo *ei);
/* Take its questions back.  ERR_NOTFOUND. */
ATTR_MUST_USE enum err operation_cancel(struct operations *ops,
    const struct centre_trust *centre, const char *id, struct errinfo *ei);

#endif
