/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROTOCOL_OCSP_CACHE_H
#define SURGUCH_PROTOCOL_OCSP_CACHE_H
/*
 * Signed OCSP answers, kept by CA, hash and serial, the longest unused ones
 * given up when the bytes reach their maximum.  Any thread.
 *
 * An answer that was being signed while its certificate was revoked must not
 * be kept afterwards: whoever makes one takes a ticket before he reads the
 * status, and a ticket is void once ocsp_cache_forget() was called for the
 * serial (now and then for another one's sake).
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct ocsp_cache;
struct ready;

struct ocsp_key {
	const void *ca; /* compared only */
	enum hash_alg hash;
	struct slice serial; /* at most SERIAL_BYTES_MAX; borrowed */
};

/* bytes_max counts answers and bookkeeping; 0 keeps nothing. */
ATTR_MUST_USE enum err ocsp_cache_new(
    size_t bytes_max, struct ocsp_cache **out, struct errinfo *ei);
void ocsp_cache_free(struct ocsp_cache *c); /* NULL is fine */

/* The answer that may be given at this time (UTC seconds), one reference for
 * the caller; NULL when there is none. */
struct ready *ocsp_cache_get(
    struct ocsp_cache *c, const struct ocsp_key *key, int64_t now);
uint64_t ocsp_cache_ticket(struct ocsp_cache *c, const struct ocsp_key *key);
/* Keep it, with a reference of the cache's own, to be given from..until, in
 * place of an older one.  Without memory, or with a void ticket, nothing is
 * kept. */
void ocsp_cache_put(struct ocsp_cache *c, const struct ocsp_key *key,
    uint64_t ticket, struct ready *answer, int64_t from, int64_t until);
/* The status of this serial has changed: drops what is kept of it under any
 * hash, and voids the tickets. */
void ocsp_cache_forget(
    struct ocsp_cache *c, const void *ca, struct slice serial);

struct ocsp_cache_use {
	size_t bytes;
	size_t entries;
};
struct ocsp_cache_use ocsp_cache_use(struct ocsp_cache *c);

#endif
