/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca_crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "crypto/pubkey.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/crl_next.h"
#include "x509/pem.h"

enum {
	ENTRY_MAX = 256, /* DER of one entry, a reason and a date in it */
	NOTE_SIZE = 256,
	PEM_MAX = 2 * CERT_BYTES_MAX
};

/* The list in the making.  Entries borrow their serials from `last` and from
 * the plan. */
struct making {
	struct rite *r;
	struct keyroom_signer *by;
	int64_t now;
	struct cert *root;
	struct pubkey *key;
	struct crl *last; /* NULL: the first */
	struct crl_entry *entries;
	size_t num;
};

static void
making_clear(struct making *m)
{
	free(m->entries);
	crl_free(m->last);
	pubkey_free(m->key);
	cert_free(m->root);
}

/* --- what there is -------------------------------------------------------- */

static enum err
load_root(struct making *m, const struct keyroom_at *at, struct errinfo *ei)
{
	struct buf own = BUF_INIT(CERT_BYTES_MAX);
	enum err e = rite_own_cert(at, &own, ei);

	if (e == ERR_NOTFOUND) {
		e = err_set(ei, ERR_STATE, "ceremony.missing", NULL,
		    "%s has no certificate here: run the step \"root\" first",
		    at->name);
	}
	if (e == ERR_OK) {
		e = cert_parse(buf_slice(&own), &m->root, ei);
	}
	if (e == ERR_OK) {
		e = pubkey_parse(cert_spki(m->root), &m->key, ei);
	}
	buf_clear(&own);
	return e;
}

/* The signer keeps its last list beside its journal. */
static enum err
load_last(struct making *m, const struct keyroom_at *at, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CRL_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	uint64_t number = 0;
	enum err e = keyroom_crl_number(m->by, &number, ei);

	if (e == ERR_OK && number == 0) {
		return ERR_OK;
	}
	if (e == ERR_OK) {
		e = path_join(path, at->state, "crl.der", ei);
	}
	if (e == ERR_OK) {
		e = file_read(path, CRL_BYTES_MAX, &der, ei);
	}
	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_STATE, "ceremony.last_crl", NULL,
			"%s has made list %llu, and it is not here: what it "
			"revoked must stay revoked, so copy the one that is "
			"published to this place",
			at->name, (unsigned long long)number),
		    path);
	}
	if (e == ERR_OK) {
		e = crl_parse(buf_slice(&der), &m->last, ei);
	}
	if (e == ERR_OK) {
		e = err_object(ei, crl_verify(m->last, m->key, ei), path);
	}
	buf_clear(&der);
	return e;
}

static enum err
keep_entries(struct making *m, struct errinfo *ei)
{
	size_t num = m->last != NULL ? crl_num_entries(m->last) : 0;

	m->entries = calloc(num + PLAN_REVOKED_MAX, sizeof(struct crl_entry));
	if (m->entries == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		m->entries[m->num++] = *crl_entry_at(m->last, i);
	}
	return ERR_OK;
}

/* --- what is new ---------------------------------------------------------- */

struct search {
	struct slice serial;
	struct buf *out;
};

static enum err
look_at(void *arg, struct slice der, struct errinfo *ei)
{
	struct search *s = arg;
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e == ERR_OK && slice_eq(cert_serial(cert), s->serial)) {
		buf_reset(s->out);
		buf_add(s->out, der);
		e = buf_err(s->out, ei);
	}
	cert_free(cert);
	return e;
}

static enum err
find_issued(struct making *m, const struct plan_revoked *p, struct buf *out,
    struct errinfo *ei)
{
	struct search s = {slice_make(p->serial, p->serial_len), out};
	enum err e = keyroom_certs(m->by, look_at, &s, ei);

	if (e == ERR_OK && out->len == 0) {
		struct buf hex = BUF_INIT(2 * SERIAL_BYTES_MAX + 1);

		text_hex(&hex, s.serial);
		e = err_set(ei, ERR_NOTFOUND, "ceremony.serial", NULL,
		    "the journal of %s has no certificate with the serial "
		    "number %s; one that another journal had is named by its "
		    "file",
		    m->r->plan->root.name, buf_cstr(&hex));
		buf_clear(&hex);
	}
	return e;
}

static enum err
read_cert(const char *path, struct buf *out, struct errinfo *ei)
{
	struct buf file = BUF_INIT(PEM_MAX);
	enum err e = file_read(path, PEM_MAX, &file, ei);

	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_STATE, "ceremony.missing", NULL,
			"the file of a certificate to be revoked is not here"),
		    path);
	} else if (e == ERR_OK) {
		e = pem_or_der(buf_slice(&file), PEM_CERTIFICATE, out, ei);
	}
	buf_clear(&file);
	return e;
}

/* A typing error must not revoke what nobody issued, nor the root take itself
 * back: who believes it has it from elsewhere. */
static enum err
check_ours(const struct making *m, const struct cert *cert, struct errinfo *ei)
{
	if (slice_eq(cert_serial(cert), cert_serial(m->root))) {
		return err_set(ei, ERR_POLICY, "ceremony.self", NULL,
		    "this is the certificate of %s itself: a root cannot "
		    "revoke itself, it is taken out of the stores of those who "
		    "trust it",
		    m->r->plan->root.name);
	}
	if (!slice_eq(cert_issuer_der(cert), cert_subject_der(m->root)) ||
	    cert_verify(cert, m->key, NULL) != ERR_OK) {
		return err_set(ei, ERR_NOTFOUND, "ceremony.serial", NULL,
		    "%s did not issue this certificate", m->r->plan->root.name);
	}
	return ERR_OK;
}

static enum err
note(struct making *m, const struct crl_entry *e, const char *reason,
    struct slice cert, struct errinfo *ei)
{
	struct buf hex = BUF_INIT(2 * SERIAL_BYTES_MAX + 1);
	char at[TIME_TEXT_SIZE], line[NOTE_SIZE];

	text_hex(&hex, e->serial);
	time_text(e->revoked_at, at);
	(void)snprintf(line, sizeof(line), "revoked since %s (%s): serial %s",
	    at, reason, buf_cstr(&hex));
	buf_clear(&hex);
	return rite_note(m->r, m->r->plan->root.name, line, cert, ei);
}

/* Where the list before had it, or the end. */
static struct crl_entry *
place_of(struct making *m, struct slice serial)
{
	for (size_t i = 0; i < m->num; i++) {
		if (slice_eq(m->entries[i].serial, serial)) {
			return &m->entries[i];
		}
	}
	m->entries[m->num] = (struct crl_entry){.serial = serial};
	return &m->entries[m->num++];
}

static enum err
set_entry(struct making *m, const struct plan_revoked *p, struct slice serial,
    struct crl_entry **out, struct errinfo *ei)
{
	struct crl_entry *entry = place_of(m, serial);
	char was[TIME_TEXT_SIZE];

	if (p->at > m->now) {
		return err_set(ei, ERR_POLICY, "ceremony.future", NULL,
		    "a certificate cannot be revoked in the future: leave "
		    "`at` out, or set this machine's clock");
	}
	if (entry->revoked_at != 0 && p->at != 0 &&
	    p->at != entry->revoked_at) {
		time_text(entry->revoked_at, was);
		return err_set(ei, ERR_CONFLICT, "ceremony.revoked", NULL,
		    "the list before has it revoked since %s, and that stays: "
		    "write this date, or none",
		    was);
	}
	if (entry->revoked_at == 0) {
		entry->revoked_at = p->at != 0 ? p->at : m->now;
	}
	entry->reason = p->reason;
	entry->invalid_from = p->invalid_from;
	entry->exts = NULL; /* what it had is said anew */
	*out = entry;
	return ERR_OK;
}

static enum err
revoke_one(struct making *m, struct plan_revoked *p, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct crl_entry *entry = NULL;
	struct cert *cert = NULL;
	enum err e = p->certificate[0] != '\0'
			 ? read_cert(p->certificate, &der, ei)
			 : find_issued(m, p, &der, ei);

	if (e == ERR_OK) {
		e = cert_parse(buf_slice(&der), &cert, ei);
	}
	if (e == ERR_OK) {
		e = check_ours(m, cert, ei);
	}
	if (e != ERR_OK && p->certificate[0] != '\0') {
		e = err_object(ei, e, p->certificate);
	}
	if (e == ERR_OK) {
		struct slice serial = cert_serial(cert);

		/* In the plan it outlives the certificate. */
		memcpy(p->serial, serial.p, serial.len);
		p->serial_len = serial.len;
		e = set_entry(
		    m, p, slice_make(p->serial, serial.len), &entry, ei);
	}
	if (e == ERR_OK) {
		e = note(m, entry, p->reason_name, buf_slice(&der), ei);
	}
	cert_free(cert);
	buf_clear(&der);
	return e;
}

/* --- the list ------------------------------------------------------------- */

static int
by_serial(const void *a, const void *b)
{
	const struct crl_entry *x = a, *y = b;

	return crl_serial_cmp(x->serial, y->serial);
}

/* The signer knows entries with a reason and a date. */
static enum err
put_entries(struct making *m, struct buf *out, struct errinfo *ei)
{
	qsort(m->entries, m->num, sizeof(m->entries[0]), by_serial);
	for (size_t i = 0; i < m->num; i++) {
		const struct crl_entry *e = &m->entries[i];

		crl_entry_put_since(
		    out, e->serial, e->revoked_at, e->reason, e->invalid_from);
	}
	return buf_err(out, ei);
}

static enum err
sign(struct making *m, int64_t life_sec, struct errinfo *ei)
{
	struct buf entries = BUF_INIT(m->num * ENTRY_MAX);
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	char what[NOTE_SIZE];
	uint64_t number = 0;
	enum err e = put_entries(m, &entries, ei);

	if (e == ERR_OK) {
		e = keyroom_crl(
		    m->by, m->now, life_sec, buf_slice(&entries), &crl, ei);
	}
	if (e == ERR_OK) {
		e = keyroom_crl_number(m->by, &number, ei);
	}
	if (e == ERR_OK) {
		e = rite_give(m->r, "root.crl", buf_slice(&crl), ei);
	}
	(void)snprintf(what, sizeof(what), "CRL %llu, %zu revoked",
	    (unsigned long long)number, m->num);
	if (e == ERR_OK) {
		e = rite_note(
		    m->r, m->r->plan->root.name, what, buf_slice(&crl), ei);
	}
	buf_clear(&entries);
	buf_clear(&crl);
	return e;
}

static enum err
begin(struct making *m, struct keyroom_signer *by, const struct keyroom_at *at,
    struct errinfo *ei)
{
	enum err e;

	m->by = by;
	m->now = clock_utc_sec(&m->r->c.clock);
	e = load_last(m, at, ei);
	return e != ERR_OK ? e : keep_entries(m, ei);
}

enum err
ca_crl_step(struct rite *r, struct errinfo *ei)
{
	struct ca_plan *plan = r->plan;
	struct making m = {.r = r};
	struct keyroom_signer by = {0};
	struct keyroom_at at;
	enum err e = rite_at(r, &plan->root, &at, ei);

	if (e == ERR_OK) {
		e = load_root(&m, &at, ei);
	}
	if (e == ERR_OK) {
		e = rite_exchange(r, ei);
	}
	if (e == ERR_OK) {
		e = rite_start(r, &plan->root, &by, ei);
	}
	if (e == ERR_OK) {
		e = begin(&m, &by, &at, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < plan->num_revoked; i++) {
		e = revoke_one(&m, &plan->revoked[i], ei);
	}
	if (e == ERR_OK) {
		e = sign(&m, plan->crl_sec, ei);
	}
	e = keyroom_stop(&by, e, ei);
	making_clear(&m);
	return e;
}

enum err
ca_crl_again(struct rite *r, struct keyroom_signer *by, struct errinfo *ei)
{
	struct making m = {.r = r};
	struct keyroom_at at;
	enum err e = rite_at(r, &r->plan->root, &at, ei);

	if (e == ERR_OK) {
		e = load_root(&m, &at, ei);
	}
	if (e == ERR_OK) {
		e = begin(&m, by, &at, ei);
	}
	if (e == ERR_OK) {
		e = sign(&m, r->plan->root_crl_sec, ei);
	}
	making_clear(&m);
	return e;
}

/* --- at the centre -------------------------------------------------------- */

/* The list that is served now; NULL for none, or none that is one. */
static enum err
load_published(struct rite *r, struct crl **out, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CRL_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = centre_path(
	    &r->c, path, ei, CENTRE_PUBLIC_DIR "/%s.crl", r->plan->root.name);

	*out = NULL;
	if (e == ERR_OK) {
		e = file_read(path, CRL_BYTES_MAX, &der, ei);
	}
	if (e == ERR_OK) {
		e = crl_parse(buf_slice(&der), out, ei);
	}
	buf_clear(&der);
	return e == ERR_NOTFOUND || e == ERR_FORMAT ? ERR_OK : e;
}

/* True in *out_stays when the one that is served is this one or newer. */
static enum err
check_list(struct rite *r, struct slice root, struct slice der, bool *out_stays,
    struct errinfo *ei)
{
	struct crl *next = NULL, *last = NULL;
	struct cert *issuer = NULL;
	enum err e = cert_parse(root, &issuer, ei);

	if (e == ERR_OK) {
		e = crl_parse(der, &next, ei);
	}
	if (e == ERR_OK) {
		e = load_published(r, &last, ei);
	}
	if (e == ERR_OK) {
		e = crl_next_check(next, NULL, issuer, ei);
	}
	/* What is no list of this root's is no reason to stay. */
	*out_stays = e == ERR_OK && last != NULL &&
		     crl_next_check(last, NULL, issuer, NULL) == ERR_OK &&
		     crl_next_check(next, last, issuer, NULL) != ERR_OK;
	crl_free(next);
	crl_free(last);
	cert_free(issuer);
	return e;
}

enum err
ca_crl_publish(struct rite *r, struct slice root, struct errinfo *ei)
{
	const char *name = r->plan->root.name;
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	bool stays = false;
	enum err e = rite_take(r, "root", "crl", &crl, ei);

	if (e == ERR_OK) {
		e = check_list(r, root, buf_slice(&crl), &stays, ei);
	}
	if (e == ERR_OK && stays) {
		cli_print("the CRL of %s that is here is not older, and "
			  "stays\n",
		    name);
	}
	if (e == ERR_OK) {
		e = centre_publish_root(&r->c, name, root,
		    stays ? SLICE_EMPTY : buf_slice(&crl), ei);
	}
	buf_clear(&crl);
	return e;
}
