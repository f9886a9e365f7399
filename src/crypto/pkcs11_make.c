/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs: which there are, making one, and its public half. */
#include <string.h>

#include "base/bounds.h"
#include "crypto/pkcs11_priv.h"
#include "crypto/pubkey.h"
#include "der/oid.h"
#include "der/write.h"

enum {
	P256_SIZE = 32,
	P384_SIZE = 48,
	ED25519_SIZE = 32,
	GOST256_SIZE = 64,
	GOST512_SIZE = 128,
	TEMPLATE_MAX = 12
};

#define RSA(bits)                                                              \
	{                                                                      \
		"rsa:" #bits, OID_UNKNOWN, CKM_RSA_PKCS_KEY_PAIR_GEN, CKK_RSA, \
		    bits, 0                                                    \
	}
#define GOST256(set, oid)                                                      \
	{                                                                      \
		"gost2012-256:" set, oid, CKM_GOSTR3410_KEY_PAIR_GEN,          \
		    CKK_GOSTR3410, 0, GOST256_SIZE                             \
	}
#define GOST512(set, oid)                                                      \
	{                                                                      \
		"gost2012-512:" set, oid, CKM_GOSTR3410_512_KEY_PAIR_GEN,      \
		    CKK_GOSTR3410_512, 0, GOST512_SIZE                         \
	}

static const struct pkcs11_spec specs[] = {
    {"p256", OID_P256, CKM_EC_KEY_PAIR_GEN, CKK_EC, 0, 1 + 2 * P256_SIZE},
    {"p384", OID_P384, CKM_EC_KEY_PAIR_GEN, CKK_EC, 0, 1 + 2 * P384_SIZE},
    {"ed25519", OID_ED25519, CKM_EC_EDWARDS_KEY_PAIR_GEN, CKK_EC_EDWARDS, 0,
	ED25519_SIZE},
    RSA(2048),
    RSA(3072),
    RSA(4096),
    GOST256("A", OID_GOST_CP_A),
    GOST256("B", OID_GOST_CP_B),
    GOST256("C", OID_GOST_CP_C),
    GOST256("XA", OID_GOST_CP_XA),
    GOST256("XB", OID_GOST_CP_XB),
    GOST256("TCA", OID_GOST_TC_256A),
    GOST256("TCB", OID_GOST_TC_256B),
    GOST256("TCC", OID_GOST_TC_256C),
    GOST256("TCD", OID_GOST_TC_256D),
    GOST512("A", OID_GOST_TC_512A),
    GOST512("B", OID_GOST_TC_512B),
    GOST512("C", OID_GOST_TC_512C),
};

static bool
is_gost(const struct pkcs11_spec *spec)
{
	return spec->type == CKK_GOSTR3410 || spec->type == CKK_GOSTR3410_512;
}

const struct pkcs11_spec *
pkcs11_spec_find(const char *spec, bool gost)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		if (strcmp(specs[i].spec, spec) == 0 &&
		    (gost || !is_gost(&specs[i]))) {
			return &specs[i];
		}
	}
	return NULL;
}

const struct pkcs11_spec *
pkcs11_spec_of(struct slice spki)
{
	const struct pkcs11_spec *found = NULL;
	struct pubkey *pub = NULL;

	if (pubkey_parse(spki, &pub, NULL) != ERR_OK) {
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		if (pubkey_alg(pub) == KEY_RSA
			? specs[i].bits == pubkey_bits(pub)
			: specs[i].curve != OID_UNKNOWN &&
			      slice_eq(pubkey_params(pub),
				  oid_bytes(specs[i].curve))) {
			found = &specs[i];
		}
	}
	pubkey_free(pub);
	return found;
}

/* --- making ------------------------------------------------------------- */

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

/* What both halves are told of the kind of key; the buffers stay whole while
 * the templates are used. */
static void
put_kind(const struct pkcs11_spec *spec, struct template_of *pub,
    struct template_of *priv, struct buf *params, struct buf *digest)
{
	static const CK_BYTE f4[] = {1, 0, 1};

	if (spec->curve == OID_UNKNOWN) {
		put_attribute(
		    pub, CKA_MODULUS_BITS, &spec->bits, sizeof(spec->bits));
		put_attribute(pub, CKA_PUBLIC_EXPONENT, f4, sizeof(f4));
		return;
	}
	der_put_oid(params, oid_bytes(spec->curve));
	if (!is_gost(spec)) {
		put_attribute(pub, CKA_EC_PARAMS, params->p, params->len);
		return;
	}
	/* As the maker's sample has it: both halves name type, set, digest. */
	der_put_oid(
	    digest, oid_bytes(spec->type == CKK_GOSTR3410 ? OID_STREEBOG256
							  : OID_STREEBOG512));
	for (int i = 0; i < 2; i++) {
		struct template_of *t = i == 0 ? pub : priv;

		put_attribute(t, CKA_KEY_TYPE, &spec->type, sizeof(spec->type));
		put_attribute(t, CKA_GOSTR3410_PARAMS, params->p, params->len);
		put_attribute(t, CKA_GOSTR3411_PARAMS, digest->p, digest->len);
	}
}

enum err
pkcs11_generate(struct pkcs11 *m, CK_SESSION_HANDLE session,
    const struct pkcs11_where *names, const struct pkcs11_spec *spec,
    CK_OBJECT_HANDLE *out_public, CK_OBJECT_HANDLE *out_private,
    struct errinfo *ei)
{
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM mechanism = {spec->mechanism, NULL, 0};
	struct buf params = BUF_INIT(OID_BYTES_MAX + 2);
	struct buf digest = BUF_INIT(OID_BYTES_MAX + 2);
	struct template_of pub = {0}, priv = {0};
	enum err e;
	CK_RV rv;

	put_kind(spec, &pub, &priv, &params, &digest);
	put_attribute(&pub, CKA_TOKEN, &yes, sizeof(yes));
	put_attribute(&pub, CKA_VERIFY, &yes, sizeof(yes));
	put_names(&pub, names);
	put_attribute(&priv, CKA_TOKEN, &yes, sizeof(yes));
	put_attribute(&priv, CKA_PRIVATE, &yes, sizeof(yes));
	put_attribute(&priv, CKA_SENSITIVE, &yes, sizeof(yes));
	put_attribute(&priv, CKA_EXTRACTABLE, &no, sizeof(no));
	put_attribute(&priv, CKA_SIGN, &yes, sizeof(yes));
	put_names(&priv, names);
	e = buf_err(&params, ei);
	if (e == ERR_OK) {
		e = buf_err(&digest, ei);
	}
	if (e == ERR_OK) {
		rv = m->f->C_GenerateKeyPair(session, &mechanism, pub.at,
		    pub.num, priv.at, priv.num, out_public, out_private);
		e = rv == CKR_OK ? ERR_OK
				 : pkcs11_failed(ei, "C_GenerateKeyPair", rv);
	}
	buf_clear(&params);
	buf_clear(&digest);
	return e;
}

/* --- the public half ------------------------------------------------------ */

enum err
pkcs11_read_attribute(struct pkcs11 *m, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, uint8_t *out, size_t size,
    struct slice *out_value, struct errinfo *ei)
{
	CK_ATTRIBUTE at = {type, out, size};
	CK_RV rv = m->f->C_GetAttributeValue(session, object, &at, 1);

	if (rv != CKR_OK || at.ulValueLen > size) {
		return pkcs11_failed(ei, "C_GetAttributeValue", rv);
	}
	*out_value = slice_make(out, at.ulValueLen);
	return ERR_OK;
}

static enum err
bad_point(const struct pkcs11_spec *spec, struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "key.form", "PKCS#11 2.40",
	    "The module's public key is no point of %s.", spec->spec);
}

/* CKA_EC_POINT is an OCTET STRING around the point (PKCS#11 2.40 2.3.3). */
static enum err
put_ec_spki(struct slice value, const struct pkcs11_spec *spec, struct buf *out,
    struct errinfo *ei)
{
	struct slice point;
	size_t spki, algorithm;
	enum err e = der_get(&value, DER_OCTET_STRING, &point, ei);

	if (e != ERR_OK || value.len != 0 || point.len != spec->point_len) {
		return bad_point(spec, ei);
	}
	spki = der_open(out, DER_SEQUENCE);
	algorithm = der_open(out, DER_SEQUENCE);
	if (spec->curve == OID_ED25519) {
		der_put_oid(out, oid_bytes(OID_ED25519));
	} else {
		der_put_oid(out, oid_bytes(OID_EC));
		der_put_oid(out, oid_bytes(spec->curve));
	}
	der_close(out, algorithm);
	der_put_bits(out, point, 0);
	der_close(out, spki);
	return buf_err(out, ei);
}

/* The digest stands beside the sets of CryptoPro and beside A and B of 512
 * bits, and beside no other (RFC 9215 4.2 and its examples). */
static bool
names_digest(enum oid set)
{
	return set == OID_GOST_CP_A || set == OID_GOST_CP_B ||
	       set == OID_GOST_CP_C || set == OID_GOST_CP_XA ||
	       set == OID_GOST_CP_XB || set == OID_GOST_TC_512A ||
	       set == OID_GOST_TC_512B;
}

/* CKA_VALUE is the content of the OCTET STRING in the BIT STRING. */
static enum err
put_gost_spki(struct slice value, const struct pkcs11_spec *spec,
    struct buf *out, struct errinfo *ei)
{
	struct buf point = BUF_INIT(GOST512_SIZE + DER_HEADER_MAX);
	bool is256 = spec->type == CKK_GOSTR3410;
	size_t spki, algorithm, params;
	enum err e;

	if (value.len != spec->point_len) {
		return bad_point(spec, ei);
	}
	spki = der_open(out, DER_SEQUENCE);
	algorithm = der_open(out, DER_SEQUENCE);
	der_put_oid(out, oid_bytes(is256 ? OID_GOST256 : OID_GOST512));
	params = der_open(out, DER_SEQUENCE);
	der_put_oid(out, oid_bytes(spec->curve));
	if (names_digest(spec->curve)) {
		der_put_oid(
		    out, oid_bytes(is256 ? OID_STREEBOG256 : OID_STREEBOG512));
	}
	der_close(out, params);
	der_close(out, algorithm);
	der_put(&point, DER_OCTET_STRING, value);
	der_put_bits(out, buf_slice(&point), 0);
	der_close(out, spki);
	e = buf_err(&point, ei);
	buf_clear(&point);
	return e != ERR_OK ? e : buf_err(out, ei);
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

/* What the object says it is. */
static enum err
look_up_spec(struct pkcs11 *m, CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key,
    const struct pkcs11_spec **out, struct errinfo *ei)
{
	CK_KEY_TYPE type = 0;
	uint8_t bytes[OID_BYTES_MAX + 2];
	struct slice value = SLICE_EMPTY, oid = SLICE_EMPTY;
	bool rsa, gost;
	enum err e = pkcs11_read_attribute(m, session, key, CKA_KEY_TYPE,
	    (uint8_t *)&type, sizeof(type), &value, ei);

	rsa = type == CKK_RSA;
	gost = type == CKK_GOSTR3410 || type == CKK_GOSTR3410_512;
	if (e == ERR_OK && !rsa) {
		e = pkcs11_read_attribute(m, session, key,
		    gost ? CKA_GOSTR3410_PARAMS : CKA_EC_PARAMS, bytes,
		    sizeof(bytes), &value, ei);
	}
	if (e == ERR_OK && !rsa) {
		e = der_get_oid(&value, &oid, ei);
	}
	for (size_t i = 0; i < ARRAY_LEN(specs) && e == ERR_OK; i++) {
		if (specs[i].type == type &&
		    (rsa || slice_eq(oid, oid_bytes(specs[i].curve)))) {
			*out = &specs[i];
			return ERR_OK;
		}
	}
	return e != ERR_OK ? e
			   : err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
				 "the token has a key of a kind that is not "
				 "used here");
}

enum err
pkcs11_read_spki(struct pkcs11 *m, CK_SESSION_HANDLE session,
    CK_OBJECT_HANDLE key, const struct pkcs11_spec *spec, struct buf *out,
    struct errinfo *ei)
{
	uint8_t first[SPKI_BYTES_MAX], second[SPKI_BYTES_MAX];
	struct slice a = SLICE_EMPTY, b = SLICE_EMPTY;
	enum err e =
	    spec != NULL ? ERR_OK : look_up_spec(m, session, key, &spec, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (spec->curve == OID_UNKNOWN) {
		e = pkcs11_read_attribute(
		    m, session, key, CKA_MODULUS, first, sizeof(first), &a, ei);
		if (e == ERR_OK) {
			e = pkcs11_read_attribute(m, session, key,
			    CKA_PUBLIC_EXPONENT, second, sizeof(second), &b,
			    ei);
		}
		return e != ERR_OK ? e : put_rsa_spki(a, b, out, ei);
	}
	e = pkcs11_read_attribute(m, session, key,
	    is_gost(spec) ? CKA_VALUE : CKA_EC_POINT, first, sizeof(first), &a,
	    ei);
	if (e != ERR_OK) {
		return e;
	}
	return is_gost(spec) ? put_gost_spki(a, spec, out, ei)
			     : put_ec_spki(a, spec, out, ei);
}

/* --- a CA's key ------------------------------------------------------------
 */

static enum err
make_one(struct pkcs11 *m, struct pkcs11_session *s,
    const struct pkcs11_where *w, const struct pkcs11_spec *spec,
    struct buf *out_spki, struct errinfo *ei)
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
		e = pkcs11_generate(
		    m, s->handle, w, spec, &public, &s->key, ei);
	}
	return e != ERR_OK
		   ? e
		   : pkcs11_read_spki(m, s->handle, public, spec, out_spki, ei);
}

enum err
pkcs11_make_key(struct pkcs11 *m, const struct pkcs11_where *w,
    struct slice pin, const char *spec, struct buf *out_spki,
    struct errinfo *ei)
{
	const struct pkcs11_spec *found = pkcs11_spec_find(spec, false);
	struct pkcs11_session s = {0};
	struct secret known = SECRET_EMPTY;
	enum err e;

	if (found == NULL) {
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "the kind of key is not one that is made on a token: "
		    "p256, p384, ed25519, rsa:BITS");
	}
	e = secret_copy(&known, pin, ei);
	if (e == ERR_OK) {
		e = pkcs11_session_open(m, w, &known, CKF_RW_SESSION, &s, ei);
	}
	if (e == ERR_OK) {
		e = make_one(m, &s, w, found, out_spki, ei);
	}
	pkcs11_session_close(m, &s);
	secret_clear(&known);
	return e;
}
