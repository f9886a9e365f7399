/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/issue.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "crypto/hash.h"
#include "os/random.h"
#include "os/wait.h"
#include "profile/values.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/pem.h"
#include "json/writer.h"

enum {
	CA_FIND_MS = 10000, /* a signer restarts within a second or two */
	CA_FIND_WAIT_MS = 50,
};

void
issued_clear(struct issued *i)
{
	buf_clear(&i->der);
	cert_free(i->cert);
	i->cert = NULL;
}

static enum err
finish(struct ca *ca, struct issued *i, struct errinfo *ei)
{
	enum err e = id_new(ca_clock(ca), &i->id, ei);

	return e != ERR_OK ? e : cert_parse(buf_slice(&i->der), &i->cert, ei);
}

static enum err
find_at(struct ca *ca, struct authority *a, const char *profile,
    const uint8_t key[32], struct issued *out, struct errinfo *ei)
{
	struct issued i = {.profile = profile, .authority = a, .replay = true};
	enum err e;

	buf_init(&i.der, CERT_BYTES_MAX);
	e = signer_find(authority_signer(a), key, &i.der, &i.journal, NULL, ei);
	if (e == ERR_OK) {
		e = finish(ca, &i, ei);
	}
	if (e != ERR_OK) {
		issued_clear(&i);
		return e;
	}
	*out = i;
	return ERR_OK;
}

/* It may have been asked of a CA that another has taken over from since. */
enum err
ca_find(struct ca *ca, const char *profile, const uint8_t key[32],
    struct issued *out, struct errinfo *ei)
{
	struct errinfo found, why = {0};
	enum err e, worst = ERR_NOTFOUND;

	for (size_t i = 0; i < ca_num(ca); i++) {
		e = find_at(ca, ca_at(ca, i), profile, key, out, &found);
		if (e == ERR_OK) {
			return ERR_OK;
		}
		/* Only when all say so is nothing there. */
		if (why.kind == ERR_OK || e != ERR_NOTFOUND) {
			why = found;
			worst = e;
		}
	}
	if (why.kind == ERR_OK) {
		return err_set(ei, ERR_NOTFOUND, "ca.profile", NULL,
		    "no CA of this centre issues under the profile %s",
		    profile);
	}
	if (ei != NULL) {
		*ei = why;
	}
	return worst;
}

/*
 * It did not come out as it should: what does the journal say?  It is asked
 * what became of the request, never for it again.  ERR_NOTFOUND: for certain
 * nothing was issued.
 */
static enum err
find_out(struct ca *ca, struct authority *a, const struct issue_values *values,
    struct issued *out, struct errinfo *ei)
{
	int64_t until = clock_mono_ms(ca_clock(ca)) + CA_FIND_MS;
	enum err e;

	while ((e = find_at(ca, a, values->profile, values->idem, out, ei)) ==
	       ERR_TIMEOUT) {
		if (clock_mono_ms(ca_clock(ca)) >= until) {
			break;
		}
		sleep_ms(CA_FIND_WAIT_MS);
	}
	if (e == ERR_OK || e == ERR_NOTFOUND) {
		return e;
	}
	return err_set(ei, ERR_TIMEOUT, "ca.unknown", NULL,
	    "the signer does not answer; what became of the request will be "
	    "found out when it does");
}

/* Only the journal can say that nothing was issued. */
static enum err
failed(struct ca *ca, struct authority *a, const struct issue_values *values,
    enum err why, struct issued *out, struct errinfo *ei)
{
	struct errinfo found = {0};
	enum err e = find_out(ca, a, values, out, &found);

	if (e == ERR_NOTFOUND && why == ERR_TIMEOUT) {
		return err_set(ei, ERR_AGAIN, "ca.lost", NULL,
		    "the signer was restarted before it took the request; "
		    "nothing was issued, ask again");
	}
	if (e == ERR_NOTFOUND) {
		ca_count_refusal(ca, ei);
		return why;
	}
	if (e != ERR_OK && ei != NULL) {
		*ei = found;
	}
	return e;
}

enum err
ca_issue_from(struct ca *ca, struct authority *a,
    const struct issue_values *values, struct issued *out, struct errinfo *ei)
{
	struct issued i = {.profile = values->profile, .authority = a};
	struct audit_position at;
	enum err e = root_crls_check(ca_roots(ca), authority_name(a), ei);

	if (e != ERR_OK) {
		ca_count_refusal(ca, ei);
		return e;
	}
	buf_init(&i.der, CERT_BYTES_MAX);
	store_audit_position(ca_store(ca), &at);
	e = signer_issue(authority_signer(a), values, &at, &i.der, &i.journal,
	    &i.replay, ei);
	if (e == ERR_OK) {
		e = finish(ca, &i, ei);
	}
	if (e != ERR_OK) {
		issued_clear(&i);
		/* A conflict is about another request's certificate. */
		return e == ERR_CONFLICT ? e
					 : failed(ca, a, values, e, out, ei);
	}
	*out = i;
	return ERR_OK;
}

enum err
ca_issue(struct ca *ca, const struct issue_values *values, struct issued *out,
    struct errinfo *ei)
{
	struct authority *a;
	enum err e = ca_find_issuer(ca, values->profile, &a, ei);

	if (e != ERR_OK) {
		ca_count_refusal(ca, ei);
		return e;
	}
	return ca_issue_from(ca, a, values, out, ei);
}

enum err
ca_issued_from_journal(struct ca *ca, struct authority *a,
    const struct signer_journal_entry *entry, struct issued *out,
    struct errinfo *ei)
{
	struct issued i = {
	    .authority = a,
	    .profile = entry->profile,
	    .journal = entry->number,
	    .replay = true,
	};
	enum err e;

	buf_init(&i.der, CERT_BYTES_MAX);
	buf_add(&i.der, entry->cert);
	e = buf_err(&i.der, ei);
	if (e == ERR_OK) {
		e = finish(ca, &i, ei);
	}
	if (e != ERR_OK) {
		issued_clear(&i);
		return e;
	}
	*out = i;
	return ERR_OK;
}

enum err
ca_add_issued(struct ca *ca, struct unit *u, const struct issued *i,
    const struct issued_for *what, const char *actor, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(ca_clock(ca));
	uint8_t sha256[HASH_SIZE_MAX], spki[HASH_SIZE_MAX];
	char object[ID_TEXT_SIZE];
	struct buf detail = BUF_INIT(AUDIT_DETAIL_MAX);
	struct json_writer w;
	enum err e = hash_of(HASH_SHA256, buf_slice(&i->der), sha256, ei);

	if (e == ERR_OK) {
		e = hash_of(HASH_SHA256, cert_spki(i->cert), spki, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	json_writer_init(&w, &detail);
	json_open_object(&w, NULL);
	json_put_text(&w, "ca", authority_name(i->authority));
	json_put_hex(&w, "serial", cert_serial(i->cert));
	json_put_text(&w, "profile", i->profile);
	json_put_hex(&w, "sha256", slice_make(sha256, 32));
	json_put_int(&w, "journal", (int64_t)i->journal);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&i->id),
		    V_TEXT(authority_name(i->authority)),
		    V_BLOB(cert_serial(i->cert)),
		    V_BLOB(slice_make(sha256, 32)),
		    V_BLOB(cert_subject_der(i->cert)),
		    V_BLOB(slice_make(spki, 32)), V_BLOB(buf_slice(&i->der)),
		    V_INT(cert_not_before(i->cert)),
		    V_INT(cert_not_after(i->cert)), V_TEXT(i->profile),
		    V_ID(what->application), V_INT(i->journal), V_INT(now),
		    V_ID(what->person));
		id_text(&i->id, CERTIFICATE_PREFIX, object);
		unit_audit(u, &(struct audit_event){
				  .at = now,
				  .actor = actor,
				  .action = "certificate.issue",
				  .object = object,
				  .detail = buf_cstr(&detail),
			      });
	}
	buf_clear(&detail);
	return e;
}

enum err
ca_submit_issued(
    struct ca *ca, struct unit *u, const struct issued *i, struct errinfo *ei)
{
	enum err e = store_submit(ca_store(ca), u, NULL, ei);

	if (e == ERR_OK) {
		family_count(&ca_counts(ca)->issued,
		    authority_name(i->authority), i->profile);
	}
	return e;
}

enum err
ca_submit_alone(struct ca *ca, const struct issued *i, const char *actor,
    struct errinfo *ei)
{
	const struct issued_for nobody = {0};
	struct unit u;
	enum err e;

	unit_init(&u);
	e = ca_add_issued(ca, &u, i, &nobody, actor, ei);
	if (e == ERR_OK) {
		e = ca_submit_issued(ca, &u, i, ei);
	}
	unit_clear(&u);
	return e;
}

void
ca_count_refusal(struct ca *ca, const struct errinfo *ei)
{
	if (ei != NULL && ei->kind != ERR_AGAIN && ei->kind != ERR_TIMEOUT) {
		family_count(&ca_counts(ca)->refused, ei->rule, "");
	}
}

/* As it was at its issue: the status, too. */
static enum err
put_json(const struct certificate *c, struct buf *out, struct errinfo *ei)
{
	struct buf pem = BUF_INIT((size_t)2 * CERT_BYTES_MAX);
	char id[ID_TEXT_SIZE];
	struct json_writer w;
	enum err e;

	id_text(&c->id, CERTIFICATE_PREFIX, id);
	pem_put(&pem, "CERTIFICATE", c->der);
	e = buf_err(&pem, ei);
	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "id", id);
	json_put_text(&w, "ca", c->ca);
	json_put_hex(&w, "serial", c->serial);
	json_put_text(&w, "profile", c->profile);
	json_put_time(&w, "not_before", c->not_before);
	json_put_time(&w, "not_after", c->not_after);
	json_put_text(&w, "status", "good");
	json_put_slice(&w, "pem", buf_slice(&pem));
	json_close(&w);
	if (e == ERR_OK) {
		e = json_writer_end(&w, ei);
	}
	buf_clear(&pem);
	return e;
}

enum err
ca_issued_json(const struct issued *i, struct buf *out, struct errinfo *ei)
{
	const struct certificate c = {
	    .id = i->id,
	    .ca = authority_name(i->authority),
	    .serial = cert_serial(i->cert),
	    .profile = i->profile,
	    .not_before = cert_not_before(i->cert),
	    .not_after = cert_not_after(i->cert),
	    .der = buf_slice(&i->der),
	};

	return put_json(&c, out, ei);
}

enum err
ca_stored_json(struct ca *ca, const struct id *certificate, struct buf *out,
    struct errinfo *ei)
{
	struct certificate c;
	enum err e = certificate_get(ca, certificate, &c, ei);

	if (e == ERR_OK) {
		e = put_json(&c, out, ei);
		certificate_clear(&c);
	}
	return e;
}
