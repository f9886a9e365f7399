/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/alg.h"

#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

/* What may stand behind the OID in an AlgorithmIdentifier. */
enum params {
	PARAMS_ABSENT,
	PARAMS_ANY_NULL, /* written absent, read absent or NULL */
	PARAMS_NULL      /* written NULL, read absent or NULL */
};

static const char *const key_names[KEY_ALG_MAX_] = {
    [KEY_NONE] = "none",
    [KEY_GOST256] = "gost2012-256",
    [KEY_GOST512] = "gost2012-512",
    [KEY_P256] = "p256",
    [KEY_P384] = "p384",
    [KEY_RSA] = "rsa",
    [KEY_ED25519] = "ed25519",
};

static const enum oid hashes[HASH_ALG_MAX_] = {
    [HASH_NONE] = OID_UNKNOWN,
    [HASH_SHA1] = OID_SHA1,
    [HASH_SHA256] = OID_SHA256,
    [HASH_SHA384] = OID_SHA384,
    [HASH_SHA512] = OID_SHA512,
    [HASH_STREEBOG256] = OID_STREEBOG256,
    [HASH_STREEBOG512] = OID_STREEBOG512,
};

static const struct sig_row {
	const char *name;
	enum oid oid;
	enum hash_alg hash;
	enum key_alg key;
	enum params params;
} sigs[SIG_ALG_MAX_] = {
    [SIG_NONE] = {"none", OID_UNKNOWN, HASH_NONE, KEY_NONE, PARAMS_ABSENT},
    [SIG_GOST256] = {"gost2012-256", OID_SIG_GOST256, HASH_STREEBOG256,
	KEY_GOST256, PARAMS_ANY_NULL},
    [SIG_GOST512] = {"gost2012-512", OID_SIG_GOST512, HASH_STREEBOG512,
	KEY_GOST512, PARAMS_ANY_NULL},
    [SIG_ECDSA_SHA256] = {"ecdsa-sha256", OID_SIG_ECDSA_SHA256, HASH_SHA256,
	KEY_P256, PARAMS_ABSENT},
    [SIG_ECDSA_SHA384] = {"ecdsa-sha384", OID_SIG_ECDSA_SHA384, HASH_SHA384,
	KEY_P384, PARAMS_ABSENT},
    [SIG_RSA_SHA256] = {"rsa-sha256", OID_SIG_RSA_SHA256, HASH_SHA256, KEY_RSA,
	PARAMS_NULL},
    [SIG_RSA_SHA384] = {"rsa-sha384", OID_SIG_RSA_SHA384, HASH_SHA384, KEY_RSA,
	PARAMS_NULL},
    [SIG_RSA_SHA512] = {"rsa-sha512", OID_SIG_RSA_SHA512, HASH_SHA512, KEY_RSA,
	PARAMS_NULL},
    [SIG_ED25519] = {"ed25519", OID_ED25519, HASH_SHA512, KEY_ED25519,
	PARAMS_ABSENT},
};

/* By a value from outside: out of range is the NONE row. */
static const struct sig_row *
sig_row(enum sig_alg alg)
{
	return (unsigned)alg < SIG_ALG_MAX_ ? &sigs[alg] : &sigs[SIG_NONE];
}

const char *
key_alg_name(enum key_alg alg)
{
	return key_names[(unsigned)alg < KEY_ALG_MAX_ ? alg : KEY_NONE];
}

const char *
sig_alg_name(enum sig_alg alg)
{
	return sig_row(alg)->name;
}

enum sig_alg
sig_alg_by_name(const char *name)
{
	unsigned i;

	for (i = SIG_NONE + 1; i < SIG_ALG_MAX_; i++) {
		if (strcmp(sigs[i].name, name) == 0) {
			return (enum sig_alg)i;
		}
	}
	return SIG_NONE;
}

enum hash_alg
sig_alg_hash(enum sig_alg alg)
{
	return sig_row(alg)->hash;
}

bool
sig_alg_takes_data(enum sig_alg alg)
{
	return alg == SIG_ED25519;
}

enum key_alg
sig_alg_key(enum sig_alg alg)
{
	return sig_row(alg)->key;
}

enum sig_alg
key_alg_default_sig(enum key_alg alg)
{
	static const enum sig_alg defaults[KEY_ALG_MAX_] = {
	    [KEY_NONE] = SIG_NONE,
	    [KEY_GOST256] = SIG_GOST256,
	    [KEY_GOST512] = SIG_GOST512,
	    [KEY_P256] = SIG_ECDSA_SHA256,
	    [KEY_P384] = SIG_ECDSA_SHA384,
	    [KEY_RSA] = SIG_RSA_SHA256,
	    [KEY_ED25519] = SIG_ED25519,
	};

	return defaults[(unsigned)alg < KEY_ALG_MAX_ ? alg : KEY_NONE];
}

bool
sig_alg_fits(enum sig_alg alg, enum key_alg key)
{
	const struct sig_row *row = sig_row(alg);

	if (row->key == KEY_NONE) {
		return false;
	}
	if (row->key == KEY_P256 || row->key == KEY_P384) {
		return key == KEY_P256 || key == KEY_P384;
	}
	return row->key == key;
}

enum sig_alg
sig_alg_of(enum key_alg key, enum hash_alg hash)
{
	unsigned i;

	for (i = SIG_NONE + 1; i < SIG_ALG_MAX_; i++) {
		if (sigs[i].hash == hash &&
		    sig_alg_fits((enum sig_alg)i, key)) {
			return (enum sig_alg)i;
		}
	}
	return SIG_NONE;
}

void
sig_alg_put(struct buf *b, enum sig_alg alg)
{
	const struct sig_row *row = sig_row(alg);
	size_t seq;

	ensure(row->oid != OID_UNKNOWN);
	seq = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(row->oid));
	if (row->params == PARAMS_NULL) {
		der_put_null(b);
	}
	der_close(b, seq);
}

/* AlgorithmIdentifier ::= SEQUENCE { algorithm OID, parameters NULL OPTIONAL }
 */
static enum err
algid_get(struct slice whole, struct slice *out_oid, bool *out_null,
    struct errinfo *ei)
{
	struct slice seq, oid, params;
	bool present = false;
	enum err e;

	if ((e = der_get(&whole, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_end(whole, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &oid, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_NULL, &present, &params, ei)) !=
		ERR_OK) {
		return e;
	}
	if (present && params.len != 0) {
		return err_set(ei, ERR_FORMAT, "alg.form", "X.690 8.8",
		    "the parameters are a NULL with content");
	}
	if (seq.len != 0) {
		return err_set(ei, ERR_UNSUPPORTED, "alg.parameters", NULL,
		    "the algorithm identifier has parameters that this "
		    "algorithm does not take");
	}
	*out_oid = oid;
	*out_null = present;
	return ERR_OK;
}

/* err_set() with the OID in dotted form. */
static enum err
unknown_oid(
    struct errinfo *ei, const char *rule, const char *what, struct slice oid)
{
	char text[OID_TEXT_MAX];

	return err_set(ei, ERR_UNSUPPORTED, rule, NULL,
	    "%s algorithm %s is not one of ours", what, oid_dotted(oid, text));
}

enum err
sig_alg_get(struct slice algid_whole, enum sig_alg *out, struct errinfo *ei)
{
	struct slice content = SLICE_EMPTY;
	bool null_params = false;
	enum oid oid;
	unsigned i;
	enum err e;

	e = algid_get(algid_whole, &content, &null_params, ei);
	if (e != ERR_OK) {
		return e;
	}
	oid = oid_find(content);
	for (i = SIG_NONE + 1; oid != OID_UNKNOWN && i < SIG_ALG_MAX_; i++) {
		if (sigs[i].oid != oid) {
			continue;
		}
		if (null_params && sigs[i].params == PARAMS_ABSENT) {
			return err_set(ei, ERR_FORMAT, "alg.form",
			    i == SIG_ED25519 ? "RFC 8410 3" : "RFC 5758 3.2",
			    "%s takes no parameters, not even NULL",
			    sigs[i].name);
		}
		*out = (enum sig_alg)i;
		return ERR_OK;
	}
	return unknown_oid(ei, "alg.signature", "signature", content);
}

void
hash_alg_put(struct buf *b, enum hash_alg alg)
{
	size_t seq;

	ensure(alg > HASH_NONE && alg < HASH_ALG_MAX_);
	seq = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(hashes[alg]));
	der_close(b, seq);
}

enum err
hash_alg_get(struct slice algid_whole, enum hash_alg *out, struct errinfo *ei)
{
	struct slice content = SLICE_EMPTY;
	bool null_params = false;
	enum oid oid;
	unsigned i;
	enum err e;

	e = algid_get(algid_whole, &content, &null_params, ei);
	if (e != ERR_OK) {
		return e;
	}
	oid = oid_find(content);
	for (i = HASH_NONE + 1; oid != OID_UNKNOWN && i < HASH_ALG_MAX_; i++) {
		if (hashes[i] == oid) {
			*out = (enum hash_alg)i;
			return ERR_OK;
		}
	}
	return unknown_oid(ei, "alg.hash", "digest", content);
}
