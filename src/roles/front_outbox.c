/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "ipc/frame.h"
#include "ipc/hello.h"
#include "os/file.h"
#include "os/random.h"
#include "os/socket.h"
#include "roles/front_outbox_priv.h"
#include "store/store.h"

enum {
	BATCH = 16,
	LOOK_MS = 100, /* a code has to go out at once */
	HELLO_TRIES = 100,
	RETRY_SEC = 20, /* the first pause; each is longer by as much */
	RETRY_MAX_SEC = 600,
	HOLD_SEC = 30,         /* until the guard is asked again */
	KEEP_SEC = 30 * 86400, /* what became of a message */
	/* A way's name, its outcome, and what stands between. */
	TRIED_SIZE = COURIER_ROUTES_MAX * (COURIER_ROUTE_MAX + 16),
};

/* --- what became of a message ------------------------------------------ */

static enum err
submit_one(struct outbox *b, struct unit *u)
{
	struct errinfo ei = {0};
	enum err e = store_submit(b->o.store, u, NULL, &ei);

	unit_clear(u);
	if (e != ERR_OK) {
		b->o.trouble(b->o.arg, "note", ei.text);
	}
	return e;
}

/* "main retry, spare delivered" */
static void
tried_text(const struct courier_result *r, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; i < r->num_tries && len < size; i++) {
		len += (size_t)snprintf(out + len, size - len, "%s%s %s",
		    i > 0 ? ", " : "", r->tries[i].route,
		    courier_outcome_name(r->tries[i].outcome));
	}
}

/* What was tried and paid for, in the unit that says what became of it. */
static void
add_tried(struct unit *u, const struct courier_result *r)
{
	char tried[TRIED_SIZE];

	if (r->num_tries > 0) {
		tried_text(r, tried, sizeof(tried));
		unit_add(u, ST_OUTBOX_TRIED, EXPECT(1), V_ID(&r->outbox),
		    r->route[0] != '\0' ? V_TEXT(r->route) : V_NULL,
		    V_TEXT(tried), V_INT(r->parts), V_INT(r->cost));
	}
}

/* How often it was handed over; 0 when the database does not say. */
static int64_t
attempts_of(struct outbox *b, const struct id *id)
{
	struct rows *rows = NULL;
	int64_t attempts = 0;

	if (store_query(b->o.store, ST_OUTBOX_GET, &rows, NULL, V_ID(id)) ==
	    ERR_OK) {
		attempts = rows_num(rows) > 0 ? rows_int(rows, 0, 1) : 0;
		rows_free(rows);
	}
	return attempts;
}

/* Again and again until it is too late: outbox_sweep() ends that. */
static void
note_retry(struct outbox *b, const struct courier_result *r, int64_t now)
{
	int64_t attempts = attempts_of(b, &r->outbox);
	int64_t pause = attempts * RETRY_SEC;
	struct unit u;

	if (attempts == 0 || pause > RETRY_MAX_SEC) {
		pause = RETRY_MAX_SEC;
	}
	unit_init(&u);
	unit_add(&u, ST_OUTBOX_RETRY, EXPECT(1), V_ID(&r->outbox),
	    V_INT(now + pause), V_TEXT(r->detail));
	add_tried(&u, r);
	(void)submit_one(b, &u);
}

static void
note_end(struct outbox *b, const struct courier_result *r, const char *state,
    int64_t now)
{
	struct unit u;

	unit_init(&u);
	unit_add(&u, ST_OUTBOX_END, EXPECT(1), V_ID(&r->outbox), V_TEXT(state),
	    V_TEXT(r->detail), V_INT(now));
	add_tried(&u, r);
	(void)submit_one(b, &u);
}

/* Was it a mail?  Courier has it no more. */
static bool
take_mail(struct outbox *b, const struct id *id)
{
	for (size_t i = 0; i < b->num_mails; i++) {
		if (id_eq(&b->mails[i], id)) {
			b->mails[i] = b->mails[--b->num_mails];
			return true;
		}
	}
	return false;
}

static void
note_unclear(
    struct outbox *b, const struct courier_result *r, bool mail, int64_t now)
{
	if (mail && attempts_of(b, &r->outbox) < MAIL_TRIES_MAX) {
		note_retry(b, r, now);
	} else {
		note_end(b, r, "unclear", now);
	}
}

static void
note_result(struct outbox *b, const struct courier_result *r)
{
	int64_t now = clock_utc_sec(b->o.clock);
	bool mail = take_mail(b, &r->outbox);
	struct unit u;

	family_count(&b->outcomes, courier_outcome_name(r->outcome), "");
	for (size_t i = 0; i < r->num_tries; i++) {
		family_count(&b->tries, r->tries[i].route,
		    courier_outcome_name(r->tries[i].outcome));
	}
	/* Delivered by another way than the first is worth a word too. */
	if (r->outcome != COURIER_DELIVERED || r->num_tries > 1) {
		b->o.trouble(
		    b->o.arg, courier_outcome_name(r->outcome), r->detail);
	}
	switch (r->outcome) {
	case COURIER_DELIVERED:
		unit_init(&u);
		unit_add(&u,
		    outbox_is_reported(b, r->route) ? ST_OUTBOX_ACCEPTED
						    : ST_OUTBOX_DELIVERED,
		    EXPECT(1), V_ID(&r->outbox), V_TEXT(r->provider_id),
		    V_INT(now));
		add_tried(&u, r);
		(void)submit_one(b, &u);
		break;
	case COURIER_RETRY:
		note_retry(b, r, now);
		break;
	case COURIER_UNCLEAR:
		note_unclear(b, r, mail, now);
		break;
	case COURIER_REFUSED:
	case COURIER_OUTCOME_MAX_:
		note_end(b, r, "failed", now);
		break;
	}
}

/* --- the channel -------------------------------------------------------- */

static void
abandon(struct outbox *b)
{
	int64_t now = clock_utc_sec(b->o.clock);
	struct unit u;

	b->num_mails = 0;
	unit_init(&u);
	unit_add(&u, ST_OUTBOX_RESUME, EXPECT_ANY, V_INT(now),
	    V_INT(MAIL_TRIES_MAX));
	unit_add(&u, ST_OUTBOX_ABANDON, EXPECT_ANY, V_INT(now));
	(void)submit_one(b, &u);
}

/* Courier has just started: what it was doing before is unclear. */
static enum err
take_hello(struct outbox *b, const struct frame *f, struct errinfo *ei)
{
	struct hello hello;
	enum err e = hello_unpack(f->body, &hello, ei);

	if (e == ERR_OK && f->id == 0) {
		abandon(b);
		/* It may have died with our hello in its hands. */
		if (!b->answered) {
			e = hello_send(b->o.fd, b->hello_id, "front", "", ei);
		}
	}
	if (e == ERR_OK && f->id == b->hello_id) {
		b->answered = true;
	}
	return e;
}

static enum err
take_key(struct outbox *b, const struct frame *f, struct errinfo *ei)
{
	struct courier_key key;
	enum err e = courier_key_unpack(f->body, &key, ei);

	if (e == ERR_OK) {
		b->ready = key.ready;
		atomic_store(&b->mail, key.mail);
		b->has_key = true;
		b->o.courier(b->o.arg, &key);
	}
	return e;
}

static enum err
take_routes(struct outbox *b, const struct frame *f, struct errinfo *ei)
{
	struct courier_routes routes;
	enum err e = courier_routes_unpack(f->body, &routes, ei);

	if (e == ERR_OK) {
		(void)pthread_mutex_lock(&b->lock);
		b->routes = routes;
		(void)pthread_mutex_unlock(&b->lock);
	}
	return e;
}

static enum err
take_frame(struct outbox *b, const struct frame *f, struct errinfo *ei)
{
	struct courier_result result;
	enum err e;

	if (f->type == MSG_HELLO) {
		return take_hello(b, f, ei);
	}
	if (f->type == COURIER_KEY) {
		return take_key(b, f, ei);
	}
	if (f->type == COURIER_ROUTES) {
		return take_routes(b, f, ei);
	}
	if (f->type != COURIER_RESULT) {
		return err_set(ei, ERR_FORMAT, "courier.frame", NULL,
		    "courier sent a message of the unknown type %u",
		    (unsigned)f->type);
	}
	e = courier_result_unpack(f->body, &result, ei);
	/* Before the answer to our hello: meant for our predecessor. */
	if (e == ERR_OK && b->answered) {
		note_result(b, &result);
	}
	return e;
}

/* Everything that waits; a bad frame from a sibling ends the process. */
static enum err
receive(struct outbox *b, struct errinfo *ei)
{
	enum err e = ERR_OK;

	while (e == ERR_OK) {
		struct frame f;

		e = frame_recv(b->o.fd, &b->store, &f, true, ei);
		if (e == ERR_OK) {
			e = take_frame(b, &f, ei);
			frame_close_fds(&f);
		}
	}
	return e == ERR_AGAIN ? ERR_OK : e;
}

static enum err
send_message(struct outbox *b, const struct rows *r, size_t i,
    enum courier_kind kind, struct errinfo *ei)
{
	struct courier_deliver m = {
	    .outbox = rows_id(r, i, 0),
	    .kind = kind,
	    .expires_sec = rows_int(r, i, 6),
	    .sealed = rows_blob(r, i, 4),
	};
	struct buf body = BUF_INIT(FRAME_BYTES_MAX);
	const char *to = rows_text(r, i, 3);
	const char *avoid = rows_text(r, i, 7);
	struct frame f = {.type = COURIER_DELIVER};
	enum err e;

	if (to == NULL || strlen(to) >= sizeof(m.to)) {
		return err_set(ei, ERR_FORMAT, "outbox.recipient", NULL,
		    "the message has no address, or one that is too long");
	}
	memcpy(m.to, to, strlen(to) + 1);
	(void)snprintf(
	    m.avoid, sizeof(m.avoid), "%s", avoid != NULL ? avoid : "");
	e = outbox_report_text(b, &m.outbox, m.report, ei);
	if (e != ERR_OK) {
		return e;
	}
	courier_deliver_pack(&m, &body);
	f.body = buf_slice(&body);
	e = buf_err(&body, ei);
	if (e == ERR_OK) {
		e = frame_send(b->o.fd, &f, ei);
	}
	buf_clear(&body);
	return e;
}

/* An error is the database's; a message that cannot be sent is noted. */
static enum err
hand_over(
    struct outbox *b, const struct rows *r, size_t i, enum courier_kind kind)
{
	struct courier_result unsent = {.outbox = rows_id(r, i, 0)};
	struct errinfo ei = {0};
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&unsent.outbox),
	    V_INT(clock_utc_sec(b->o.clock)));
	e = submit_one(b, &u);
	if (e != ERR_OK) {
		return e;
	}
	if (kind == COURIER_MAIL) {
		b->mails[b->num_mails++] = unsent.outbox;
	}
	e = send_message(b, r, i, kind, &ei);
	if (e != ERR_OK) {
		unsent.outcome = e == ERR_SYS ? COURIER_RETRY : COURIER_REFUSED;
		(void)snprintf(
		    unsent.detail, sizeof(unsent.detail), "%s", ei.text);
		note_result(b, &unsent);
	}
	return ERR_OK;
}

/* Held and refused ones stay here; nobody outside can tell. */
static enum err
pass_guard(struct outbox *b, const struct rows *r, size_t i)
{
	struct id id = rows_id(r, i, 0);
	const char *to = rows_text(r, i, 3);
	int64_t now = clock_utc_sec(b->o.clock);
	enum guard_verdict verdict = GUARD_SEND;
	struct unit u;

	if (to != NULL) {
		verdict = guard_judge(b->guard, to,
		    (enum message_rank)rows_int(r, i, 8),
		    !rows_is_null(r, i, 9));
	}
	if (verdict == GUARD_SEND) {
		return hand_over(b, r, i, COURIER_SMS);
	}
	family_count(&b->held, guard_verdict_name(verdict), "");
	unit_init(&u);
	if (verdict == GUARD_REFUSE_PREFIX) {
		unit_add(&u, ST_OUTBOX_REFUSE, EXPECT_ANY, V_ID(&id),
		    V_TEXT(guard_verdict_name(verdict)), V_INT(now));
	} else {
		unit_add(&u, ST_OUTBOX_HOLD, EXPECT_ANY, V_ID(&id),
		    V_INT(now + HOLD_SEC), V_TEXT(guard_verdict_name(verdict)));
	}
	return submit_one(b, &u);
}

static void
send_due(struct outbox *b)
{
	int64_t now = clock_utc_sec(b->o.clock);
	struct rows *r = NULL;

	if (!b->ready || store_held(b->o.store, NULL) ||
	    store_query(b->o.store, ST_OUTBOX_DUE, &r, NULL, V_INT(now),
		V_INT(BATCH), V_TEXT("sms")) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < rows_num(r); i++) {
		if (pass_guard(b, r, i) != ERR_OK) {
			break;
		}
	}
	rows_free(r);
}

/* Few at once: what courier has of them may come twice when it dies.  They
 * cost nothing, so the guard is not asked. */
static void
send_due_mails(struct outbox *b)
{
	size_t room = MAILS_UNDER_WAY_MAX - b->num_mails;
	struct rows *r = NULL;

	if (!atomic_load(&b->mail) || room == 0 ||
	    store_held(b->o.store, NULL) ||
	    store_query(b->o.store, ST_OUTBOX_DUE, &r, NULL,
		V_INT(clock_utc_sec(b->o.clock)), V_INT(room),
		V_TEXT("mail")) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < rows_num(r); i++) {
		if (hand_over(b, r, i, COURIER_MAIL) != ERR_OK) {
			break;
		}
	}
	rows_free(r);
}

static void *
run(void *arg)
{
	struct outbox *b = arg;

	while (!atomic_load(&b->stop)) {
		struct errinfo ei = {0};

		if (socket_wait(b->o.fd, LOOK_MS, &ei) == ERR_OK &&
		    receive(b, &ei) != ERR_OK) {
			b->o.trouble(b->o.arg, "channel", ei.text);
			atomic_store(&b->failed, true);
			return NULL;
		}
		send_due(b);
		send_due_mails(b);
	}
	return NULL;
}

static enum err
wait_for_courier(struct outbox *b, struct errinfo *ei)
{
	for (int i = 0; i < HELLO_TRIES; i++) {
		enum err e = socket_wait(b->o.fd, LOOK_MS, ei);

		if (e == ERR_OK) {
			e = receive(b, ei);
		}
		if (e != ERR_OK && e != ERR_TIMEOUT) {
			return e;
		}
		if (b->answered && b->has_key) {
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_TIMEOUT, "courier.silent", NULL,
	    "courier did not answer our hello");
}

/*
 * What an earlier front handed over is unclear; then hello, with an id that
 * only its answer has.
 */
static enum err
say_hello(struct outbox *b, struct errinfo *ei)
{
	enum err e = random_bytes(&b->hello_id, sizeof(b->hello_id), ei);

	abandon(b);
	return e != ERR_OK ? e
			   : hello_send(b->o.fd, b->hello_id, "front", "", ei);
}

static void
outbox_clear(struct outbox *b)
{
	secret_clear(&b->report_key);
	buf_clear(&b->store);
	family_clear(&b->outcomes);
	family_clear(&b->tries);
	family_clear(&b->reports);
	family_clear(&b->held);
	guard_free(b->guard);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
}

enum err
outbox_start(
    const struct outbox_options *o, struct outbox **out, struct errinfo *ei)
{
	struct outbox *b = calloc(1, sizeof(*b));
	enum err e;

	if (b == NULL) {
		return err_nomem(ei);
	}
	b->o = *o;
	family_init(&b->outcomes);
	family_init(&b->tries);
	family_init(&b->reports);
	family_init(&b->held);
	(void)pthread_mutex_init(&b->lock, NULL);
	buf_init(&b->store, FRAME_BYTES_MAX);
	e = secret_copy(&b->report_key, o->report_key, ei);
	if (e == ERR_OK) {
		e = guard_new(
		    &(struct guard_options){
			.settings = o->messages,
			.store = o->store,
			.clock = o->clock,
			.breaker = o->breaker,
			.arg = o->arg,
		    },
		    &b->guard, ei);
	}
	if (e == ERR_OK) {
		e = say_hello(b, ei);
	}
	if (e == ERR_OK) {
		e = wait_for_courier(b, ei);
	}
	if (e == ERR_OK && pthread_create(&b->thread, NULL, run, b) != 0) {
		e = err_set(ei, ERR_SYS, "thread.start", NULL,
		    "cannot start the outbox's thread");
	}
	if (e != ERR_OK) {
		outbox_clear(b);
		return e;
	}
	*out = b;
	return ERR_OK;
}

enum err
outbox_sweep(struct outbox *b, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(b->o.clock);
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_OUTBOX_EXPIRE, EXPECT_ANY, V_INT(now));
	unit_add(&u, ST_OUTBOX_UNREPORTED, EXPECT_ANY, V_INT(now));
	unit_add(&u, ST_OUTBOX_PURGE, EXPECT_ANY, V_INT(now - KEEP_SEC));
	e = store_submit(b->o.store, &u, NULL, ei);
	unit_clear(&u);
	return e;
}

const struct family *
outbox_outcomes(const struct outbox *b)
{
	return &b->outcomes;
}

const struct family *
outbox_held(const struct outbox *b)
{
	return &b->held;
}

void
outbox_guard(const struct outbox *b, struct guard_facts *out)
{
	guard_facts(b->guard, out);
}

void
outbox_routes(struct outbox *b, struct courier_routes *out)
{
	(void)pthread_mutex_lock(&b->lock);
	*out = b->routes;
	(void)pthread_mutex_unlock(&b->lock);
}

bool
outbox_has_mail(const struct outbox *b)
{
	return atomic_load(&b->mail);
}

const struct family *
outbox_tries(const struct outbox *b)
{
	return &b->tries;
}

bool
outbox_failed(const struct outbox *b)
{
	return atomic_load(&b->failed);
}

void
outbox_stop(struct outbox *b)
{
	if (b == NULL) {
		return;
	}
	atomic_store(&b->stop, true);
	(void)pthread_join(b->thread, NULL);
	fd_close(b->o.fd);
	outbox_clear(b);
}
