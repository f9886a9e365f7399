/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanisms: what goes into C_Sign for each algorithm, and what comes
 * out. */
#include <string.h>

#include "base/bounds.h"
#include "crypto/pkcs11_priv.h"
#include "der/oid.h"
#include "der/write.h"

enum {
	P256_SIZE = 32,
	P384_SIZE = 48,
	ED25519_SIG_SIZE = 64,
	GOST256_SIG_SIZE = 64,
	GOST512_SIG_SIZE = 128
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
		*out_mechanism = key == KEY_ED25519   ? CKM_EDDSA
				 : key == KEY_GOST256 ? CKM_GOSTR3410
				 : key == KEY_GOST512 ? CKM_GOSTR3410_512
						      : CKM_ECDSA;
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
		      : key == KEY_GOST256 ? (size_t)GOST256_SIG_SIZE
		      : key == KEY_GOST512 ? (size_t)GOST512_SIG_SIZE
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
