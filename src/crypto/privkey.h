/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PRIVKEY_H
#define SURGUCH_CRYPTO_PRIVKEY_H
/*
 * A private key, wherever it lives: sign(data) -> signature as X.509 carries
 * it.  Keys in memory, keys on a token (crypto/pkcs11.h), and keys that nobody
 * has opened yet, behind one struct (crypto/privkey_priv.h).
 *
 * Any number of threads may call privkey_sign() on one key at the same time;
 * the other functions only read as well.  privkey_free() is the last call.
 *
 * Files are PKCS#8 (RFC 5958): encrypted under PBES2 (RFC 8018), GOST keys
 * with GOST 28147-89 in CFB, parameter set Z, and HMAC-Streebog-512, others
 * with AES-256-CBC and HMAC-SHA-256.  PBES2 has no integrity of its own: a
 * flipped bit can turn a GOST key into another valid one, so whoever loads a
 * key compares it with its certificate (privkey_matches).
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "der/oid.h"

struct privkey;
struct pubkey;

/*
 * Make a key in memory.  spec:
 *   gost2012-256:SET   0 A B C XA XB TCA TCB TCC TCD (0 is the test set)
 *   gost2012-512:SET   A B C
 *   p256  p384  ed25519
 *   rsa:BITS           2048, 3072 or 4096
 * ERR_UNSUPPORTED "key.spec" for anything else.  The caller owns *out.
 */
ATTR_MUST_USE enum err privkey_generate(
    const char *spec, struct privkey **out, struct errinfo *ei);
void privkey_free(struct privkey *k); /* NULL allowed; wipes */
/* What is called so there, of this algorithm, curve or parameter set and, for
 * RSA, this size; NULL when it makes no such keys. */
const char *key_spec(enum key_alg alg, enum oid params, unsigned bits);

enum key_alg privkey_alg(const struct privkey *k);
/* Borrowed, live as long as k. */
struct slice privkey_spki(const struct privkey *k);
const struct pubkey *privkey_pubkey(const struct privkey *k);
/* Is this its public key?  The same algorithm, curve or parameter set, and
 * point; optional parameters of GOST keys (the digest) may differ. */
bool privkey_matches(const struct privkey *k, struct slice spki);

/*
 * Can it sign now?  A key on a token is asked for there.  ERR_AGAIN with the
 * reason: "key.locked", and those of pkcs11_privkey().
 */
ATTR_MUST_USE enum err privkey_ready(struct privkey *k, struct errinfo *ei);
/* Are its signatures made by code or machines that are not ours, so that each
 * has to be checked before it is used? */
bool privkey_is_foreign(const struct privkey *k);

/*
 * The place of a key that has not been opened: its public half, and ERR_AGAIN
 * "key.locked" for each signature.
 */
ATTR_MUST_USE enum err privkey_locked(
    struct slice spki, struct privkey **out, struct errinfo *ei);

/*
 * Append the signature over data (not over a digest) to out_sig.
 * ERR_CRYPTO "signature.algorithm" when this key cannot make alg,
 * "signature.make" when it failed.
 */
ATTR_MUST_USE enum err privkey_sign(struct privkey *k, enum sig_alg alg,
    struct slice data, struct buf *out_sig, struct errinfo *ei);
/* The same over data of which this is the digest, sig_alg_hash(alg): for what
 * does not lie in one piece.  ERR_UNSUPPORTED "signature.digest" where
 * sig_alg_takes_data(). */
ATTR_MUST_USE enum err privkey_sign_digest(struct privkey *k, enum sig_alg alg,
    struct slice digest, struct buf *out_sig, struct errinfo *ei);

/*
 * Append EncryptedPrivateKeyInfo, DER.  iterations 1..KDF_ITERATIONS_MAX: 1 is
 * enough for a passphrase of 128 random bits, people's passwords want 100,000
 * or more (the caller chooses).  ERR_POLICY "key.passphrase.empty",
 * ERR_LIMIT "key.passphrase.size", "key.iterations"; ERR_UNSUPPORTED
 * "key.not_exportable".
 */
ATTR_MUST_USE enum err privkey_to_p8(struct privkey *k, struct slice passphrase,
    unsigned iterations, struct buf *out_der, struct errinfo *ei);
/* The plain PrivateKeyInfo, in a secret that the caller clears. */
ATTR_MUST_USE enum err privkey_to_p8_insecure_plain(
    struct privkey *k, struct secret *out_der, struct errinfo *ei);

/*
 * Read a key: encrypted with a passphrase, plain with an empty one.  A key
 * whose public half, stored beside it, is of another key is refused.
 * Wrong passphrase (or damaged ciphertext, which cannot be told apart):
 * ERR_CRYPTO "key.passphrase".  ERR_FORMAT "key.form", ERR_LIMIT
 * "key.iterations" / "key.size" (KEY_FILE_MAX), ERR_UNSUPPORTED "key.cipher",
 * "key.algorithm", "key.parameters"; ERR_CRYPTO "key.pair"; ERR_STATE
 * "key.encrypted" / "key.plain" when the file is of the other sort.
 */
ATTR_MUST_USE enum err privkey_from_p8(struct slice der,
    struct slice passphrase, struct privkey **out, struct errinfo *ei);

#endif
