/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_IDEM_H
#define SURGUCH_REGISTRY_IDEM_H
/*
 * Idempotency records (design §4 rule 2): account + operation + the client's
 * Idempotency-Key, unique, with the body's SHA-256 beside it.  The same key
 * with the same body gives the same stored bytes, with another body
 * ERR_CONFLICT; a concurrent twin waits for the first.  Kept 30 days.
 *
 *	idem_begin() ── a stored answer: send it, done
 *	             └─ a ticket: do the work; its unit of work carries the
 *	                record (struct act); idem_end() in every case
 *
 * When the work fails nothing is recorded, and a waiting twin becomes the one
 * that does it.  When it is not known whether it was done, idem_doubt() keeps
 * twins from it until idem_end().  Twins in two processes are kept apart by the
 * record itself: the loser's unit fails with ERR_CONFLICT "store.idem.insert"
 * and it asks idem_begin() again.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"

struct idem; /* safe to use from several threads */
struct idem_ticket;
struct store;
struct unit;

enum {
	IDEM_KEEP_SEC = 30 * 86400,
	IDEM_WAIT_MS = 30000,
	IDEM_BODY_HASH_SIZE = 32,
	IDEM_ACCOUNT_MAX = 128,
	IDEM_OPERATION_MAX = 128,
};

struct idem_request {
	const char *account;   /* whose key it is: "op_...", "ses_..." */
	const char *operation; /* "POST /v1/applications/{id}/confirm" */
	struct slice key;      /* IDEMPOTENCY_KEY_MIN.._MAX visible ASCII */
	uint8_t body_sha256[IDEM_BODY_HASH_SIZE];
};

/* An answer to be recorded; borrowed. */
struct idem_answer {
	int status;
	const char *content_type;
	struct slice body;
};

/* An answer that was recorded; owned. */
struct idem_stored {
	int status;
	/* The body is to be made again from this certificate; else it is here.
	 */
	bool is_certificate;
	struct id certificate;
	char *content_type;
	uint8_t *body;
	size_t body_len;
};

ATTR_MUST_USE enum err idem_new(struct store *store, const struct clock *clock,
    struct idem **out, struct errinfo *ei);
void idem_free(struct idem *i); /* no ticket may be open */

/* Is the key of the right form?  ERR_FORMAT "idem.key". */
ATTR_MUST_USE enum err idem_check(
    const struct idem_request *request, struct errinfo *ei);

/*
 * ERR_OK with *out_ticket: the caller does the work.  ERR_OK with *out_ticket
 * NULL: *out_stored holds the answer given before (idem_stored_clear()).
 * The errors of idem_check(); ERR_CONFLICT "idem.body"; ERR_AGAIN
 * "idem.pending": a twin's work is in doubt, or takes longer than IDEM_WAIT_MS.
 */
ATTR_MUST_USE enum err idem_begin(struct idem *i,
    const struct idem_request *request, struct idem_ticket **out_ticket,
    struct idem_stored *out_stored, struct errinfo *ei);
/* What the ticket was given for; borrowed from it. */
void idem_request_of(const struct idem_ticket *t, struct idem_request *out);
/* Nobody knows yet whether the work was done: twins that wait, and those that
 * come, are told to ask later. */
void idem_doubt(struct idem_ticket *t);
/* The error that twins get meanwhile. */
ATTR_MUST_USE enum err idem_pending(struct errinfo *ei);
/* The work is over, well or badly: lets a twin go on.  Frees the ticket; NULL
 * is accepted. */
void idem_end(struct idem_ticket *t);
void idem_stored_clear(struct idem_stored *s);

/* --- statements for the caller's unit ---------------------------------- */

/* Record the answer. */
void idem_add_done(struct unit *u, const struct idem_ticket *t,
    const struct idem_answer *answer, int64_t now_sec);
/* Record that the answer is this certificate. */
void idem_add_issued(struct unit *u, const struct idem_ticket *t, int status,
    const struct id *certificate, int64_t now_sec);
/* The same of a request whose process is gone, unless there is a record. */
void idem_add_adopted(struct unit *u, const struct idem_request *request,
    int status, const struct id *certificate, int64_t now_sec);

/* Delete records older than IDEM_KEEP_SEC. */
ATTR_MUST_USE enum err idem_sweep(struct idem *i, struct errinfo *ei);

#endif
