/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_LEDGER_H
#define SURGUCH_SIGNER_LEDGER_H
/*
 * What a signer's journal says, ready to be asked: which certificate was
 * issued under which idempotency key, which serials exist and until when,
 * how many were issued under a profile in the last 24 hours, what is revoked,
 * and the last CRL.  It owns the journal; everything that is written goes
 * through here, so the two agree.
 *
 * A million certificates take about 60 MB: an entry holds short keys, and
 * what they find is compared with the record itself.
 *
 * One thread.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/changes.h"
#include "signer/journal.h"
#include "signer/record.h"

struct ledger;

/* Opens dir/journal and reads it.  deltas: ledger_delta_base() and
 * ledger_changed() will be asked. */
ATTR_MUST_USE enum err ledger_open(const char *dir, bool deltas,
    struct journal_report *report, struct ledger **out, struct errinfo *ei);
void ledger_close(struct ledger *l);
const struct journal *ledger_journal(const struct ledger *l);

/* --- certificates ------------------------------------------------------- */

/*
 * The ISSUE record of this idempotency key, committed or pending.  *store
 * keeps the bytes; number and time of the record in *record.  ERR_NOTFOUND
 * "signer.idem".
 */
ATTR_MUST_USE enum err ledger_find(struct ledger *l,
    const uint8_t idem[VALUES_IDEM_SIZE], struct buf *store,
    struct record *record, struct record_issue *out, struct errinfo *ei);
/* Is there, or may there be, a certificate with this serial?  (INTEGER
 * content; a false yes has a chance of 2^-64.) */
bool ledger_has_serial(const struct ledger *l, struct slice serial);
/* notAfter of the certificate with this serial; ERR_NOTFOUND when it is not
 * one of ours. */
ATTR_MUST_USE enum err ledger_not_after(struct ledger *l, struct slice serial,
    struct buf *store, int64_t *out, struct errinfo *ei);
/* Certificates under this profile after now - 24 hours, pending included. */
uint64_t ledger_used(struct ledger *l, const char *profile, int64_t now);
/* The last noted ceiling of a profile; false when there is none. */
bool ledger_ceiling(
    const struct ledger *l, const char *profile, uint64_t *out_per_day);

/* --- CRLs --------------------------------------------------------------- */

struct ledger_crl {
	uint64_t number; /* 0: none was made */
	int64_t this_update;
};
/* Of whatever shard, deltas too. */
const struct ledger_crl *ledger_last_crl(const struct ledger *l);
/* thisUpdate of the last list of this shard, or the last delta of it; 0 when
 * none was made. */
int64_t ledger_last_update(const struct ledger *l, struct crl_shard shard);
/* As changes_base() and changes_since(). */
uint64_t ledger_delta_base(
    const struct ledger *l, struct crl_shard shard, int64_t now);
ATTR_MUST_USE enum err ledger_changed(const struct ledger *l,
    struct crl_shard shard, uint64_t base, struct slice added,
    struct slice dropped, struct changed *out, struct errinfo *ei);
/* CRLs after now - 24 hours. */
uint64_t ledger_crls_used(struct ledger *l, int64_t now);
/* What the CRLs revoke, ascending by serial: all that were listed in the last
 * full one, or since then. */
size_t ledger_num_revoked(const struct ledger *l);
struct record_revoked ledger_revoked(const struct ledger *l, size_t i);
/* The first of them that is not below this serial; their number if none is. */
size_t ledger_revoked_from(const struct ledger *l, struct slice serial);
/* Those of them that were not issued here (REVOKED_UNKNOWN). */
size_t ledger_num_unknown(const struct ledger *l);

/* Epochs of front's audit after now - 24 hours. */
uint64_t ledger_epochs_used(struct ledger *l, int64_t now);

/* --- writing ------------------------------------------------------------ */

/* Append to the journal.  Nothing is durable before ledger_commit(). */
ATTR_MUST_USE enum err ledger_add_open(struct ledger *l, int64_t now,
    const struct record_open *p, struct errinfo *ei);
ATTR_MUST_USE enum err ledger_add_ceiling(struct ledger *l, int64_t now,
    const struct record_ceiling *p, struct errinfo *ei);
ATTR_MUST_USE enum err ledger_add_issue(struct ledger *l, int64_t now,
    const struct record_issue *p, uint64_t *out_number, struct errinfo *ei);
ATTR_MUST_USE enum err ledger_add_release(struct ledger *l, int64_t now,
    const struct record_release *p, struct errinfo *ei);
ATTR_MUST_USE enum err ledger_add_epoch(struct ledger *l, int64_t now,
    const struct signer_epoch *p, uint64_t *out_number, struct errinfo *ei);
ATTR_MUST_USE enum err ledger_add_crl(struct ledger *l, int64_t now,
    const struct record_crl *p, uint64_t *out_number, struct errinfo *ei);

/* As journal_commit(): ERR_STORE drops what was added and goes on; after
 * any other error the process must end. */
ATTR_MUST_USE enum err ledger_commit(struct ledger *l, struct errinfo *ei);
/* Forget what was added and not committed. */
void ledger_drop(struct ledger *l);
size_t ledger_num_pending(const struct ledger *l);

#endif
