/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_CLIENT_H
#define SURGUCH_SIGNER_CLIENT_H
/*
 * The asking side of a signer's channel, for front's worker threads and for
 * the ceremony of `surguchctl init`.  Every call blocks its thread until the
 * signer has answered; any number of threads may call at once, and what they
 * ask goes out at once, so the signer sees it as a group.
 *
 * When the signer was restarted, or the timeout passed, a call that was in
 * flight ends with ERR_TIMEOUT "signer.unknown": it is not known whether it
 * happened.  The caller never sends it again; it asks signer_find().
 *
 * Answers of the signer that are errors come back as they are: their kind,
 * rule, clause, object and text.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/audit_position.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "metrics/histogram.h"
#include "profile/values.h"
#include "signer/message.h"

struct signer_client;

struct signer_client_options {
	int fd; /* the channel; taken on success */
	struct clock clock;
	int64_t timeout_ms; /* of one call; 0 is 30 s */
	/* Called from the reader thread when the signer was restarted; may be
	 * NULL.  Must not call this client. */
	void (*restarted)(void *arg, const struct hello *h);
	void *arg;
};

/* Says hello and waits for the answer.  ERR_TIMEOUT, ERR_FORMAT. */
ATTR_MUST_USE enum err signer_client_new(const struct signer_client_options *o,
    struct signer_client **out, struct errinfo *ei);
/* No call may be running.  NULL is fine. */
void signer_client_free(struct signer_client *c);

/*
 * Issue, or the same bytes again for a known idempotency key.  *cert is
 * replaced by the DER; journal_number and replay may be NULL.  `at` is the
 * caller's last audit position.
 *
 * Errors: ERR_CONFLICT "signer.idem" (the key is known with another content),
 * ERR_POLICY (lint rules, "signer.profile", "signer.not_before",
 * "signer.not_after", "signer.ceiling"), ERR_STATE "signer.clock" or
 * "signer.new", ERR_STORE "journal.full" (nothing was issued), ERR_TIMEOUT.
 */
ATTR_MUST_USE enum err signer_issue(struct signer_client *c,
    const struct issue_values *values, const struct audit_position *at,
    struct buf *cert, uint64_t *journal_number, bool *replay,
    struct errinfo *ei);
/* What the journal has under this key: ERR_NOTFOUND "signer.idem" when it
 * has nothing (and nothing that was sent before this call can change that).
 * request (may be NULL) is the digest it was issued for. */
ATTR_MUST_USE enum err signer_find(struct signer_client *c,
    const uint8_t idem[VALUES_IDEM_SIZE], struct buf *cert,
    uint64_t *journal_number, uint8_t request[VALUES_DIGEST_SIZE],
    struct errinfo *ei);

/*
 * Sign a CRL over what a sealed memory file (os/memfd.h; the caller's) holds:
 * revokedCertificates entries as encoded DER, one after another, ascending by
 * serial.  The CRL is out->front, these entries, or of a delta out->delta, and
 * out->back; sha256 is of what is signed.  ERR_CONFLICT "crl.number" (not above
 * the last), ERR_POLICY "crl.dropped", "crl.this_update", "crl.next_update";
 * ERR_FORMAT "crl.entries.order", "crl.entry".
 */
struct signer_crl_made {
	struct buf front;
	struct buf delta; /* its entries; of other lists empty */
	struct buf back;
	uint8_t sha256[32];
};
#define SIGNER_CRL_MADE_INIT                                                   \
	{                                                                      \
		.front = BUF_INIT(CERT_BYTES_MAX),                             \
		.delta = BUF_INIT(CRL_BYTES_MAX),                              \
		.back = BUF_INIT(CERT_BYTES_MAX)                               \
	}
void signer_crl_made_clear(struct signer_crl_made *m);
/* What the caller's thread does while the signer works; NULL: nothing. */
struct signer_meanwhile {
	void (*fn)(void *arg);
	void *arg;
};
ATTR_MUST_USE enum err signer_crl(struct signer_client *c,
    const struct signer_crl *order, int entries_fd,
    const struct signer_meanwhile *meanwhile, struct signer_crl_made *out,
    struct errinfo *ei);
/* The same of entries in memory: *crl (maximum up to CRL_BYTES_MAX) is replaced
 * by the whole CRL; sha256 may be NULL. */
ATTR_MUST_USE enum err signer_crl_whole(struct signer_client *c,
    const struct signer_crl *order, struct slice entries, struct buf *crl,
    uint8_t sha256[32], struct errinfo *ei);

/*
 * Note in the journal that the audit goes on in a new chain, because the
 * database was put back.  ERR_POLICY "signer.epochs".
 */
ATTR_MUST_USE enum err signer_epoch(struct signer_client *c,
    const struct signer_epoch *epoch, uint64_t *journal_number,
    struct errinfo *ei);

/*
 * Give an OCSP key its next certificate: it checks that it is of its own key,
 * from its own CA, for signing OCSP answers, and ends later than the present
 * one; keeps it, and uses it from now on.  ERR_POLICY "signer.responder",
 * "signer.older"; ERR_CONFLICT "signer.key"; ERR_STATE "signer.kind".
 */
ATTR_MUST_USE enum err signer_renew(
    struct signer_client *c, struct slice cert, struct errinfo *ei);

/* Sign one OCSP answer; see struct signer_ocsp. */
ATTR_MUST_USE enum err signer_ocsp(struct signer_client *c,
    const struct signer_ocsp *order, struct buf *response, struct errinfo *ei);

/* Sign one page order; see signer_page_order_pack().  *order is replaced. */
ATTR_MUST_USE enum err signer_page_order(struct signer_client *c,
    const struct page_order *wish, struct buf *order, int64_t *out_not_after,
    struct errinfo *ei);

/*
 * Every journal record after number `after` (0: from the beginning), in
 * order, in pages.  The callback's slices die when it returns; it stops the
 * walk with anything but ERR_OK, which is returned.  ERR_STATE
 * "signer.journal_behind": the journal ends before `after`, so it was put back
 * to an older state than the caller has seen.
 */
typedef enum err signer_journal_fn(
    void *arg, const struct signer_journal_entry *entry, struct errinfo *ei);
ATTR_MUST_USE enum err signer_journal_since(struct signer_client *c,
    uint64_t after, signer_journal_fn *fn, void *arg, struct errinfo *ei);

/* The one record of this number; ERR_NOTFOUND "journal.number". */
ATTR_MUST_USE enum err signer_journal_one(struct signer_client *c,
    uint64_t number, signer_journal_fn *fn, void *arg, struct errinfo *ei);

/* *out must be signer_info_init()ed or zero; signer_info_clear() it. */
ATTR_MUST_USE enum err signer_info(
    struct signer_client *c, struct signer_info *out, struct errinfo *ei);

/* The same, but never for longer than this: does it still answer? */
ATTR_MUST_USE enum err signer_probe(struct signer_client *c, int64_t timeout_ms,
    struct signer_info *out, struct errinfo *ei);

const char *signer_client_name(const struct signer_client *c);
/* How long its answers took, by what was asked; waiting included. */
enum signer_call {
	SIGNER_CALL_ISSUE,
	SIGNER_CALL_CRL,
	SIGNER_CALL_OCSP,
	SIGNER_CALL_MAX_
};
const struct histogram *signer_client_times(
    const struct signer_client *c, enum signer_call call);

/* --- one-shot use without a parent (surguchctl init) ------------------- */

struct signer_spawn {
	const char *program;   /* path of surguch-signer */
	const char *name;      /* instance */
	const char *state_dir; /* its directory, owned by its uid */
	const char *settings;  /* its NAME.conf */
	const char *profile_dir;
	const char *user; /* name, "uid" or "uid:gid"; NULL: ours */
	int secret_fd;    /* what opens its key; 0: a file does */
	bool insecure_no_landlock;
	struct clock clock;
	int64_t timeout_ms;
};
ATTR_MUST_USE enum err signer_client_spawn(const struct signer_spawn *s,
    struct signer_client **out, pid_t *out_pid, struct errinfo *ei);
/* Free the client and wait until the process has ended.  ERR_STATE when it
 * did not end by itself with status 0. */
ATTR_MUST_USE enum err signer_client_stop(
    struct signer_client *c, pid_t pid, struct errinfo *ei);

#endif
