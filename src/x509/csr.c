/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	CertificationRequest ::= SEQUENCE {
 *		certificationRequestInfo CertificationRequestInfo,
 *		signatureAlgorithm       AlgorithmIdentifier,
 *		signature                BIT STRING }
 *	CertificationRequestInfo ::= SEQUENCE {
 *		version       INTEGER { v1(0) },
 *		subject       Name,
 *		subjectPKInfo SubjectPublicKeyInfo,
 *		attributes    [0] IMPLICIT SET OF Attribute }
 *	Attribute ::= SEQUENCE { type OID, values SET OF ANY }
 */
#include "x509/csr.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "crypto/alg.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/csr_priv.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/seq.h"

static enum err
parse_version(struct slice *s, struct errinfo *ei)
{
	uint64_t version = 0;
	enum err err;

	err = der_get_u63(s, DER_INTEGER, &version, ei);
	if (err == ERR_OK && version != 0) {
		err = err_set(ei, ERR_FORMAT, "csr.version", "RFC 2986 4.1",
		    "version number %llu; only 0 exists",
		    (unsigned long long)version);
	}
	return err;
}

/* RFC 2985 5.4.2: exactly one Extensions. */
static enum err
parse_extension_request(struct csr *c, struct slice values, struct errinfo *ei)
{
	struct slice whole;
	enum err err;

	if ((err = der_get_whole(&values, DER_SEQUENCE, &whole, ei)) !=
		ERR_OK ||
	    (err = der_end(values, ei)) != ERR_OK) {
		return err;
	}
	return ext_list_parse(whole, &c->exts, ei);
}

static enum err
check_attr(const struct csr *c, const struct csr_attr *a, struct errinfo *ei)
{
	for (const struct csr_attr *b = c->attrs; b != a; b++) {
		if (slice_eq(a->oid, b->oid)) {
			return err_set(ei, ERR_FORMAT,
			    "csr.attribute.duplicate", "RFC 2986 4.1",
			    "the same attribute twice");
		}
	}
	return ERR_OK;
}

static enum err
parse_attr(
    struct csr *c, struct slice *s, struct csr_attr *a, struct errinfo *ei)
{
	struct slice seq, values;
	size_t num = 0;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(&c->pool, &seq, &a->oid, ei)) != ERR_OK ||
	    (err = check_attr(c, a, ei)) != ERR_OK ||
	    (err = der_get(&seq, DER_SET, &values, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK ||
	    (err = seq_count(values, CSR_ATTRS_MAX, "csr.attribute.values",
		 &num, ei)) != ERR_OK) {
		return err;
	}
	if (oid_find(a->oid) == OID_EXTENSION_REQUEST) {
		return parse_extension_request(c, values, ei);
	}
	return seq_copy(&c->pool, values, &a->values, ei);
}

/*
 * Microsoft's requests do not sort this SET, so that its order is kept as
 * met; nothing depends on it.
 */
static enum err
parse_attrs(struct csr *c, struct slice *s, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct csr_attr),
	    .max = CSR_ATTRS_MAX,
	    .rule = "csr.attributes.number",
	};
	struct slice content;
	enum err err;

	err = der_get(s, DER_CONTEXT_CONS(0), &content, ei);
	if (err != ERR_OK || content.len == 0) {
		return err;
	}
	err = seq_array(&c->pool, content, &a, ei);
	c->attrs = a.at;
	c->num_attrs = a.num;
	for (size_t i = 0; err == ERR_OK && i < c->num_attrs; i++) {
		err = parse_attr(c, &content, &c->attrs[i], ei);
	}
	return err;
}

static enum err
parse_info(struct csr *c, struct slice info, struct errinfo *ei)
{
	struct slice s, subject;
	enum err err;

	c->info_der = info;
	if ((err = der_get(&info, DER_SEQUENCE, &s, ei)) != ERR_OK ||
	    (err = parse_version(&s, ei)) != ERR_OK ||
	    (err = name_get(&s, &c->subject, &subject, ei)) != ERR_OK ||
	    (err = spki_get(&c->pool, &s, &c->key, ei)) != ERR_OK ||
	    (err = parse_attrs(c, &s, ei)) != ERR_OK) {
		return err;
	}
	return der_end(s, ei);
}

static enum err
parse_whole(struct csr *c, struct slice der, struct errinfo *ei)
{
	static const struct signature_rules rules = {
	    .length = "csr.signature.length",
	};
	struct slice info, rest;
	enum err err;

	c->der = der;
	if ((err = signed_open(der, &info, &rest, ei)) != ERR_OK ||
	    (err = parse_info(c, info, ei)) != ERR_OK ||
	    (err = signature_get(&c->pool, &rest, &rules, &c->sig, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(rest, ei);
}

enum err
csr_parse(struct slice der, struct csr **out, struct errinfo *ei)
{
	struct csr *c;
	enum err err;

	if (der.len > CSR_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "csr.length", NULL,
		    "a request of %zu octets; at most %d are read", der.len,
		    CSR_BYTES_MAX);
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	pool_init(&c->pool);
	c->bytes = slice_dup(der);
	if (c->bytes == NULL) {
		err = err_nomem(ei);
	} else {
		err = parse_whole(c, slice_make(c->bytes, der.len), ei);
	}
	if (err != ERR_OK) {
		csr_free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void
csr_free(struct csr *c)
{
	if (c == NULL) {
		return;
	}
	pubkey_free(c->pubkey);
	name_free(c->subject);
	ext_list_free(c->exts);
	pool_clear(&c->pool);
	free(c->bytes);
	free(c);
}

enum err
csr_pubkey(struct csr *c, const struct pubkey **out, struct errinfo *ei)
{
	enum err err = ERR_OK;

	if (c->pubkey == NULL) {
		err = pubkey_parse(c->key.der, &c->pubkey, ei);
	}
	if (err == ERR_OK) {
		*out = c->pubkey;
	}
	return err;
}

enum err
csr_verify(struct csr *c, struct errinfo *ei)
{
	const struct pubkey *key = NULL;
	enum sig_alg alg = SIG_NONE;
	enum err err;

	err = sig_alg_get(c->sig.alg_der, &alg, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = csr_pubkey(c, &key, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = pubkey_verify(key, alg, c->info_der, c->sig.bits, ei);
	if (err == ERR_CRYPTO) {
		err = err_set(ei, ERR_CRYPTO, "csr.signature", "RFC 2986 4.2",
		    "the request's signature does not fit its own key: "
		    "whoever made it has not shown that they hold the key");
	}
	return err;
}

/* --- writing ----------------------------------------------------------- */

static void
build_attr(const struct csr *c, const struct csr_attr *a, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), set;

	der_put_oid(b, a->oid);
	set = der_open(b, DER_SET);
	if (oid_find(a->oid) == OID_EXTENSION_REQUEST) {
		ext_list_build(c->exts, b);
	} else {
		der_put_raw(b, a->values);
	}
	der_close(b, set);
	der_close(b, seq);
}

void
csr_build(const struct csr *c, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);
	size_t info = der_open(b, DER_SEQUENCE), attrs;

	der_put_u63(b, DER_INTEGER, 0);
	name_build(c->subject, b);
	spki_put(&c->key, b);
	attrs = der_open(b, DER_CONTEXT_CONS(0));
	for (size_t i = 0; i < c->num_attrs; i++) {
		build_attr(c, &c->attrs[i], b);
	}
	der_close(b, attrs);
	der_close(b, info);
	signature_put(&c->sig, b);
	der_close(b, seq);
}

static void
build_info(const struct privkey *key, const struct name *subject,
    struct slice extensions, struct buf *b)
{
	size_t info = der_open(b, DER_SEQUENCE), attrs, attr, set;

	der_put_u63(b, DER_INTEGER, 0);
	name_build(subject, b);
	der_put_raw(b, privkey_spki(key));
	attrs = der_open(b, DER_CONTEXT_CONS(0));
	if (extensions.len > 0) {
		attr = der_open(b, DER_SEQUENCE);
		der_put_oid(b, oid_bytes(OID_EXTENSION_REQUEST));
		set = der_open(b, DER_SET);
		der_put_raw(b, extensions);
		der_close(b, set);
		der_close(b, attr);
	}
	der_close(b, attrs);
	der_close(b, info);
}

enum err
csr_create(struct privkey *key, const struct name *subject,
    struct slice extensions, struct buf *out_der, struct errinfo *ei)
{
	enum sig_alg alg = key_alg_default_sig(privkey_alg(key));
	struct buf info = BUF_INIT(CSR_BYTES_MAX);
	struct buf signature = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct buf whole = BUF_INIT(CSR_BYTES_MAX);
	enum err err;

	build_info(key, subject, extensions, &info);
	err = buf_err(&info, ei);
	if (err == ERR_OK) {
		err = privkey_sign(key, alg, buf_slice(&info), &signature, ei);
	}
	if (err == ERR_OK) {
		x509_assemble(
		    buf_slice(&info), alg, buf_slice(&signature), &whole);
		err = buf_err(&whole, ei);
	}
	if (err == ERR_OK) {
		buf_add(out_der, buf_slice(&whole));
		err = buf_err(out_der, ei);
	}
	buf_clear(&info);
	buf_clear(&signature);
	buf_clear(&whole);
	return err;
}

/* --- getters ----------------------------------------------------------- */

const struct name *
csr_subject(const struct csr *c)
{
	return c->subject;
}

struct slice
csr_spki(const struct csr *c)
{
	return c->key.der;
}

const struct ext_list *
csr_exts(const struct csr *c)
{
	return c->exts;
}

struct slice
csr_der(const struct csr *c)
{
	return c->der;
}
