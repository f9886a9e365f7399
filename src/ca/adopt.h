/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ADOPT_H
#define SURGUCH_CA_ADOPT_H
/*
 * Adoption (design rule 2): what a signer's journal has and the database has
 * not, the database takes over.  It happens when front was killed between the
 * signer's answer and its own commit.  The walk begins behind the record up to
 * which everything is known to be here, and notes how far it came.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ca;
struct issued;

/*
 * Take one certificate over: complete whatever it was issued for under this
 * idempotency key, in one unit of work that holds ca_add_issued(); or, when
 * nothing waits for it, ca_adopt_alone().
 */
typedef enum err ca_adopt_fn(void *arg, const struct issued *i,
    const uint8_t key[32], struct errinfo *ei);

struct adoption {
	ca_adopt_fn *adopt;
	void *arg;
	/* Leave records younger than this alone: a thread of ours may be
	 * about to commit them.  0 at start. */
	int64_t min_age_sec;
};

/*
 * Walk the journals of all CAs.  ERR_STATE "ca.rolled_back": a journal knows
 * of an audit record of ours that the database does not have; nothing may be
 * issued until `surguchctl reconcile`.  ERR_STATE "ca.journal_behind": the
 * other way round.
 */
ATTR_MUST_USE enum err ca_adopt(struct ca *ca, const struct adoption *a,
    size_t *out_num, struct errinfo *ei);

/*
 * Take over what the journals have under this one key, unless it is here.
 * ERR_NOTFOUND "ca.key": none of them has anything, and nothing that was sent
 * before can change that.
 */
ATTR_MUST_USE enum err ca_adopt_key(struct ca *ca, const struct adoption *a,
    const uint8_t key[32], struct errinfo *ei);

/* "Signed, not delivered": the certificate is on record and nothing more. */
ATTR_MUST_USE enum err ca_adopt_alone(
    struct ca *ca, const struct issued *i, struct errinfo *ei);

#endif
