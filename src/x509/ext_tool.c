/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extensions of the qualified certificate (order 795, see
 * facts/gost-tokens-profile.md 3.2) and those that Microsoft's software
 * leaves in real ones.
 *
 *	SubjectSignTool ::= UTF8String
 *	IssuerSignTool ::= SEQUENCE { signTool UTF8String, cATool UTF8String,
 *		signToolCert UTF8String, cAToolCert UTF8String }
 *	IdentificationKind ::= INTEGER
 *
 * The string types are kept as met; that they are UTF8String is for lint.
 */
#include "der/der.h"
#include "der/write.h"
#include "x509/ext_priv.h"
#include "x509/seq.h"

enum err
ext_text_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	return seq_text(pool, value, "ext.text", &x->u.text, ei);
}

void
ext_text_build(const struct ext *x, struct buf *b)
{
	der_put(b, x->u.text.tag, x->u.text.value);
}

void
ext_text_print(const struct ext *x, struct buf *b)
{
	asn1_text_print(x->u.text, b);
}

enum err
ext_texts_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	err = der_get(value, DER_SEQUENCE, &seq, ei);
	for (size_t i = 0; err == ERR_OK && i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		err = seq_text(pool, &seq, "ext.text", &x->u.texts[i], ei);
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

void
ext_texts_build(const struct ext *x, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		der_put(b, x->u.texts[i].tag, x->u.texts[i].value);
	}
	der_close(b, seq);
}

void
ext_texts_print(const struct ext *x, struct buf *b)
{
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		buf_add_str(b, i > 0 ? "; " : "");
		asn1_text_print(x->u.texts[i], b);
	}
}

enum err
ext_number_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	(void)pool;
	return der_get_u63(value, DER_INTEGER, &x->u.number, ei);
}

void
ext_number_build(const struct ext *x, struct buf *b)
{
	der_put_u63(b, DER_INTEGER, x->u.number);
}

void
ext_number_print(const struct ext *x, struct buf *b)
{
	static const char *const kinds[] = {
	    "personal", "remote-cert", "remote-passport", "remote-system"};

	buf_printf(b, "%llu", (unsigned long long)x->u.number);
	if (x->u.number < ARRAY_LEN(kinds)) {
		buf_printf(b, " (%s)", kinds[x->u.number]);
	}
}

/* CertificateTemplate ::= SEQUENCE { templateID OID,
 *	templateMajorVersion INTEGER OPTIONAL,
 *	templateMinorVersion INTEGER OPTIONAL } */

enum err
ext_ms_template_parse(
    struct pool *pool, struct slice *value, struct ext *x, struct errinfo *ei)
{
	struct ext_ms_template *t = &x->u.ms_template;
	struct slice seq;
	enum err err;

	err = der_get(value, DER_SEQUENCE, &seq, ei);
	if (err == ERR_OK) {
		err = seq_get_oid(pool, &seq, &t->oid, ei);
	}
	if (err == ERR_OK && seq.len > 0) {
		t->has_major = true;
		err = der_get_u63(&seq, DER_INTEGER, &t->major, ei);
	}
	if (err == ERR_OK && seq.len > 0) {
		t->has_minor = true;
		err = der_get_u63(&seq, DER_INTEGER, &t->minor, ei);
	}
	return err == ERR_OK ? der_end(seq, ei) : err;
}

void
ext_ms_template_build(const struct ext *x, struct buf *b)
{
	const struct ext_ms_template *t = &x->u.ms_template;
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_oid(b, t->oid);
	if (t->has_major) {
		der_put_u63(b, DER_INTEGER, t->major);
	}
	if (t->has_minor) {
		der_put_u63(b, DER_INTEGER, t->minor);
	}
	der_close(b, seq);
}

void
ext_ms_template_print(const struct ext *x, struct buf *b)
{
	const struct ext_ms_template *t = &x->u.ms_template;

	ext_print_oid(t->oid, b);
	if (t->has_major) {
		buf_printf(b, " %llu", (unsigned long long)t->major);
	}
	if (t->has_minor) {
		buf_printf(b, ".%llu", (unsigned long long)t->minor);
	}
}
