/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_SERVICE_PRIV_H
#define SURGUCH_AGENT_SERVICE_PRIV_H
/* The frame of a call, and the calls; of agent/service*.c only. */
#include <pthread.h>

#include "agent/service.h"
#include "base/buf.h"
#include "http/request.h"
#include "http/response.h"
#include "json/json.h"

struct centre_trust;
struct trust;

enum {
	AGENT_PROTOCOL = 1, /* docs/agent-protocol.md */
};

struct service {
	struct service_options o;
	pthread_mutex_t lock; /* of the two below */
	int64_t rate_at_ms;
	int64_t rate_left; /* thousandths of a request */
};

/* One call: who asks, what was sent, and the answer. */
struct asked {
	struct service *s;
	const struct request *r;
	struct response *resp;
	struct trust *trust;
	const struct centre_trust *centre; /* NULL: a hello without Origin */
	struct json *body;
	struct errinfo *ei;
};

typedef enum err service_op(struct asked *a);

/* Whoever passes the guard, and has a token where `paired`, gets its body read
 * and `op` called; what that returns is the answer's problem. */
void service_call(void *arg, const struct request *r, struct response *resp,
    bool paired, service_op *op);

extern const char *const service_no_fields[];
/* The body has these fields and no others. */
ATTR_MUST_USE enum err service_only(struct asked *a, const char *const *fields);
/* Answer 200 with this JSON when e is ERR_OK; clears it; returns e. */
ATTR_MUST_USE enum err service_send(
    struct asked *a, struct buf *text, enum err e);

/* --- service_pairing.c, service_workplace.c, service_operation.c --- */

http_handler service_pair, service_pair_state, service_pair_end;
http_handler service_workplace, service_containers, service_request;
http_handler service_authorities, service_archive, service_import;
http_handler service_password;
http_handler service_operation, service_operation_state;
http_handler service_operation_cancel;

#endif
