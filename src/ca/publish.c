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
#include "crypto/hash.h"
#include "ipc/hello.h"
#include "os/file.h"
#include "os/wait.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/crl.h"

enum {
	CRL_PAGE = 5000,
	CRL_FILE_MODE = 0644
};

/* All entries of a CA in the order of serials, page by page. */
static enum err
collect_entries(struct ca *ca, const char *name, int64_t now,
    struct buf *entries, struct errinfo *ei)
{
	uint8_t last[SERIAL_BYTES_MAX + 1];
	struct slice after = slice_make(last, 0);
	enum err e = ERR_OK;
	size_t num = CRL_PAGE;

	while (e == ERR_OK && num == CRL_PAGE) {
		struct rows *r = NULL;

		e = store_query(ca_store(ca), ST_REVOCATION_FOR_CRL, &r, ei,
		    V_TEXT(name), V_BLOB(after), V_INT(now - CRL_KEEP_SEC),
		    V_INT(CRL_PAGE));
		if (e != ERR_OK) {
			break;
		}
		num = rows_num(r);
		for (size_t i = 0; i < num; i++) {
			buf_add(entries, rows_blob(r, i, 1));
		}
		if (num > 0) {
			struct slice serial = rows_blob(r, num - 1, 0);

			ensure(serial.len <= sizeof(last));
			memcpy(last, serial.p, serial.len);
			after.len = serial.len;
		}
		rows_free(r);
		e = buf_err(entries, ei);
	}
	return e;
}

struct shard {
	uint64_t number;
	int64_t next_update;
	int64_t changes;
	int64_t published;
};

static enum err
read_shard(
    struct ca *ca, const char *name, struct shard *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e = store_query_one(
	    ca_store(ca), ST_CRL_SHARD_GET, &r, ei, V_TEXT(name), V_INT(0));

	if (e == ERR_OK) {
		*out = (struct shard){
		    .number = (uint64_t)rows_int(r, 0, 0),
		    .next_update = rows_int(r, 0, 2),
		    .changes = rows_int(r, 0, 3),
		    .published = rows_int(r, 0, 4),
		};
		rows_free(r);
	}
	return e;
}

/* Numbers go on above the highest of database and signer (design rule 2). */
static enum err
next_number(const struct authority *a, const struct shard *s, uint64_t *out,
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
write_file(
    struct ca *ca, const char *name, struct slice crl, struct errinfo *ei)
{
	char file[HELLO_NAME_SIZE + 4], path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(file, sizeof(file), "%s.crl", name);
	e = path_join(path, ca_public_dir(ca), file, ei);
	return e != ERR_OK ? e
			   : file_write_atomic(path, crl, CRL_FILE_MODE, ei);
}

static enum err
note_published(struct ca *ca, const char *name, const struct signer_crl *order,
    const struct shard *s, struct slice crl, struct errinfo *ei)
{
	char detail[64];
	uint8_t sha256[HASH_SIZE_MAX];
	struct unit u;
	enum err e = hash_of(HASH_SHA256, crl, sha256, ei);

	if (e != ERR_OK) {
		return e;
	}
	(void)snprintf(detail, sizeof(detail), "{\"number\":%llu}",
	    (unsigned long long)order->number);
	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_PUBLISH, EXPECT(1), V_TEXT(name), V_INT(0),
	    V_INT(order->number), V_INT(order->this_update),
	    V_INT(order->next_update), V_INT(s->changes),
	    V_BLOB(slice_make(sha256, 32)), V_NULL);
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
publish(struct ca *ca, struct authority *a, struct errinfo *ei)
{
	const char *name = authority_name(a);
	struct buf entries = BUF_INIT(CRL_BYTES_MAX);
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	struct signer_crl order = {0};
	struct shard shard = {0};
	enum err e = read_shard(ca, name, &shard, ei);

	order.this_update = clock_utc_sec(ca_clock(ca));
	order.next_update = order.this_update + CRL_LIFE_SEC;
	if (e == ERR_OK) {
		e = next_number(a, &shard, &order.number, ei);
	}
	if (e == ERR_OK) {
		e = collect_entries(ca, name, order.this_update, &entries, ei);
	}
	if (e == ERR_OK) {
		store_audit_position(ca_store(ca), &order.at);
		e = signer_crl(
		    authority_signer(a), &order, buf_slice(&entries), &crl, ei);
	}
	if (e == ERR_OK) {
		e = note_published(
		    ca, name, &order, &shard, buf_slice(&crl), ei);
	}
	if (e == ERR_OK) {
		e = write_file(ca, name, buf_slice(&crl), ei);
	}
	if (e == ERR_OK) {
		size_t len = crl.len;
		uint8_t *bytes = buf_take(&crl, &len);

		e = authority_set_crl(a, bytes, len, ei);
		if (e != ERR_OK) {
			free(bytes);
		}
	}
	buf_clear(&entries);
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
};

static enum err
add_shard(struct ca *ca, const char *name, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY, V_TEXT(name), V_INT(0));
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* A CRL of this run is in memory, holds all changes, and has time left. */
static bool
is_fresh(struct authority *a, const struct shard *s, int64_t now)
{
	struct shared_crl *crl = authority_crl(a);

	if (crl == NULL) {
		return false;
	}
	shared_crl_release(crl);
	return s->published == s->changes &&
	       s->next_update - now >= CRL_RENEW_SEC;
}

static enum err
publish_if_due(struct ca *ca, struct authority *a, struct errinfo *ei)
{
	struct shard s;
	enum err e;

	/* A database that was put back may have forgotten revocations. */
	if (store_held(ca_store(ca), NULL)) {
		return ERR_OK;
	}
	e = read_shard(ca, authority_name(a), &s, ei);

	if (e != ERR_OK || is_fresh(a, &s, clock_utc_sec(ca_clock(ca)))) {
		return e;
	}
	return publish(ca, a, ei);
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

			if (publish_if_due(p->o.ca, a, &ei) != ERR_OK &&
			    p->o.failed != NULL) {
				p->o.failed(p->o.arg, authority_name(a), &ei);
			}
		}
		(void)pthread_mutex_lock(&p->lock);
	}
	(void)pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum err
publisher_start(const struct publisher_options *o, struct publisher **out,
    struct errinfo *ei)
{
	struct publisher *p;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ca_num(o->ca); i++) {
		struct authority *a = ca_at(o->ca, i);

		if (store_held(ca_store(o->ca), NULL)) {
			break;
		}
		e = add_shard(o->ca, authority_name(a), ei);
		if (e == ERR_OK) {
			e = publish_if_due(o->ca, a, ei);
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
		free(p);
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
	(void)pthread_cond_destroy(&p->wake);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}
