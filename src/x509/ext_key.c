/* SPDX-License-Identifier: Apache-2.0 */
/* Extensions about keys: SKI, AKI, key usage, purposes, the key's period. */
#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/seq.h"

enum {
	KEY_ID_MAX = 64, /* a digest */
	FRACTION_MAX = 9,
	TIME_SECONDS_LEN = 14, /* YYYYMMDDHHMMSS */
};

/* --- SubjectKeyIdentifier ::= OCTET STRING (RFC 5280 4.2.1.2) ---------- */

enum err
ext_octets_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice id;
	enum err err;

	err = der_get(value, DER_OCTET_STRING, &id, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (id.len == 0 || id.len > KEY_ID_MAX) {
		return err_set(ei, ERR_FORMAT, "ext.key_id.length",
		    "RFC 5280 4.2.1.2", "a key identifier of %zu octets",
		    id.len);
	}
	return seq_copy(pool, id, &x->u.octets, ei);
}

void
ext_octets_build(const struct ext *x, struct buf *b)
{
	der_put(b, DER_OCTET_STRING, x->u.octets);
}

void
ext_octets_print(const struct ext *x, struct buf *b)
{
	text_hex(b, x->u.octets);
}

/* --- KeyUsage ::= BIT STRING (RFC 5280 4.2.1.3) ------------------------ */

enum err
ext_key_usage_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	(void)pool;
	if ((err = der_get(value, DER_BIT_STRING, &content, ei)) != ERR_OK ||
	    (err = seq_named_bits(content, KU_NUM_BITS, "ext.key_usage.bits",
		 &x->u.key_usage, ei)) != ERR_OK) {
		return err;
	}
	if (x->u.key_usage == 0) {
		return err_set(ei, ERR_FORMAT, "ext.key_usage.empty",
		    "RFC 5280 4.2.1.3", "a key usage without any bit");
	}
	return ERR_OK;
}

void
ext_key_usage_build(const struct ext *x, struct buf *b)
{
	der_put_named_bits(b, DER_BIT_STRING, x->u.key_usage);
}

void
ext_key_usage_print(const struct ext *x, struct buf *b)
{
	static const char *const names[KU_NUM_BITS] = {
	    "digitalSignature",
	    "nonRepudiation",
	    "keyEncipherment",
	    "dataEncipherment",
	    "keyAgreement",
	    "keyCertSign",
	    "cRLSign",
	    "encipherOnly",
	    "decipherOnly",
	};
	const char *before = "";

	for (unsigned i = 0; i < KU_NUM_BITS; i++) {
		if ((x->u.key_usage >> i & 1) != 0) {
			buf_printf(b, "%s%s", before, names[i]);
			before = ", ";
		}
	}
}

/* --- ExtKeyUsageSyntax ::= SEQUENCE OF OID (RFC 5280 4.2.1.12) --------- */

enum err
ext_purposes_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct slice),
	    .max = POLICIES_MAX,
	    .rule = "ext.ext_key_usage.number",
	};
	struct slice seq, *list;
	enum err err = seq_array_get(pool, value, &seq, &a, ei);

	list = a.at;
	for (size_t i = 0; err == ERR_OK && i < a.num; i++) {
		err = seq_get_oid(pool, &seq, &list[i], ei);
	}
	x->u.purposes = (struct oid_array){list, a.num};
	return err;
}

void
ext_purposes_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < x->u.purposes.num; i++) {
		der_put_oid(b, x->u.purposes.list[i]);
	}
	der_close(b, seq);
}

void
ext_purposes_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < x->u.purposes.num; i++) {
		buf_add_str(b, i > 0 ? ", " : "");
		ext_print_oid(x->u.purposes.list[i], b);
	}
}

/*
 * --- PrivateKeyUsagePeriod ::= SEQUENCE {
 *	notBefore [0] GeneralizedTime OPTIONAL,
 *	notAfter  [1] GeneralizedTime OPTIONAL }  (RFC 3280 4.2.1.4)
 *
 * The one place where a fraction is read: X.690 11.7 allows it, RFC 5280's
 * ban is for validity, and the state's root of 2025 has one.
 */

/* ".f" in front of the last octet. */
static enum err
take_fraction(struct slice *s, struct slice *out, struct errinfo *ei)
{
	uint8_t dot;

	/* X.690 11.7.3: no trailing zeros. */
	if (!slice_get_u8(s, &dot) || !slice_get_bytes(s, s->len - 1, out) ||
	    !text_is_digits(*out) || out->len > FRACTION_MAX ||
	    out->p[out->len - 1] == '0') {
		return err_set(ei, ERR_FORMAT, "ext.time.fraction",
		    "X.690 11.7.3",
		    "a fraction of a second that is not digits without "
		    "trailing zeros");
	}
	return ERR_OK;
}

static enum err
parse_time(struct pool *pool, struct slice *s, uint8_t tag,
    struct ext_time *out, struct errinfo *ei)
{
	uint8_t plain[TIME_SECONDS_LEN + 1];
	struct slice content, head, fraction = SLICE_EMPTY;
	enum err err;
	bool whole;

	err = der_get_optional(s, tag, &out->present, &content, ei);
	if (err != ERR_OK || !out->present) {
		return err;
	}
	whole = slice_get_bytes(&content, TIME_SECONDS_LEN, &head);
	if (whole && content.len > 2 && content.p[0] == '.') {
		err = take_fraction(&content, &fraction, ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	if (!whole || content.len != 1) {
		return err_set(ei, ERR_FORMAT, "der.time", "X.690 11.7",
		    "a time that is not YYYYMMDDHHMMSS[.f]Z");
	}
	memcpy(plain, head.p, TIME_SECONDS_LEN);
	plain[TIME_SECONDS_LEN] = content.p[0];
	if ((err = der_time_content(DER_GENERALIZED_TIME,
		 slice_make(plain, sizeof(plain)), &out->sec, ei)) != ERR_OK) {
		return err;
	}
	return seq_copy(pool, fraction, &out->fraction, ei);
}

enum err
ext_period_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	if ((err = der_get(value, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = parse_time(pool, &seq, DER_CONTEXT(0),
		 &x->u.period.not_before, ei)) != ERR_OK ||
	    (err = parse_time(pool, &seq, DER_CONTEXT(1),
		 &x->u.period.not_after, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK) {
		return err;
	}
	if (!x->u.period.not_before.present && !x->u.period.not_after.present) {
		return err_set(ei, ERR_FORMAT, "ext.private_key_period.empty",
		    "RFC 3280 4.2.1.4", "a key's period without any time");
	}
	return ERR_OK;
}

static void
build_time(const struct ext_time *t, uint8_t tag, struct buf *b)
{
	struct civil c;
	size_t mark;

	if (!t->present) {
		return;
	}
	if (t->fraction.len == 0) {
		der_put_time(b, tag, t->sec);
		return;
	}
	ensure(civil_from_sec(t->sec, &c));
	mark = der_open(b, tag);
	buf_printf(b, "%04d%02d%02d%02d%02d%02d.", c.year, c.month, c.day,
	    c.hour, c.minute, c.second);
	buf_add(b, t->fraction);
	buf_add_u8(b, 'Z');
	der_close(b, mark);
}

void
ext_period_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	build_time(&x->u.period.not_before, DER_CONTEXT(0), b);
	build_time(&x->u.period.not_after, DER_CONTEXT(1), b);
	der_close(b, seq);
}

static void
print_time(const char *label, const struct ext_time *t, struct buf *b)
{
	char text[TIME_TEXT_SIZE];

	if (t->present) {
		time_text(t->sec, text);
		buf_printf(b, "%s%s", label, text);
	}
}

void
ext_period_print(const struct ext *x, struct buf *b)
{
	print_time("from ", &x->u.period.not_before, b);
	print_time(x->u.period.not_before.present ? " to " : "to ",
	    &x->u.period.not_after, b);
}

/*
 * --- AuthorityKeyIdentifier ::= SEQUENCE {
 *	keyIdentifier             [0] OCTET STRING OPTIONAL,
 *	authorityCertIssuer       [1] GeneralNames OPTIONAL,
 *	authorityCertSerialNumber [2] INTEGER OPTIONAL }  (RFC 5280 4.2.1.1)
 */

static enum err
parse_aki_issuer(struct pool *pool, struct slice *seq, struct ext_aki *aki,
    struct errinfo *ei)
{
	struct slice content;
	bool present = false, serial_present = false;
	enum err err;

	err =
	    der_get_optional(seq, DER_CONTEXT_CONS(1), &present, &content, ei);
	if (err == ERR_OK && present) {
		err = general_names_content(pool, content, &aki->issuer, ei);
	}
	if (err == ERR_OK) {
		err = der_get_optional(
		    seq, DER_CONTEXT(2), &serial_present, &content, ei);
	}
	if (err == ERR_OK && serial_present) {
		err = der_integer_content(content, ei);
	}
	if (err == ERR_OK && serial_present) {
		err = seq_copy(pool, content, &aki->serial, ei);
	}
	if (err == ERR_OK && present != serial_present) {
		err = err_set(ei, ERR_FORMAT, "ext.aki.pair",
		    "RFC 5280 4.2.1.1",
		    "an issuer without a serial number or the reverse; both "
		    "stand or neither");
	}
	return err;
}

enum err
ext_aki_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_aki *aki = &x->u.aki;
	struct slice seq, content;
	enum err err;

	err = der_get(value, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = der_get_optional(
		    &seq, DER_CONTEXT(0), &aki->has_key_id, &content, ei);
	}
	if (err == ERR_OK && aki->has_key_id) {
		if (content.len == 0 || content.len > KEY_ID_MAX) {
			return err_set(ei, ERR_FORMAT, "ext.key_id.length",
			    "RFC 5280 4.2.1.1",
			    "a key identifier of %zu octets", content.len);
		}
		err = seq_copy(pool, content, &aki->key_id, ei);
	}
	if (err == ERR_OK) {
		err = parse_aki_issuer(pool, &seq, aki, ei);
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

void
ext_aki_build(const struct ext *x, struct buf *b)
{
	const struct ext_aki *aki = &x->u.aki;
	size_t seq = der_open(b, DER_SEQUENCE);

	if (aki->has_key_id) {
		der_put(b, DER_CONTEXT(0), aki->key_id);
	}
	if (aki->issuer.num > 0) {
		size_t issuer = der_open(b, DER_CONTEXT_CONS(1));

		general_names_put(&aki->issuer, b);
		der_close(b, issuer);
		der_put(b, DER_CONTEXT(2), aki->serial);
	}
	der_close(b, seq);
}

void
ext_aki_print(const struct ext *x, struct buf *b)
{
	const struct ext_aki *aki = &x->u.aki;

	text_hex(b, aki->key_id);
	if (aki->issuer.num > 0) {
		buf_add_str(b, aki->has_key_id ? "; " : "");
		general_names_print(&aki->issuer, b);
		buf_add_str(b, "; serial ");
		text_hex(b, aki->serial);
	}
}
