/* SPDX-License-Identifier: Apache-2.0 */
/* Lists on their way in: brought by somebody, or found at start. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl_priv.h"
#include "os/file.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/crl_next.h"
#include "x509/name_match.h"
#include "json/writer.h"

enum {
	FILE_MODE = 0644
};

static enum err
check_forgets(const struct root_crls *r, size_t issuer, const struct crl *next,
    struct errinfo *ei)
{
	const struct crl *last = r->issuers[issuer]->crl;

	for (size_t i = 0; last != NULL && i < r->num_below; i++) {
		const struct below *b = &r->below[i];

		for (size_t k = 0; k < b->num_links; k++) {
			const struct link *l = &b->links[k];

			if (l->issuer == issuer &&
			    l->not_after >= crl_this_update(last) &&
			    crl_next_forgets(next, last,
				slice_make(l->serial, l->serial_len))) {
				return err_set(ei, ERR_POLICY,
				    "root_crl.forgets", "RFC 5280 3.3",
				    "the list before revoked the certificate "
				    "of %s, or of who stands above it, for "
				    "good, and this one does not name it",
				    b->name);
			}
		}
	}
	return ERR_OK;
}

/* --- taking one ----------------------------------------------------------- */

static enum err
find_issuer(const struct root_crls *r, const struct crl *crl, size_t *out,
    struct errinfo *ei)
{
	enum err e = ERR_NOTFOUND;

	for (size_t i = 0; e != ERR_OK && i < r->num_issuers; i++) {
		const struct cert *cert = r->issuers[i]->cert;

		if (name_same(crl_issuer(crl), cert_subject(cert))) {
			e = crl_next_check(crl, NULL, cert, ei);
			*out = i;
		}
	}
	return e != ERR_NOTFOUND
		   ? e
		   : err_set(ei, ERR_NOTFOUND, "root_crl.issuer", NULL,
			 "no CA of this centre stands under the one whose list "
			 "this is");
}

static enum err
share(struct root_crls *r, const struct crl *crl, struct slice der,
    struct shared_crl **out, struct errinfo *ei)
{
	struct shared_crl *s = calloc(1, sizeof(*s));
	enum err e = s == NULL ? err_nomem(ei) : ERR_OK;

	if (e == ERR_OK) {
		buf_init(&s->made.front, CRL_BYTES_MAX);
		buf_add(&s->made.front, der);
		e = buf_err(&s->made.front, ei);
	}
	if (e == ERR_OK) {
		e = sha256_of(der, s->facts.sha256, ei);
	}
	if (e != ERR_OK) {
		if (s != NULL) {
			signer_crl_made_clear(&s->made);
		}
		free(s);
		return e;
	}
	s->pieces[0] = buf_slice(&s->made.front);
	s->refs = 1;
	s->lock = &r->lock;
	s->facts.number = crl_next_number(crl);
	s->facts.this_update = crl_this_update(crl);
	(void)crl_next_update(crl, &s->facts.next_update);
	*out = s;
	return ERR_OK;
}

/* In force from here on; takes both. */
static void
install(struct root_crls *r, size_t issuer, struct crl *crl,
    struct shared_crl *shared)
{
	struct issuer *s = r->issuers[issuer];
	struct shared_crl *old_shared;
	struct crl *old;

	(void)pthread_mutex_lock(&r->lock);
	old = s->crl;
	old_shared = s->shared;
	s->crl = crl;
	s->shared = shared;
	for (size_t i = 0; i < r->num_below; i++) {
		struct below *b = &r->below[i];

		b->is_revoked =
		    root_crl_look_up(r, b, issuer, crl, &b->revoked);
	}
	(void)pthread_mutex_unlock(&r->lock);
	crl_free(old);
	if (old_shared != NULL) {
		shared_crl_release(old_shared);
	}
}

static enum err
write_file(const struct root_crls *r, const struct issuer *s, struct slice der,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (!root_crl_is_served(r, s)) {
		return ERR_OK;
	}
	e = path_join(path, r->o.public_dir, s->file, ei);
	return e != ERR_OK ? e : file_write_atomic(path, der, FILE_MODE, ei);
}

/* A list on its way in. */
struct coming {
	size_t issuer;
	struct slice der;
	struct crl *crl;
	struct shared_crl *shared;
	const char *actor;
	int64_t now;
	size_t num_revoked;
};

/* It ends a CA that was not revoked before. */
static bool
is_news(const struct root_crls *r, const struct coming *c,
    const struct below *b, struct root_revoked *out)
{
	return !b->is_revoked && root_crl_look_up(r, b, c->issuer, c->crl, out);
}

/* Both texts borrowed; clears the detail. */
static enum err
end_event(const struct coming *c, const char *action, const char *object,
    struct json_writer *w, struct buf *detail, struct unit *u,
    struct errinfo *ei)
{
	enum err e = json_writer_end(w, ei);

	if (e == ERR_OK) {
		unit_audit(u, &(struct audit_event){
				  .at = c->now,
				  .actor = c->actor,
				  .action = action,
				  .object = object,
				  .detail = buf_cstr(detail),
			      });
	}
	buf_clear(detail);
	return e;
}

/* It names the CAs whose state it changes. */
static enum err
audit_list(const struct root_crls *r, const struct coming *c, struct unit *u,
    struct errinfo *ei)
{
	const struct crl_facts *f = &c->shared->facts;
	const struct issuer *s = r->issuers[c->issuer];
	struct buf detail = BUF_INIT(AUDIT_DETAIL_MAX);
	struct root_revoked x;
	struct json_writer w;

	json_writer_init(&w, &detail);
	json_open_object(&w, NULL);
	json_put_int(&w, "number", (int64_t)f->number);
	json_put_time(&w, "next_update", f->next_update);
	json_put_int(&w, "entries", (int64_t)crl_num_entries(c->crl));
	json_put_hex(&w, "sha256", slice_make(f->sha256, sizeof(f->sha256)));
	json_put_hex(&w, "issuer_key", slice_make(s->key, sizeof(s->key)));
	json_open_array(&w, "revoked");
	for (size_t i = 0; i < r->num_below; i++) {
		if (is_news(r, c, &r->below[i], &x)) {
			json_put_text(&w, NULL, r->below[i].name);
		}
	}
	json_close(&w);
	json_close(&w);
	return end_event(c, "root_crl.take", s->file, &w, &detail, u, ei);
}

static enum err
audit_ca(const struct coming *c, const struct below *b,
    const struct root_revoked *x, struct unit *u, struct errinfo *ei)
{
	struct buf detail = BUF_INIT(AUDIT_DETAIL_MAX);
	struct json_writer w;

	json_writer_init(&w, &detail);
	json_open_object(&w, NULL);
	json_put_text(&w, "list", x->file);
	json_put_int(&w, "number", (int64_t)x->number);
	json_put_text(&w, "reason", revocation_reason_name(x->reason));
	json_put_time(&w, "revoked_at", x->at);
	json_close(&w);
	return end_event(c, "ca.revoked", b->name, &w, &detail, u, ei);
}

/* One event for the list, and one for each CA that it ends, as far as a unit
 * has room. */
static enum err
add_events(const struct root_crls *r, struct coming *c, struct unit *u,
    struct errinfo *ei)
{
	enum err e = audit_list(r, c, u, ei);

	c->num_revoked = 0;
	for (size_t i = 0; e == ERR_OK && i < r->num_below; i++) {
		struct root_revoked x;

		if (!is_news(r, c, &r->below[i], &x)) {
			continue;
		}
		if (++c->num_revoked < UNIT_EVENTS_MAX) {
			e = audit_ca(c, &r->below[i], &x, u, ei);
		}
	}
	return e;
}

static enum err
commit(struct root_crls *r, struct coming *c, struct errinfo *ei)
{
	const struct issuer *s = r->issuers[c->issuer];
	const struct crl_facts *f = &c->shared->facts;
	struct slice key = slice_make(s->key, sizeof(s->key));
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_ROOT_CRL_ADD, EXPECT_ANY, V_BLOB(key));
	unit_add(&u, ST_ROOT_CRL_REPLACE, EXPECT(1), V_BLOB(key),
	    V_INT(f->number), V_BLOB(c->der), V_INT(c->now));
	e = add_events(r, c, &u, ei);
	if (e == ERR_OK) {
		e = store_submit(r->o.store, &u, NULL, ei);
	}
	unit_clear(&u);
	return e;
}

/* Whoever lost the answer to a commit asks again: what has come of it? */
static bool
is_recorded(const struct root_crls *r, const struct issuer *s, struct slice der)
{
	struct rows *rows = NULL;
	bool recorded =
	    store_query(r->o.store, ST_ROOT_CRL_GET, &rows, NULL,
		V_BLOB(slice_make(s->key, sizeof(s->key)))) == ERR_OK &&
	    rows_num(rows) > 0 && slice_eq(rows_blob(rows, 0, 0), der);

	rows_free(rows);
	return recorded;
}

/* Recorded, in force, and then seen by others. */
static enum err
take(struct root_crls *r, struct coming *c, struct errinfo *ei)
{
	const struct issuer *s = r->issuers[c->issuer];
	enum err e = share(r, c->crl, c->der, &c->shared, ei);

	if (e == ERR_OK) {
		e = commit(r, c, ei);
		if (e != ERR_OK && is_recorded(r, s, c->der)) {
			e = ERR_OK;
		}
		if (e != ERR_OK) {
			shared_crl_release(c->shared);
		}
	}
	if (e != ERR_OK) {
		return e;
	}
	install(r, c->issuer, c->crl, c->shared);
	c->crl = NULL;
	return write_file(r, s, c->der, ei);
}

static bool
is_present(const struct issuer *s, struct slice der)
{
	return s->shared != NULL && slice_eq(s->shared->pieces[0], der);
}

static enum err
judge(struct root_crls *r, const struct coming *c, struct errinfo *ei)
{
	const struct issuer *s = r->issuers[c->issuer];
	enum err e = crl_next_check(c->crl, s->crl, s->cert, ei);

	if (e == ERR_OK) {
		e = crl_next_check_time(c->crl, c->now, ei);
	}
	return e != ERR_OK ? e : check_forgets(r, c->issuer, c->crl, ei);
}

enum err
root_crl_take(struct root_crls *r, struct slice der, const char *actor,
    struct root_crl_taken *out, struct errinfo *ei)
{
	struct coming c = {
	    .der = der,
	    .actor = actor,
	    .now = clock_utc_sec(r->o.clock),
	};
	const struct issuer *s;
	bool known = false;
	enum err e = crl_parse(der, &c.crl, ei);

	(void)pthread_mutex_lock(&r->taking);
	if (e == ERR_OK) {
		e = find_issuer(r, c.crl, &c.issuer, ei);
	}
	if (e == ERR_OK) {
		s = r->issuers[c.issuer];
		known = is_present(s, der);
		e = known ? ERR_OK : judge(r, &c, ei);
		memcpy(out->file, s->file, sizeof(out->file));
		if (!root_crl_is_served(r, s)) {
			out->file[0] = '\0';
		}
		out->number = crl_next_number(c.crl);
		(void)crl_next_update(c.crl, &out->next_update);
	}
	if (e == ERR_OK) {
		e = known ? write_file(r, s, der, ei) : take(r, &c, ei);
		out->known = known;
		out->num_revoked = c.num_revoked;
	}
	(void)pthread_mutex_unlock(&r->taking);
	crl_free(c.crl);
	return e;
}

/* --- at start ------------------------------------------------------------- */

struct loading {
	root_crl_trouble_fn *trouble;
	void *arg;
};

static enum err
load_row(struct root_crls *r, size_t issuer, struct errinfo *ei)
{
	struct issuer *s = r->issuers[issuer];
	struct shared_crl *shared = NULL;
	struct crl *crl = NULL;
	struct rows *rows = NULL;
	enum err e = store_query(r->o.store, ST_ROOT_CRL_GET, &rows, ei,
	    V_BLOB(slice_make(s->key, sizeof(s->key))));

	if (e == ERR_OK && rows_num(rows) > 0) {
		struct slice der = rows_blob(rows, 0, 0);

		e = crl_parse(der, &crl, ei);
		if (e == ERR_OK) {
			e = share(r, crl, der, &shared, ei);
		}
		if (e == ERR_OK) {
			install(r, issuer, crl, shared);
			crl = NULL;
		}
	}
	crl_free(crl);
	rows_free(rows);
	return e;
}

/* A list that has ended is better than none, or than one before it. */
static enum err
take_found(
    struct root_crls *r, size_t issuer, struct slice der, struct errinfo *ei)
{
	const struct issuer *s = r->issuers[issuer];
	struct coming c = {
	    .issuer = issuer,
	    .der = der,
	    .actor = "system start",
	    .now = clock_utc_sec(r->o.clock),
	};
	enum err e = crl_parse(der, &c.crl, ei);

	if (e == ERR_OK) {
		e = crl_next_check(c.crl, s->crl, s->cert, ei);
	}
	if (e == ERR_OK) {
		e = check_forgets(r, issuer, c.crl, ei);
	}
	if (e == ERR_OK && store_held(r->o.store, NULL)) {
		e = share(r, c.crl, der, &c.shared, ei);
		if (e == ERR_OK) {
			install(r, issuer, c.crl, c.shared);
			c.crl = NULL;
		}
	} else if (e == ERR_OK) {
		e = take(r, &c, ei);
	}
	crl_free(c.crl);
	return e;
}

static void
load_file(struct root_crls *r, size_t issuer, const struct loading *l)
{
	const struct issuer *s = r->issuers[issuer];
	struct buf file = BUF_INIT(CRL_BYTES_MAX);
	struct errinfo ei = {0};
	char path[PATH_TEXT_SIZE];
	enum err e;

	if (!root_crl_is_served(r, s)) {
		return;
	}
	e = path_join(path, r->o.public_dir, s->file, &ei);
	if (e == ERR_OK) {
		e = file_read(path, CRL_BYTES_MAX, &file, &ei);
	}
	if (e == ERR_OK && !is_present(s, buf_slice(&file))) {
		e = take_found(r, issuer, buf_slice(&file), &ei);
	}
	if (e != ERR_OK && l->trouble != NULL) {
		l->trouble(l->arg, s->file, &ei);
	}
	if (e != ERR_OK && s->shared != NULL && !store_held(r->o.store, NULL)) {
		e = write_file(r, s, s->shared->pieces[0], &ei);
		if (e != ERR_OK && l->trouble != NULL) {
			l->trouble(l->arg, s->file, &ei);
		}
	}
	buf_clear(&file);
}

enum err
root_crls_load(struct root_crls *r, root_crl_trouble_fn *trouble, void *arg,
    struct errinfo *ei)
{
	const struct loading l = {trouble, arg};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < r->num_issuers; i++) {
		e = load_row(r, i, ei);
		if (e == ERR_OK) {
			load_file(r, i, &l);
		}
	}
	return e;
}
