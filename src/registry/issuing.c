/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/issuing.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ca/adopt.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "identity/notice.h"
#include "os/random.h"
#include "os/seam.h"
#include "os/wait.h"
#include "profile/values.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/idem.h"
#include "registry/registry.h"
#include "store/store.h"
#include "subject/subject.h"
#include "x509/csr.h"

enum {
	LIST_MAX = 64,
	ADOPT_MIN_AGE_SEC = 60, /* longer than a call to the signer takes */
	ADOPT_EVERY_MS = 60000,
	WHAT_MAX = 512,
	ANSWER_MAX = 4 * CERT_BYTES_MAX,
	ANSWER_STATUS = 201,
};

struct issuing {
	struct issuing_options o;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct id queue[ISSUING_QUEUE_MAX]; /* a ring */
	size_t first;
	size_t num;
	/* What the threads work on now: one application, one thread. */
	struct id busy[ISSUING_THREADS];
	bool is_busy[ISSUING_THREADS];
	bool stop;
	int64_t looked_ms;
	int64_t adopted_ms;
	pthread_t threads[ISSUING_THREADS];
	unsigned num_threads;
};

static void
system_act(struct act *act)
{
	*act = (struct act){0};
	actor_system(&act->actor, "issuing");
}

/* --- one application -------------------------------------------------- */

/* Everything that is certified comes from the registry; the request gives
 * its key and nothing else (design rule 1). */
static enum err
make_values(const struct form *f, const struct application *a,
    const uint8_t key[32], struct issue_values *v, struct errinfo *ei)
{
	struct csr *csr = NULL;
	enum err e;

	memcpy(v->idem, key, sizeof(v->idem));
	v->identification_kind = f->identification_kind;
	e = values_set_profile(v, slice_str(f->data.profile), ei);
	if (e == ERR_OK) {
		e = subject_build(
		    f->data.owner_kind, &f->fields, &v->attrs, ei);
	}
	if (e == ERR_OK) {
		e = csr_parse(a->csr, &csr, ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, csr_spki(csr), ei);
	}
	csr_free(csr);
	return e;
}

/* The owner's name as messages call it. */
static enum err
owner_text(const struct form *f, struct buf *out, struct errinfo *ei)
{
	subject_full_name(&f->fields, out);
	if (out->len == 0 && f->fields.organisation_name != NULL) {
		buf_add_str(out, f->fields.organisation_name);
	}
	return buf_err(out, ei);
}

/* Unit (b). */
static enum err
finish_application(struct issuing *i, const struct form *f,
    const struct id *application, const struct issued *issued,
    struct errinfo *ei)
{
	struct buf what = BUF_INIT(WHAT_MAX);
	char actor[ACTOR_TEXT_SIZE];
	struct act act;
	struct unit u;
	enum err e = owner_text(f, &what, ei);

	system_act(&act);
	actor_text(&act.actor, actor);
	unit_init(&u);
	if (e == ERR_OK) {
		e = ca_add_issued(i->o.ca, &u, issued, application, actor, ei);
	}
	if (e == ERR_OK) {
		const struct notice notice = {
		    .phone = f->data.phone,
		    .message = MESSAGE_ISSUED,
		    .what = buf_cstr(&what),
		    .about = *application,
		};

		e = notice_add(i->o.notices, &u, &notice, ei);
	}
	if (e == ERR_OK) {
		application_add_issued(&u, &act.actor, application, &issued->id,
		    clock_utc_sec(i->o.registry->clock));
		e = store_submit(i->o.registry->store, &u, NULL, ei);
	}
	if (e == ERR_OK) {
		seam("front.committed");
	}
	unit_clear(&u);
	buf_clear(&what);
	return e;
}

/* The signer said no, or never had it: back to approved. */
static void
undo_application(struct issuing *i, const struct id *application)
{
	struct errinfo mine;
	struct act act;

	system_act(&act);
	/* If even this fails, the state stays `issuing` and the next look
	 * settles it with the signer. */
	(void)(application_issue_fail(
		   i->o.registry, &act, application, &mine) == ERR_OK);
}

static enum err
sign_application(struct issuing *i, const struct form *f,
    const struct application *a, const uint8_t key[32], struct errinfo *ei)
{
	struct issue_values values;
	struct issued issued = {0};
	enum err e;

	values_init(&values);
	e = make_values(f, a, key, &values, ei);
	if (e == ERR_OK) {
		e = ca_issue(i->o.ca, &values, &issued, ei);
	}
	if (e == ERR_OK) {
		e = finish_application(i, f, &a->id, &issued, ei);
	} else if (e != ERR_TIMEOUT) {
		undo_application(i, &a->id);
	}
	issued_clear(&issued);
	values_clear(&values);
	return e;
}

/* Begun before, perhaps by a front that died: what does the signer have? */
static enum err
settle_application(struct issuing *i, const struct form *f,
    const struct application *a, struct errinfo *ei)
{
	struct issued issued;
	enum err e =
	    ca_find(i->o.ca, f->data.profile, a->issue_key, &issued, ei);

	if (e == ERR_NOTFOUND) {
		return sign_application(i, f, a, a->issue_key, ei);
	}
	if (e == ERR_OK) {
		e = finish_application(i, f, &a->id, &issued, ei);
		issued_clear(&issued);
	}
	return e;
}

static enum err
begin_application(struct issuing *i, const struct form *f,
    const struct application *a, struct errinfo *ei)
{
	uint8_t key[32];
	struct act act;
	enum err e;

	system_act(&act);
	e = application_issue_begin(i->o.registry, &act, &a->id, key, ei);
	if (e != ERR_OK) {
		return e;
	}
	seam("front.reserved");
	return sign_application(i, f, a, key, ei);
}

enum err
issuing_application(
    struct issuing *i, const struct id *application, struct errinfo *ei)
{
	struct application a;
	struct form f;
	enum err e = application_get(i->o.registry, application, &a, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (a.state != APP_APPROVED && a.state != APP_ISSUING) {
		application_clear(&a);
		return ERR_OK; /* another thread was faster */
	}
	e = form_get(i->o.registry, &a.form, &f, ei);
	if (e == ERR_OK) {
		e = a.state == APP_APPROVED ? begin_application(i, &f, &a, ei)
					    : settle_application(i, &f, &a, ei);
		form_clear(&f);
	}
	application_clear(&a);
	return e;
}

/* --- direct orders ----------------------------------------------------- */

static const struct idem_answer *
answer_of(const struct buf *body, struct idem_answer *out)
{
	*out = (struct idem_answer){
	    .status = ANSWER_STATUS,
	    .content_type = "application/json",
	    .body = buf_slice(body),
	};
	return out;
}

/* Unit (b) of an order: by its ticket, or, when its front is gone, by the
 * signer's key. */
static enum err
finish_direct(struct issuing *i, const struct actor *actor,
    const struct idem_ticket *ticket, const uint8_t key[32],
    const struct issued *issued, struct buf *answer, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(i->o.registry->clock);
	struct idem_answer kept;
	char who[ACTOR_TEXT_SIZE];
	struct unit u;
	enum err e = ca_issued_json(issued, answer, ei);

	actor_text(actor, who);
	unit_init(&u);
	if (e == ERR_OK) {
		e = ca_add_issued(i->o.ca, &u, issued, NULL, who, ei);
	}
	if (e == ERR_OK) {
		(void)answer_of(answer, &kept);
		if (ticket != NULL) {
			idem_add_finish(&u, ticket, &kept, now);
		} else {
			idem_add_adopt(&u, slice_make(key, 32), &kept, now);
		}
		e = store_submit(i->o.registry->store, &u, NULL, ei);
	}
	if (e == ERR_OK) {
		seam("front.committed");
	}
	unit_clear(&u);
	return e;
}

/* Unit (a): the record is open, under the key that the signer will know. */
static enum err
reserve_direct(struct issuing *i, const struct idem_ticket *ticket,
    const uint8_t key[32], struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	idem_add_open(&u, ticket, slice_make(key, 32), NULL,
	    clock_utc_sec(i->o.registry->clock));
	e = store_submit(i->o.registry->store, &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* The signer's refusal is what the caller has to hear; a record that stays
 * open is settled at the next start. */
static void
drop_direct(struct issuing *i, const struct idem_ticket *ticket)
{
	struct errinfo mine;
	struct unit u;

	unit_init(&u);
	idem_add_drop(&u, ticket);
	(void)(store_submit(i->o.registry->store, &u, NULL, &mine) == ERR_OK);
	unit_clear(&u);
}

enum err
issuing_direct(struct issuing *i, const struct actor *actor,
    const struct idem_ticket *ticket, struct issue_values *values,
    struct buf *answer, struct errinfo *ei)
{
	struct issued issued = {0};
	enum err e = random_bytes(values->idem, sizeof(values->idem), ei);

	if (e == ERR_OK) {
		e = reserve_direct(i, ticket, values->idem, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	seam("front.reserved");
	e = ca_issue(i->o.ca, values, &issued, ei);
	if (e == ERR_OK) {
		e = finish_direct(
		    i, actor, ticket, values->idem, &issued, answer, ei);
	} else if (e != ERR_TIMEOUT) {
		drop_direct(i, ticket);
	}
	issued_clear(&issued);
	return e;
}

/* --- settling ---------------------------------------------------------- */

/* An application waits for this certificate. */
static enum err
adopt_application(struct issuing *i, const struct application *a,
    const struct issued *issued, struct errinfo *ei)
{
	struct form f;
	enum err e;

	if (a->state != APP_ISSUING) {
		return ca_adopt_alone(i->o.ca, issued, ei);
	}
	e = form_get(i->o.registry, &a->form, &f, ei);
	if (e == ERR_OK) {
		e = finish_application(i, &f, &a->id, issued, ei);
		form_clear(&f);
	}
	return e;
}

static enum err
adopt_direct(struct issuing *i, const uint8_t key[32],
    const struct issued *issued, bool *out_done, struct errinfo *ei)
{
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct rows *r = NULL;
	struct actor actor;
	enum err e = store_query(i->o.registry->store, ST_IDEM_BY_SIGNER_KEY,
	    &r, ei, V_BLOB(slice_make(key, 32)));

	*out_done = e == ERR_OK && rows_num(r) > 0 &&
		    strcmp(rows_text(r, 0, 3), "open") == 0;
	if (*out_done) {
		actor_system(&actor, "adoption");
		e = finish_direct(i, &actor, NULL, key, issued, &answer, ei);
	}
	rows_free(r);
	buf_clear(&answer);
	return e;
}

static enum err
adopt(void *arg, const struct issued *issued, const uint8_t key[32],
    struct errinfo *ei)
{
	struct issuing *i = arg;
	struct application a;
	bool done;
	enum err e = application_by_issue_key(i->o.registry, key, &a, ei);

	if (e == ERR_OK) {
		e = adopt_application(i, &a, issued, ei);
		application_clear(&a);
		return e;
	}
	if (e != ERR_NOTFOUND) {
		return e;
	}
	e = adopt_direct(i, key, issued, &done, ei);
	if (e == ERR_OK && !done) {
		e = ca_adopt_alone(i->o.ca, issued, ei);
	}
	return e;
}

static enum err
drop_order(
    struct issuing *i, const struct rows *r, size_t row, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_IDEM_DROP, EXPECT(1), V_TEXT(rows_text(r, row, 1)),
	    V_TEXT(rows_text(r, row, 2)), V_TEXT(rows_text(r, row, 3)));
	e = store_submit(i->o.registry->store, &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/*
 * Orders of an earlier run that are still open after the journals were
 * adopted: the signers never had them, so the keys may be used anew.
 */
static enum err
drop_open_orders(struct issuing *i, struct errinfo *ei)
{
	size_t num = LIST_MAX;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == LIST_MAX) {
		struct rows *r = NULL;

		e = store_query(i->o.registry->store, ST_IDEM_OPEN, &r, ei,
		    V_INT(0), V_BLOB(SLICE_EMPTY), V_INT(LIST_MAX));
		num = e == ERR_OK ? rows_num(r) : 0;
		for (size_t n = 0; e == ERR_OK && n < num; n++) {
			e = drop_order(i, r, n, ei);
		}
		rows_free(r);
	}
	return e;
}

/* --- threads ----------------------------------------------------------- */

static bool
is_queued(const struct issuing *i, const struct id *application)
{
	for (size_t n = 0; n < i->num; n++) {
		size_t at = (i->first + n) % ISSUING_QUEUE_MAX;

		if (id_eq(&i->queue[at], application)) {
			return true;
		}
	}
	for (size_t n = 0; n < i->num_threads; n++) {
		if (i->is_busy[n] && id_eq(&i->busy[n], application)) {
			return true;
		}
	}
	return false;
}

void
issuing_kick(struct issuing *i, const struct id *application)
{
	(void)pthread_mutex_lock(&i->lock);
	if (i->num < ISSUING_QUEUE_MAX && !is_queued(i, application)) {
		i->queue[(i->first + i->num++) % ISSUING_QUEUE_MAX] =
		    *application;
		(void)pthread_cond_signal(&i->wake);
	}
	(void)pthread_mutex_unlock(&i->lock);
}

/* What waits in the database: after a restart, after an outage, or because
 * the queue was full. */
static void
look(struct issuing *i)
{
	static const enum app_state states[] = {APP_APPROVED, APP_ISSUING};

	for (size_t s = 0; s < ARRAY_LEN(states); s++) {
		struct application_row rows[PAGE_ROWS_MAX];
		struct errinfo ei;
		size_t num = 0;

		if (application_list(i->o.registry, states[s], NULL, rows,
			PAGE_ROWS_MAX, &num, &ei) != ERR_OK) {
			continue;
		}
		for (size_t n = 0; n < num; n++) {
			issuing_kick(i, &rows[n].id);
		}
	}
}

static void
adopt_again(struct issuing *i)
{
	const struct adoption how = {adopt, i, ADOPT_MIN_AGE_SEC};
	const struct id none = {{0}};
	struct errinfo ei = {0};
	size_t num;

	if (ca_adopt(i->o.ca, &how, &num, &ei) != ERR_OK &&
	    i->o.failed != NULL) {
		i->o.failed(i->o.arg, &none, &ei);
	}
}

/* Called by whichever thread is idle when the time has come; the lock is
 * held on entry and on return. */
static void
housekeeping(struct issuing *i)
{
	int64_t now = clock_mono_ms(i->o.registry->clock);
	bool due = now - i->looked_ms >= ISSUING_LOOK_MS;
	bool adopt_due = now - i->adopted_ms >= ADOPT_EVERY_MS;

	if (due) {
		i->looked_ms = now;
	}
	if (adopt_due) {
		i->adopted_ms = now;
	}
	(void)pthread_mutex_unlock(&i->lock);
	if (due) {
		look(i);
	}
	if (adopt_due) {
		adopt_again(i);
	}
	(void)pthread_mutex_lock(&i->lock);
}

static void
work_one(struct issuing *i, unsigned slot)
{
	struct id application = i->queue[i->first];
	struct errinfo ei = {0};

	i->first = (i->first + 1) % ISSUING_QUEUE_MAX;
	i->num--;
	i->busy[slot] = application;
	i->is_busy[slot] = true;
	(void)pthread_mutex_unlock(&i->lock);
	if (issuing_application(i, &application, &ei) != ERR_OK &&
	    i->o.failed != NULL) {
		i->o.failed(i->o.arg, &application, &ei);
	}
	(void)pthread_mutex_lock(&i->lock);
	i->is_busy[slot] = false;
}

struct worker {
	struct issuing *issuing;
	unsigned slot;
};

static void *
run(void *arg)
{
	struct worker *w = arg;
	struct issuing *i = w->issuing;
	unsigned slot = w->slot;

	free(w);
	(void)pthread_mutex_lock(&i->lock);
	while (!i->stop) {
		if (i->num > 0) {
			work_one(i, slot);
			continue;
		}
		housekeeping(i);
		if (i->num == 0 && !i->stop) {
			cond_wait_ms(&i->wake, &i->lock, ISSUING_LOOK_MS);
		}
	}
	(void)pthread_mutex_unlock(&i->lock);
	return NULL;
}

static enum err
start_threads(struct issuing *i, struct errinfo *ei)
{
	for (unsigned n = 0; n < ISSUING_THREADS; n++) {
		struct worker *w = malloc(sizeof(*w));

		if (w == NULL) {
			return err_nomem(ei);
		}
		*w = (struct worker){i, n};
		if (pthread_create(&i->threads[n], NULL, run, w) != 0) {
			free(w);
			return err_set(ei, ERR_SYS, "thread.start", NULL,
			    "cannot start a thread for issuing");
		}
		i->num_threads++;
	}
	return ERR_OK;
}

enum err
issuing_start(const struct issuing_options *o, struct issuing **out,
    size_t *out_adopted, struct errinfo *ei)
{
	struct issuing *i = calloc(1, sizeof(*i));
	const struct adoption how = {adopt, i, 0};
	enum err e;

	if (i == NULL) {
		return err_nomem(ei);
	}
	i->o = *o;
	i->adopted_ms = clock_mono_ms(o->registry->clock);
	i->looked_ms = i->adopted_ms - ISSUING_LOOK_MS;
	(void)pthread_mutex_init(&i->lock, NULL);
	cond_init_monotonic(&i->wake);
	e = ca_adopt(o->ca, &how, out_adopted, ei);
	if (e == ERR_OK) {
		e = drop_open_orders(i, ei);
	}
	if (e == ERR_OK) {
		e = start_threads(i, ei);
	}
	if (e != ERR_OK) {
		issuing_stop(i);
		return e;
	}
	*out = i;
	return ERR_OK;
}

void
issuing_stop(struct issuing *i)
{
	if (i == NULL) {
		return;
	}
	(void)pthread_mutex_lock(&i->lock);
	i->stop = true;
	(void)pthread_cond_broadcast(&i->wake);
	(void)pthread_mutex_unlock(&i->lock);
	for (unsigned n = 0; n < i->num_threads; n++) {
		(void)pthread_join(i->threads[n], NULL);
	}
	(void)pthread_cond_destroy(&i->wake);
	(void)pthread_mutex_destroy(&i->lock);
	free(i);
}
