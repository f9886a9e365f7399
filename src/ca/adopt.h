/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ADOPT_H
#define SURGUCH_CA_ADOPT_H
/*
 * Adoption (design rule 2): what a signer's journal has and the database has
 * not, the database takes over.  It happens when front was killed between the
 * signer's answer and its own commit.  The walk begins behind the record up to
 * which everything is known to be here, and notes how far it came.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct authority;
struct ca;
struct issued;

/* What was sent with the order of a certificate, as the journal has it. */
struct adopted_order {
	const uint8_t *key; /* VALUES_IDEM_SIZE bytes */
	struct slice note;  /* values_set_note() */
};

/*
 * Take one certificate over: complete whatever it was issued for under this
 * idempotency key or by this note, in one unit of work that holds
 * ca_add_issued(); or, when nothing waits for it, ca_adopt_alone().
 */
typedef enum err ca_adopt_fn(void *arg, const struct issued *i,
    const struct adopted_order *order, struct errinfo *ei);

struct adoption {
	ca_adopt_fn *adopt;
	void *arg;
	/* Leave records younger than this alone: a thread of ours may be
	 * about to commit them.  0 at start: all are taken, even those that
	 * the signer finds in its queue only now. */
	int64_t min_age_sec;
	/* The audit has begun a new chain: what the journals remember of the
	 * old one is not compared. */
	bool reconciling;
};

/*
 * Walk the journals of all CAs.  ERR_STATE "ca.rolled_back": a journal knows
 * of an audit record of ours that the database does not have; nothing may be
 * issued until `surguchctl reconcile`.  ERR_STATE "ca.journal_behind": the
 * other way round.  ca_diverged() knows both.
 */
ATTR_MUST_USE enum err ca_adopt(struct ca *ca, const struct adoption *a,
    size_t *out_num, struct errinfo *ei);

/* Only look for what ca_adopt() would find to be rolled back or behind. */
ATTR_MUST_USE enum err ca_compare(struct ca *ca, struct errinfo *ei);
/* ca_adopt() for one CA. */
ATTR_MUST_USE enum err ca_adopt_from(struct ca *ca, struct authority *a,
    const struct adoption *how, size_t *out_num, struct errinfo *ei);
/* Is this error one of database and journals being of different ages? */
bool ca_diverged(const struct errinfo *ei);
/* Does the journal of this CA have all that the database knows to be in it?
 * ERR_STATE "ca.journal_behind". */
ATTR_MUST_USE enum err ca_check_journal(
    struct ca *ca, struct authority *a, struct errinfo *ei);
/* The newest copy of the journal is gone for good: forget what the database
 * knows of it, so that it is read from its beginning. */
ATTR_MUST_USE enum err ca_forget_journal(
    struct ca *ca, struct authority *a, struct errinfo *ei);

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
