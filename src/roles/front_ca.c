/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl ca: list, show. */
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "crypto/hash.h"
#include "roles/front_verbs.h"
#include "signer/client.h"
#include "x509/cert.h"
#include "x509/name.h"

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

/* NAME until END STATE SUBJECT; the state is what its signer says of the key.
 */
static enum err
ca_list_verb(struct verb_call *v)
{
	for (size_t i = 0; i < ca_num(v->o->ca); i++) {
		struct authority *a = ca_at(v->o->ca, i);
		struct signer_info info;
		struct errinfo ei = {0};
		const char *state;

		signer_info_init(&info);
		if (signer_info(authority_signer(a), &info, &ei) != ERR_OK) {
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

const struct verb verbs_ca[] = {
    {"ca", "list", SCOPE_CERTIFICATES_READ, 0, NULL, ca_list_verb},
    {"ca", "show", SCOPE_CERTIFICATES_READ, 1, NULL, ca_show_verb},
    {0},
};
