/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_CHANGES_H
#define SURGUCH_SIGNER_CHANGES_H
/*
 * What a CA's lists have lately said anew, for its delta CRLs (RFC 5280
 * 5.2.4): which serials came, went or became final, by the number of the list
 * that said so, and which lists a delta may be of.  Nothing is kept that is
 * older than the oldest list which has not ended: whoever holds that one needs
 * what came after it, and an ended list is of no use to anybody.
 *
 * A change takes 48 bytes.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/record.h"
#include "signer/revoked.h"
#include "x509/crl_shard.h"

struct change_one {
	uint64_t number;
	struct revoked_one one;
};

/* A list that is no delta. */
struct change_base {
	struct crl_shard shard;
	uint64_t number;
	int64_t next_update;
};

struct changes {
	struct change_one *at; /* in the order of numbers */
	size_t num;
	size_t cap;
	struct change_base *bases; /* so too */
	size_t num_bases;
	size_t cap_bases;
	size_t look_at; /* when so many are kept, see what has aged */
};

/* All zero is empty. */
void changes_clear(struct changes *c);
/* A list was made at this time; the records come in their order. */
ATTR_MUST_USE enum err changes_note(struct changes *c,
    const struct record_crl *p, int64_t time, struct errinfo *ei);
/* The number of the oldest list of this shard that has not ended; 0 when there
 * is none. */
uint64_t changes_base(
    const struct changes *c, struct crl_shard shard, int64_t now);

/* Serials, ascending, each once; the caller frees at. */
struct changed {
	struct revoked_one *at;
	size_t num;
};
/*
 * Those of a shard's range that have changed since the list `base`, and those
 * of the two runs of records, which are not noted yet.
 */
ATTR_MUST_USE enum err changes_since(const struct changes *c,
    struct crl_shard shard, uint64_t base, struct slice added,
    struct slice dropped, struct changed *out, struct errinfo *ei);

/*
 * A delta's entries: of each changed serial the one in `entries`, and where
 * there is none, that it is to be removed.  A certificate that has ended by
 * then is left out: RFC 5280 5.3.1 lets it be listed, and who asks about it is
 * refused without any list.  Both ascending.
 */
ATTR_MUST_USE enum err changes_entries(const struct changed *changed,
    struct slice entries, int64_t this_update, struct buf *out, size_t *out_num,
    struct errinfo *ei);

#endif
