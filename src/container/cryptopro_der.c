/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "container/cp1251.h"
#include "container/cryptopro_priv.h"
#include "crypto/gost_masked.h"
#include "der/der.h"
#include "der/write.h"

/* Tags of the header's content behind the key's parameters. */
enum {
	TAG_PASSWORD_MAC = DER_CONTEXT(2),
	TAG_SECOND_KEY = DER_CONTEXT_CONS(4),
	TAG_CERT = DER_CONTEXT(5),
	TAG_FP = DER_CONTEXT(10),
	FLAGS_MAX = 32
};

static enum err
bad_form(struct errinfo *ei, const char *what)
{
	return err_set(ei, ERR_FORMAT, "container.cryptopro.form", NULL,
	    "the CryptoPro container's %s", what);
}

/* --- header.key, read ---------------------------------------------------- */

/* Bit i of a BIT STRING at 1 << i; those behind the 32nd are none of ours. */
static enum err
get_flags(struct slice *s, uint32_t *out, struct errinfo *ei)
{
	struct slice bits;
	unsigned unused;
	uint32_t flags = 0;
	enum err e = der_get_bits(s, &bits, &unused, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < bits.len * 8 && i < FLAGS_MAX; i++) {
		if ((bits.p[i / 8] & (0x80 >> i % 8)) != 0) {
			flags |= 1u << i;
		}
	}
	*out = flags;
	return ERR_OK;
}

static enum err
key_kind(struct slice oid, enum key_alg *out, struct errinfo *ei)
{
	char text[OID_TEXT_MAX];

	switch ((int)oid_find(oid)) {
	case OID_GOST256:
	case OID_GOST256_DH:
		*out = KEY_GOST256;
		return ERR_OK;
	case OID_GOST512:
	case OID_GOST512_DH:
		*out = KEY_GOST512;
		return ERR_OK;
	case OID_GOST2001:
	case OID_GOST2001_DH:
		return err_set(ei, ERR_UNSUPPORTED, "container.cryptopro.2001",
		    NULL,
		    "the key is one of GOST R 34.10-2001, which nobody may "
		    "sign with since 2019; keep it in the program that it was "
		    "made by");
	default:
		return err_set(ei, ERR_UNSUPPORTED, "container.cryptopro.kind",
		    NULL,
		    "the CryptoPro container has a key of the kind %s, which "
		    "is not known here",
		    oid_dotted(oid, text));
	}
}

static enum err
cipher_sets(struct slice params, struct cp_sets *out, struct errinfo *ei)
{
	struct slice oid;
	char text[OID_TEXT_MAX];
	enum err e;

	if (params.len == 0) {
		*out = (struct cp_sets){{GOST89_Z, GOST89_A}, 2};
		return ERR_OK;
	}
	if ((e = der_get_oid(&params, &oid, ei)) != ERR_OK ||
	    (e = der_end(params, ei)) != ERR_OK) {
		return e;
	}
	switch ((int)oid_find(oid)) {
	case OID_GOST89_SET_Z:
		*out = (struct cp_sets){{GOST89_Z}, 1};
		return ERR_OK;
	case OID_GOST89_SET_CP_A:
		*out = (struct cp_sets){{GOST89_A}, 1};
		return ERR_OK;
	default:
		return err_set(ei, ERR_UNSUPPORTED, "container.cryptopro.kind",
		    NULL,
		    "the CryptoPro container is encrypted with the parameter "
		    "set %s, which is not known here",
		    oid_dotted(oid, text));
	}
}

/* AlgorithmIdentifier { key's OID, SEQUENCE { curve, digest OPTIONAL, cipher's
 * set OPTIONAL } }, without its own header. */
static enum err
get_key_algorithm(struct slice s, struct cp_header *h, struct errinfo *ei)
{
	struct slice oid, params, curve, digest;
	enum err e;

	if ((e = der_get_oid(&s, &oid, ei)) != ERR_OK ||
	    (e = key_kind(oid, &h->alg, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_SEQUENCE, &params, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK ||
	    (e = der_get_oid(&params, &curve, ei)) != ERR_OK) {
		return e;
	}
	h->curve = oid_find(curve);
	if (params.len != 0 &&
	    (e = der_get_oid(&params, &digest, ei)) != ERR_OK) {
		return e;
	}
	return cipher_sets(params, &h->sets, ei);
}

static enum err
get_key_params(struct slice s, struct cp_header *h, struct errinfo *ei)
{
	struct slice algorithm;
	enum err e;

	if (der_peek(s) == DER_BIT_STRING &&
	    (e = get_flags(&s, &h->key_flags, ei)) != ERR_OK) {
		return e;
	}
	if ((e = der_get(&s, DER_CONTEXT_CONS(0), &algorithm, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK) {
		return e;
	}
	return get_key_algorithm(algorithm, h, ei);
}

/* What follows the key's parameters, in any order, each once. */
static enum err
get_rest(struct slice s, struct cp_header *h, struct errinfo *ei)
{
	while (s.len != 0) {
		struct slice content, *to = NULL;
		uint8_t tag;
		enum err e = der_get_any(&s, &tag, &content, NULL, ei);

		if (e != ERR_OK) {
			return e;
		}
		if (tag == TAG_PASSWORD_MAC) {
			to = &h->password_mac;
		} else if (tag == TAG_CERT) {
			to = &h->cert;
		} else if (tag == TAG_FP) {
			to = &h->fp;
		} else if (tag == TAG_SECOND_KEY) {
			h->has_second = true;
		}
		if (to != NULL && (to->p != NULL || content.len == 0)) {
			return bad_form(
			    ei, "header has a field twice or empty");
		}
		if (to != NULL) {
			*to = content;
		}
	}
	return ERR_OK;
}

static enum err
check_header(const struct cp_header *h, struct errinfo *ei)
{
	if ((h->flags & CP_KEY_SHARED) != 0) {
		return err_set(ei, ERR_UNSUPPORTED, "container.cryptopro.kind",
		    NULL,
		    "half of the key is in a device (a functional key "
		    "carrier); it cannot be read from files");
	}
	if (h->fp.len != CP_FP_SIZE) {
		return bad_form(ei, "header does not say whose key it is");
	}
	if (h->password_mac.len != 0 &&
	    h->password_mac.len != GOST89_MAC_SIZE) {
		return bad_form(ei, "header has a MAC of another size");
	}
	return ERR_OK;
}

static enum err
get_content(struct slice s, struct cp_header *h, struct errinfo *ei)
{
	struct slice algid, oid, skip, params;
	bool present;
	enum err e;

	if ((e = der_get_optional(
		 &s, DER_CONTEXT_CONS(0), &present, &algid, ei)) != ERR_OK) {
		return e;
	}
	if (present && (e = der_get_oid(&algid, &oid, ei)) != ERR_OK) {
		return e;
	}
	if (present && oid_find(oid) != OID_CP_CONTAINER) {
		char text[OID_TEXT_MAX];

		return err_set(ei, ERR_UNSUPPORTED, "container.cryptopro.kind",
		    NULL,
		    "the CryptoPro container is of the kind %s, which is not "
		    "known here",
		    oid_dotted(oid, text));
	}
	if ((e = der_get_optional(&s, DER_IA5_STRING, &present, &skip, ei)) !=
		ERR_OK ||
	    (e = get_flags(&s, &h->flags, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_SEQUENCE, &params, ei)) != ERR_OK) {
		return e;
	}
	if ((h->flags & CP_KEY_ABSENT) != 0) {
		return err_set(ei, ERR_NOTFOUND, "container.cryptopro.no_key",
		    NULL, "the CryptoPro container has no key in it");
	}
	if ((e = get_key_params(params, h, ei)) != ERR_OK ||
	    (e = get_rest(s, h, ei)) != ERR_OK) {
		return e;
	}
	return check_header(h, ei);
}

enum err
cp_header_cut(struct slice der, struct slice *out_content,
    struct slice *out_mac, struct errinfo *ei)
{
	struct slice seq, content, mac;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get_whole(&seq, DER_SEQUENCE, &content, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &mac, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (mac.len != GOST89_MAC_SIZE) {
		return bad_form(ei, "header has a MAC of another size");
	}
	*out_content = content;
	*out_mac = mac;
	return ERR_OK;
}

enum err
cp_content_parse(
    struct slice content, struct cp_header *out, struct errinfo *ei)
{
	struct cp_header h = {0};
	struct slice seq;
	enum err e = der_get(&content, DER_SEQUENCE, &seq, ei);

	if (e == ERR_OK && (e = get_content(seq, &h, ei)) == ERR_OK) {
		*out = h;
	}
	return e;
}

/* --- header.key, written --------------------------------------------------
 */

static void
put_key_params(struct buf *b, const struct cp_header *h)
{
	const bool is_256 = h->alg == KEY_GOST256;
	size_t seq = der_open(b, DER_SEQUENCE), algid, params;

	der_put_named_bits(b, DER_BIT_STRING, h->key_flags);
	algid = der_open(b, DER_CONTEXT_CONS(0));
	der_put_oid(b, oid_bytes(is_256 ? OID_GOST256 : OID_GOST512));
	params = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(h->curve));
	der_put_oid(b, oid_bytes(is_256 ? OID_STREEBOG256 : OID_STREEBOG512));
	der_put_oid(
	    b, oid_bytes(h->sets.set[0] == GOST89_Z ? OID_GOST89_SET_Z
						    : OID_GOST89_SET_CP_A));
	der_close(b, params);
	der_close(b, algid);
	der_close(b, seq);
}

void
cp_content_put(struct buf *b, const struct cp_header *h)
{
	size_t content = der_open(b, DER_SEQUENCE), algid;

	algid = der_open(b, DER_CONTEXT_CONS(0));
	der_put_oid(b, oid_bytes(OID_CP_CONTAINER));
	der_close(b, algid);
	der_put_named_bits(b, DER_BIT_STRING, h->flags);
	put_key_params(b, h);
	if (h->password_mac.len != 0) {
		der_put(b, TAG_PASSWORD_MAC, h->password_mac);
	}
	if (h->cert.len != 0) {
		der_put(b, TAG_CERT, h->cert);
	}
	der_put(b, TAG_FP, h->fp);
	der_close(b, content);
}

void
cp_header_put(struct buf *b, struct slice content, struct slice mac)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_raw(b, content);
	der_put(b, DER_OCTET_STRING, mac);
	der_close(b, seq);
}

#define TAG_NUMBER(tag) ((tag)&0x1fu)

/* Its place is before the first field of a higher number. */
enum err
cp_content_put_cert(
    struct buf *b, struct slice content, struct slice cert, struct errinfo *ei)
{
	struct slice seq = SLICE_EMPTY;
	enum err e = der_get(&content, DER_SEQUENCE, &seq, ei);
	size_t open = der_open(b, DER_SEQUENCE);
	bool is_put = false, past_key = false;

	while (e == ERR_OK && seq.len != 0) {
		struct slice value, whole;
		uint8_t tag;

		e = der_get_any(&seq, &tag, &value, &whole, ei);
		if (e != ERR_OK) {
			break;
		}
		if (past_key && !is_put &&
		    TAG_NUMBER(tag) >= TAG_NUMBER(TAG_CERT)) {
			der_put(b, TAG_CERT, cert);
			is_put = true;
		}
		if (!past_key || tag != TAG_CERT) {
			der_put_raw(b, whole);
		}
		past_key = past_key || tag == DER_SEQUENCE;
	}
	if (!is_put) {
		der_put(b, TAG_CERT, cert);
	}
	der_close(b, open);
	return e == ERR_OK ? buf_err(b, ei) : e;
}

/* --- the other files ------------------------------------------------------
 */

enum err
cp_masks_parse(
    struct slice der, size_t key_len, struct cp_masks *out, struct errinfo *ei)
{
	struct cp_masks m;
	struct slice seq;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &m.mask, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &m.salt, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &m.mac, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (m.mask.len != key_len || m.salt.len < CP_SALT_SIZE ||
	    m.mac.len != GOST89_MAC_SIZE) {
		return bad_form(ei, "mask has another size");
	}
	*out = m;
	return ERR_OK;
}

void
cp_masks_put(struct buf *b, const struct cp_masks *m)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put(b, DER_OCTET_STRING, m->mask);
	der_put(b, DER_OCTET_STRING, m->salt);
	der_put(b, DER_OCTET_STRING, m->mac);
	der_close(b, seq);
}

/* Behind the key a second one may stand. */
enum err
cp_primary_parse(
    struct slice der, size_t key_len, struct slice *out_key, struct errinfo *ei)
{
	struct slice seq, key, second;
	bool present;
	enum err e;

	if ((e = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(der, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &key, ei)) != ERR_OK ||
	    (e = der_get_optional(
		 &seq, DER_OCTET_STRING, &present, &second, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (key.len != key_len) {
		return bad_form(ei, "key has another size");
	}
	*out_key = key;
	return ERR_OK;
}

void
cp_primary_put(struct buf *b, struct slice key)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put(b, DER_OCTET_STRING, key);
	der_close(b, seq);
}

void
cp_name_parse(struct slice der, char out[CONTAINER_LABEL_MAX + 1])
{
	/* Each octet of Windows-1251 is three of UTF-8 at most. */
	struct buf text = BUF_INIT((size_t)CRYPTOPRO_FILE_MAX * 3);
	struct slice seq, name = SLICE_EMPTY;

	out[0] = '\0';
	if (der_get(&der, DER_SEQUENCE, &seq, NULL) != ERR_OK ||
	    der_get(&seq, DER_IA5_STRING, &name, NULL) != ERR_OK ||
	    name.len > CRYPTOPRO_FILE_MAX) {
		return;
	}
	if (text_is_utf8(name)) {
		buf_add(&text, name);
	} else {
		cp1251_to_utf8(name, &text);
	}
	if (text.err == ERR_OK && text_is_clean(buf_slice(&text)) &&
	    text.len <= CONTAINER_LABEL_MAX) {
		memcpy(out, text.p, text.len);
		out[text.len] = '\0';
	}
	buf_clear(&text);
}

void
cp_name_put(struct buf *b, const char *name)
{
	struct buf text = BUF_INIT(CONTAINER_LABEL_MAX);
	size_t seq = der_open(b, DER_SEQUENCE);

	if (cp1251_from_utf8(slice_str(name), &text)) {
		der_put(b, DER_IA5_STRING, buf_slice(&text));
	} else {
		der_put(b, DER_IA5_STRING, slice_str(name));
	}
	der_close(b, seq);
	buf_clear(&text);
}
