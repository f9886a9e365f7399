/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SubjectPublicKeyInfo ::= SEQUENCE {
 *	algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
 *						(RFC 5280 4.1)
 * EC	parameters namedCurve OID, key an uncompressed point (RFC 5480 2)
 * RSA	parameters NULL, key SEQUENCE { n, e } (RFC 3279 2.3.1)
 * Ed25519 no parameters, key 32 octets (RFC 8410)
 * GOST	parameters SEQUENCE { publicKeyParamSet OID, digestParamSet OID
 *	OPTIONAL }, key an OCTET STRING of x y, little-endian (RFC 9215 4)
 */
#include "crypto/spki_priv.h"

#include "base/bounds.h"
#include "der/der.h"

enum {
	RSA_BITS_MIN = 1024,
	ED25519_SIZE = 32,
	POINT_UNCOMPRESSED = 4
};

static enum err
unknown(
    struct errinfo *ei, const char *rule, const char *what, struct slice oid)
{
	char text[OID_TEXT_MAX];

	return err_set(ei, ERR_UNSUPPORTED, rule, NULL,
	    "%s %s is not one that we can use", what, oid_dotted(oid, text));
}

static enum err
bad_form(struct errinfo *ei, const char *clause, const char *what)
{
	return err_set(ei, ERR_FORMAT, "key.form", clause, "%s", what);
}

/* All sets that the GOST engine 3.0.1 computes with. */
static enum key_alg
gost_set_alg(enum oid set)
{
	static const struct {
		enum oid set;
		enum key_alg alg;
	} sets[] = {
	    {OID_GOST_CP_TEST, KEY_GOST256},
	    {OID_GOST_CP_A, KEY_GOST256},
	    {OID_GOST_CP_B, KEY_GOST256},
	    {OID_GOST_CP_C, KEY_GOST256},
	    {OID_GOST_CP_XA, KEY_GOST256},
	    {OID_GOST_CP_XB, KEY_GOST256},
	    {OID_GOST_TC_256A, KEY_GOST256},
	    {OID_GOST_TC_256B, KEY_GOST256},
	    {OID_GOST_TC_256C, KEY_GOST256},
	    {OID_GOST_TC_256D, KEY_GOST256},
	    {OID_GOST_TC_512_TEST, KEY_GOST512},
	    {OID_GOST_TC_512A, KEY_GOST512},
	    {OID_GOST_TC_512B, KEY_GOST512},
	    {OID_GOST_TC_512C, KEY_GOST512},
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sets); i++) {
		if (sets[i].set == set) {
			return sets[i].alg;
		}
	}
	return KEY_NONE;
}

static enum err
gost_params(struct slice params, enum key_alg alg, struct slice *out_set,
    struct errinfo *ei)
{
	enum oid digest =
	    alg == KEY_GOST256 ? OID_STREEBOG256 : OID_STREEBOG512;
	struct slice seq, set, oid;
	enum err e;

	if ((e = der_get(&params, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(params, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &set, ei)) != ERR_OK) {
		return e;
	}
	if (gost_set_alg(oid_find(set)) != alg) {
		return unknown(ei, "key.parameters", "parameter set", set);
	}
	if (seq.len != 0) {
		if ((e = der_get_oid(&seq, &oid, ei)) != ERR_OK ||
		    (e = der_end(seq, ei)) != ERR_OK) {
			return e;
		}
		if (oid_find(oid) != digest) {
			return unknown(ei, "key.parameters",
			    "beside this key the digest", oid);
		}
	}
	*out_set = set;
	return ERR_OK;
}

static enum err
ec_params(struct slice params, enum key_alg *out_alg, struct slice *out_curve,
    struct errinfo *ei)
{
	struct slice curve;
	enum oid oid;
	enum err e;

	if (der_peek(params) != DER_OID) {
		return err_set(ei, ERR_UNSUPPORTED, "key.parameters",
		    "RFC 5480 2.1.1",
		    "the curve must be named by its OID, not given by "
		    "parameters or implied");
	}
	if ((e = der_get_oid(&params, &curve, ei)) != ERR_OK ||
	    (e = der_end(params, ei)) != ERR_OK) {
		return e;
	}
	oid = oid_find(curve);
	if (oid != OID_P256 && oid != OID_P384) {
		return unknown(ei, "key.parameters", "curve", curve);
	}
	*out_alg = oid == OID_P256 ? KEY_P256 : KEY_P384;
	*out_curve = curve;
	return ERR_OK;
}

static enum err
no_params(struct slice params, bool null_allowed, struct errinfo *ei)
{
	enum err e;

	if (null_allowed && params.len != 0) {
		if ((e = der_get_null(&params, ei)) != ERR_OK) {
			return e;
		}
	}
	if (params.len != 0) {
		return bad_form(
		    ei, NULL, "this key algorithm takes no parameters");
	}
	return ERR_OK;
}

enum err
key_algid_get(struct slice *s, enum key_alg *out_alg, struct slice *out_params,
    struct errinfo *ei)
{
	struct slice seq, oid, set = SLICE_EMPTY;
	enum key_alg alg = KEY_NONE;
	enum err e;

	if ((e = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &oid, ei)) != ERR_OK) {
		return e;
	}
	switch ((int)oid_find(oid)) {
	case OID_EC:
		e = ec_params(seq, &alg, &set, ei);
		break;
	case OID_GOST256:
		alg = KEY_GOST256;
		e = gost_params(seq, alg, &set, ei);
		break;
	case OID_GOST512:
		alg = KEY_GOST512;
		e = gost_params(seq, alg, &set, ei);
		break;
	case OID_RSA:
		alg = KEY_RSA;
		e = no_params(seq, true, ei);
		break;
	case OID_ED25519:
		alg = KEY_ED25519;
		e = no_params(seq, false, ei);
		break;
	default:
		return unknown(ei, "key.algorithm", "key algorithm", oid);
	}
	if (e != ERR_OK) {
		return e;
	}
	*out_alg = alg;
	*out_params = set;
	return ERR_OK;
}

static enum err
ec_point(struct spki *k, struct errinfo *ei)
{
	size_t field = k->alg == KEY_P256 ? 32 : 48;

	if (k->bits.len == field + 1 &&
	    (k->bits.p[0] == 2 || k->bits.p[0] == 3)) {
		return err_set(ei, ERR_UNSUPPORTED, "key.point_form",
		    "RFC 5480 2.2",
		    "the point is compressed; send the key with an "
		    "uncompressed point");
	}
	if (k->bits.len != 2 * field + 1 ||
	    k->bits.p[0] != POINT_UNCOMPRESSED) {
		return bad_form(ei, "RFC 5480 2.2",
		    "the key is not an uncompressed point of its curve");
	}
	k->point = k->bits;
	k->size = (unsigned)field * 8;
	return ERR_OK;
}

static enum err
gost_point(struct spki *k, struct errinfo *ei)
{
	size_t field = k->alg == KEY_GOST256 ? 32 : 64;
	struct slice s = k->bits, point;
	enum err e;

	if ((e = der_get(&s, DER_OCTET_STRING, &point, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK) {
		return e;
	}
	if (point.len != 2 * field) {
		return bad_form(ei, NULL,
		    "the key is not the two coordinates of its parameter set");
	}
	k->point = point;
	k->size = (unsigned)field * 8;
	return ERR_OK;
}

/* Number of significant bits; *magnitude loses its leading zero. */
static unsigned
magnitude_bits(struct slice *magnitude)
{
	unsigned bits = 0, top;

	if (magnitude->len > 0 && magnitude->p[0] == 0) {
		*magnitude = slice_make(magnitude->p + 1, magnitude->len - 1);
	}
	if (magnitude->len == 0) {
		return 0;
	}
	for (top = magnitude->p[0]; top != 0; top >>= 1) {
		bits++;
	}
	return bits + (unsigned)(magnitude->len - 1) * 8;
}

/*
 * Only what makes a key meaningless or checking it dear is refused here;
 * how large a modulus and which exponents we certify is policy.
 */
static enum err
rsa_numbers(struct spki *k, struct errinfo *ei)
{
	struct slice s = k->bits, seq, n, x;
	unsigned x_bits;
	enum err e;

	if ((e = der_get(&s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(s, ei)) != ERR_OK ||
	    (e = der_get_integer(&seq, &n, ei)) != ERR_OK ||
	    (e = der_get_integer(&seq, &x, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if ((n.p[0] & 0x80) != 0 || (x.p[0] & 0x80) != 0) {
		return bad_form(
		    ei, "RFC 8017 A.1.1", "an RSA number is negative");
	}
	k->size = magnitude_bits(&n);
	x_bits = magnitude_bits(&x);
	if (k->size < RSA_BITS_MIN || k->size > RSA_BITS_MAX ||
	    x_bits > k->size) {
		return err_set(ei, ERR_LIMIT, "key.size", NULL,
		    "an RSA modulus of %u bits and an exponent of %u; from "
		    "%d to %d bits can be used",
		    k->size, x_bits, RSA_BITS_MIN, RSA_BITS_MAX);
	}
	if ((n.p[n.len - 1] & 1) == 0) {
		return err_set(ei, ERR_CRYPTO, "key.modulus", "RFC 8017 3.1",
		    "the RSA modulus is even");
	}
	if (x_bits < 2 || (x.p[x.len - 1] & 1) == 0) {
		return err_set(ei, ERR_CRYPTO, "key.exponent", "RFC 8017 3.1",
		    "the RSA exponent is even or 1");
	}
	k->n = n;
	k->e = x;
	return ERR_OK;
}

static enum err
spki_body(struct spki *k, struct errinfo *ei)
{
	switch (k->alg) {
	case KEY_P256:
	case KEY_P384:
		return ec_point(k, ei);
	case KEY_GOST256:
	case KEY_GOST512:
		return gost_point(k, ei);
	case KEY_RSA:
		return rsa_numbers(k, ei);
	case KEY_ED25519:
		if (k->bits.len != ED25519_SIZE) {
			return bad_form(
			    ei, "RFC 8410 4", "an Ed25519 key has 32 octets");
		}
		k->point = k->bits;
		k->size = 256;
		return ERR_OK;
	case KEY_NONE:
	case KEY_ALG_MAX_:
		break;
	}
	return err_set(ei, ERR_INTERNAL, "key.algorithm", NULL,
	    "a key algorithm without a reader");
}

enum err
spki_parse(struct slice spki, struct spki *out, struct errinfo *ei)
{
	struct spki k = {0};
	struct slice seq;
	unsigned unused;
	enum err e;

	if (spki.len > SPKI_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "key.size", NULL,
		    "a public key of %zu bytes; at most %d are read", spki.len,
		    SPKI_BYTES_MAX);
	}
	if ((e = der_get(&spki, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(spki, ei)) != ERR_OK ||
	    (e = key_algid_get(&seq, &k.alg, &k.params, ei)) != ERR_OK ||
	    (e = der_get_bits(&seq, &k.bits, &unused, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	if (unused != 0) {
		return bad_form(ei, "RFC 5280 4.1.2.7",
		    "the key's BIT STRING is not a whole number of octets");
	}
	if ((e = spki_body(&k, ei)) != ERR_OK) {
		return e;
	}
	*out = k;
	return ERR_OK;
}
