/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/serve.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/seam.h"
#include "os/signals.h"
#include "signer/engine.h"
#include "signer/instance.h"
#include "signer/message.h"
#include "signer/record.h"
#include "signer/serve_unlock.h"

struct answer {
	uint64_t id;
	uint16_t type;
	struct buf body;
	int fd; /* memfd beside it, or -1 */
	/* It tells of a record that is not durable yet. */
	bool pending;
	bool find; /* of a FIND: without the record it finds nothing */
};

struct server {
	struct engine *engine;
	const struct serve_options *o;
	struct unlocking unlocking;
	struct buf packet;    /* the question at hand */
	struct buf store;     /* what the engine answers with */
	struct slice entries; /* of the list at hand */
	struct answer answers[SIGNER_BATCH_MAX];
	size_t num_answers;
	bool fatal;
};

/* --- answers ------------------------------------------------------------ */

static void
answer_error(struct answer *a, const struct errinfo *ei)
{
	a->type = MSG_ERROR;
	a->pending = false;
	buf_reset(&a->body);
	wire_put_errinfo(&a->body, ei);
}

static enum err
send_answer(struct server *s, struct answer *a, struct errinfo *ei)
{
	struct frame f = {.type = a->type, .id = a->id};
	enum err err = buf_err(&a->body, ei);

	if (err == ERR_OK) {
		f.body = buf_slice(&a->body);
		if (a->fd >= 0) {
			f.fds[f.num_fds++] = a->fd;
		}
		err = frame_send(s->o->channel, &f, ei);
	}
	fd_close(a->fd);
	a->fd = -1;
	return err;
}

/* The disk was full: what would have told of a new record tells that. */
static void
take_back(struct server *s, const struct errinfo *full)
{
	struct errinfo none;

	(void)err_set(&none, ERR_NOTFOUND, "signer.idem", NULL,
	    "Nothing was issued under this idempotency key.");
	for (size_t i = 0; i < s->num_answers; i++) {
		struct answer *a = &s->answers[i];

		if (a->pending) {
			answer_error(a, a->find ? &none : full);
		}
	}
}

/* Make durable what is pending, then send everything. */
static enum err
flush(struct server *s, struct errinfo *ei)
{
	bool wrote = engine_num_pending(s->engine) > 0;
	enum err err = engine_commit(s->engine, ei);

	if (err == ERR_STORE) {
		log_err(LOG_ERROR, "journal.full", ei);
		take_back(s, ei);
		err = ERR_OK;
	}
	for (size_t i = 0; i < s->num_answers && err == ERR_OK; i++) {
		err = send_answer(s, &s->answers[i], ei);
	}
	s->num_answers = 0;
	engine_keep_crl(s->engine, s->o->dir);
	memfd_unmap(s->entries);
	s->entries = SLICE_EMPTY;
	if (wrote && err == ERR_OK) {
		seam("signer.answered");
	}
	return err;
}

/* --- questions ---------------------------------------------------------- */

static enum err
do_hello(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct hello h;
	enum err err = hello_unpack(f->body, &h, ei);

	(void)a;
	if (err == ERR_OK) {
		err = hello_send(
		    s->o->channel, f->id, s->o->role, s->o->instance, ei);
	}
	s->fatal = err != ERR_OK;
	return err;
}

static enum err
do_issue(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_issue_msg m;
	struct signer_issued out;
	enum err err = signer_issue_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = engine_issue(s->engine, &m, &s->store, &out, ei);
	if (err == ERR_OK) {
		signer_issued_pack(&a->body, &out);
		a->type = SIGNER_ISSUED;
		a->pending = out.number > engine_journal_number(s->engine);
	}
	signer_issue_clear(&m);
	return err;
}

static enum err
do_find(struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_issued out;
	struct signer_find m;
	enum err err = signer_find_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = engine_find(s->engine, &m, &s->store, &out, ei);
	if (err == ERR_OK) {
		signer_issued_pack(&a->body, &out);
		a->type = SIGNER_ISSUED;
		a->pending = out.number > engine_journal_number(s->engine);
		a->find = true;
	}
	return err;
}

static enum err
do_crl(struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_crl_done out;
	struct signer_crl m;
	enum err err;

	err = signer_crl_unpack(f->body, &m, ei);
	if (err == ERR_OK) {
		err = memfd_map(f->fds[0], CRL_BYTES_MAX, &s->entries, ei);
	}
	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = engine_crl(s->engine, &m, s->entries, &out, &s->fatal, ei);
	if (err == ERR_OK && m.shard.delta) {
		err = memfd_of("crl-delta", out.entries, &a->fd, ei);
	}
	if (err == ERR_OK) {
		signer_crl_done_pack(&a->body, &out);
		a->type = SIGNER_CRL_DONE;
		log_event(LOG_INFO, "signer.crl", L_INT("number", m.number),
		    L_INT("bytes",
			out.front.len +
			    (m.shard.delta ? out.entries : s->entries).len +
			    out.back.len));
	}
	return err;
}

static enum err
do_epoch(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_epoch_done out = {0};
	struct signer_epoch m;
	enum err err = signer_epoch_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = engine_epoch(s->engine, &m, &out.number, &s->fatal, ei);
	if (err == ERR_OK) {
		signer_epoch_done_pack(&a->body, &out);
		a->type = SIGNER_EPOCH_DONE;
		log_event(LOG_WARN, "signer.epoch", L_INT("number", out.number),
		    L_INT("previous", m.previous.number));
	}
	return err;
}

static enum err
do_renew(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_renew m;
	enum err err = signer_renew_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = instance_renew(s->o->of, s->o->dir, m.cert, ei);
	if (err == ERR_OK) {
		a->type = SIGNER_RENEW_DONE;
		log_event(
		    LOG_INFO, "signer.renewed", L_STR("name", s->o->instance));
	}
	return err;
}

static enum err
send_entry(struct server *s, uint64_t id, uint64_t number, struct answer *a,
    struct errinfo *ei)
{
	struct signer_journal_entry m;
	struct frame f = {.type = SIGNER_JOURNAL_ENTRY, .id = id};
	enum err err;

	err = engine_journal_entry(s->engine, number, &s->store, &m, ei);
	if (err != ERR_OK) {
		return err;
	}
	buf_reset(&a->body);
	signer_journal_entry_pack(&a->body, &m);
	err = buf_err(&a->body, ei);
	if (err == ERR_OK) {
		f.body = buf_slice(&a->body);
		err = frame_send(s->o->channel, &f, ei);
	}
	return err;
}

static enum err
do_journal(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_journal_end end;
	struct signer_journal m;
	uint64_t number;
	enum err err = signer_journal_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	end.last = engine_journal_number(s->engine);
	number = m.after;
	for (uint32_t i = 0; i < m.limit && number < end.last; i++) {
		err = send_entry(s, f->id, ++number, a, ei);
		if (err != ERR_OK) {
			s->fatal = true;
			return err;
		}
	}
	buf_reset(&a->body);
	signer_journal_end_pack(&a->body, &end);
	a->type = SIGNER_JOURNAL_END;
	return ERR_OK;
}

static enum err
do_ocsp(struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_ocsp_done out;
	struct signer_ocsp m;
	enum err err = signer_ocsp_unpack(f->body, &m, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err = engine_ocsp(s->engine, &m, &s->store, ei);
	if (err == ERR_OK) {
		out.response = buf_slice(&s->store);
		signer_ocsp_done_pack(&a->body, &out);
		a->type = SIGNER_OCSP_DONE;
	}
	return err;
}

static enum err
do_page_order(
    struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct signer_page_order_done out;
	struct page_order wish;
	enum err err = signer_page_order_unpack(f->body, &wish, ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	err =
	    engine_page_order(s->engine, &wish, &s->store, &out.not_after, ei);
	if (err == ERR_OK) {
		out.order = buf_slice(&s->store);
		signer_page_order_done_pack(&a->body, &out);
		a->type = SIGNER_PAGE_ORDER_DONE;
	}
	return err;
}

static enum err
do_info(struct server *s, struct frame *f, struct answer *a, struct errinfo *ei)
{
	struct wire w = wire_init(f->body);
	struct signer_info info;
	enum err err = wire_end(&w, "info", ei);

	if (err != ERR_OK) {
		s->fatal = true;
		return err;
	}
	signer_info_init(&info);
	err = engine_info(s->engine, &info, ei);
	if (err == ERR_OK) {
		signer_info_pack(&a->body, &info);
		a->type = SIGNER_INFO_DONE;
	}
	signer_info_clear(&info);
	return err;
}

/*
 * What may be asked.  alone: nothing else may be pending meanwhile.
 * Whether this instance's kind of key does it is the engine's to say.
 */
struct duty {
	uint16_t type;
	bool alone;
	bool answers; /* false: it has answered by itself */
	size_t num_fds;
	enum err (*run)(struct server *s, struct frame *f, struct answer *a,
	    struct errinfo *ei);
};

static const struct duty duties[] = {
    {MSG_HELLO, true, false, 0, do_hello},
    {SIGNER_ISSUE, false, true, 0, do_issue},
    {SIGNER_FIND, false, true, 0, do_find},
    {SIGNER_CRL, true, true, 1, do_crl},
    {SIGNER_JOURNAL, true, true, 0, do_journal},
    {SIGNER_EPOCH, true, true, 0, do_epoch},
    {SIGNER_RENEW, true, true, 0, do_renew},
    {SIGNER_OCSP, false, true, 0, do_ocsp},
    {SIGNER_PAGE_ORDER, false, true, 0, do_page_order},
    {SIGNER_INFO, false, true, 0, do_info},
};

static const struct duty *
find_duty(const struct frame *f)
{
	for (size_t i = 0; i < ARRAY_LEN(duties); i++) {
		if (duties[i].type == f->type) {
			return duties[i].num_fds == f->num_fds ? &duties[i]
							       : NULL;
		}
	}
	return NULL;
}

static enum err
work(struct server *s, struct frame *f, struct errinfo *ei)
{
	const struct duty *duty = find_duty(f);
	struct answer *a;
	enum err err;

	if (duty == NULL) {
		s->fatal = true;
		return err_set(ei, ERR_FORMAT, "signer.message", NULL,
		    "A message of type %u with %zu descriptors is not asked "
		    "of a signer.",
		    (unsigned)f->type, f->num_fds);
	}
	if (duty->alone) {
		err = flush(s, ei);
		if (err != ERR_OK) {
			s->fatal = true;
			return err;
		}
	}
	a = &s->answers[s->num_answers];
	a->id = f->id;
	a->pending = false;
	a->find = false;
	buf_reset(&a->body);
	buf_reset(&s->store);
	err = duty->run(s, f, a, ei);
	if (s->fatal) {
		return err;
	}
	if (err != ERR_OK) {
		/* Not the text: it may quote a person's data. */
		log_event(LOG_WARN, "signer.refused", L_STR("rule", ei->rule),
		    L_STR("kind", err_name(err)), L_STR("object", ei->object));
		if (strncmp(ei->rule, "key.", strlen("key.")) == 0 ||
		    strcmp(ei->rule, "signer.signature") == 0) {
			log_err(LOG_ERROR, "signer.key", ei);
		}
		answer_error(a, ei);
		err = ERR_OK;
	}
	if (duty->answers) {
		s->num_answers++;
	}
	return err;
}

/* One group. *closed: the channel has ended. */
static enum err
batch(struct server *s, bool *closed, struct errinfo *ei)
{
	struct frame f;
	enum err err;

	*closed = false;
	for (int i = 0; i < SIGNER_BATCH_MAX; i++) {
		err = frame_recv(s->o->channel, &s->packet, &f, true, ei);
		if (err == ERR_AGAIN) {
			break;
		}
		if (err == ERR_NOTFOUND) {
			*closed = true;
			break;
		}
		if (err != ERR_OK) {
			return err;
		}
		err = work(s, &f, ei);
		frame_close_fds(&f);
		if (err != ERR_OK) {
			return err;
		}
	}
	err = flush(s, ei);
	if (err == ERR_NOTFOUND) { /* nobody is left to be answered */
		*closed = true;
		err = ERR_OK;
	}
	return err;
}

static enum err
loop(struct server *s, struct errinfo *ei)
{
	struct pollfd p[1 + UNLOCK_POLL_MAX];
	unsigned signals = 0;
	bool closed = false;
	size_t num;
	enum err err;

	err = hello_send(s->o->channel, 0, s->o->role, s->o->instance, ei);
	while (err == ERR_OK && !closed) {
		p[0] = (struct pollfd){s->o->channel, POLLIN, 0};
		num = unlocking_poll(&s->unlocking, p + 1);
		err = signals_wait(p, 1 + num, -1, &signals, ei);
		if ((signals & SIGNAL_STOP) != 0) {
			return ERR_OK;
		}
		if (err == ERR_OK && p[0].revents != 0) {
			err = batch(s, &closed, ei);
		}
		if (err == ERR_OK) {
			unlocking_work(&s->unlocking, s->engine, p + 1, num);
		}
	}
	return err;
}

enum err
serve(struct engine *e, const struct serve_options *o, struct errinfo *ei)
{
	struct server *s = calloc(1, sizeof(*s));
	enum err err;

	if (s == NULL) {
		return err_nomem(ei);
	}
	s->engine = e;
	s->o = o;
	unlocking_init(&s->unlocking, o);
	buf_init(&s->packet, FRAME_BYTES_MAX);
	buf_init(&s->store, JOURNAL_RECORD_MAX + RECORD_OVERHEAD);
	for (size_t i = 0; i < ARRAY_LEN(s->answers); i++) {
		buf_init(&s->answers[i].body, FRAME_BODY_MAX);
		s->answers[i].fd = -1;
	}
	err = loop(s, ei);
	unlocking_clear(&s->unlocking);
	for (size_t i = 0; i < ARRAY_LEN(s->answers); i++) {
		buf_clear(&s->answers[i].body);
	}
	buf_clear(&s->packet);
	buf_clear(&s->store);
	free(s);
	return err;
}
