/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl ca: list, show, crl. */
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "crypto/hash.h"
#include "roles/front_renew.h"
#include "roles/front_verbs.h"
#include "signer/client.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "x509/pem.h"

/* Which CA new certificates come from is asked for each profile; the rest go on
 * with CRL and OCSP. */
static bool
issues(struct ca *ca, const struct authority *a, const struct signer_info *i)
{
	for (size_t k = 0; k < i->num_profiles; k++) {
		if (ca_for_profile(ca, i->profiles[k].name) == a) {
			return true;
		}
	}
	return false;
}

static void
put_line(struct verb_call *v, struct authority *a, const char *state)
{
	char until[TIME_TEXT_SIZE];

	time_text(cert_not_after(authority_cert(a)), until);
	buf_printf(v->out, "%-20s  until %s  %-10s  ", authority_name(a), until,
	    state);
	name_print(cert_subject(authority_cert(a)), v->out);
	buf_add_str(v->out, "\n");
}

/* NAME until END STATE SUBJECT; the state is what its root says of it, or its
 * signer of the key. */
static enum err
ca_list_verb(struct verb_call *v)
{
	for (size_t i = 0; i < ca_num(v->o->ca); i++) {
		struct authority *a = ca_at(v->o->ca, i);
		struct signer_info info;
		struct errinfo ei = {0};
		const char *state;

		signer_info_init(&info);
		if (root_crls_revoked(
			ca_roots(v->o->ca), authority_name(a), NULL)) {
			state = "revoked";
		} else if (signer_info(authority_signer(a), &info, &ei) !=
			   ERR_OK) {
			state = ei.rule;
		} else if (info.key_rule[0] != '\0') {
			state = info.key_rule;
		} else {
			state =
			    issues(v->o->ca, a, &info) ? "issues" : "status";
		}
		put_line(v, a, state);
		signer_info_clear(&info);
	}
	return ERR_OK;
}

static enum err
put_sha256(struct verb_call *v, const char *what, struct slice thing)
{
	uint8_t hash[SHA256_SIZE];
	enum err e = sha256_of(thing, hash, v->ei);

	if (e == ERR_OK) {
		buf_printf(v->out, "%-12s  ", what);
		text_hex(v->out, slice_make(hash, sizeof(hash)));
		buf_add_str(v->out, "\n");
	}
	return e;
}

static void
put_times(struct verb_call *v, const struct cert *cert)
{
	char from[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];

	time_text(cert_not_before(cert), from);
	time_text(cert_not_after(cert), until);
	buf_printf(v->out, "valid         %s to %s\n", from, until);
}

static void
put_info(struct verb_call *v, struct authority *a, const struct signer_info *i)
{
	buf_printf(v->out,
	    "key           %s, %s\n"
	    "journal       %llu records\n"
	    "CRL           number %llu\n",
	    key_alg_name(i->key_alg),
	    i->key_rule[0] != '\0' ? i->key_rule : "ready",
	    (unsigned long long)i->journal_number,
	    (unsigned long long)i->crl_number);
	if (i->crl_delta_sec > 0) {
		buf_printf(v->out, "delta CRLs    of %lld h\n",
		    (long long)(i->crl_delta_sec / 3600));
	}
	for (size_t k = 0; k < i->num_profiles; k++) {
		const struct signer_info_profile *p = &i->profiles[k];

		buf_printf(v->out,
		    "profile       %s: %llu of %llu in 24 hours%s\n", p->name,
		    (unsigned long long)p->used, (unsigned long long)p->ceiling,
		    ca_for_profile(v->o->ca, p->name) == a
			? ""
			: ", now issued by another CA");
	}
}

static void
put_revoked(struct verb_call *v, const struct authority *a)
{
	struct root_revoked x;
	char at[TIME_TEXT_SIZE];

	if (root_crls_revoked(ca_roots(v->o->ca), authority_name(a), &x)) {
		time_text(x.at, at);
		buf_printf(v->out,
		    "revoked       since %s, %s, by number %llu of %s\n", at,
		    revocation_reason_name(x.reason),
		    (unsigned long long)x.number, x.file);
	}
}

static enum err
ca_show_verb(struct verb_call *v)
{
	struct authority *a = ca_by_name(v->o->ca, verb_word(v, 0));
	struct signer_info info;
	enum err e;

	if (a == NULL) {
		return err_set(v->ei, ERR_NOTFOUND, "ca.name", NULL,
		    "this centre has no CA %s", verb_word(v, 0));
	}
	signer_info_init(&info);
	e = signer_info(authority_signer(a), &info, v->ei);
	if (e == ERR_OK) {
		buf_printf(v->out, "name          %s\nsubject       ",
		    authority_name(a));
		name_print(cert_subject(authority_cert(a)), v->out);
		buf_add_str(v->out, "\n");
		put_times(v, authority_cert(a));
		put_revoked(v, a);
		e = put_sha256(v, "certificate", cert_der(authority_cert(a)));
	}
	if (e == ERR_OK) {
		e = put_sha256(v, "public key", cert_spki(authority_cert(a)));
	}
	if (e == ERR_OK) {
		put_info(v, a, &info);
	}
	signer_info_clear(&info);
	return e;
}

/* --- a root's list ------------------------------------------------------- */

static void
put_taken(struct verb_call *v, const struct root_crl_taken *x)
{
	char next[TIME_TEXT_SIZE];

	time_text(x->next_update, next);
	buf_printf(v->out, "CRL number %llu %s, the next is due by %s\n",
	    (unsigned long long)x->number,
	    x->known ? "was there" : "is in force", next);
	if (x->file[0] != '\0') {
		buf_printf(v->out, "published as /crl/%s\n", x->file);
	} else {
		buf_add_str(v->out, "published nowhere: no CA here carries an "
				    "address for it\n");
	}
	for (size_t i = 0; i < ca_num(v->o->ca); i++) {
		const char *name = authority_name(ca_at(v->o->ca, i));
		struct errinfo why = {0};

		if (root_crls_check(ca_roots(v->o->ca), name, &why) != ERR_OK) {
			buf_printf(v->out, "%s\n", why.text);
		}
	}
}

/* What stands on a certificate of a revoked CA, as the API may, is to be on
 * another one soon; where that fails the sweep tries again, and doctor says
 * it. */
static void
renew_own(struct verb_call *v)
{
	struct errinfo why = {0};
	size_t num = 0;

	if (front_renew(v->o->renewing, &num, &why) != ERR_OK) {
		log_err(LOG_WARN, "front.renew", &why);
	}
	if (num > 0) {
		buf_printf(v->out,
		    "renewed %zu certificates of the centre's own\n", num);
	}
}

static enum err
ca_crl_verb(struct verb_call *v)
{
	struct buf der = BUF_INIT(CONTROL_INPUT_MAX);
	struct root_crl_taken x = {.number = 0};
	char who[ACTOR_TEXT_SIZE];
	enum err e = pem_or_der(v->call->input, PEM_CRL, &der, v->ei);

	actor_text(&v->actor, who);
	if (e == ERR_OK) {
		e = root_crl_take(
		    ca_roots(v->o->ca), buf_slice(&der), who, &x, v->ei);
	}
	if (x.num_revoked > 0) {
		log_event(LOG_ERROR, "ca.revoked", L_STR("list", x.file),
		    L_INT("num", x.num_revoked));
	}
	if (e == ERR_OK) {
		put_taken(v, &x);
	}
	if (e == ERR_OK && x.num_revoked > 0) {
		renew_own(v);
	}
	buf_clear(&der);
	return e;
}

const struct verb verbs_ca[] = {
    {"ca", "list", SCOPE_CERTIFICATES_READ, 0, NULL, ca_list_verb},
    {"ca", "show", SCOPE_CERTIFICATES_READ, 1, NULL, ca_show_verb},
    {"ca", "crl", VERB_ADMINISTRATOR, 0, NULL, ca_crl_verb},
    {0},
};
