/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path validation (RFC 5280 6.1) but for names and policies: period, critical
 * extensions, keys, who may issue, for which purpose, how far down.
 */
#include "x509/chain_priv.h"

#include "base/clock.h"
#include "crypto/pubkey.h"
#include "crypto/weak_key.h"
#include "x509/cert.h"

static enum err
check_period(struct chain *c, size_t i)
{
	const struct cert *cert = c->path[i];
	char at[TIME_TEXT_SIZE], edge[TIME_TEXT_SIZE];

	time_text(c->req->at, at);
	if (c->req->at < cert_not_before(cert)) {
		time_text(cert_not_before(cert), edge);
		return chain_fail(c, i, ERR_POLICY, "chain.early",
		    "RFC 5280 4.1.2.5",
		    "it is valid from %s on and was looked at for %s; check "
		    "the clock",
		    edge, at);
	}
	if (c->req->at > cert_not_after(cert)) {
		time_text(cert_not_after(cert), edge);
		return chain_fail(c, i, ERR_POLICY, "chain.expired",
		    "RFC 5280 4.1.2.5",
		    "it was valid until %s and was looked at for %s; get a "
		    "new one",
		    edge, at);
	}
	return ERR_OK;
}

/* What this floor acts upon, or knows to say nothing about the path. */
static bool
is_processed(enum ext_kind kind)
{
	switch (kind) {
	case EXT_SKI:
	case EXT_KEY_USAGE:
	case EXT_PRIVATE_KEY_PERIOD:
	case EXT_SAN:
	case EXT_IAN:
	case EXT_BASIC_CONSTRAINTS:
	case EXT_NAME_CONSTRAINTS:
	case EXT_CRL_POINTS:
	case EXT_POLICIES:
	case EXT_POLICY_MAPPINGS:
	case EXT_POLICY_CONSTRAINTS:
	case EXT_INHIBIT_ANY_POLICY:
	case EXT_AKI:
	case EXT_EXT_KEY_USAGE:
	case EXT_FRESHEST_CRL:
	case EXT_AIA:
	case EXT_SUBJECT_SIGN_TOOL:
	case EXT_ISSUER_SIGN_TOOL:
	case EXT_IDENTIFICATION_KIND:
	case EXT_OCSP_NO_CHECK:
		return true;
	case EXT_RAW:
	case EXT_CRL_NUMBER:
	case EXT_REASON_CODE:
	case EXT_INVALIDITY_DATE:
	case EXT_DELTA_CRL:
	case EXT_IDP:
	case EXT_CERT_ISSUER:
	case EXT_MS_TEMPLATE_NAME:
	case EXT_MS_TEMPLATE:
	case EXT_MS_CA_VERSION:
	case EXT_OCSP_NONCE:
	case EXT_KIND_MAX_:
		break;
	}
	return false;
}

/* RFC 5280 6.1.4 (o), 6.1.5 (f) */
static enum err
check_critical(struct chain *c, size_t i)
{
	const struct ext_list *exts = cert_exts(c->path[i]);
	struct buf oid = BUF_INIT(OID_TEXT_MAX);
	enum err e = ERR_OK;

	for (size_t j = 0; e == ERR_OK && j < ext_list_num(exts); j++) {
		const struct ext *x = ext_list_at(exts, j);

		if (x->critical && !is_processed(x->kind)) {
			oid_text(&oid, x->oid);
			e = chain_fail(c, i, ERR_UNSUPPORTED, "chain.critical",
			    "RFC 5280 4.2",
			    "its extension %s is critical and unknown here, "
			    "so it must be refused",
			    buf_cstr(&oid));
		}
	}
	buf_clear(&oid);
	return e;
}

static enum err
check_key(struct chain *c, size_t i)
{
	struct pubkey *key = NULL;
	enum err e;

	e = pubkey_parse(cert_spki(c->path[i]), &key, &c->why);
	if (e == ERR_OK) {
		e = weak_key_check(key, &c->why);
	}
	pubkey_free(key);
	return e == ERR_OK ? ERR_OK : chain_fail_at(c, i, e);
}

/* What each certificate of a path is asked, leaf, intermediate or anchor. */
static enum err
check_common(struct chain *c, size_t i)
{
	enum err e = check_period(c, i);

	if (e == ERR_OK) {
		e = check_critical(c, i);
	}
	if (e == ERR_OK) {
		e = check_key(c, i);
	}
	if (e == ERR_OK && c->req->rules == CHAIN_RULES_WEB) {
		e = chain_check_web(c, i);
	}
	if (e == ERR_OK && c->req->rules != CHAIN_RULES_PATH) {
		e = chain_check_form(c, i);
	}
	return e;
}

/* RFC 5280 6.1.4 (k), (n).  An anchor of version 1 has no place to say that
 * it is a CA; whoever trusts it has said so. */
static enum err
check_may_issue(struct chain *c, size_t i)
{
	const struct cert *cert = c->path[i];
	const struct ext *ku = ext_find(cert_exts(cert), EXT_KEY_USAGE);

	if (chain_is_anchor(c, i) && cert_version(cert) == 1) {
		return ERR_OK;
	}
	if (!cert_is_ca(cert)) {
		return chain_fail(c, i, ERR_POLICY, "chain.ca",
		    "RFC 5280 4.2.1.9",
		    "it has issued a certificate, and its basic constraints "
		    "do not say that it is a CA");
	}
	if (ku != NULL && (ku->u.key_usage & KU_CERT_SIGN) == 0) {
		return chain_fail(c, i, ERR_POLICY, "chain.key_usage.issue",
		    "RFC 5280 4.2.1.3",
		    "it has issued a certificate, and its key usage is "
		    "without keyCertSign");
	}
	return ERR_OK;
}

/* True when extKeyUsage lists it; *any says whether anyExtendedKeyUsage is
 * there. */
static bool
lists_purpose(const struct ext *eku, struct slice purpose, bool *any)
{
	bool found = false;

	*any = false;
	for (size_t i = 0; i < eku->u.purposes.num; i++) {
		struct slice oid = eku->u.purposes.list[i];

		found = found || slice_eq(oid, purpose);
		*any = *any || slice_eq(oid, oid_bytes(OID_ANY_EKU));
	}
	return found;
}

/* These two bind a key to one service, so they must be said by name:
 * RFC 6960 4.2.2.2, RFC 3161 2.3. */
static bool
must_be_said(struct slice purpose)
{
	return slice_eq(purpose, oid_bytes(OID_KP_OCSP)) ||
	       slice_eq(purpose, oid_bytes(OID_KP_TIMESTAMP));
}

static enum err
wrong_purpose(struct chain *c, size_t i, const char *what)
{
	struct buf oid = BUF_INIT(OID_TEXT_MAX);

	oid_text(&oid, c->req->purpose);
	(void)chain_fail(c, i, ERR_POLICY, "chain.purpose", "RFC 5280 4.2.1.12",
	    "%s the purpose %s; use a certificate for it", what,
	    buf_cstr(&oid));
	buf_clear(&oid);
	return ERR_POLICY;
}

static enum err
check_leaf_purpose(struct chain *c)
{
	const struct ext *eku =
	    ext_find(cert_exts(c->path[0]), EXT_EXT_KEY_USAGE);
	struct slice purpose = c->req->purpose;
	bool any = false;

	if (purpose.len == 0 || (eku == NULL && !must_be_said(purpose))) {
		return ERR_OK;
	}
	if (eku == NULL || (!lists_purpose(eku, purpose, &any) &&
			       (!any || must_be_said(purpose)))) {
		return wrong_purpose(c, 0, "it is not for");
	}
	if (slice_eq(purpose, oid_bytes(OID_KP_TIMESTAMP)) &&
	    (!eku->critical || eku->u.purposes.num != 1)) {
		return chain_fail(c, 0, ERR_POLICY, "chain.purpose.alone",
		    "RFC 3161 2.3",
		    "a time-stamping certificate has that one purpose, and it "
		    "is critical");
	}
	return ERR_OK;
}

/* A CA that names purposes issues for these only.  RFC 5280 leaves it open;
 * everybody who verifies does it.  Who answers for a CA by OCSP needs no
 * leave beyond the CA's own. */
static enum err
check_issuer_purpose(struct chain *c, size_t i)
{
	const struct ext *eku =
	    ext_find(cert_exts(c->path[i]), EXT_EXT_KEY_USAGE);
	bool any = false;

	if (eku == NULL || c->req->purpose.len == 0 ||
	    slice_eq(c->req->purpose, oid_bytes(OID_KP_OCSP)) ||
	    lists_purpose(eku, c->req->purpose, &any) || any) {
		return ERR_OK;
	}
	return wrong_purpose(c, i, "it may not issue for");
}

static enum err
check_leaf_usage(struct chain *c)
{
	const struct ext *ku = ext_find(cert_exts(c->path[0]), EXT_KEY_USAGE);
	uint32_t want = c->req->key_usage;

	if (ku != NULL && (ku->u.key_usage & want) != want) {
		return chain_fail(c, 0, ERR_POLICY, "chain.key_usage",
		    "RFC 5280 4.2.1.3",
		    "its key usage does not allow what its key was used for");
	}
	return c->req->leaf_is_ca ? check_may_issue(c, 0) : ERR_OK;
}

enum err
chain_check_leaf(struct chain *c)
{
	enum err e = chain_check_peer(c);

	if (e == ERR_OK) {
		e = check_common(c, 0);
	}
	if (e == ERR_OK) {
		e = check_leaf_purpose(c);
	}
	return e == ERR_OK ? check_leaf_usage(c) : e;
}

enum err
chain_check_issuer(struct chain *c, size_t i)
{
	enum err e = check_common(c, i);

	if (e == ERR_OK) {
		e = check_may_issue(c, i);
	}
	return e == ERR_OK ? check_issuer_purpose(c, i) : e;
}

/* RFC 5280 4.2.1.9: intermediates that follow, not counting those issued to
 * themselves; the leaf is none. */
static enum err
check_lengths(struct chain *c)
{
	size_t below = 0;

	for (size_t i = 1; i < c->num; i++) {
		const struct ext *bc =
		    ext_find(cert_exts(c->path[i]), EXT_BASIC_CONSTRAINTS);

		if (bc != NULL && bc->u.basic.path_len >= 0 &&
		    (uint64_t)bc->u.basic.path_len < below) {
			return chain_fail(c, i, ERR_POLICY, "chain.length",
			    "RFC 5280 4.2.1.9",
			    "it allows %lld CAs below it, and there are %zu",
			    (long long)bc->u.basic.path_len, below);
		}
		below += !chain_self_issued(c->path[i]);
	}
	return ERR_OK;
}

enum err
chain_check_path(struct chain *c)
{
	enum err e = check_lengths(c);

	if (e == ERR_OK) {
		e = chain_check_constraints(c);
	}
	return e == ERR_OK ? chain_check_policies(c) : e;
}
