/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/own_root.h"

#include <stdio.h>

#include "base/attr.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/cert.h"
#include "x509/ext.h"

enum {
	NAME_BYTES = 4096,
	SUPPLEMENTARY = 0x10000,
};

void
own_root_init(struct own_root *m)
{
	m->num = 0;
	m->own = 0;
	for (size_t i = 0; i < OWN_ROOT_MADE; i++) {
		buf_init(&m->types[i], OID_BYTES_MAX);
		buf_init(&m->values[i], STL_BYTES_MAX);
	}
	buf_init(&m->types_taken, (size_t)STL_ATTRIBUTES_MAX * OID_BYTES_MAX);
}

void
own_root_clear(struct own_root *m)
{
	for (size_t i = 0; i < OWN_ROOT_MADE; i++) {
		buf_clear(&m->types[i]);
		buf_clear(&m->values[i]);
	}
	buf_clear(&m->types_taken);
}

/* 1.3.6.1.4.1.311.10.11.N (trust/stl.h). */
static void
put_type(struct buf *out, uint32_t property)
{
	char dotted[OID_TEXT_MAX];
	int len = snprintf(dotted, sizeof(dotted), "1.3.6.1.4.1.311.10.11.%u",
	    (unsigned)property);

	ensure(len > 0 && (size_t)len < sizeof(dotted));
	ensure(oid_encode(dotted, out) || out->err != ERR_OK);
}

/* A place for the octets of this property; make_end() when they are there. */
static struct buf *
make_begin(struct own_root *m, enum trust_property property)
{
	ensure(m->own < OWN_ROOT_MADE);
	put_type(&m->types[m->own], property);
	m->at[m->num] = (struct stl_attribute){.property = property};
	return &m->values[m->own];
}

static enum err
make_end(struct own_root *m, struct errinfo *ei)
{
	enum err e = buf_err(&m->types[m->own], ei);

	if (e == ERR_OK) {
		e = buf_err(&m->values[m->own], ei);
	}
	if (e == ERR_OK) {
		m->at[m->num].type = buf_slice(&m->types[m->own]);
		m->at[m->num].value = buf_slice(&m->values[m->own]);
		m->num++;
		m->own++;
	}
	return e;
}

/* UTF-16LE with its NUL. */
bool
own_root_put_utf16(struct buf *out, struct slice utf8)
{
	uint32_t c;

	while (utf8.len > 0) {
		if (!text_get_char(&utf8, &c)) {
			return false;
		}
		if (c >= SUPPLEMENTARY) {
			uint32_t high = 0xd800 + ((c - SUPPLEMENTARY) >> 10);

			buf_add_u8(out, (uint8_t)high);
			buf_add_u8(out, (uint8_t)(high >> 8));
			c = 0xdc00 + ((c - SUPPLEMENTARY) & 0x3ff);
		}
		buf_add_u8(out, (uint8_t)c);
		buf_add_u8(out, (uint8_t)(c >> 8));
	}
	buf_add(out, SLICE_LIT("\0\0"));
	return true;
}

static enum err
make_name(struct own_root *m, const struct trust_cert *c, struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_BYTES);
	enum err e = ERR_OK;

	trust_cert_put_name(c, &name);
	if (name.len > 0 &&
	    own_root_put_utf16(
		make_begin(m, TRUST_FRIENDLY_NAME), buf_slice(&name))) {
		e = make_end(m, ei);
	}
	buf_clear(&name);
	return e;
}

static enum err
make_uses(struct own_root *m, struct slice uses, struct errinfo *ei)
{
	if (uses.len == 0) {
		return ERR_OK;
	}
	der_put(make_begin(m, TRUST_PURPOSES), DER_SEQUENCE, uses);
	return make_end(m, ei);
}

/* Its subjectKeyIdentifier, or SHA-1 of its whole SubjectPublicKeyInfo. */
static enum err
make_key_id(struct own_root *m, const struct trust_cert *c, struct errinfo *ei)
{
	const struct ext *x;
	uint8_t hash[HASH_SIZE_MAX];
	struct slice id;
	enum err e = ERR_OK;

	if (c->parsed == NULL) {
		return ERR_OK;
	}
	x = ext_find(cert_exts(c->parsed), EXT_SKI);
	if (x != NULL) {
		id = x->u.octets;
	} else {
		e = hash_of(HASH_SHA1, cert_spki(c->parsed), hash, ei);
		id = slice_make(hash, hash_size(HASH_SHA1));
	}
	if (e == ERR_OK) {
		buf_add(make_begin(m, TRUST_KEY_ID), id);
		e = make_end(m, ei);
	}
	return e;
}

static bool
has(const struct own_root *m, enum trust_property property)
{
	for (size_t i = 0; i < m->num; i++) {
		if (m->at[i].property == property) {
			return true;
		}
	}
	return false;
}

/* By which a root is found when a chain wants it, and known for sure. */
static enum err
make_marks(struct own_root *m, const struct trust_cert *c, struct errinfo *ei)
{
	uint8_t md5[MD5_SIZE], sha256[SHA256_SIZE];
	enum err e = ERR_OK;

	if (!has(m, TRUST_SUBJECT_MD5) && c->subject.len > 0) {
		e = md5_of(c->subject, md5, ei);
		if (e == ERR_OK) {
			buf_add(make_begin(m, TRUST_SUBJECT_MD5),
			    slice_make(md5, sizeof(md5)));
			e = make_end(m, ei);
		}
	}
	if (e == ERR_OK && !has(m, TRUST_SHA256)) {
		e = sha256_of(c->der, sha256, ei);
		if (e == ERR_OK) {
			buf_add(make_begin(m, TRUST_SHA256),
			    slice_make(sha256, sizeof(sha256)));
			e = make_end(m, ei);
		}
	}
	return e;
}

/* --- a whole entry ---------------------------------------------------------
 */

/* A root of before 1996 says nothing of itself but its name, twice. */
static bool
is_ca(const struct trust_cert *c)
{
	return c->parsed == NULL || cert_is_ca(c->parsed) ||
	       (cert_version(c->parsed) < 3 &&
		   slice_eq(cert_subject_der(c->parsed),
		       cert_issuer_der(c->parsed)));
}

static enum err
make_bare(struct own_root *m, const struct trust_cert *c, struct slice uses,
    struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_BYTES);
	enum err e;

	if (!is_ca(c)) {
		trust_cert_put_subject(c, &name);
		e = err_set(ei, ERR_POLICY, "trust.leaf", NULL,
		    "a list of roots has no place for the certificate of "
		    "somebody who is no CA: %s",
		    buf_cstr(&name));
		buf_clear(&name);
		return e;
	}
	if ((e = make_uses(m, uses, ei)) != ERR_OK ||
	    (e = make_name(m, c, ei)) != ERR_OK ||
	    (e = make_key_id(m, c, ei)) != ERR_OK) {
		return e;
	}
	return make_marks(m, c, ei);
}

void
own_root_take(struct own_root *m, const struct stl_entry *e)
{
	for (size_t i = e->num; i > 0; i--) {
		const struct stl_attribute *a = &e->attributes[i - 1];

		if (a->property != TRUST_SHA1) {
			m->at[m->num++] = *a;
		}
	}
}

/* A store has the properties' numbers, and a list their types. */
static enum err
add_types(struct own_root *m, size_t num, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		size_t from = m->types_taken.len;

		put_type(&m->types_taken, m->at[i].property);
		e = buf_err(&m->types_taken, ei);
		m->at[i].type.len = m->types_taken.len - from;
	}
	for (size_t i = 0, at = 0; e == ERR_OK && i < num; i++) {
		m->at[i].type.p = m->types_taken.p + at;
		at += m->at[i].type.len;
	}
	return e;
}

enum err
own_root_finish(struct own_root *m, const struct trust_cert *c,
    struct slice uses, struct errinfo *ei)
{
	enum err e = add_types(m, m->num, ei);

	if (e != ERR_OK) {
		return e;
	}
	return m->num > 0 ? make_marks(m, c, ei) : make_bare(m, c, uses, ei);
}
