/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One thread reads and gives each answer to the call that waits under its id.
 * A call registers itself, sends, and waits on its own condition, so any
 * number of them are under way at once.
 */
#include "signer/client_priv.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/random.h"
#include "os/seam.h"
#include "os/socket.h"
#include "os/systime.h"
#include "os/wait.h"

enum {
	TIMEOUT_MS = 30000,
	/* Bodies of a call: one, or a page of the journal. */
	CALL_BYTES_MAX = (SIGNER_JOURNAL_PAGE_MAX + 1) * FRAME_BYTES_MAX,
};

enum call_state {
	CALL_WAITING,
	CALL_DONE,
	CALL_LOST, /* restart or end of the signer */
};

/* A question under way; lives on the asking thread's stack. */
struct call {
	struct call *next;
	uint64_t id;
	enum call_state state;
	struct buf question;
	int sent_fd;        /* goes with the question, or -1; borrowed */
	uint16_t type;      /* of the last frame that came */
	struct buf body;    /* the same one's */
	int fd;             /* that came with it, or -1 */
	struct buf page;    /* bodies of JOURNAL_ENTRY, each with its length */
	int64_t timeout_ms; /* 0: the client's */
	pthread_cond_t cond;
	void (*meanwhile)(void *arg); /* NULL: nothing */
	void *meanwhile_arg;
};

struct signer_client {
	struct signer_client_options o;
	struct histogram times[SIGNER_CALL_MAX_];
	pthread_t reader;
	int wake[2]; /* a byte or the end here stops the reader */
	pthread_mutex_t lock;
	/* under lock: */
	struct call *calls;
	uint64_t next_id;
	bool greeted; /* the answer to our hello has come */
	bool ended;
	struct errinfo why;         /* it ended */
	char name[HELLO_NAME_SIZE]; /* set once, by the first hello */
};

/* --- the reader --------------------------------------------------------- */

static struct call *
find_call(struct signer_client *c, uint64_t id)
{
	for (struct call *call = c->calls; call != NULL; call = call->next) {
		if (call->id == id) {
			return call;
		}
	}
	return NULL;
}

static void
finish(struct call *call, enum call_state state)
{
	call->state = state;
	ensure(pthread_cond_signal(&call->cond) == 0);
}

static void
lose_all(struct signer_client *c)
{
	for (struct call *call = c->calls; call != NULL; call = call->next) {
		if (call->state == CALL_WAITING) {
			finish(call, CALL_LOST);
		}
	}
}

/* Under lock.  *out_restarted: to be told outside of it. */
static enum err
take_hello(struct signer_client *c, const struct frame *f, struct hello *out,
    bool *out_restarted, struct errinfo *ei)
{
	struct call *call = find_call(c, f->id);
	enum err err = hello_unpack(f->body, out, ei);

	if (err != ERR_OK) {
		return err;
	}
	if (call != NULL && !c->greeted) {
		memcpy(c->name, out->instance, sizeof(c->name));
		c->greeted = true;
		call->type = f->type;
		finish(call, CALL_DONE);
	} else if (f->id == 0) {
		/* Before the answer to our hello, too: it may have died with
		 * that in its hands, so greet() asks again. */
		lose_all(c);
		*out_restarted = c->greeted;
	}
	return ERR_OK;
}

/* Under lock. */
static void
take_answer(struct signer_client *c, struct frame *f)
{
	struct call *call = find_call(c, f->id);

	/* Nobody waits: it was for a predecessor of ours, or too late. */
	if (call == NULL || call->state != CALL_WAITING || !c->greeted) {
		return;
	}
	if (f->type == SIGNER_JOURNAL_ENTRY) {
		wire_put_bytes(&call->page, f->body);
		return;
	}
	call->type = f->type;
	buf_reset(&call->body);
	buf_add(&call->body, f->body);
	call->fd = frame_take_fd(f, 0);
	finish(call, CALL_DONE);
}

static enum err
read_one(struct signer_client *c, struct buf *store, struct errinfo *ei)
{
	struct frame f = {0};
	bool restarted = false;
	struct hello h = {0};
	enum err err;

	err = frame_recv(c->o.fd, store, &f, true, ei);
	if (err != ERR_OK) {
		return err == ERR_AGAIN ? ERR_OK : err;
	}
	ensure(pthread_mutex_lock(&c->lock) == 0);
	if (f.type == MSG_HELLO) {
		err = take_hello(c, &f, &h, &restarted, ei);
	} else {
		take_answer(c, &f);
	}
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	frame_close_fds(&f);
	if (restarted && c->o.restarted != NULL) {
		c->o.restarted(c->o.arg, &h);
	}
	return err;
}

static void *
read_all(void *arg)
{
	struct signer_client *c = arg;
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct pollfd p[2] = {
	    {.fd = c->o.fd, .events = POLLIN},
	    {.fd = c->wake[0], .events = POLLIN},
	};
	struct errinfo ei = {0};
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		if (poll(p, 2, -1) <= 0) {
			continue;
		}
		if (p[1].revents != 0) {
			break;
		}
		err = read_one(c, &store, &ei);
	}
	ensure(pthread_mutex_lock(&c->lock) == 0);
	c->ended = true;
	c->why = ei;
	lose_all(c);
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	buf_clear(&store);
	return NULL;
}

/* --- one call ----------------------------------------------------------- */

static void
call_init(struct call *call)
{
	memset(call, 0, sizeof(*call));
	buf_init(&call->question, FRAME_BODY_MAX);
	buf_init(&call->body, FRAME_BODY_MAX);
	buf_init(&call->page, CALL_BYTES_MAX);
	call->sent_fd = -1;
	call->fd = -1;
	cond_init_monotonic(&call->cond);
}

static void
call_clear(struct call *call)
{
	buf_clear(&call->question);
	buf_clear(&call->body);
	buf_clear(&call->page);
	fd_close(call->fd);
	(void)pthread_cond_destroy(&call->cond);
}

static enum err
add_call(struct signer_client *c, struct call *call, struct errinfo *ei)
{
	enum err err = ERR_OK;

	ensure(pthread_mutex_lock(&c->lock) == 0);
	if (c->ended) {
		err = err_set(ei, ERR_STATE, "signer.gone", NULL,
		    "The channel to signer %s has ended: %s", c->name,
		    c->why.text);
	} else {
		call->id = c->next_id++;
		call->next = c->calls;
		c->calls = call;
	}
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	return err;
}

static void
remove_call(struct signer_client *c, struct call *call)
{
	ensure(pthread_mutex_lock(&c->lock) == 0);
	for (struct call **at = &c->calls; *at != NULL; at = &(*at)->next) {
		if (*at == call) {
			*at = call->next;
			break;
		}
	}
	ensure(pthread_mutex_unlock(&c->lock) == 0);
}

static enum err
wait_call(struct signer_client *c, struct call *call, struct errinfo *ei)
{
	int64_t until =
	    clock_mono_ms(&c->o.clock) +
	    (call->timeout_ms != 0 ? call->timeout_ms : c->o.timeout_ms);
	char name[HELLO_NAME_SIZE]; /* not known yet in the first call of all */
	enum call_state state;
	int64_t left;

	ensure(pthread_mutex_lock(&c->lock) == 0);
	while (call->state == CALL_WAITING) {
		left = until - clock_mono_ms(&c->o.clock);
		if (left <= 0) {
			break;
		}
		cond_wait_ms(&call->cond, &c->lock, (unsigned)left);
	}
	state = call->state;
	memcpy(name, c->name, sizeof(name));
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	if (state == CALL_DONE) {
		return ERR_OK;
	}
	return err_set(ei, ERR_TIMEOUT, "signer.unknown", NULL,
	    state == CALL_LOST
		? "Signer %s was restarted or has ended; whether it did what "
		  "was asked is not known."
		: "Signer %s has not answered in time; whether it does what "
		  "was asked is not known.",
	    name);
}

/* MSG_ERROR as the error that it carries. */
static enum err
their_error(const struct call *call, struct errinfo *ei)
{
	struct wire w = wire_init(buf_slice(&call->body));
	struct errinfo theirs;
	enum err err;

	wire_get_errinfo(&w, &theirs);
	err = wire_end(&w, "error", ei);
	if (err == ERR_OK) {
		err = theirs.kind;
		if (ei != NULL) {
			*ei = theirs;
		}
	}
	return err;
}

static void
measure(struct signer_client *c, uint16_t type, int64_t start)
{
	static const uint16_t types[SIGNER_CALL_MAX_] = {
	    [SIGNER_CALL_ISSUE] = SIGNER_ISSUE,
	    [SIGNER_CALL_CRL] = SIGNER_CRL,
	    [SIGNER_CALL_OCSP] = SIGNER_OCSP,
	};

	for (size_t i = 0; i < SIGNER_CALL_MAX_; i++) {
		if (types[i] == type) {
			histogram_add(&c->times[i], systime_us() - start);
		}
	}
}

/*
 * Send call->question as a frame of this type and wait.  On success body and
 * fd are those of an answer of the type `want`.  Clear the call either way.
 */
static enum err
ask(struct signer_client *c, struct call *call, uint16_t type, uint16_t want,
    struct errinfo *ei)
{
	struct frame f = {.type = type};
	int64_t start = systime_us();
	enum err err = buf_err(&call->question, ei);

	if (err == ERR_OK) {
		err = add_call(c, call, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	f.id = call->id;
	f.body = buf_slice(&call->question);
	if (call->sent_fd >= 0) {
		f.fds[f.num_fds++] = call->sent_fd;
	}
	err = frame_send(c->o.fd, &f, ei);
	if (err == ERR_OK && type == SIGNER_ISSUE) {
		seam("front.sent");
	}
	if (err == ERR_OK && call->meanwhile != NULL) {
		call->meanwhile(call->meanwhile_arg);
	}
	if (err == ERR_OK) {
		err = wait_call(c, call, ei);
	}
	measure(c, type, start);
	remove_call(c, call);
	if (err == ERR_OK) {
		err = buf_err(&call->body, ei);
	}
	if (err != ERR_OK || call->type == want) {
		return err;
	}
	if (call->type == MSG_ERROR) {
		return their_error(call, ei);
	}
	return err_set(ei, ERR_FORMAT, "signer.message", NULL,
	    "Signer %s answered with type %u.", c->name, (unsigned)call->type);
}

/* What an answer holds, to the caller. */
static enum err
give(struct buf *out, struct slice s, struct errinfo *ei)
{
	buf_reset(out);
	buf_add(out, s);
	return buf_err(out, ei);
}

/* --- making one --------------------------------------------------------- */

static enum err
start_id(struct signer_client *c, struct errinfo *ei)
{
	enum err err = random_bytes(&c->next_id, sizeof(c->next_id), ei);

	/* Never 0, which is nobody's, nor near the end. */
	c->next_id = (c->next_id >> 1) | 1;
	return err;
}

/* Lost and not timed out: wait for the answer to the next hello. */
static bool
revive(struct signer_client *c, struct call *call)
{
	bool again;

	ensure(pthread_mutex_lock(&c->lock) == 0);
	again = call->state != CALL_WAITING && !c->ended;
	if (call->state == CALL_LOST) {
		call->state = CALL_WAITING;
	}
	ensure(pthread_mutex_unlock(&c->lock) == 0);
	return again;
}

/* A signer's own hello may come before the answer: it has just started, and
 * another may have died with ours in its hands.  So ours is said again. */
static enum err
greet(struct signer_client *c, struct errinfo *ei)
{
	struct call call;
	enum err err;

	call_init(&call);
	err = add_call(c, &call, ei);
	if (err == ERR_OK) {
		do {
			err = hello_send(c->o.fd, call.id, "front", "", ei);
			if (err == ERR_OK) {
				err = wait_call(c, &call, ei);
			}
		} while (err == ERR_TIMEOUT && revive(c, &call));
		remove_call(c, &call);
	}
	call_clear(&call);
	return err;
}

/* Everything but the descriptor, which is taken on success only. */
static void
destroy(struct signer_client *c)
{
	fd_close(c->wake[0]);
	fd_close(c->wake[1]);
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

static void
stop_reader(struct signer_client *c)
{
	fd_close(c->wake[1]);
	c->wake[1] = -1;
	ensure(pthread_join(c->reader, NULL) == 0);
}

enum err
signer_client_new(const struct signer_client_options *o,
    struct signer_client **out, struct errinfo *ei)
{
	struct signer_client *c = calloc(1, sizeof(*c));
	enum err err;

	if (c == NULL) {
		return err_nomem(ei);
	}
	c->o = *o;
	c->wake[0] = c->wake[1] = -1;
	if (c->o.timeout_ms <= 0) {
		c->o.timeout_ms = TIMEOUT_MS;
	}
	ensure(pthread_mutex_init(&c->lock, NULL) == 0);
	for (size_t i = 0; i < SIGNER_CALL_MAX_; i++) {
		histogram_init(&c->times[i], histogram_us, histogram_us_num);
	}
	err = start_id(c, ei);
	if (err == ERR_OK) {
		err = socket_send_timeout(o->fd, c->o.timeout_ms, ei);
	}
	if (err == ERR_OK) {
		err = socket_pair(c->wake, ei);
	}
	if (err == ERR_OK && pthread_create(&c->reader, NULL, read_all, c)) {
		err = err_set(ei, ERR_SYS, "signer.thread", NULL,
		    "No thread can be started.");
	}
	if (err != ERR_OK) {
		destroy(c);
		return err;
	}
	err = greet(c, ei);
	if (err != ERR_OK) {
		stop_reader(c);
		destroy(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void
signer_client_free(struct signer_client *c)
{
	if (c == NULL) {
		return;
	}
	stop_reader(c);
	fd_close(c->o.fd);
	destroy(c);
}

/* --- the questions ------------------------------------------------------ */

/* Ask for a certificate; clears the call. */
static enum err
ask_issued(struct signer_client *c, struct call *call, uint16_t type,
    struct buf *cert, uint64_t *number, bool *replay, uint8_t *request,
    struct errinfo *ei)
{
	struct signer_issued m;
	enum err err = ask(c, call, type, SIGNER_ISSUED, ei);

	if (err == ERR_OK) {
		err = signer_issued_unpack(buf_slice(&call->body), &m, ei);
	}
	if (err == ERR_OK) {
		err = give(cert, m.cert, ei);
	}
	if (err == ERR_OK && number != NULL) {
		*number = m.number;
	}
	if (err == ERR_OK && replay != NULL) {
		*replay = m.replay;
	}
	if (err == ERR_OK && request != NULL) {
		memcpy(request, m.request, sizeof(m.request));
	}
	call_clear(call);
	return err;
}

enum err
signer_issue(struct signer_client *c, const struct issue_values *values,
    const struct audit_position *at, struct buf *cert, uint64_t *journal_number,
    bool *replay, struct errinfo *ei)
{
	struct call call;

	call_init(&call);
	signer_issue_pack(&call.question, values, at);
	return ask_issued(
	    c, &call, SIGNER_ISSUE, cert, journal_number, replay, NULL, ei);
}

enum err
signer_find(struct signer_client *c, const uint8_t idem[VALUES_IDEM_SIZE],
    struct buf *cert, uint64_t *journal_number,
    uint8_t request[VALUES_DIGEST_SIZE], struct errinfo *ei)
{
	struct signer_find m;
	struct call call;

	call_init(&call);
	memcpy(m.idem, idem, sizeof(m.idem));
	signer_find_pack(&call.question, &m);
	return ask_issued(
	    c, &call, SIGNER_FIND, cert, journal_number, NULL, request, ei);
}

/* A CRL_DONE answer; of a delta with its entries. */
static enum err
take_crl(const struct call *call, bool delta, struct signer_crl_made *out,
    struct errinfo *ei)
{
	struct slice entries = SLICE_EMPTY;
	struct signer_crl_done m;
	enum err err = signer_crl_done_unpack(buf_slice(&call->body), &m, ei);

	if (err == ERR_OK && delta) {
		err = memfd_map(call->fd, CRL_BYTES_MAX, &entries, ei);
	}
	if (err == ERR_OK) {
		memcpy(out->sha256, m.sha256, sizeof(out->sha256));
		err = give(&out->front, m.front, ei);
	}
	if (err == ERR_OK) {
		err = give(&out->delta, entries, ei);
	}
	if (err == ERR_OK) {
		err = give(&out->back, m.back, ei);
	}
	memfd_unmap(entries);
	return err;
}

enum err
signer_crl(struct signer_client *c, const struct signer_crl *order,
    int entries_fd, const struct signer_meanwhile *meanwhile,
    struct signer_crl_made *out, struct errinfo *ei)
{
	struct call call;
	enum err err;

	call_init(&call);
	call.sent_fd = entries_fd;
	if (meanwhile != NULL) {
		call.meanwhile = meanwhile->fn;
		call.meanwhile_arg = meanwhile->arg;
	}
	signer_crl_pack(&call.question, order);
	err = ask(c, &call, SIGNER_CRL, SIGNER_CRL_DONE, ei);
	if (err == ERR_OK) {
		err = take_crl(&call, order->shard.delta, out, ei);
	}
	call_clear(&call);
	return err;
}

enum err
signer_epoch(struct signer_client *c, const struct signer_epoch *epoch,
    uint64_t *journal_number, struct errinfo *ei)
{
	struct signer_epoch_done m;
	struct call call;
	enum err err;

	call_init(&call);
	signer_epoch_pack(&call.question, epoch);
	err = ask(c, &call, SIGNER_EPOCH, SIGNER_EPOCH_DONE, ei);
	if (err == ERR_OK) {
		err = signer_epoch_done_unpack(buf_slice(&call.body), &m, ei);
	}
	if (err == ERR_OK) {
		*journal_number = m.number;
	}
	call_clear(&call);
	return err;
}

/* The entries of one page to the caller, in order; *after moves on. */
static enum err
walk_page(const struct call *call, uint64_t *after, signer_journal_fn *fn,
    void *arg, struct errinfo *ei)
{
	struct wire w = wire_init(buf_slice(&call->page));
	struct signer_journal_entry m;
	struct slice one;
	enum err err = buf_err(&call->page, ei);

	while (err == ERR_OK && w.rest.len > 0) {
		one = wire_get_bytes(&w, FRAME_BODY_MAX);
		err = signer_journal_entry_unpack(one, &m, ei);
		if (err == ERR_OK && m.number != *after + 1) {
			err = err_set(ei, ERR_FORMAT, "signer.message", NULL,
			    "The journal's records come out of order.");
		}
		if (err == ERR_OK) {
			*after = m.number;
			err = fn(arg, &m, ei);
		}
	}
	return err;
}

static enum err
journal_page(struct signer_client *c, uint64_t *after, uint32_t limit,
    uint64_t *last, signer_journal_fn *fn, void *arg, struct errinfo *ei)
{
	struct signer_journal m = {.after = *after, .limit = limit};
	struct signer_journal_end end = {0};
	struct call call;
	enum err err;

	call_init(&call);
	signer_journal_pack(&call.question, &m);
	err = ask(c, &call, SIGNER_JOURNAL, SIGNER_JOURNAL_END, ei);
	if (err == ERR_OK) {
		err =
		    signer_journal_end_unpack(buf_slice(&call.body), &end, ei);
	}
	if (err == ERR_OK && end.last < *after) {
		err = err_set(ei, ERR_STATE, "signer.journal_behind", NULL,
		    "The journal of %s ends with record %llu, and record %llu "
		    "has been seen: it is older than the database; run "
		    "surguchctl reconcile.",
		    c->name, (unsigned long long)end.last,
		    (unsigned long long)*after);
	}
	if (err == ERR_OK) {
		err = walk_page(&call, after, fn, arg, ei);
	}
	*last = end.last;
	call_clear(&call);
	return err;
}

enum err
signer_journal_since(struct signer_client *c, uint64_t after,
    signer_journal_fn *fn, void *arg, struct errinfo *ei)
{
	uint64_t last, before;
	enum err err;

	do {
		before = after;
		err = journal_page(
		    c, &after, SIGNER_JOURNAL_PAGE_MAX, &last, fn, arg, ei);
	} while (err == ERR_OK && after < last && after > before);
	return err;
}

enum err
signer_journal_one(struct signer_client *c, uint64_t number,
    signer_journal_fn *fn, void *arg, struct errinfo *ei)
{
	uint64_t after = number - 1, last;
	enum err err = journal_page(c, &after, 1, &last, fn, arg, ei);

	if (err == ERR_OK && after != number) {
		err = err_set(ei, ERR_NOTFOUND, "journal.number", NULL,
		    "The journal has no record %llu.",
		    (unsigned long long)number);
	}
	return err;
}

enum err
signer_info(
    struct signer_client *c, struct signer_info *out, struct errinfo *ei)
{
	return signer_probe(c, 0, out, ei);
}

enum err
client_exchange(struct signer_client *c, const struct client_question *q,
    struct buf *answer, struct errinfo *ei)
{
	struct call call;
	enum err err;

	call_init(&call);
	buf_add(&call.question, q->body);
	err = ask(c, &call, q->type, q->want, ei);
	if (err == ERR_OK) {
		err = give(answer, buf_slice(&call.body), ei);
	}
	call_clear(&call);
	return err;
}

const char *
signer_client_name(const struct signer_client *c)
{
	return c->name;
}

const struct histogram *
signer_client_times(const struct signer_client *c, enum signer_call call)
{
	ensure((unsigned)call < SIGNER_CALL_MAX_);
	return &c->times[call];
}

enum err
signer_probe(struct signer_client *c, int64_t timeout_ms,
    struct signer_info *out, struct errinfo *ei)
{
	struct call call;
	enum err err;

	call_init(&call);
	call.timeout_ms = timeout_ms;
	err = ask(c, &call, SIGNER_INFO, SIGNER_INFO_DONE, ei);
	if (err == ERR_OK) {
		err = signer_info_unpack(buf_slice(&call.body), out, ei);
	}
	call_clear(&call);
	return err;
}
