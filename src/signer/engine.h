/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_ENGINE_H
#define SURGUCH_SIGNER_ENGINE_H
/*
 * What a signer does with a question: it decides, builds the bytes itself,
 * looks at them once more, signs, and writes the journal.  No descriptor, no
 * frame and no log here; serve.h brings questions and takes answers away.
 *
 * One thread.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/message.h"

struct engine;
struct instance;
struct ledger;

/* Borrows all three for its life.  Notes in the journal that it has started,
 * with what profiles and ceilings. */
ATTR_MUST_USE enum err engine_new(struct instance *in, struct ledger *ledger,
    const struct clock *clock, struct engine **out, struct errinfo *ei);
void engine_free(struct engine *e);

/* Can the key sign?  As privkey_ready(); what comes of it is told by
 * engine_info() until the next signature. */
ATTR_MUST_USE enum err engine_key(struct engine *e, struct errinfo *ei);
/* As instance_unlock(). */
ATTR_MUST_USE enum err engine_unlock(
    struct engine *e, const char *dir, struct slice secret, struct errinfo *ei);

/*
 * Issue, into the journal's pending records; *out borrows from *store and may
 * be sent only after engine_commit() has succeeded.  m's values are changed
 * (their times are resolved).  The errors are those of signer_issue() in
 * client.h.
 */
ATTR_MUST_USE enum err engine_issue(struct engine *e,
    struct signer_issue_msg *m, struct buf *store, struct signer_issued *out,
    struct errinfo *ei);
/* The same holds for what it finds: it may be pending. */
ATTR_MUST_USE enum err engine_find(struct engine *e,
    const struct signer_find *m, struct buf *store, struct signer_issued *out,
    struct errinfo *ei);
size_t engine_num_pending(const struct engine *e);
/* As ledger_commit(). */
ATTR_MUST_USE enum err engine_commit(struct engine *e, struct errinfo *ei);

/*
 * Make a CRL over these entries, which nobody can change meanwhile and which
 * stay until it is kept; it is journaled and durable when this returns.  What
 * *out borrows is the engine's until the next one.  Nothing may be pending.
 * *fatal: the process must end.
 */
ATTR_MUST_USE enum err engine_crl(struct engine *e, const struct signer_crl *m,
    struct slice entries, struct signer_crl_done *out, bool *fatal,
    struct errinfo *ei);
/* Keep the CRL that was made last, if it is not yet, as crl.der in `dir` (a
 * shard's: crl-K-of-N.der).  A copy for those who lost theirs; nobody waits for
 * it, and that it could not be kept takes nothing from the CRL. */
void engine_keep_crl(struct engine *e, const char *dir);

/*
 * Note that front's audit goes on in a new chain; durable when this returns.
 * Nothing may be pending.  ERR_POLICY "signer.epochs" above the ceiling.
 * *fatal: the process must end.
 */
ATTR_MUST_USE enum err engine_epoch(struct engine *e,
    const struct signer_epoch *m, uint64_t *out_number, bool *fatal,
    struct errinfo *ei);

ATTR_MUST_USE enum err engine_ocsp(struct engine *e,
    const struct signer_ocsp *m, struct buf *response, struct errinfo *ei);

/* Sign one page order: `wish` without origin, nonce and times, which are the
 * signer's.  ERR_STATE "signer.kind"; ERR_POLICY "order.fields",
 * "order.ceiling". */
ATTR_MUST_USE enum err engine_page_order(struct engine *e,
    const struct page_order *wish, struct buf *order, int64_t *out_not_after,
    struct errinfo *ei);

/* A committed record as front may see it; cert borrows from *store.
 * ERR_NOTFOUND. */
ATTR_MUST_USE enum err engine_journal_entry(struct engine *e, uint64_t number,
    struct buf *store, struct signer_journal_entry *out, struct errinfo *ei);
uint64_t engine_journal_number(const struct engine *e);

ATTR_MUST_USE enum err engine_info(
    struct engine *e, struct signer_info *out, struct errinfo *ei);

#endif
