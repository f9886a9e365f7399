/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_CPKDF_H
#define SURGUCH_CRYPTO_CPKDF_H
/*
 * The key derivation of CryptoPro's key containers, over GOST R 34.11-2012 of
 * 256 bits.  No standard describes it; it was found by others in containers.
 */
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

enum {
	CPKDF_SIZE = 32
};

/*
 * 32 bytes of a password into a new secret, which the caller clears.  Each
 * character of password has four bytes; an empty one is derived with two
 * rounds instead of 2,000, for that is what containers without one have.
 * ERR_LIMIT "kdf.limits" above PASSPHRASE_MAX characters, or a salt of more
 * than 64 bytes.
 */
ATTR_MUST_USE enum err cpkdf(struct slice password4, struct slice salt,
    struct secret *out, struct errinfo *ei);

#endif
