/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanisms: what goes into C_Sign for each algorithm, what comes out,
 * and which key pairs there are. */
#include <string.h>

#include "base/bounds.h"
#include "crypto/pkcs11_priv.h"
#include "der/oid.h"
#include "der/write.h"

enum {
	SPEC_SIZE = 16,
	P256_SIZE = 32,
	P384_SIZE = 48,
	ED25519_SIG_SIZE = 64
};

/* --- signing ------------------------------------------------------------ */

/* DigestInfo (RFC 8017 9.2): here the parameters are a NULL. */
static void
put_digest_info(enum hash_alg alg, struct slice digest, struct buf *b)
{
	static const enum oid oids[HASH_ALG_MAX_] = {
	    [HASH_SHA256] = OID_SHA256,
	    [HASH_SHA384] = OID_SHA384,
	    [HASH_SHA512] = OID_SHA512,
	};
	size_t info = der_open(b, DER_SEQUENCE);
	size_t algorithm = der_open(b, DER_SEQUENCE);

	ensure(oids[alg] != OID_UNKNOWN);
	der_put_oid(b, oid_bytes(oids[alg]));
	der_put_null(b);
	der_close(b, algorithm);
	der_put(b, DER_OCTET_STRING, digest);
	der_close(b, info);
}

enum err
pkcs11_sign_input(enum key_alg key, enum sig_alg alg, struct slice input,
    CK_MECHANISM_TYPE *out_mechanism, struct buf *out, struct errinfo *ei)
{
	if (key == KEY_RSA) {
		*out_mechanism = CKM_RSA_PKCS;
		put_digest_info(sig_alg_hash(alg), input, out);
	} else {
		*out_mechanism = key == KEY_ED25519 ? CKM_EDDSA : CKM_ECDSA;
		buf_add(out, input);
	}
	return buf_err(out, ei);
}

/* PKCS#11 gives r and s side by side, X.509 wants ECDSA-Sig-Value (RFC 5480
 * A). */
static void
put_ecdsa(struct slice raw, struct buf *out)
{
	size_t half = raw.len / 2, seq = der_open(out, DER_SEQUENCE);

	der_put_unsigned(out, slice_make(raw.p, half));
	der_put_unsigned(out, slice_make(raw.p + half, half));
	der_close(out, seq);
}

enum err
pkcs11_sign_output(
    enum key_alg key, struct slice raw, struct buf *out_sig, struct errinfo *ei)
{
	size_t want = key == KEY_P256      ? (size_t)2 * P256_SIZE
		      : key == KEY_P384    ? (size_t)2 * P384_SIZE
		      : key == KEY_ED25519 ? (size_t)ED25519_SIG_SIZE
					   : raw.len;

	if (raw.len == 0 || raw.len != want) {
		return err_set(ei, ERR_AGAIN, "key.module", NULL,
		    "The PKCS#11 module's C_Sign gives %zu bytes, which is no "
		    "%s signature.",
		    raw.len, key_alg_name(key));
	}
	if (key == KEY_P256 || key == KEY_P384) {
		put_ecdsa(raw, out_sig);
	} else {
		buf_add(out_sig, raw);
	}
	return buf_err(out_sig, ei);
}

/* --- making a key ------------------------------------------------------- */

static const struct {
	const char spec[SPEC_SIZE];
	CK_MECHANISM_TYPE mechanism;
	enum oid curve; /* EC, Ed25519 */
	CK_ULONG bits;  /* RSA */
	size_t point_len;
} specs[] = {
    {"p256", CKM_EC_KEY_PAIR_GEN, OID_P256, 0, 1 + 2 * P256_SIZE},
    {"p384", CKM_EC_KEY_PAIR_GEN, OID_P384, 0, 1 + 2 * P384_SIZE},
    {"ed25519", CKM_EC_EDWARDS_KEY_PAIR_GEN, OID_ED25519, 0, 32},
    {"rsa:2048", CKM_RSA_PKCS_KEY_PAIR_GEN, OID_UNKNOWN, 2048, 0},
    {"rsa:3072", CKM_RSA_PKCS_KEY_PAIR_GEN, OID_UNKNOWN, 3072, 0},
    {"rsa:4096", CKM_RSA_PKCS_KEY_PAIR_GEN, OID_UNKNOWN, 4096, 0},
};

enum {
	TEMPLATE_MAX = 10
};

struct template_of {
	CK_ATTRIBUTE at[TEMPLATE_MAX];
	CK_ULONG num;
};

static void
put_attribute(
    struct template_of *t, CK_ATTRIBUTE_TYPE type, const void *p, size_t len)
{
	ensure(t->num < TEMPLATE_MAX);
	t->at[t->num++] = pkcs11_attribute(type, p, len);
}

static void
put_names(struct template_of *t, const struct pkcs11_where *w)
{
	if (w->label[0] != '\0') {
		put_attribute(t, CKA_LABEL, w->label, strlen(w->label));
	}
	if (w->id_len > 0) {
		put_attribute(t, CKA_ID, w->id, w->id_len);
	}
}

static enum err
generate(struct pkcs11 *m, struct pkcs11_session *s,
    const struct pkcs11_where *w, size_t spec, CK_OBJECT_HANDLE *out_public,
    struct errinfo *ei)
{
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	static const CK_BYTE f4[] = {1, 0, 1};
	CK_MECHANISM mechanism = {specs[spec].mechanism, NULL, 0};
	struct buf params = BUF_INIT(OID_BYTES_MAX + 2);
	struct template_of pub = {0}, priv = {0};
	enum err e;
	CK_RV rv;

	if (specs[spec].curve != OID_UNKNOWN) {
		der_put_oid(&params, oid_bytes(specs[spec].curve));
		put_attribute(&pub, CKA_EC_PARAMS, params.p, params.len);
	} else {
		put_attribute(&pub, CKA_MODULUS_BITS, &specs[spec].bits,
		    sizeof(specs[spec].bits));
		put_attribute(&pub, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
	}
	put_attribute(&pub, CKA_TOKEN, &yes, sizeof(yes));
	put_attribute(&pub, CKA_VERIFY, &yes, sizeof(yes));
	put_names(&pub, w);
	put_attribute(&priv, CKA_TOKEN, &yes, sizeof(yes));
	put_attribute(&priv, CKA_PRIVATE, &yes, sizeof(yes));
	put_attribute(&priv, CKA_SENSITIVE, &yes, sizeof(yes));
	put_attribute(&priv, CKA_EXTRACTABLE, &no, sizeof(no));
	put_attribute(&priv, CKA_SIGN, &yes, sizeof(yes));
	put_names(&priv, w);
	e = buf_err(&params, ei);
	if (e == ERR_OK) {
		rv = m->f->C_GenerateKeyPair(s->handle, &mechanism, pub.at,
		    pub.num, priv.at, priv.num, out_public, &s->key);
		e = rv == CKR_OK ? ERR_OK
				 : pkcs11_failed(ei, "C_GenerateKeyPair", rv);
	}
	buf_clear(&params);
	return e;
}

/* One attribute of the public key. */
static enum err
read_attribute(struct pkcs11 *m, const struct pkcs11_session *s,
    CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type, uint8_t out[SPKI_BYTES_MAX],
    struct slice *out_value, struct errinfo *ei)
{
	CK_ATTRIBUTE at = {type, out, SPKI_BYTES_MAX};
	CK_RV rv = m->f->C_GetAttributeValue(s->handle, key, &at, 1);

	if (rv != CKR_OK || at.ulValueLen > SPKI_BYTES_MAX) {
		return pkcs11_failed(ei, "C_GetAttributeValue", rv);
	}
	*out_value = slice_make(out, at.ulValueLen);
	return ERR_OK;
}

/* CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 2.40 2.3.3). */
static enum err
put_ec_spki(
    struct slice value, size_t spec, struct buf *out, struct errinfo *ei)
{
	struct slice point;
	size_t spki, algorithm;
	enum err e = der_get(&value, DER_OCTET_STRING, &point, ei);

	if (e != ERR_OK || value.len != 0 ||
	    point.len != specs[spec].point_len) {
		return err_set(ei, ERR_FORMAT, "key.form", "PKCS#11 2.40",
		    "The module's CKA_EC_POINT is no point of %s.",
		    specs[spec].spec);
	}
	spki = der_open(out, DER_SEQUENCE);
	algorithm = der_open(out, DER_SEQUENCE);
	if (specs[spec].curve == OID_ED25519) {
		der_put_oid(out, oid_bytes(OID_ED25519));
	} else {
		der_put_oid(out, oid_bytes(OID_EC));
		der_put_oid(out, oid_bytes(specs[spec].curve));
	}
	der_close(out, algorithm);
	der_put_bits(out, point, 0);
	der_close(out, spki);
	return buf_err(out, ei);
}

static enum err
put_rsa_spki(struct slice modulus, struct slice exponent, struct buf *out,
    struct errinfo *ei)
{
	struct buf key = BUF_INIT(SPKI_BYTES_MAX);
	size_t seq = der_open(&key, DER_SEQUENCE), spki, algorithm;
	enum err e;

	der_put_unsigned(&key, modulus);
	der_put_unsigned(&key, exponent);
	der_close(&key, seq);
	spki = der_open(out, DER_SEQUENCE);
	algorithm = der_open(out, DER_SEQUENCE);
	der_put_oid(out, oid_bytes(OID_RSA));
	der_put_null(out);
	der_close(out, algorithm);
	der_put_bits(out, buf_slice(&key), 0);
	der_close(out, spki);
	e = buf_err(&key, ei);
	buf_clear(&key);
	return e != ERR_OK ? e : buf_err(out, ei);
}

static enum err
read_spki(struct pkcs11 *m, const struct pkcs11_session *s,
    CK_OBJECT_HANDLE key, size_t spec, struct buf *out, struct errinfo *ei)
{
	uint8_t first[SPKI_BYTES_MAX], second[SPKI_BYTES_MAX];
	struct slice a = SLICE_EMPTY, b = SLICE_EMPTY;
	enum err e;

	if (specs[spec].curve != OID_UNKNOWN) {
		e = read_attribute(m, s, key, CKA_EC_POINT, first, &a, ei);
		return e != ERR_OK ? e : put_ec_spki(a, spec, out, ei);
	}
	e = read_attribute(m, s, key, CKA_MODULUS, first, &a, ei);
	if (e == ERR_OK) {
		e = read_attribute(
		    m, s, key, CKA_PUBLIC_EXPONENT, second, &b, ei);
	}
	return e != ERR_OK ? e : put_rsa_spki(a, b, out, ei);
}

static enum err
make_one(struct pkcs11 *m, struct pkcs11_session *s,
    const struct pkcs11_where *w, size_t spec, struct buf *out_spki,
    struct errinfo *ei)
{
	CK_OBJECT_HANDLE public = CK_INVALID_HANDLE;
	size_t num = 0;
	enum err e = pkcs11_session_find(m, s, w, &num, ei);

	if (e == ERR_OK && num > 0) {
		e = err_set(ei, ERR_CONFLICT, "key.exists", NULL,
		    "The token has a key of this label and id already: name "
		    "another, or remove it with the maker's tool.");
	}
	if (e == ERR_OK) {
		e = generate(m, s, w, spec, &public, ei);
	}
	return e != ERR_OK ? e : read_spki(m, s, public, spec, out_spki, ei);
}

enum err
pkcs11_make_key(struct pkcs11 *m, const struct pkcs11_where *w,
    struct slice pin, const char *spec, struct buf *out_spki,
    struct errinfo *ei)
{
	struct pkcs11_session s = {0};
	struct secret known = SECRET_EMPTY;
	size_t i = 0;
	enum err e;

	while (i < ARRAY_LEN(specs) && strcmp(specs[i].spec, spec) != 0) {
		i++;
	}
	if (i == ARRAY_LEN(specs)) {
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "the kind of key is not one that is made on a token: "
		    "p256, p384, ed25519, rsa:BITS");
	}
	e = secret_copy(&known, pin, ei);
	if (e == ERR_OK) {
		e = pkcs11_session_open(m, w, &known, CKF_RW_SESSION, &s, ei);
	}
	if (e == ERR_OK) {
		e = make_one(m, &s, w, i, out_spki, ei);
	}
	pkcs11_session_close(m, &s);
	secret_clear(&known);
	return e;
}
