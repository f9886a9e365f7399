/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ISSUING_H
#define SURGUCH_REGISTRY_ISSUING_H
/*
 * From an approved application (or a direct order of an operator) to a
 * certificate on record.  What is begun is noted: an application's new state in
 * a unit of work of its own, a direct order in the signer's journal, beside its
 * certificate.  When the signer has answered, the certificate, the answer, the
 * message to the owner, the audit rows and the new state are committed
 * together.  Whatever dies in between, this process within seconds, or the
 * next one at its start, finds out from the signer what became of it and
 * completes or undoes it.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "identity/actor.h"

struct ca;
struct idem;
struct idem_stored;
struct idem_ticket;
struct issue_values;
struct issuing;
struct notices;
struct reconciled;
struct registry;

struct issuing_options {
	struct registry *registry; /* borrowed, all of them */
	struct ca *ca;
	struct notices *notices;
	struct idem *idem;
	/* From a thread: an application could not be issued.  It stays
	 * approved and is tried again, or, when its data, its key or its
	 * profile are refused, waits for an operator.  May be NULL. */
	void (*failed)(
	    void *arg, const struct id *application, const struct errinfo *);
	void *arg;
};

enum {
	ISSUING_THREADS = 4,
	ISSUING_QUEUE_MAX = 4096, /* more wait in the database */
	ISSUING_LOOK_MS = 5000,
	ISSUING_DOUBTS_MAX = 1024, /* then no further order is taken */
};

/*
 * Settle what an earlier run left (adoption from the journals, open
 * applications and orders), then start the threads.  While the store is held
 * they do nothing; they hold it when they find that database and journals are
 * of different ages.  *out_adopted counts the certificates that were taken
 * over.
 */
ATTR_MUST_USE enum err issuing_start(const struct issuing_options *o,
    struct issuing **out, size_t *out_adopted, struct errinfo *ei);
void issuing_stop(struct issuing *i); /* NULL is fine */
/* Applications that wait for a thread. */
size_t issuing_num_waiting(struct issuing *i);

/*
 * ca_reconcile() with what waits for the certificates that are taken over.
 * Afterwards everything is to be started anew.
 */
ATTR_MUST_USE enum err issuing_reconcile(struct issuing *i, const char *actor,
    const char *journal_lost, struct reconciled *out, struct errinfo *ei);

/* This application is approved: issue it soon.  Never blocks; what does not
 * fit the queue is found in the database. */
void issuing_kick(struct issuing *i, const struct id *application);

/*
 * A direct order for this person: values made by the caller (from the
 * registry), except `idem` and the note, which are made here.  *answer gets the
 * JSON that is sent.  The ticket is needed: without a key nobody could tell a
 * retry from a second order.  While it is not known what became of the order,
 * it is kept (*ticket becomes NULL), and settled within seconds of whatever is
 * in the way being over.
 *
 * ERR_AGAIN "issuing.doubts" when ISSUING_DOUBTS_MAX orders are in doubt; the
 * error of the store when orders wait for it.  Nothing is signed then.
 */
ATTR_MUST_USE enum err issuing_direct(struct issuing *i,
    const struct actor *actor, struct idem_ticket **ticket,
    const struct id *person, struct issue_values *values, struct buf *answer,
    struct errinfo *ei);

/* The body of an answer that was recorded, made again if it has to be. */
ATTR_MUST_USE enum err issuing_stored_answer(struct issuing *i,
    const struct idem_stored *stored, struct buf *answer, struct errinfo *ei);

#endif
