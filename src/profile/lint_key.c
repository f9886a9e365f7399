/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the subject's public key. */
#include "profile/lint_priv.h"

#include "der/der.h"

static void
check_asked(struct lint *l)
{
	if (!slice_eq(cert_spki(l->cert), values_spki(l->v))) {
		lint_add(l, ERR_CONFLICT,
		    "the public key is not the one of the request");
	}
}

static enum key_alg
find_alg(const struct spki *key)
{
	if (key->alg.id == OID_EC &&
	    slice_eq(key->alg.curve, oid_bytes(OID_P256))) {
		return KEY_P256;
	}
	if (key->alg.id == OID_EC &&
	    slice_eq(key->alg.curve, oid_bytes(OID_P384))) {
		return KEY_P384;
	}
	if (key->alg.id == OID_GOST256) {
		return KEY_GOST256;
	}
	if (key->alg.id == OID_GOST512) {
		return KEY_GOST512;
	}
	if (key->alg.id == OID_RSA) {
		return KEY_RSA;
	}
	return key->alg.id == OID_ED25519 ? KEY_ED25519 : KEY_NONE;
}

struct rsa_key {
	struct slice modulus;
	struct slice exponent;
};

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 8017 A.1.1) */
static bool
read_rsa(const struct spki *key, struct rsa_key *out)
{
	struct slice s = key->bits;
	struct slice seq;

	if (der_get(&s, DER_SEQUENCE, &seq, NULL) != ERR_OK || s.len != 0 ||
	    der_get_integer(&seq, &out->modulus, NULL) != ERR_OK ||
	    der_get_integer(&seq, &out->exponent, NULL) != ERR_OK) {
		return false;
	}
	return seq.len == 0;
}

static size_t
rsa_bits(const struct rsa_key *rsa)
{
	struct slice m = rsa->modulus;
	size_t bits;

	if (m.len > 0 && m.p[0] == 0) {
		m = slice_make(m.p + 1, m.len - 1);
	}
	bits = m.len * 8;
	for (uint8_t top = m.len > 0 ? m.p[0] : 0; bits > 0 && top < 0x80;
	     top = (uint8_t)(top << 1 | 1)) {
		bits--;
	}
	return bits;
}

static bool
key_fits(const struct profile_key *rule, const struct spki *key)
{
	struct rsa_key rsa;

	if (find_alg(key) != rule->alg) {
		return false;
	}
	if (rule->alg == KEY_RSA) {
		return read_rsa(key, &rsa) &&
		       rsa_bits(&rsa) >= rule->min_bits &&
		       rsa_bits(&rsa) <= rule->max_bits;
	}
	for (size_t i = 0; i < rule->num_params; i++) {
		if (slice_eq(key->alg.set, oid_bytes(rule->params[i]))) {
			return true;
		}
	}
	return rule->num_params == 0;
}

static void
check_allowed(struct lint *l)
{
	const struct spki *key = cert_key(l->cert);

	for (size_t i = 0; i < l->p->num_keys; i++) {
		if (key_fits(&l->p->keys[i], key)) {
			return;
		}
	}
	lint_add(l, ERR_POLICY,
	    "the profile does not take a key %s with these parameters; it "
	    "takes %s",
	    key_alg_name(find_alg(key)), l->p->key_spec);
}

/* RFC 5480 2.2: uncompressed, and of the field's length. */
static bool
ec_form_fits(const struct spki *key, size_t field_octets)
{
	return key->bits.len == 1 + 2 * field_octets && key->bits.p[0] == 4;
}

/* RFC 9215 4.3, 4.4: the point in an OCTET STRING; the digest, when it is
 * named, is the one of the key's size. */
static bool
gost_form_fits(const struct spki *key, size_t point_octets, enum oid digest)
{
	struct slice s = key->bits;
	struct slice point;

	return key->alg.params == ALG_PARAMS_GOST &&
	       (key->alg.digest.len == 0 ||
		   slice_eq(key->alg.digest, oid_bytes(digest))) &&
	       key->alg.cipher.len == 0 &&
	       der_get(&s, DER_OCTET_STRING, &point, NULL) == ERR_OK &&
	       s.len == 0 && point.len == point_octets;
}

static bool
rsa_form_fits(const struct spki *key)
{
	struct rsa_key rsa;

	return key->alg.params == ALG_PARAMS_NULL && read_rsa(key, &rsa) &&
	       (rsa.modulus.p[0] & 0x80) == 0 &&
	       (rsa.modulus.p[rsa.modulus.len - 1] & 1) == 1 &&
	       (rsa.exponent.p[0] & 0x80) == 0 && rsa.exponent.len >= 3 &&
	       (rsa.exponent.p[rsa.exponent.len - 1] & 1) == 1;
}

static bool
form_fits(const struct spki *key)
{
	if (key->unused != 0) {
		return false;
	}
	switch (find_alg(key)) {
	case KEY_P256:
		return ec_form_fits(key, 32);
	case KEY_P384:
		return ec_form_fits(key, 48);
	case KEY_GOST256:
		return gost_form_fits(key, 64, OID_STREEBOG256);
	case KEY_GOST512:
		return gost_form_fits(key, 128, OID_STREEBOG512);
	case KEY_RSA:
		return rsa_form_fits(key);
	case KEY_ED25519:
		return key->alg.params == ALG_PARAMS_ABSENT &&
		       key->bits.len == 32;
	case KEY_NONE:
	case KEY_ALG_MAX_:
		break;
	}
	return false;
}

static void
check_form(struct lint *l)
{
	if (!form_fits(cert_key(l->cert))) {
		lint_add(l, ERR_FORMAT,
		    "the public key has not the one form that its algorithm "
		    "has");
	}
}

/* A CA's key under a second name would let that name sign for it. */
static void
check_not_ca(struct lint *l)
{
	if (!l->ca->self &&
	    slice_eq(cert_spki(l->cert), ca_identity_spki(l->ca))) {
		lint_add(l, ERR_POLICY, "the public key is the CA's own");
	}
}

const struct lint_rule lint_key_rules[] = {
    {"lint.key.asked", "", check_asked, EXT_RAW},
    {"lint.key.allowed", "", check_allowed, EXT_RAW},
    {"lint.key.form", "RFC 5280 4.1.2.7", check_form, EXT_RAW},
    {"lint.key.ca", "", check_not_ca, EXT_RAW},
    {NULL, NULL, NULL, EXT_RAW},
};
