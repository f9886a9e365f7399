/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/disallowed.h"

#include "der/oid.h"

static enum hash_alg
hash_of_signature(enum oid signature)
{
	switch ((int)signature) {
	case OID_SIG_RSA_SHA1:
		return HASH_SHA1;
	case OID_SIG_RSA_SHA256:
	case OID_SIG_ECDSA_SHA256:
		return HASH_SHA256;
	case OID_SIG_RSA_SHA384:
	case OID_SIG_ECDSA_SHA384:
		return HASH_SHA384;
	case OID_SIG_RSA_SHA512:
		return HASH_SHA512;
	case OID_SIG_GOST256:
		return HASH_STREEBOG256;
	case OID_SIG_GOST512:
		return HASH_STREEBOG512;
	default:
		return HASH_NONE;
	}
}

bool
trust_key_md5(const struct trust_cert *c, uint8_t out[HASH_SIZE_MAX])
{
	return c->key.len > 0 && md5_of(c->key, out, NULL) == ERR_OK;
}

bool
trust_tbs_hash(
    const struct trust_cert *c, uint8_t out[HASH_SIZE_MAX], size_t *out_len)
{
	enum hash_alg alg = hash_of_signature(oid_find(c->signature));

	*out_len = hash_size(alg);
	return *out_len > 0 && hash_of(alg, c->tbs, out, NULL) == ERR_OK;
}

const struct stl_entry *
trust_disallowed(const struct stl *l, const struct trust_cert *c)
{
	const struct stl_entry *found = NULL;
	uint8_t hash[HASH_SIZE_MAX];
	size_t len;

	if (trust_key_md5(c, hash)) {
		found = stl_find(l, slice_make(hash, MD5_SIZE));
	}
	if (found == NULL && trust_tbs_hash(c, hash, &len)) {
		found = stl_find(l, slice_make(hash, len));
	}
	return found;
}

const char *
trust_disallowed_kind(struct slice id)
{
	switch (id.len) {
	case 16:
		return "key, by MD5";
	case 20:
		return "signed part, by SHA-1";
	case 32:
		return "signed part, by SHA-256";
	case 48:
		return "signed part, by SHA-384";
	case 64:
		return "signed part, by SHA-512";
	default:
		return "of a kind that we do not know";
	}
}
