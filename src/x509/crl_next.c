/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/crl_next.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "crypto/pubkey.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ext.h"
#include "x509/name_match.h"

enum {
	NUMBER_BYTES = 8
};

uint64_t
crl_next_number(const struct crl *c)
{
	struct slice content = crl_number(c);
	uint64_t n = 0;

	if (content.len > NUMBER_BYTES ||
	    (content.len > 0 && (content.p[0] & 0x80) != 0)) {
		return 0;
	}
	for (size_t i = 0; i < content.len; i++) {
		n = n << 8 | content.p[i];
	}
	return n;
}

static enum err
unfit(struct errinfo *ei, const char *clause, const char *text)
{
	return err_set(ei, ERR_POLICY, "crl_next.form", clause, "%s", text);
}

/* A whole list: what it does not name is not revoked. */
static enum err
check_form(const struct crl *next, struct errinfo *ei)
{
	const struct ext_list *exts = crl_exts(next);

	if (crl_next_number(next) == 0) {
		return unfit(ei, "RFC 5280 5.2.3",
		    "the list has no number, or one that is not from 1 to "
		    "2^63 - 1");
	}
	if (ext_find(exts, EXT_DELTA_CRL) != NULL ||
	    ext_find(exts, EXT_IDP) != NULL) {
		return unfit(ei, "RFC 5280 5.2.5",
		    "the list is a part: a delta, or one for some "
		    "certificates; the full one is wanted");
	}
	for (size_t i = 0; i < ext_list_num(exts); i++) {
		if (ext_list_at(exts, i)->critical) {
			return unfit(ei, "RFC 5280 5.2",
			    "the list has a critical extension that is unknown "
			    "here");
		}
	}
	return ERR_OK;
}

static enum err
check_signature(
    const struct crl *next, const struct cert *issuer, struct errinfo *ei)
{
	const struct ext *ku = ext_find(cert_exts(issuer), EXT_KEY_USAGE);
	struct pubkey *key = NULL;
	enum err e;

	if (!name_same(crl_issuer(next), cert_subject(issuer)) ||
	    (ku != NULL && (ku->u.key_usage & KU_CRL_SIGN) == 0)) {
		return err_set(ei, ERR_POLICY, "crl_next.issuer",
		    "RFC 5280 6.3.3",
		    "the list is not by the CA whose list it is to be");
	}
	e = pubkey_parse(cert_spki(issuer), &key, ei);
	if (e == ERR_OK) {
		e = crl_verify(next, key, ei);
	}
	pubkey_free(key);
	return e;
}

enum err
crl_next_check(const struct crl *next, const struct crl *last,
    const struct cert *issuer, struct errinfo *ei)
{
	enum err e = check_signature(next, issuer, ei);

	if (e == ERR_OK) {
		e = check_form(next, ei);
	}
	if (e != ERR_OK || last == NULL) {
		return e;
	}
	if (crl_next_number(next) <= crl_next_number(last) ||
	    crl_this_update(next) < crl_this_update(last)) {
		char ours[TIME_TEXT_SIZE], theirs[TIME_TEXT_SIZE];

		time_text(crl_this_update(next), theirs);
		time_text(crl_this_update(last), ours);
		return err_set(ei, ERR_CONFLICT, "crl_next.older",
		    "RFC 5280 5.2.3",
		    "the list has number %llu and is of %s; number %llu of %s "
		    "is known: bring a newer one",
		    (unsigned long long)crl_next_number(next), theirs,
		    (unsigned long long)crl_next_number(last), ours);
	}
	return ERR_OK;
}

enum err
crl_next_check_time(const struct crl *next, int64_t now, struct errinfo *ei)
{
	char text[TIME_TEXT_SIZE];
	int64_t ends = 0;

	if (crl_this_update(next) > now + CLOCK_SKEW_SEC) {
		time_text(crl_this_update(next), text);
		return err_set(ei, ERR_POLICY, "crl_next.early",
		    "RFC 5280 5.1.2.4",
		    "the list is of %s, which is to come: one of the two "
		    "machines has a wrong clock",
		    text);
	}
	if (!crl_next_update(next, &ends)) {
		return err_set(ei, ERR_POLICY, "crl_next.ended",
		    "RFC 5280 5.1.2.5",
		    "the list does not say when the next one comes");
	}
	if (ends <= now) {
		time_text(ends, text);
		return err_set(ei, ERR_POLICY, "crl_next.ended",
		    "RFC 5280 5.1.2.5",
		    "the list has ended, %s: have its CA sign a new one", text);
	}
	return ERR_OK;
}

bool
crl_next_forgets(
    const struct crl *next, const struct crl *last, struct slice serial)
{
	const struct crl_entry *was =
	    last == NULL ? NULL : crl_find(last, serial);

	return was != NULL && was->reason != CRL_REASON_HOLD &&
	       crl_find(next, serial) == NULL;
}
