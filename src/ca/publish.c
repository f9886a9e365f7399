/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/publish.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "ca/authority.h"
#include "ca/entries.h"
#include "ca/pace.h"
#include "ca/shard.h"
#include "os/file.h"
#include "os/wait.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/crl.h"

enum {
	CRL_FILE_MODE = 0644
};

/* A row of crl_shard. */
struct list {
	struct crl_shard shard;
	uint64_t number; /* the highest of all the CA's lists */
	uint64_t noted;  /* its own */
	int64_t next_update;
	int64_t changes;
	int64_t published;
};

/* Numbers go on above the highest of database and signer (design rule 2). */
static enum err
next_number(const struct authority *a, const struct list *s, uint64_t *out,
    struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(authority_signer(a), &info, ei);
	if (e == ERR_OK) {
		*out = (info.crl_number > s->number ? info.crl_number
						    : s->number) +
		       1;
	}
	signer_info_clear(&info);
	return e;
}

static enum err
write_file(struct ca *ca, const char *name, struct crl_shard shard,
    struct slice crl, struct errinfo *ei)
{
	char file[SHARD_FILE_SIZE], path[PATH_TEXT_SIZE];
	enum err e;

	shard_file(name, shard, file);
	e = path_join(path, ca_public_dir(ca), file, ei);
	return e != ERR_OK ? e
			   : file_write_atomic(path, crl, CRL_FILE_MODE, ei);
}

static enum err
note_published(struct ca *ca, const char *name, const struct signer_crl *order,
    const struct list *s, int64_t changes, const uint8_t sha256[32],
    struct errinfo *ei)
{
	char detail[64 + CRL_SHARD_TEXT_SIZE], shard[CRL_SHARD_TEXT_SIZE];
	struct unit u;
	enum err e;

	crl_shard_text(s->shard, shard);
	(void)snprintf(detail, sizeof(detail),
	    "{\"number\":%llu,\"list\":\"%s\"}",
	    (unsigned long long)order->number,
	    shard[0] != '\0' ? shard + 1 : "full");
	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_PUBLISH, EXPECT(1), V_TEXT(name),
	    V_INT(shard_row(s->shard)), V_INT(order->number),
	    V_INT(order->this_update), V_INT(order->next_update),
	    V_INT(changes), V_BLOB(slice_make(sha256, 32)), V_NULL);
	unit_audit(&u, &(struct audit_event){
			   .at = order->this_update,
			   .actor = "system publisher",
			   .action = "crl.publish",
			   .object = name,
			   .detail = detail,
		       });
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/*
 * In this order: signed (and in the signer's journal), noted with its audit
 * row, then seen by others.
 */
static enum err
publish(struct ca *ca, struct authority *a, const struct list *list,
    struct errinfo *ei)
{
	const char *name = authority_name(a);
	struct slice entries = SLICE_EMPTY;
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	struct signer_crl order = {.shard = list->shard};
	uint8_t sha256[32];
	int64_t changes = 0;
	enum err e = next_number(a, list, &order.number, ei);

	order.this_update = clock_utc_sec(ca_clock(ca));
	order.next_update = order.this_update + CRL_LIFE_SEC;
	if (e == ERR_OK) {
		const struct entries_of of = {
		    name, list->shard, order.this_update};

		e = entries_get(
		    ca, authority_entries(a), &of, &entries, &changes, ei);
	}
	if (e == ERR_OK) {
		store_audit_position(ca_store(ca), &order.at);
		e = signer_crl(
		    authority_signer(a), &order, entries, &crl, sha256, ei);
	}
	if (e == ERR_OK) {
		e = note_published(ca, name, &order, list, changes, sha256, ei);
	}
	if (e == ERR_OK) {
		e = write_file(ca, name, list->shard, buf_slice(&crl), ei);
	}
	if (e == ERR_OK) {
		struct crl_facts facts = {
		    .shard = list->shard,
		    .number = order.number,
		    .this_update = order.this_update,
		    .next_update = order.next_update,
		};
		size_t len = crl.len;
		uint8_t *bytes = buf_take(&crl, &len);

		memcpy(facts.sha256, sha256, sizeof(sha256));
		e = authority_set_crl(a, &facts, bytes, len, ei);
		if (e != ERR_OK) {
			free(bytes);
		}
	}
	buf_clear(&crl);
	return e;
}

struct publisher {
	struct publisher_options o;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool kicked;
	bool stop;
	struct pace paces[CA_AUTHORITIES_MAX]; /* the thread's own */
};

/* The rows of the full list and of the signer's shards, where they are not
 * there yet. */
static enum err
add_rows(struct ca *ca, const struct authority *a, struct errinfo *ei)
{
	struct crl_shard s = {0, authority_crl_shards(a)};
	struct unit u;
	enum err e = ERR_OK;

	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY, V_TEXT(authority_name(a)),
	    V_INT(0));
	for (; e == ERR_OK && s.count > 1 && s.index < s.count; s.index++) {
		if (s.index % UNIT_GROUP_MAX == UNIT_GROUP_MAX - 1) {
			e = store_submit(ca_store(ca), &u, NULL, ei);
			unit_clear(&u);
			unit_init(&u);
		}
		unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY,
		    V_TEXT(authority_name(a)), V_INT(shard_row(s)));
	}
	if (e == ERR_OK) {
		e = store_submit(ca_store(ca), &u, NULL, ei);
	}
	unit_clear(&u);
	return e;
}

/* Once the full list is published its rows have been made. */
static bool
is_known(struct authority *a)
{
	struct shared_crl *crl = authority_crl(a, (struct crl_shard){0});

	if (crl != NULL) {
		shared_crl_release(crl);
	}
	return crl != NULL;
}

/* No CRL of this run is in memory, or its time is over; or it lacks changes, or
 * is not the one that the database has noted (whose file or place here failed),
 * and may be made for that.  pace NULL: it may. */
static bool
is_due(struct authority *a, const struct list *s, const struct clock *clock,
    struct pace *pace)
{
	struct shared_crl *crl = authority_crl(a, s->shard);
	bool whole;

	if (crl == NULL) {
		return true;
	}
	whole = s->published == s->changes && crl->facts.number == s->noted;
	shared_crl_release(crl);
	return s->next_update - clock_utc_sec(clock) < CRL_RENEW_SEC ||
	       (!whole &&
		   (pace == NULL || pace_take(pace, clock_mono_ms(clock))));
}

/* All lists of a CA.  One that fails does not keep the others from being made;
 * the first error is given back. */
static enum err
publish_due(
    struct ca *ca, struct authority *a, struct pace *pace, struct errinfo *ei)
{
	struct rows *r = NULL;
	uint64_t highest = 0;
	enum err e, first = ERR_OK;

	/* A database that was put back may have forgotten revocations. */
	if (store_held(ca_store(ca), NULL)) {
		return ERR_OK;
	}
	e = is_known(a) ? ERR_OK : add_rows(ca, a, ei);
	if (e == ERR_OK) {
		e = store_query(ca_store(ca), ST_CRL_SHARD_LIST, &r, ei,
		    V_TEXT(authority_name(a)));
	}
	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < rows_num(r); i++) {
		uint64_t number = (uint64_t)rows_int(r, i, 1);

		highest = number > highest ? number : highest;
	}
	for (size_t i = 0; i < rows_num(r); i++) {
		struct list list = {
		    .shard = shard_from_row(rows_int(r, i, 0)),
		    .number = highest,
		    .noted = (uint64_t)rows_int(r, i, 1),
		    .next_update = rows_int(r, i, 2),
		    .changes = rows_int(r, i, 3),
		    .published = rows_int(r, i, 4),
		};

		if (is_due(a, &list, ca_clock(ca), pace)) {
			e = publish(ca, a, &list, first == ERR_OK ? ei : NULL);
			first = first == ERR_OK ? e : first;
		}
	}
	rows_free(r);
	return first;
}

static void *
publisher_run(void *arg)
{
	struct publisher *p = arg;

	(void)pthread_mutex_lock(&p->lock);
	while (!p->stop) {
		if (!p->kicked) {
			cond_wait_ms(&p->wake, &p->lock, CRL_LOOK_MS);
		}
		p->kicked = false;
		(void)pthread_mutex_unlock(&p->lock);
		for (size_t i = 0; i < ca_num(p->o.ca); i++) {
			struct authority *a = ca_at(p->o.ca, i);
			struct errinfo ei = {0};

			if (publish_due(p->o.ca, a, &p->paces[i], &ei) !=
				ERR_OK &&
			    p->o.failed != NULL) {
				p->o.failed(p->o.arg, authority_name(a), &ei);
			}
		}
		(void)pthread_mutex_lock(&p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

static void
destroy(struct publisher *p)
{
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

enum err
publisher_start(const struct publisher_options *o, struct publisher **out,
    struct errinfo *ei)
{
	struct publisher *p;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ca_num(o->ca); i++) {
		struct authority *a = ca_at(o->ca, i);
		struct errinfo why = {0};

		e = publish_due(o->ca, a, NULL, &why);
		/* A key that is locked or away: the others go on without it,
		 * and the thread tries again. */
		if (e == ERR_AGAIN) {
			if (o->failed != NULL) {
				o->failed(o->arg, authority_name(a), &why);
			}
			e = ERR_OK;
		} else if (e != ERR_OK && ei != NULL) {
			*ei = why;
		}
	}
	if (e != ERR_OK) {
		return e;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	p->o = *o;
	(void)pthread_mutex_init(&p->lock, NULL);
	cond_init_monotonic(&p->wake);
	if (pthread_create(&p->thread, NULL, publisher_run, p) != 0) {
		destroy(p);
		return err_set(ei, ERR_SYS, "thread.start", NULL,
		    "cannot start the publisher's thread");
	}
	*out = p;
	return ERR_OK;
}

static void
wake(struct publisher *p, bool stop)
{
	(void)pthread_mutex_lock(&p->lock);
	p->kicked = true;
	p->stop = p->stop || stop;
	(void)pthread_cond_signal(&p->wake);
	(void)pthread_mutex_unlock(&p->lock);
}

void
publisher_kick(struct publisher *p)
{
	wake(p, false);
}

void
publisher_stop(struct publisher *p)
{
	if (p == NULL) {
		return;
	}
	wake(p, true);
	(void)pthread_join(p->thread, NULL);
	destroy(p);
}
