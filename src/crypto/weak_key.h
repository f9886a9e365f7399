/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_WEAK_KEY_H
#define SURGUCH_CRYPTO_WEAK_KEY_H
/*
 * Public keys whose private half somebody else can find: nobody's signature
 * under one means anything, so they are neither certified nor trusted.
 *
 * What makes no key at all (a point off its curve, an even modulus, an
 * exponent of 1) does not pass pubkey_parse().  Which sizes, curves and
 * exponents are certified is a profile's matter.  Not known here: the lists
 * of keys that Debian's generator of 2008 could make.
 */
#include "base/err.h"

struct pubkey;

/*
 * ERR_CRYPTO, each with what to do in the text:
 * "key.weak.size"     RSA under 2048 bits
 * "key.weak.exponent" RSA exponent of more than 256 bits (NIST SP 800-89
 *                     5.3.3)
 * "key.weak.factor"   the modulus has a prime factor under 752
 * "key.weak.roca"     the modulus has the fingerprint of CVE-2017-15361
 * "key.weak.close"    its primes are so close that Fermat finds them
 * "key.weak.order"    an Ed25519 point of small order
 * ERR_NOMEM.
 */
ATTR_MUST_USE enum err weak_key_check(
    const struct pubkey *k, struct errinfo *ei);

#endif
