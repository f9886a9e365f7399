/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions of revocation lists, their entries, and OCSP. */
#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/ext_priv.h"
#include "x509/seq.h"

/* --- CRLNumber, BaseCRLNumber ::= INTEGER (0..MAX), 5.2.3, 5.2.4 -------- */

enum err
ext_integer_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	return seq_positive(pool, value, "ext.number", &x->u.integer, ei);
}

void
ext_integer_build(const struct ext *x, struct buf *b)
{
	der_put(b, DER_INTEGER, x->u.integer);
}

void
ext_integer_print(const struct ext *x, struct buf *b)
{
	text_hex(b, x->u.integer);
}

/* --- CRLReason ::= ENUMERATED (RFC 5280 5.3.1) ------------------------- */

static const char *const reasons[] = {
    [CRL_REASON_UNSPECIFIED] = "unspecified",
    [CRL_REASON_KEY_COMPROMISE] = "keyCompromise",
    [CRL_REASON_CA_COMPROMISE] = "cACompromise",
    [CRL_REASON_AFFILIATION_CHANGED] = "affiliationChanged",
    [CRL_REASON_SUPERSEDED] = "superseded",
    [CRL_REASON_CESSATION] = "cessationOfOperation",
    [CRL_REASON_HOLD] = "certificateHold",
    [CRL_REASON_REMOVE_FROM_CRL] = "removeFromCRL",
    [CRL_REASON_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
    [CRL_REASON_AA_COMPROMISE] = "aACompromise",
};

const char *
crl_reason_name(enum crl_reason reason)
{
	int i = (int)reason;

	return i >= 0 && i < (int)ARRAY_LEN(reasons) ? reasons[i] : NULL;
}

enum err
crl_reason_get(struct slice *s, enum crl_reason *out, struct errinfo *ei)
{
	uint64_t v = 0;
	enum err err;

	err = der_get_u63(s, DER_ENUMERATED, &v, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (v >= ARRAY_LEN(reasons) || reasons[v] == NULL) {
		return err_set(ei, ERR_FORMAT, "ext.reason", "RFC 5280 5.3.1",
		    "%llu is no reason for revocation", (unsigned long long)v);
	}
	*out = (enum crl_reason)v;
	return ERR_OK;
}

enum err
ext_reason_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	(void)pool;
	return crl_reason_get(value, &x->u.reason, ei);
}

void
ext_reason_build(const struct ext *x, struct buf *b)
{
	der_put_u63(b, DER_ENUMERATED, (uint64_t)x->u.reason);
}

void
ext_reason_print(const struct ext *x, struct buf *b)
{
	buf_add_str(b, crl_reason_name(x->u.reason));
}

/* --- InvalidityDate ::= GeneralizedTime (RFC 5280 5.3.2) ---------------- */

enum err
ext_date_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	(void)pool;
	err = der_get(value, DER_GENERALIZED_TIME, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	return der_time_content(DER_GENERALIZED_TIME, content, &x->u.time, ei);
}

void
ext_date_build(const struct ext *x, struct buf *b)
{
	der_put_time(b, DER_GENERALIZED_TIME, x->u.time);
}

void
ext_date_print(const struct ext *x, struct buf *b)
{
	char text[TIME_TEXT_SIZE];

	time_text(x->u.time, text);
	buf_add_str(b, text);
}

/* --- id-pkix-ocsp-nocheck ::= NULL (RFC 6960 4.2.2.2.1) ----------------- */

enum err
ext_null_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	(void)pool;
	(void)x;
	return der_get_null(value, ei);
}

void
ext_null_build(const struct ext *x, struct buf *b)
{
	(void)x;
	der_put_null(b);
}

void
ext_null_print(const struct ext *x, struct buf *b)
{
	(void)x;
	buf_add_str(b, "yes");
}

/* --- Nonce ::= OCTET STRING (SIZE (1..128)) (RFC 9654 2.1) -------------- */

enum err
ext_nonce_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice nonce;
	enum err err;

	err = der_get(value, DER_OCTET_STRING, &nonce, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (nonce.len == 0 || nonce.len > OCSP_NONCE_MAX) {
		return err_set(ei, ERR_FORMAT, "ext.ocsp_nonce.length",
		    "RFC 9654 2.1", "a nonce of %zu octets; 1 to %d are read",
		    nonce.len, OCSP_NONCE_MAX);
	}
	return seq_copy(pool, nonce, &x->u.octets, ei);
}

void
ext_nonce_build(const struct ext *x, struct buf *b)
{
	ext_octets_build(x, b);
}

void
ext_nonce_print(const struct ext *x, struct buf *b)
{
	ext_octets_print(x, b);
}
