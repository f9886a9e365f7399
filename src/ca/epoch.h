/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_EPOCH_H
#define SURGUCH_CA_EPOCH_H
/*
 * Epochs of the audit: each time that a database was put back, a new chain
 * begins whose first record says where the old one ends, and the journal of
 * each CA has a record of the same.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "signer/message.h"

struct authority;
struct ca;

struct epoch {
	struct signer_epoch is;
	int64_t began_at;
};

struct epochs {
	struct epoch *at; /* owned, in the order of their writers' ids */
	size_t num;
};

/* What the database says; clear with epochs_clear(). */
ATTR_MUST_USE enum err epochs_of_database(
    struct ca *ca, struct epochs *out, struct errinfo *ei);
void epochs_clear(struct epochs *e);

/* Begin a new one, for this actor: in the database alone. */
ATTR_MUST_USE enum err epoch_begin(
    struct ca *ca, const char *actor, struct errinfo *ei);
/* Have each in the journal of this CA that is not there yet. */
ATTR_MUST_USE enum err epochs_note(
    struct authority *a, const struct epochs *e, struct errinfo *ei);

#endif
