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
 * that does it.  Two processes are kept apart by the record's unique id: the
 * loser's unit fails with ERR_CONFLICT "store.idem_open" or "store.idem_done"
 * and it asks idem_begin() again.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

struct idem;
struct idem_ticket;
struct store;
struct unit;

enum {
	IDEM_ID_SIZE = 32,
	IDEM_KEEP_SEC = 30 * 86400,
	IDEM_WAIT_MS = 30000,
};

struct idem_request {
	const char *account;   /* who: actor text, session or operator id */
	const char *operation; /* "POST /v1/applications/{id}/confirm" */
	struct slice key;      /* IDEMPOTENCY_KEY_MIN.._MAX visible ASCII */
	uint8_t body_sha256[32];
};

struct idem_stored {
	int status;
	uint8_t *answer; /* owned */
	size_t answer_len;
};

ATTR_MUST_USE enum err idem_new(struct store *store, const struct clock *clock,
    struct idem **out, struct errinfo *ei);
void idem_free(struct idem *i); /* no ticket may be open */

/*
 * ERR_OK with *out_ticket: the caller does the work.  ERR_OK with *out_ticket
 * NULL: *out_stored holds the answer given before (idem_stored_clear).
 * ERR_FORMAT "idem.key"; ERR_CONFLICT "idem.body"; ERR_AGAIN "idem.pending":
 * the record is open and nobody here works on it, or the twin took longer
 * than IDEM_WAIT_MS.
 */
ATTR_MUST_USE enum err idem_begin(struct idem *i,
    const struct idem_request *request, struct idem_ticket **out_ticket,
    struct idem_stored *out_stored, struct errinfo *ei);
/* The work is over, well or badly: lets a twin go on.  Frees the ticket. */
void idem_end(struct idem_ticket *t);
void idem_stored_clear(struct idem_stored *s);

/* Names the record for a later idem_add_answer(). */
const uint8_t *idem_ticket_id(const struct idem_ticket *t);

/* Statements for the caller's unit. */
void idem_add_done(struct unit *u, const struct idem_ticket *t, int status,
    struct slice answer, int64_t now_sec);
void idem_add_open(
    struct unit *u, const struct idem_ticket *t, int64_t now_sec);
/* Complete an open record; expects one row. */
void idem_add_answer(struct unit *u, const uint8_t id[IDEM_ID_SIZE], int status,
    struct slice answer, int64_t now_sec);
/* Remove an open record: what it was opened for did not happen. */
void idem_add_drop(struct unit *u, const uint8_t id[IDEM_ID_SIZE]);

/* Delete records older than IDEM_KEEP_SEC (bounded). */
ATTR_MUST_USE enum err idem_sweep(struct idem *i, struct errinfo *ei);

#endif
