/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_DISALLOWED_H
#define SURGUCH_TRUST_DISALLOWED_H
/*
 * Which certificates a disallowed list means.  It names them by hashes alone:
 * 16 octets are MD5 of the key's bits, so that one entry may mean several
 * certificates; longer ones the hash of the signed part, by the hash of the
 * certificate's own signature, whose length says which.
 */
#include <stdbool.h>
#include <stdint.h>

#include "crypto/hash.h"
#include "trust/certs.h"
#include "trust/stl.h"

/* The entry that means it; NULL: none does. */
const struct stl_entry *trust_disallowed(
    const struct stl *l, const struct trust_cert *c);
/* "key, by MD5", "signed part, by SHA-384": what an identifier is of. */
const char *trust_disallowed_kind(struct slice id);

/* MD5 of the octets of its key's BIT STRING (property 25).  False where the
 * certificate could not be read. */
bool trust_key_md5(const struct trust_cert *c, uint8_t out[HASH_SIZE_MAX]);
/* The hash of what was signed, by that of its signature (property 15); false
 * where we do not know that one. */
bool trust_tbs_hash(
    const struct trust_cert *c, uint8_t out[HASH_SIZE_MAX], size_t *out_len);

#endif
