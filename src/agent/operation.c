/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/operation.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/order.h"
#include "agent/spent.h"
#include "agent/trust.h"
#include "agent/work.h"
#include "base/log.h"
#include "base/text.h"
#include "os/random.h"
#include "workstation/media.h"

enum {
	ID_BYTES = 16,
	RESULT_MAX = 2 * CMS_BYTES_MAX,
	KEEP_SEC = 600, /* a result, until somebody has fetched it */
};

enum state {
	STATE_NONE,
	STATE_ASKING,
	STATE_WORKING,
	STATE_DONE,
	STATE_FAILED,
};

/* The one operation: what it works with (the thread's while it runs), and
 * what is told of it (under the lock). */
struct operation {
	char id[OPERATION_ID_SIZE];
	char trust[TRUST_ID_SIZE];
	char origin[TRUST_ORIGIN_SIZE];
	char centre[TRUST_NAME_SIZE];
	uint8_t *bytes; /* of the order, owned; NULL: there is none */
	struct page_order order;
	enum own_operation own; /* when there is none */
	struct input in;
	bool has_input;
	enum state state;
	const char *step;
	struct buf result;
	struct errinfo problem;
	int64_t ended_at;
};

struct operations {
	struct operation_options o;
	pthread_mutex_t lock;
	struct operation now;
	pthread_t thread;
	bool has_thread; /* to be joined */
	atomic_bool stop;
};

enum err
operations_new(const struct operation_options *o, struct operations **out,
    struct errinfo *ei)
{
	struct operations *ops = calloc(1, sizeof(*ops));

	if (ops == NULL || pthread_mutex_init(&ops->lock, NULL) != 0) {
		free(ops);
		return err_nomem(ei);
	}
	ops->o = *o;
	*out = ops;
	return ERR_OK;
}

static void
operation_clear(struct operation *op)
{
	if (op->has_input) {
		input_clear(&op->in);
	}
	free(op->bytes);
	buf_clear(&op->result);
	*op = (struct operation){.state = STATE_NONE};
}

static void
join_thread(struct operations *ops)
{
	if (ops->has_thread) {
		(void)pthread_join(ops->thread, NULL);
		ops->has_thread = false;
	}
}

void
operations_free(struct operations *ops)
{
	if (ops == NULL) {
		return;
	}
	atomic_store(&ops->stop, true);
	join_thread(ops);
	operation_clear(&ops->now);
	(void)pthread_mutex_destroy(&ops->lock);
	free(ops);
}

/* --- the thread ---------------------------------------------------------- */

static void
set_step(void *arg, bool asking, const char *step)
{
	struct operations *ops = arg;

	(void)pthread_mutex_lock(&ops->lock);
	ops->now.state = asking ? STATE_ASKING : STATE_WORKING;
	ops->now.step = step;
	(void)pthread_mutex_unlock(&ops->lock);
}

const char *
own_operation_name(enum own_operation operation)
{
	static const char *const names[OWN_MAX_] = {
	    [OWN_AUTHORITIES] = "authorities",
	    [OWN_ARCHIVE] = "archive",
	    [OWN_IMPORT] = "import",
	    [OWN_PASSWORD] = "password",
	};

	return names[operation];
}

/* As the protocol names it. */
static const char *
kind_of(const struct operation *op)
{
	return op->bytes != NULL ? page_operation_name(op->order.operation)
				 : own_operation_name(op->own);
}

static void
log_end(const struct operation *op, enum err e, const struct errinfo *ei)
{
	struct buf nonce = BUF_INIT(2 * PAGE_ORDER_ID + 1);

	text_hex(&nonce, op->order.nonce);
	log_event(LOG_INFO, "agent.operation", L_STR("origin", op->origin),
	    L_STR("kind", kind_of(op)), L_STR("order", buf_cstr(&nonce)),
	    L_STR("container", op->in.container),
	    L_STR("rule", e == ERR_OK ? "" : ei->rule));
	buf_clear(&nonce);
}

static void *
run(void *arg)
{
	struct operations *ops = arg;
	struct operation *op = &ops->now;
	struct buf result = BUF_INIT(RESULT_MAX);
	struct json_writer out;
	struct work w = {
	    .o = &ops->o,
	    .origin = op->origin,
	    .centre = op->centre,
	    .order = op->bytes != NULL ? &op->order : NULL,
	    .in = &op->in,
	    .stop = &ops->stop,
	    .step = set_step,
	    .arg = ops,
	    .out = &out,
	};
	struct errinfo ei = {0};
	enum err e;

	json_writer_init(&out, &result);
	json_open_object(&out, NULL);
	e = op->bytes != NULL ? work_of(op->order.operation)(&w, &ei)
			      : work_own(op->own)(&w, &ei);
	json_close(&out);
	if (e == ERR_OK) {
		e = json_writer_end(&out, &ei);
	}
	media_changed(ops->o.media);
	log_end(op, e, &ei);
	(void)pthread_mutex_lock(&ops->lock);
	op->state = e == ERR_OK ? STATE_DONE : STATE_FAILED;
	op->step = NULL;
	op->problem = ei;
	op->ended_at = clock_utc_sec(ops->o.clock);
	if (e == ERR_OK) {
		op->result = result;
	} else {
		buf_clear(&result);
	}
	(void)pthread_mutex_unlock(&ops->lock);
	return NULL;
}

/* --- starting --------------------------------------------------------------
 */

static enum err
draw_id(char out[OPERATION_ID_SIZE], struct errinfo *ei)
{
	struct buf hex = BUF_INIT(OPERATION_ID_SIZE);
	uint8_t bytes[ID_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	buf_add_str(&hex, "o_");
	text_hex(&hex, slice_make(bytes, sizeof(bytes)));
	if (e == ERR_OK) {
		e = buf_err(&hex, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out, OPERATION_ID_SIZE, "%s", buf_cstr(&hex));
	}
	buf_clear(&hex);
	return e;
}

/* Judged over our own copy, which the operation then works with. */
static enum err
accept_order(struct operations *ops, struct operation *op,
    const struct centre_trust *centre, const struct operation_order *order,
    const struct json *input, struct errinfo *ei)
{
	struct order_asked asked = {
	    .centre = centre,
	    .agent = slice_make(ops->o.agent, sizeof(ops->o.agent)),
	    .now = clock_utc_sec(ops->o.clock),
	    .chain = order->chain,
	    .num_chain = order->num_chain,
	};
	enum err e;

	op->bytes = slice_dup(order->order);
	if (op->bytes == NULL) {
		return err_nomem(ei);
	}
	asked.order = slice_make(op->bytes, order->order.len);
	e = order_judge(&asked, &op->order, ei);
	if (e == ERR_OK) {
		input_init(&op->in);
		op->has_input = true;
		e = input_parse(input, op->order.operation, &op->in, ei);
	}
	if (e == ERR_OK) {
		e = input_check(&op->in, &op->order, ei);
	}
	if (e == ERR_OK) {
		/* Until no clock within the skew would take it any more. */
		e = spent_use(ops->o.spent, op->order.nonce,
		    op->order.not_after + ORDER_SKEW_SEC, asked.now, ei);
	}
	return e;
}

static enum err
begin(struct operations *ops, struct operation *op, struct errinfo *ei)
{
	join_thread(ops);
	operation_clear(&ops->now);
	ops->now = *op;
	*op = (struct operation){.state = STATE_NONE};
	ops->now.state = STATE_ASKING;
	ops->now.step = "consent";
	atomic_store(&ops->stop, false);
	if (pthread_create(&ops->thread, NULL, run, ops) != 0) {
		operation_clear(&ops->now);
		return err_nomem(ei);
	}
	ops->has_thread = true;
	return ERR_OK;
}

static enum err
accept_own(
    struct operation *op, const struct own_asked *asked, struct errinfo *ei)
{
	struct input *in = &op->in;
	enum err e = ERR_OK;

	op->own = asked->operation;
	input_init(in);
	op->has_input = true;
	(void)snprintf(in->medium, sizeof(in->medium), "%s", asked->medium);
	(void)snprintf(
	    in->container, sizeof(in->container), "%s", asked->container);
	for (size_t i = 0; e == ERR_OK && i < asked->num_certs; i++) {
		e = input_add_authority(in, asked->certs[i], ei);
	}
	return e;
}

/* What was asked for: an order with the page's input, or one's own. */
struct starting {
	const struct operation_order *order;
	const struct json *input;
	const struct own_asked *own;
};

/* What is there stays until the next one may begin. */
static enum err
start(struct operations *ops, const struct centre_trust *centre,
    const struct starting *what, struct errinfo *ei)
{
	struct operation op = {.state = STATE_NONE};
	enum err e;

	if (ops->now.state == STATE_ASKING || ops->now.state == STATE_WORKING) {
		return err_set(ei, ERR_CONFLICT, "agent.busy", NULL,
		    "another operation is not finished yet");
	}
	(void)snprintf(op.trust, sizeof(op.trust), "%s", centre->id);
	(void)snprintf(op.origin, sizeof(op.origin), "%s", centre->origin);
	(void)snprintf(op.centre, sizeof(op.centre), "%s", centre->name);
	e = draw_id(op.id, ei);
	if (e == ERR_OK) {
		e = what->order != NULL ? accept_order(ops, &op, centre,
					      what->order, what->input, ei)
					: accept_own(&op, what->own, ei);
	}
	if (e == ERR_OK) {
		e = begin(ops, &op, ei);
	}
	operation_clear(&op);
	return e;
}

static enum err
start_one(struct operations *ops, const struct centre_trust *centre,
    const struct starting *what, char out_id[OPERATION_ID_SIZE],
    struct errinfo *ei)
{
	enum err e;

	(void)pthread_mutex_lock(&ops->lock);
	e = start(ops, centre, what, ei);
	if (e == ERR_OK) {
		(void)snprintf(out_id, OPERATION_ID_SIZE, "%s", ops->now.id);
	}
	(void)pthread_mutex_unlock(&ops->lock);
	return e;
}

enum err
operation_start(struct operations *ops, const struct centre_trust *centre,
    const struct operation_order *order, const struct json *input,
    char out_id[OPERATION_ID_SIZE], struct errinfo *ei)
{
	const struct starting what = {.order = order, .input = input};

	return start_one(ops, centre, &what, out_id, ei);
}

enum err
operation_start_own(struct operations *ops, const struct centre_trust *centre,
    const struct own_asked *asked, char out_id[OPERATION_ID_SIZE],
    struct errinfo *ei)
{
	const struct starting what = {.own = asked};

	return start_one(ops, centre, &what, out_id, ei);
}

/* --- asking about it
 * ---------------------------------------------------------- */

static enum err
find(struct operations *ops, const struct centre_trust *centre, const char *id,
    struct errinfo *ei)
{
	const struct operation *op = &ops->now;
	bool ended = op->state == STATE_DONE || op->state == STATE_FAILED;
	bool kept =
	    !ended || clock_utc_sec(ops->o.clock) < op->ended_at + KEEP_SEC;

	return op->state != STATE_NONE && kept && strcmp(op->id, id) == 0 &&
		       strcmp(op->trust, centre->id) == 0
		   ? ERR_OK
		   : err_set(ei, ERR_NOTFOUND, "agent.operation", NULL,
			 "there is no such operation (any more)");
}

static void
put_problem(struct json_writer *w, const struct errinfo *ei)
{
	json_open_object(w, "problem");
	json_put_text(w, "rule", ei->rule);
	json_put_text(w, "detail", ei->text);
	if (ei->object[0] != '\0') {
		json_put_text(w, "field", ei->object);
	}
	json_close(w);
}

enum err
operation_put(struct operations *ops, const struct centre_trust *centre,
    const char *id, struct json_writer *w, struct errinfo *ei)
{
	static const char *const names[] = {
	    [STATE_NONE] = "",
	    [STATE_ASKING] = "asking",
	    [STATE_WORKING] = "working",
	    [STATE_DONE] = "done",
	    [STATE_FAILED] = "failed",
	};
	const struct operation *op = &ops->now;
	enum err e;

	(void)pthread_mutex_lock(&ops->lock);
	e = find(ops, centre, id, ei);
	if (e == ERR_OK) {
		json_put_text(w, "operation", op->id);
		json_put_text(w, "kind", kind_of(op));
		json_put_text(w, "state", names[op->state]);
		json_put_text(w, "step", op->step);
		if (op->state == STATE_DONE) {
			json_put_raw(w, "result", buf_slice(&op->result));
		} else {
			json_put_null(w, "result");
		}
		if (op->state == STATE_FAILED) {
			put_problem(w, &op->problem);
		} else {
			json_put_null(w, "problem");
		}
	}
	(void)pthread_mutex_unlock(&ops->lock);
	return e;
}

enum err
operation_cancel(struct operations *ops, const struct centre_trust *centre,
    const char *id, struct errinfo *ei)
{
	enum err e;

	(void)pthread_mutex_lock(&ops->lock);
	e = find(ops, centre, id, ei);
	if (e == ERR_OK) {
		atomic_store(&ops->stop, true);
	}
	(void)pthread_mutex_unlock(&ops->lock);
	return e;
}
