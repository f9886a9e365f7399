/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CRL_SHARD_H
#define SURGUCH_X509_CRL_SHARD_H
/*
 * A CA's revocation list cut into shards (RFC 5280 5.2.5: the distribution
 * point of a certificate names the list that covers it).  Serials are random,
 * so a shard is a range of them: which one a certificate belongs to is told by
 * its serial and by how many shards there were when it was issued, nothing has
 * to be kept anywhere, and every shard is one walk along an ordered list.
 *
 * Its address is that of the full list with "-K-of-N" before ".crl", K with as
 * many digits as N: issuing-003-of-256.crl.  Each of them may have a delta
 * beside it (RFC 5280 5.2.4), with ".delta" before ".crl".
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/slice.h"

enum {
	CRL_SHARD_TEXT_SIZE = 24,
	CRL_SHARD_SERIAL = 19, /* octets of the serials that are cut up */
};

/* count 0 or 1 is the full list, whatever the index. */
struct crl_shard {
	unsigned index; /* 0..count-1 */
	unsigned count;
	bool delta; /* of that list, not the list itself */
};

bool crl_shard_ok(struct crl_shard s);
bool crl_shard_is_full(struct crl_shard s);
bool crl_shard_eq(struct crl_shard a, struct crl_shard b);
/* The list that a delta is of, the delta of a list. */
struct crl_shard crl_shard_base(struct crl_shard s);
struct crl_shard crl_shard_delta(struct crl_shard s);
/* The shard of `count` that covers a serial (INTEGER content, any length). */
struct crl_shard crl_shard_of(struct slice serial, unsigned count);
/* Does the list cover this serial? */
bool crl_shard_has(struct crl_shard s, struct slice serial);
/*
 * The first serial of a shard's range; of the first one, everything below is
 * covered too, and of the last one everything above.  index may be count: the
 * end of the last one's range, 19 octets of 0x7f and 0xff.
 */
void crl_shard_first(struct crl_shard s, uint8_t out[CRL_SHARD_SERIAL]);

/* "-003-of-256"; "" for the full list; a delta's with ".delta" behind it. */
void crl_shard_text(struct crl_shard s, char out[CRL_SHARD_TEXT_SIZE]);
/* The shard that a name or address of a list has; the full one where it has
 * none.  False when it does not end in ".crl" or names what is no shard. */
bool crl_shard_parse(struct slice name, struct crl_shard *out);
/*
 * The address of a shard's list from the full one's.  False when that does not
 * end in ".crl", or out is too small.
 */
bool crl_shard_url(
    const char *full, struct crl_shard s, char *out, size_t size);

#endif
