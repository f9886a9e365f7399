/* SPDX-License-Identifier: Apache-2.0 */
/* What the chip of a real token would do, done by our own cryptography. */
#include "token.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "crypto/alg.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

static const struct {
	enum oid oid;
	const char *spec;
	CK_MECHANISM_TYPE mechanism;
} sets[] = {
    {OID_GOST_CP_A, "gost2012-256:A", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_CP_B, "gost2012-256:B", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_CP_C, "gost2012-256:C", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_CP_XA, "gost2012-256:XA", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_CP_XB, "gost2012-256:XB", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_TC_256A, "gost2012-256:TCA", CKM_GOSTR3410_KEY_PAIR_GEN},
    {OID_GOST_TC_512A, "gost2012-512:A", CKM_GOSTR3410_512_KEY_PAIR_GEN},
    {OID_GOST_TC_512B, "gost2012-512:B", CKM_GOSTR3410_512_KEY_PAIR_GEN},
    {OID_P256, "p256", CKM_EC_KEY_PAIR_GEN},
};

static const CK_MECHANISM_TYPE mechanisms[] = {
    CKM_RSA_PKCS_KEY_PAIR_GEN,
    CKM_RSA_PKCS,
    CKM_EC_KEY_PAIR_GEN,
    CKM_ECDSA,
    CKM_GOSTR3410_KEY_PAIR_GEN,
    CKM_GOSTR3410,
    CKM_GOSTR3410_512_KEY_PAIR_GEN,
    CKM_GOSTR3410_512,
};

size_t
keys_mechanisms(const CK_MECHANISM_TYPE **out)
{
	*out = mechanisms;
	return ARRAY_LEN(mechanisms);
}

bool
keys_has_mechanism(CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < ARRAY_LEN(mechanisms); i++) {
		if (mechanisms[i] == type) {
			return true;
		}
	}
	return false;
}

CK_RV
keys_init(void)
{
	return crypto_init(NULL) == ERR_OK ? CKR_OK : CKR_GENERAL_ERROR;
}

/* --- making ------------------------------------------------------------- */

static struct slice
value_of(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = object_find(o, type);

	return a != NULL ? slice_make(a->pValue, a->ulValueLen) : SLICE_EMPTY;
}

/* The content of an OID in DER. */
static struct slice
oid_in(struct slice der)
{
	struct slice oid = SLICE_EMPTY;

	return der_get_oid(&der, &oid, NULL) == ERR_OK && der.len == 0
		   ? oid
		   : SLICE_EMPTY;
}

/* Software for Rutoken names the digest beside the curve. */
static bool
has_digest(CK_MECHANISM_TYPE m, const struct object *pub)
{
	struct slice oid = oid_in(value_of(pub, CKA_GOSTR3411_PARAMS));

	return m == CKM_GOSTR3410_KEY_PAIR_GEN
		   ? slice_eq(oid, oid_bytes(OID_STREEBOG256))
		   : slice_eq(oid, oid_bytes(OID_STREEBOG512));
}

static CK_RV
spec_of(const CK_MECHANISM *m, const struct object *pub, char out[TEXT_SIZE])
{
	bool gost = m->mechanism == CKM_GOSTR3410_KEY_PAIR_GEN ||
		    m->mechanism == CKM_GOSTR3410_512_KEY_PAIR_GEN;
	struct slice oid =
	    oid_in(value_of(pub, gost ? CKA_GOSTR3410_PARAMS : CKA_EC_PARAMS));

	if (m->mechanism == CKM_RSA_PKCS_KEY_PAIR_GEN) {
		(void)snprintf(out, TEXT_SIZE, "rsa:%lu",
		    object_ulong(pub, CKA_MODULUS_BITS));
		return CKR_OK;
	}
	if (gost && !has_digest(m->mechanism, pub)) {
		return CKR_TEMPLATE_INCOMPLETE;
	}
	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		if (sets[i].mechanism == m->mechanism &&
		    slice_eq(oid, oid_bytes(sets[i].oid))) {
			(void)snprintf(out, TEXT_SIZE, "%s", sets[i].spec);
			return CKR_OK;
		}
	}
	return keys_has_mechanism(m->mechanism) ? CKR_ATTRIBUTE_VALUE_INVALID
						: CKR_MECHANISM_INVALID;
}

/* An INTEGER without the zero that keeps it positive. */
static struct slice
magnitude(struct slice *s)
{
	struct slice v = SLICE_EMPTY;

	if (der_get_integer(s, &v, NULL) == ERR_OK && v.len > 1 &&
	    v.p[0] == 0) {
		v = slice_make(v.p + 1, v.len - 1);
	}
	return v;
}

static bool
put_public(struct object *o, const struct privkey *k)
{
	struct slice bits = pubkey_bits_content(privkey_pubkey(k)), v, seq;
	struct buf point = BUF_INIT(SPKI_BYTES_MAX);
	bool ok;

	switch (privkey_alg(k)) {
	case KEY_GOST256:
	case KEY_GOST512:
		return der_get(&bits, DER_OCTET_STRING, &v, NULL) == ERR_OK &&
		       object_put_ulong(o, CKA_KEY_TYPE,
			   privkey_alg(k) == KEY_GOST256 ? CKK_GOSTR3410
							 : CKK_GOSTR3410_512) &&
		       object_put(o, CKA_VALUE, v.p, v.len);
	case KEY_P256:
		der_put(&point, DER_OCTET_STRING, bits);
		ok = buf_err(&point, NULL) == ERR_OK &&
		     object_put_ulong(o, CKA_KEY_TYPE, CKK_EC) &&
		     object_put(o, CKA_EC_POINT, point.p, point.len);
		buf_clear(&point);
		return ok;
	case KEY_RSA:
		if (der_get(&bits, DER_SEQUENCE, &seq, NULL) != ERR_OK) {
			return false;
		}
		v = magnitude(&seq);
		ok = object_put(o, CKA_MODULUS, v.p, v.len);
		v = magnitude(&seq);
		return ok && object_put_ulong(o, CKA_KEY_TYPE, CKK_RSA) &&
		       object_put(o, CKA_PUBLIC_EXPONENT, v.p, v.len);
	case KEY_NONE:
	case KEY_P384:
	case KEY_ED25519:
	case KEY_ALG_MAX_:
	default:
		return false;
	}
}

CK_RV
keys_make(const CK_MECHANISM *m, struct object *pub, struct object *priv)
{
	char spec[TEXT_SIZE];
	struct secret p8 = SECRET_EMPTY;
	struct privkey *k = NULL;
	CK_RV rv = spec_of(m, pub, spec);

	if (rv != CKR_OK) {
		return rv;
	}
	if (privkey_generate(spec, &k, NULL) != ERR_OK) {
		return CKR_ATTRIBUTE_VALUE_INVALID;
	}
	if (privkey_to_p8_insecure_plain(k, &p8, NULL) != ERR_OK ||
	    !put_public(pub, k) ||
	    !object_put_ulong(
		priv, CKA_KEY_TYPE, object_ulong(pub, CKA_KEY_TYPE)) ||
	    !object_put(priv, CKA_TEST_KEY, p8.p, p8.len)) {
		rv = CKR_GENERAL_ERROR;
	}
	secret_clear(&p8);
	privkey_free(k);
	return rv;
}

/* --- signing ------------------------------------------------------------ */

/* An INTEGER of an ECDSA-Sig-Value at the end of half a raw signature. */
static bool
put_half(struct slice *der, uint8_t *half, size_t size)
{
	struct slice v = magnitude(der);

	if (v.len == 0 || v.len > size) {
		return false;
	}
	memset(half, 0, size);
	memcpy(half + size - v.len, v.p, v.len);
	return true;
}

static bool
raw_ecdsa(struct slice der, struct buf *out)
{
	uint8_t raw[64];
	struct slice seq;

	if (der_get(&der, DER_SEQUENCE, &seq, NULL) != ERR_OK ||
	    !put_half(&seq, raw, 32) || !put_half(&seq, raw + 32, 32)) {
		return false;
	}
	buf_add(out, slice_make(raw, sizeof(raw)));
	return true;
}

/* As X.509 has them, s and r big-endian; as another chip might. */
static void
put_gost(const struct token *t, struct slice sig, struct buf *out)
{
	size_t half = sig.len / 2;

	if (strcmp(t->order, "sr") == 0) {
		buf_add(out, sig);
	} else if (strcmp(t->order, "rs") == 0) {
		buf_add(out, slice_make(sig.p + half, half));
		buf_add(out, slice_make(sig.p, half));
	} else if (strcmp(t->order, "le") == 0) {
		/* r and s, each little-endian: all of it turned round. */
		for (size_t i = sig.len; i > 0; i--) {
			buf_add_u8(out, sig.p[i - 1]);
		}
	} else {
		buf_add_u8(out, sig.p[0] ^ 1U);
		buf_add(out, slice_make(sig.p + 1, sig.len - 1));
	}
}

/* The digest at the end of a DigestInfo. */
static struct slice
digest_in(struct slice info)
{
	struct slice seq, alg, digest = SLICE_EMPTY;

	if (der_get(&info, DER_SEQUENCE, &seq, NULL) != ERR_OK ||
	    der_get(&seq, DER_SEQUENCE, &alg, NULL) != ERR_OK ||
	    der_get(&seq, DER_OCTET_STRING, &digest, NULL) != ERR_OK) {
		return SLICE_EMPTY;
	}
	return digest;
}

static CK_RV
sign_by(const struct token *t, struct privkey *k, CK_MECHANISM_TYPE mechanism,
    struct slice data, struct buf *out)
{
	static const struct {
		CK_MECHANISM_TYPE mechanism;
		enum key_alg key;
		enum sig_alg alg;
		size_t len;
	} ways[] = {
	    {CKM_GOSTR3410, KEY_GOST256, SIG_GOST256, 32},
	    {CKM_GOSTR3410_512, KEY_GOST512, SIG_GOST512, 64},
	    {CKM_ECDSA, KEY_P256, SIG_ECDSA_SHA256, 32},
	    {CKM_RSA_PKCS, KEY_RSA, SIG_RSA_SHA256, 32},
	    {CKM_RSA_PKCS, KEY_RSA, SIG_RSA_SHA384, 48},
	    {CKM_RSA_PKCS, KEY_RSA, SIG_RSA_SHA512, 64},
	};
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	CK_RV rv = CKR_KEY_TYPE_INCONSISTENT;

	if (mechanism == CKM_RSA_PKCS) {
		data = digest_in(data);
	}
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (ways[i].mechanism != mechanism ||
		    ways[i].key != privkey_alg(k)) {
			continue;
		}
		rv = CKR_DATA_LEN_RANGE;
		if (ways[i].len == data.len) {
			rv = privkey_sign_digest(
				 k, ways[i].alg, data, &sig, NULL) == ERR_OK
				 ? CKR_OK
				 : CKR_FUNCTION_FAILED;
			break;
		}
	}
	if (rv == CKR_OK && mechanism == CKM_ECDSA) {
		rv = raw_ecdsa(buf_slice(&sig), out) ? CKR_OK
						     : CKR_FUNCTION_FAILED;
	} else if (rv == CKR_OK && mechanism == CKM_RSA_PKCS) {
		buf_add(out, buf_slice(&sig));
	} else if (rv == CKR_OK) {
		put_gost(t, buf_slice(&sig), out);
	}
	buf_clear(&sig);
	return rv;
}

CK_RV
keys_sign(const struct token *t, const struct object *key,
    CK_MECHANISM_TYPE mechanism, struct slice data, struct buf *out)
{
	struct privkey *k = NULL;
	CK_RV rv;

	if (privkey_from_p8(
		value_of(key, CKA_TEST_KEY), SLICE_EMPTY, &k, NULL) != ERR_OK) {
		return CKR_KEY_HANDLE_INVALID;
	}
	rv = sign_by(t, k, mechanism, data, out);
	privkey_free(k);
	return rv;
}
