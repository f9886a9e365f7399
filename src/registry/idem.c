/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/idem.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bounds.h"
#include "os/wait.h"
#include "store/store.h"

/* The work that this process does at the moment: a short list. */
struct idem {
	struct store *store;
	const struct clock *clock;
	pthread_mutex_t lock;
	pthread_cond_t ended; /* a ticket left the list */
	struct idem_ticket *first;
};

struct idem_ticket {
	struct idem *owner;
	struct idem_ticket *next;
	char account[IDEM_ACCOUNT_MAX];
	char operation[IDEM_OPERATION_MAX];
	char key[IDEMPOTENCY_KEY_MAX + 1];
	uint8_t body_sha256[IDEM_BODY_HASH_SIZE];
	bool in_doubt;
};

enum err
idem_new(struct store *store, const struct clock *clock, struct idem **out,
    struct errinfo *ei)
{
	struct idem *i = calloc(1, sizeof(*i));

	if (i == NULL) {
		return err_nomem(ei);
	}
	i->store = store;
	i->clock = clock;
	if (pthread_mutex_init(&i->lock, NULL) != 0) {
		free(i);
		return err_nomem(ei);
	}
	cond_init_monotonic(&i->ended);
	*out = i;
	return ERR_OK;
}

void
idem_free(struct idem *i)
{
	if (i != NULL) {
		ensure(i->first == NULL);
		pthread_cond_destroy(&i->ended);
		pthread_mutex_destroy(&i->lock);
		free(i);
	}
}

enum err
idem_check(const struct idem_request *r, struct errinfo *ei)
{
	size_t i;
	bool good = r->key.p != NULL && r->key.len >= IDEMPOTENCY_KEY_MIN &&
		    r->key.len <= IDEMPOTENCY_KEY_MAX;

	for (i = 0; good && i < r->key.len; i++) {
		good = r->key.p[i] > 0x20 && r->key.p[i] < 0x7f;
	}
	if (!good) {
		return err_set(ei, ERR_FORMAT, "idem.key", NULL,
		    "Idempotency-Key has %d to %d visible ASCII characters; a "
		    "UUID will do.",
		    IDEMPOTENCY_KEY_MIN, IDEMPOTENCY_KEY_MAX);
	}
	ensure(strlen(r->account) < IDEM_ACCOUNT_MAX &&
	       strlen(r->operation) < IDEM_OPERATION_MAX);
	return ERR_OK;
}

static enum err
ticket_new(struct idem *i, const struct idem_request *r,
    struct idem_ticket **out, struct errinfo *ei)
{
	struct idem_ticket *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		return err_nomem(ei);
	}
	t->owner = i;
	memcpy(t->account, r->account, strlen(r->account) + 1);
	memcpy(t->operation, r->operation, strlen(r->operation) + 1);
	memcpy(t->key, r->key.p, r->key.len);
	memcpy(t->body_sha256, r->body_sha256, sizeof(t->body_sha256));
	*out = t;
	return ERR_OK;
}

static bool
is_twin(const struct idem_ticket *a, const struct idem_ticket *b)
{
	return strcmp(a->key, b->key) == 0 &&
	       strcmp(a->account, b->account) == 0 &&
	       strcmp(a->operation, b->operation) == 0;
}

/* Under the lock. */
static struct idem_ticket *
find_twin(const struct idem *i, const struct idem_ticket *mine)
{
	struct idem_ticket *t = i->first;

	while (t != NULL && !is_twin(t, mine)) {
		t = t->next;
	}
	return t;
}

static enum err
other_body(struct errinfo *ei)
{
	return err_set(ei, ERR_CONFLICT, "idem.body", NULL,
	    "This Idempotency-Key came before with another body; take a new "
	    "key for a new request.");
}

enum err
idem_pending(struct errinfo *ei)
{
	return err_set(ei, ERR_AGAIN, "idem.pending", NULL,
	    "The same request is still being worked on; ask again with the "
	    "same key in a few seconds.");
}

/* Put the ticket on the list, after waiting for a twin that is on it. */
static enum err
ticket_enter(struct idem *i, struct idem_ticket *mine, struct errinfo *ei)
{
	struct timespec until;
	struct idem_ticket *t;
	enum err err = ERR_OK;
	int rc = 0;

	ensure(mine != NULL);
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += IDEM_WAIT_MS / 1000;
	pthread_mutex_lock(&i->lock);
	for (;;) {
		t = find_twin(i, mine);
		if (t == NULL) {
			mine->next = i->first;
			i->first = mine;
			break;
		}
		if (memcmp(t->body_sha256, mine->body_sha256,
			sizeof(mine->body_sha256)) != 0) {
			err = other_body(ei);
			break;
		}
		if (t->in_doubt || rc == ETIMEDOUT) {
			err = idem_pending(ei);
			break;
		}
		rc = pthread_cond_timedwait(&i->ended, &i->lock, &until);
	}
	pthread_mutex_unlock(&i->lock);
	return err;
}

static enum err
stored_copy(
    const struct rows *rows, struct idem_stored *out, struct errinfo *ei)
{
	struct slice body = rows_blob(rows, 0, 3);
	struct idem_stored stored = {
	    .status = (int)rows_int(rows, 0, 1),
	    .is_certificate = !rows_is_null(rows, 0, 4),
	};

	if (stored.is_certificate) {
		stored.certificate = rows_id(rows, 0, 4);
		*out = stored;
		return ERR_OK;
	}
	stored.body_len = body.len;
	stored.body = slice_dup(body);
	stored.content_type = slice_dup_str(slice_str(rows_text(rows, 0, 2)));
	if (stored.body == NULL || stored.content_type == NULL) {
		idem_stored_clear(&stored);
		return err_nomem(ei);
	}
	*out = stored;
	return ERR_OK;
}

/* What the database knows of it: *out_found says whether it does. */
static enum err
look_up(struct idem *i, const struct idem_ticket *t, bool *out_found,
    struct idem_stored *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query(i->store, ST_IDEM_GET, &rows, ei, V_TEXT(t->account),
	    V_TEXT(t->operation), V_TEXT(t->key));
	if (err != ERR_OK) {
		return err;
	}
	*out_found = rows_num(rows) > 0;
	if (!*out_found) {
		err = ERR_OK;
	} else if (!slice_eq(rows_blob(rows, 0, 0),
		       slice_make(t->body_sha256, sizeof(t->body_sha256)))) {
		err = other_body(ei);
	} else {
		err = stored_copy(rows, out, ei);
	}
	rows_free(rows);
	return err;
}

enum err
idem_begin(struct idem *i, const struct idem_request *request,
    struct idem_ticket **out_ticket, struct idem_stored *out_stored,
    struct errinfo *ei)
{
	struct idem_ticket *t = NULL;
	struct idem_stored stored = {0};
	bool found = false;
	enum err err;

	if ((err = idem_check(request, ei)) != ERR_OK ||
	    (err = ticket_new(i, request, &t, ei)) != ERR_OK) {
		return err;
	}
	err = ticket_enter(i, t, ei);
	if (err != ERR_OK) {
		free(t);
		return err;
	}
	err = look_up(i, t, &found, &stored, ei);
	if (err == ERR_OK && !found) {
		*out_ticket = t;
		return ERR_OK;
	}
	idem_end(t);
	if (err == ERR_OK) {
		*out_ticket = NULL;
		*out_stored = stored;
	}
	return err;
}

void
idem_request_of(const struct idem_ticket *t, struct idem_request *out)
{
	*out = (struct idem_request){
	    .account = t->account,
	    .operation = t->operation,
	    .key = slice_str(t->key),
	};
	memcpy(out->body_sha256, t->body_sha256, sizeof(out->body_sha256));
}

void
idem_doubt(struct idem_ticket *t)
{
	struct idem *i = t->owner;

	pthread_mutex_lock(&i->lock);
	t->in_doubt = true;
	pthread_cond_broadcast(&i->ended);
	pthread_mutex_unlock(&i->lock);
}

void
idem_end(struct idem_ticket *t)
{
	struct idem_ticket **at;
	struct idem *i;

	if (t == NULL) {
		return;
	}
	i = t->owner;
	pthread_mutex_lock(&i->lock);
	for (at = &i->first; *at != t; at = &(*at)->next) {
		ensure(*at != NULL);
	}
	*at = t->next;
	pthread_cond_broadcast(&i->ended);
	pthread_mutex_unlock(&i->lock);
	free(t);
}

void
idem_stored_clear(struct idem_stored *s)
{
	free(s->content_type);
	free(s->body);
	*s = (struct idem_stored){0};
}

void
idem_add_done(struct unit *u, const struct idem_ticket *t,
    const struct idem_answer *answer, int64_t now_sec)
{
	ensure(answer->status != 0);
	unit_add(u, ST_IDEM_INSERT, EXPECT(1), V_TEXT(t->account),
	    V_TEXT(t->operation), V_TEXT(t->key),
	    V_BLOB(slice_make(t->body_sha256, sizeof(t->body_sha256))),
	    V_INT(answer->status), V_TEXT(answer->content_type),
	    V_BLOB(answer->body), V_NULL, V_INT(now_sec));
}

void
idem_add_issued(struct unit *u, const struct idem_ticket *t, int status,
    const struct id *certificate, int64_t now_sec)
{
	unit_add(u, ST_IDEM_INSERT, EXPECT(1), V_TEXT(t->account),
	    V_TEXT(t->operation), V_TEXT(t->key),
	    V_BLOB(slice_make(t->body_sha256, sizeof(t->body_sha256))),
	    V_INT(status), V_NULL, V_NULL, V_ID(certificate), V_INT(now_sec));
}

void
idem_add_adopted(struct unit *u, const struct idem_request *request, int status,
    const struct id *certificate, int64_t now_sec)
{
	char key[IDEMPOTENCY_KEY_MAX + 1] = "";

	ensure(request->key.len < sizeof(key));
	memcpy(key, request->key.p, request->key.len);
	unit_add(u, ST_IDEM_ADOPT, EXPECT_ANY, V_TEXT(request->account),
	    V_TEXT(request->operation), V_TEXT(key),
	    V_BLOB(
		slice_make(request->body_sha256, sizeof(request->body_sha256))),
	    V_INT(status), V_ID(certificate), V_INT(now_sec));
}

enum err
idem_sweep(struct idem *i, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_IDEM_PURGE, EXPECT_ANY,
	    V_INT(clock_utc_sec(i->clock) - IDEM_KEEP_SEC));
	err = store_submit(i->store, &u, NULL, ei);
	unit_clear(&u);
	return err;
}
