/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a revocation list speak for a certificate (RFC 5280 5, 6.3.3)?  When
 * its scope takes the certificate in, it is current, keeps the rules, and is
 * signed by a key of the certificate's issuer: that of the path, or of
 * another certificate of the same CA that hangs on the path (a key that was
 * rolled over).
 */
#include "x509/chain_crl.h"

#include "base/clock.h"
#include "x509/cert.h"
#include "x509/chain_priv.h"
#include "x509/crl.h"
#include "x509/name_match.h"

static enum err
unfit(
    struct errinfo *ei, const char *rule, const char *clause, const char *text)
{
	return err_set(ei, ERR_POLICY, rule, clause, "%s", text);
}

static bool
entry_is_processed(const struct crl_entry *e)
{
	for (size_t i = 0; i < ext_list_num(e->exts); i++) {
		const struct ext *x = ext_list_at(e->exts, i);

		if (x->critical && x->kind != EXT_REASON_CODE) {
			return false;
		}
	}
	return true;
}

/* RFC 5280 5.2, 5.3: what is critical and unknown makes a list unusable; an
 * indirect list shows by its entries' certificateIssuer too. */
static enum err
check_critical(const struct crl *crl, struct errinfo *ei)
{
	const struct ext_list *exts = crl_exts(crl);

	for (size_t i = 0; i < ext_list_num(exts); i++) {
		const struct ext *x = ext_list_at(exts, i);

		if (x->critical && x->kind != EXT_IDP &&
		    x->kind != EXT_DELTA_CRL && x->kind != EXT_AKI &&
		    x->kind != EXT_CRL_NUMBER) {
			return unfit(ei, "chain.crl.critical", "RFC 5280 5.2",
			    "it has a critical extension that is unknown here");
		}
	}
	for (size_t i = 0; i < crl_num_entries(crl); i++) {
		if (!entry_is_processed(crl_entry_at(crl, i))) {
			return unfit(ei, "chain.crl.critical", "RFC 5280 5.3",
			    "an entry has a critical extension that is unknown "
			    "here");
		}
	}
	return ERR_OK;
}

static enum err
check_form(const struct crl *crl, struct errinfo *ei)
{
	const struct ext *number = ext_find(crl_exts(crl), EXT_CRL_NUMBER);
	const struct ext *idp = ext_find(crl_exts(crl), EXT_IDP);
	const struct ext *delta = ext_find(crl_exts(crl), EXT_DELTA_CRL);

	if (number == NULL || number->critical) {
		return unfit(ei, "chain.crl.number", "RFC 5280 5.2.3",
		    "it has no CRL number that is not critical");
	}
	if (idp != NULL && !idp->critical) {
		return unfit(ei, "chain.crl.scope.critical", "RFC 5280 5.2.5",
		    "its distribution point is not critical");
	}
	if (delta != NULL && !delta->critical) {
		return unfit(ei, "chain.crl.delta.critical", "RFC 5280 5.2.4",
		    "it is a delta and does not say so critically");
	}
	return ERR_OK;
}

static enum err
check_current(const struct crl *crl, int64_t at, struct errinfo *ei)
{
	char text[TIME_TEXT_SIZE];
	int64_t next = 0;

	time_text(crl_this_update(crl), text);
	if (at < crl_this_update(crl)) {
		return err_set(ei, ERR_POLICY, "chain.crl.early",
		    "RFC 5280 5.1.2.4",
		    "it is of %s, later than the time "
		    "asked about",
		    text);
	}
	if (!crl_next_update(crl, &next)) {
		return unfit(ei, "chain.crl.next", "RFC 5280 5.1.2.5",
		    "it does not say when the next one comes");
	}
	time_text(next, text);
	if (at > next) {
		return err_set(ei, ERR_POLICY, "chain.crl.stale",
		    "RFC 5280 5.1.2.5", "a newer one was due at %s", text);
	}
	return ERR_OK;
}

/* ---- scope (RFC 5280 5.2.5, 6.3.3 (b)) ---------------------------------- */

static bool
names_meet(const struct general_names *a, const struct general_names *b)
{
	for (size_t i = 0; i < a->num; i++) {
		for (size_t j = 0; j < b->num; j++) {
			const struct general_name *x = &a->list[i];
			const struct general_name *y = &b->list[j];

			if (x->kind == y->kind &&
			    (x->kind == GN_DIRECTORY
				    ? name_same(x->name, y->name)
				    : slice_eq(x->value, y->value))) {
				return true;
			}
		}
	}
	return false;
}

uint32_t
chain_crl_scope(const struct cert *cert, const struct crl *crl)
{
	const struct ext *x = ext_find(crl_exts(crl), EXT_IDP);
	const struct ext *cdp = ext_find(cert_exts(cert), EXT_CRL_POINTS);
	const struct ext_idp *idp;
	uint32_t reasons, met = 0;

	if (x == NULL) {
		return CHAIN_CRL_ALL_REASONS;
	}
	idp = &x->u.idp;
	if (idp->indirect || idp->only_attribute_certs ||
	    (idp->only_user_certs && cert_is_ca(cert)) ||
	    (idp->only_ca_certs && !cert_is_ca(cert)) ||
	    idp->point.relative != NULL) {
		return 0;
	}
	reasons = idp->point.has_reasons
		      ? idp->point.reasons & CHAIN_CRL_ALL_REASONS
		      : CHAIN_CRL_ALL_REASONS;
	if (idp->point.full.num == 0) {
		return reasons;
	}
	for (size_t i = 0; cdp != NULL && i < cdp->u.points.num; i++) {
		const struct dist_point *p = &cdp->u.points.list[i];

		if (p->crl_issuer.num == 0 &&
		    names_meet(&p->full, &idp->point.full)) {
			met |=
			    p->has_reasons ? p->reasons : CHAIN_CRL_ALL_REASONS;
		}
	}
	return reasons & met;
}

/* ---- signers ------------------------------------------------------------- */

static bool
may_sign(const struct cert *cert)
{
	const struct ext *ku = ext_find(cert_exts(cert), EXT_KEY_USAGE);

	return ku == NULL || (ku->u.key_usage & KU_CRL_SIGN) != 0;
}

/* Trusted itself, or signed by a key above path[i]. */
static enum err
check_hangs(struct chain *c, size_t i, const struct cert *kin, bool is_anchor)
{
	enum err e = is_anchor ? ERR_OK : ERR_CRYPTO;

	for (size_t j = i + 1; j < c->num && e == ERR_CRYPTO; j++) {
		if (name_same(cert_issuer(kin), cert_subject(c->path[j]))) {
			e = chain_signed_by(c, kin, c->path[j]);
		}
	}
	return e;
}

static enum err
check_kin(struct chain *c, size_t i, const struct crl *crl,
    const struct cert *kin, bool is_anchor)
{
	enum err e;

	if (kin == c->path[i + 1] || !may_sign(kin) ||
	    c->req->at < cert_not_before(kin) ||
	    c->req->at > cert_not_after(kin) ||
	    !name_same(cert_subject(kin), crl_issuer(crl))) {
		return ERR_CRYPTO;
	}
	e = check_hangs(c, i, kin, is_anchor);
	return e == ERR_OK ? chain_crl_signed_by(c, crl, kin) : e;
}

/* A key of the CA that issued path[i]. */
static enum err
check_signer(
    struct chain *c, size_t i, const struct crl *crl, struct errinfo *ei)
{
	struct chain_certs anchors = c->req->anchors;
	struct chain_certs others = c->req->intermediates;
	enum err e = chain_crl_signed_by(c, crl, c->path[i + 1]);

	if (e == ERR_OK && !may_sign(c->path[i + 1])) {
		return unfit(ei, "chain.crl.key_usage", "RFC 5280 6.3.3",
		    "the key usage of who signed it is without cRLSign");
	}
	for (size_t j = 0; e != ERR_OK && j < anchors.num; j++) {
		e = check_kin(c, i, crl, anchors.list[j], true);
	}
	for (size_t j = 0; e != ERR_OK && j < others.num; j++) {
		e = check_kin(c, i, crl, others.list[j], false);
	}
	if (e != ERR_OK && chain_is_verdict(e)) {
		return unfit(ei, "chain.crl.signature", "RFC 5280 6.3.3",
		    "its signature was not made by a key of the issuer");
	}
	return e;
}

enum err
chain_crl_fits(
    struct chain *c, size_t i, const struct crl *crl, struct errinfo *ei)
{
	enum err e;

	if (chain_crl_scope(c->path[i], crl) == 0) {
		return unfit(ei, "chain.crl.scope", "RFC 5280 5.2.5",
		    "it is a list of other certificates");
	}
	e = check_current(crl, c->req->at, ei);
	if (e == ERR_OK) {
		e = check_form(crl, ei);
	}
	if (e == ERR_OK) {
		e = check_critical(crl, ei);
	}
	return e == ERR_OK ? check_signer(c, i, crl, ei) : e;
}
