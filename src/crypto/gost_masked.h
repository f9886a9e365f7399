/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_GOST_MASKED_H
#define SURGUCH_CRYPTO_GOST_MASKED_H
/*
 * GOST R 34.10-2012 keys as key containers of CryptoPro's form hold them: the
 * private number times a mask, modulo the order of the point, both
 * little-endian.  Needs crypto_init().
 */
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "der/oid.h"

struct privkey;

/* Bytes of a private number: 32 or 64; 0 for keys that are not GOST's. */
size_t gost_scalar_size(enum key_alg alg);

/*
 * The key from its two parts, each of gost_scalar_size(alg) bytes.  set is one
 * that privkey_generate() knows.  The caller owns *out.  ERR_CRYPTO "key.mask"
 * when a part is zero modulo the order; ERR_FORMAT "key.form" for other sizes;
 * ERR_UNSUPPORTED "key.parameters".
 */
ATTR_MUST_USE enum err gost_unmask(enum key_alg alg, enum oid set,
    struct slice masked, struct slice mask, struct privkey **out,
    struct errinfo *ei);

/*
 * The other way, under a new random mask; both are secrets that the caller
 * clears.  ERR_UNSUPPORTED "key.algorithm" when it is no GOST key,
 * "key.not_exportable".
 */
ATTR_MUST_USE enum err gost_mask(struct privkey *k, struct secret *out_masked,
    struct secret *out_mask, struct errinfo *ei);

#endif
