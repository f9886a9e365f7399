/* SPDX-License-Identifier: Apache-2.0 */
/* The builders of x509/ext.h: plain values in, one Extension out. */
#include "der/der.h"
#include "der/write.h"
#include "x509/ext.h"

static struct asn1_text
utf8(const char *text)
{
	return (struct asn1_text){DER_UTF8_STRING, slice_str(text)};
}

/* An Extension that is not critical, open up to its value. */
struct open_ext {
	size_t seq;
	size_t value;
	size_t inner; /* a SEQUENCE */
};

static struct open_ext
open_ext(struct buf *b, enum oid id)
{
	struct open_ext o;

	o.seq = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(id));
	o.value = der_open(b, DER_OCTET_STRING);
	o.inner = der_open(b, DER_SEQUENCE);
	return o;
}

static void
close_ext(struct buf *b, struct open_ext o)
{
	der_close(b, o.inner);
	der_close(b, o.value);
	der_close(b, o.seq);
}

void
ext_put_key_usage(struct buf *b, bool critical, uint32_t bits)
{
	ext_build(&(struct ext){.kind = EXT_KEY_USAGE,
		      .critical = critical,
		      .u.key_usage = bits},
	    b);
}

void
ext_put_ext_key_usage(
    struct buf *b, bool critical, const struct slice *oids, size_t num)
{
	ext_build(&(struct ext){.kind = EXT_EXT_KEY_USAGE,
		      .critical = critical,
		      .u.purposes = {oids, num}},
	    b);
}

void
ext_put_basic_constraints(
    struct buf *b, bool critical, bool ca, int64_t path_len)
{
	ext_build(&(struct ext){.kind = EXT_BASIC_CONSTRAINTS,
		      .critical = critical,
		      .u.basic = {ca, path_len}},
	    b);
}

void
ext_put_ski(struct buf *b, struct slice key_id)
{
	ext_build(&(struct ext){.kind = EXT_SKI, .u.octets = key_id}, b);
}

void
ext_put_aki(struct buf *b, struct slice key_id)
{
	ext_build(&(struct ext){.kind = EXT_AKI,
		      .u.aki = {.has_key_id = true, .key_id = key_id}},
	    b);
}

static struct general_name
uri(const char *url)
{
	return (struct general_name){.kind = GN_URI, .value = slice_str(url)};
}

static void
put_points(struct buf *b, enum oid id, const char *const *urls, size_t num)
{
	struct open_ext o = open_ext(b, id);

	for (size_t i = 0; i < num; i++) {
		struct general_name gn = uri(urls[i]);
		size_t point = der_open(b, DER_SEQUENCE);
		size_t name = der_open(b, DER_CONTEXT_CONS(0));
		size_t full = der_open(b, DER_CONTEXT_CONS(0));

		general_name_put(&gn, b);
		der_close(b, full);
		der_close(b, name);
		der_close(b, point);
	}
	close_ext(b, o);
}

void
ext_put_crl_points(struct buf *b, const char *const *urls, size_t num)
{
	put_points(b, OID_CRL_POINTS, urls, num);
}

void
ext_put_freshest_crl(struct buf *b, const char *const *urls, size_t num)
{
	put_points(b, OID_FRESHEST_CRL, urls, num);
}

void
ext_put_idp(struct buf *b, const char *const *urls, size_t num)
{
	struct general_name names[CA_URLS_MAX];

	ensure(num <= ARRAY_LEN(names));
	for (size_t i = 0; i < num; i++) {
		names[i] = uri(urls[i]);
	}
	ext_build(&(struct ext){.kind = EXT_IDP,
		      .critical = true,
		      .u.idp = {.point = {.full = {names, num}}}},
	    b);
}

static void
put_access(struct buf *b, enum oid method, const char *const *urls, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		struct general_name gn = uri(urls[i]);
		size_t access = der_open(b, DER_SEQUENCE);

		der_put_oid(b, oid_bytes(method));
		general_name_put(&gn, b);
		der_close(b, access);
	}
}

void
ext_put_aia(struct buf *b, const char *const *ca_issuers, size_t num_ca_issuers,
    const char *const *ocsp, size_t num_ocsp)
{
	struct open_ext o;

	if (num_ca_issuers == 0 && num_ocsp == 0) {
		return;
	}
	o = open_ext(b, OID_AIA);
	put_access(b, OID_AD_CA_ISSUERS, ca_issuers, num_ca_issuers);
	put_access(b, OID_AD_OCSP, ocsp, num_ocsp);
	close_ext(b, o);
}

void
ext_put_policies(struct buf *b, const struct slice *oids, size_t num)
{
	struct open_ext o = open_ext(b, OID_POLICIES);

	for (size_t i = 0; i < num; i++) {
		size_t policy = der_open(b, DER_SEQUENCE);

		der_put_oid(b, oids[i]);
		der_close(b, policy);
	}
	close_ext(b, o);
}

void
ext_put_subject_sign_tool(struct buf *b, const char *text)
{
	ext_build(
	    &(struct ext){.kind = EXT_SUBJECT_SIGN_TOOL, .u.text = utf8(text)},
	    b);
}

void
ext_put_issuer_sign_tool(
    struct buf *b, const char *const text[ISSUER_SIGN_TOOL_TEXTS])
{
	struct ext x = {.kind = EXT_ISSUER_SIGN_TOOL};

	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		x.u.texts[i] = utf8(text[i]);
	}
	ext_build(&x, b);
}

void
ext_put_identification_kind(struct buf *b, uint64_t kind)
{
	ext_build(
	    &(struct ext){.kind = EXT_IDENTIFICATION_KIND, .u.number = kind},
	    b);
}

void
ext_put_private_key_period(struct buf *b, int64_t from, int64_t to)
{
	ext_build(&(struct ext){.kind = EXT_PRIVATE_KEY_PERIOD,
		      .u.period = {.not_before = {true, from, SLICE_EMPTY},
			  .not_after = {true, to, SLICE_EMPTY}}},
	    b);
}

void
ext_put_ocsp_no_check(struct buf *b)
{
	ext_build(&(struct ext){.kind = EXT_OCSP_NO_CHECK}, b);
}

void
ext_put_ocsp_nonce(struct buf *b, struct slice nonce)
{
	ext_build(&(struct ext){.kind = EXT_OCSP_NONCE, .u.octets = nonce}, b);
}

static void
put_number(struct buf *b, enum oid id, bool critical, struct slice number)
{
	size_t seq = der_open(b, DER_SEQUENCE), value;

	der_put_oid(b, oid_bytes(id));
	if (critical) {
		der_put_bool(b, true);
	}
	value = der_open(b, DER_OCTET_STRING);
	der_put_unsigned(b, number);
	der_close(b, value);
	der_close(b, seq);
}

void
ext_put_crl_number(struct buf *b, struct slice number)
{
	put_number(b, OID_CRL_NUMBER, false, number);
}

void
ext_put_delta_crl(struct buf *b, struct slice base)
{
	put_number(b, OID_DELTA_CRL, true, base);
}

void
ext_put_reason_code(struct buf *b, enum crl_reason reason)
{
	ext_build(
	    &(struct ext){.kind = EXT_REASON_CODE, .u.reason = reason}, b);
}

void
ext_put_invalidity_date(struct buf *b, int64_t sec)
{
	ext_build(&(struct ext){.kind = EXT_INVALIDITY_DATE, .u.time = sec}, b);
}
