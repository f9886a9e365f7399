/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ISSUING_PRIV_H
#define SURGUCH_REGISTRY_ISSUING_PRIV_H
/* The inside of struct issuing: issuing.c has the threads, issuing_one.c one
 * certificate, issuing_settle.c what an earlier run or an outage left. */
#include <pthread.h>

#include "profile/values.h"
#include "registry/issuing.h"
#include "registry/states.h"

struct adopted_order;
struct form;
struct issued;
struct order_doubt;

struct issuing {
	struct issuing_options o;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct id queue[ISSUING_QUEUE_MAX]; /* a ring */
	size_t first;
	size_t num;
	/* What the threads work on now: one application, one thread. */
	struct id busy[ISSUING_THREADS];
	bool is_busy[ISSUING_THREADS];
	bool stop;
	bool settling; /* one thread at a time asks the signers */
	/* Direct orders of which it is not known what became. */
	struct order_doubt *doubts;
	size_t num_doubts;
	/* Why what an earlier run left could not be taken over at the start. */
	struct errinfo unadopted;
	int64_t looked_ms;
	int64_t adopted_ms;
	int64_t settled_ms;
	pthread_t threads[ISSUING_THREADS];
	unsigned num_threads;
};

/* One application, now; ei is not NULL. */
ATTR_MUST_USE enum err issuing_application(
    struct issuing *i, const struct id *application, struct errinfo *ei);

/* Unit (b) of an application, which is in the state `from`: the certificate,
 * the message to its owner, the new state. */
ATTR_MUST_USE enum err issuing_finish_application(struct issuing *i,
    const struct form *f, const struct id *application, enum app_state from,
    const struct issued *issued, struct errinfo *ei);
/*
 * An order that was sent to a signer, and whose certificate is perhaps in its
 * journal and not in the database.  Nobody else gets its Idempotency-Key while
 * it lasts; the process that comes after this one adopts at its start.
 */
struct order_doubt {
	struct order_doubt *next;
	struct idem_ticket *ticket; /* in doubt */
	uint8_t key[VALUES_IDEM_SIZE];
	struct errinfo why; /* from the last try to settle it */
};
/* Frees the list; their tickets end. */
void issuing_forget_doubts(struct issuing *i);

/* The certificate of an order whose process is gone: with its answer. */
struct order;
ATTR_MUST_USE enum err issuing_adopt_order(struct issuing *i,
    const struct order *order, const struct issued *issued, struct errinfo *ei);
/* A ca_adopt_fn; arg is the struct issuing. */
ATTR_MUST_USE enum err issuing_take_over(void *arg, const struct issued *issued,
    const struct adopted_order *order, struct errinfo *ei);

/*
 * Take over what the journals have and the database has not; records younger
 * than min_age_sec are left alone.
 */
ATTR_MUST_USE enum err issuing_adopt(struct issuing *i, int64_t min_age_sec,
    size_t *out_num, struct errinfo *ei);
/*
 * Orders in doubt: the signers are asked what they have under the key; it is
 * adopted, or the client's key may be used anew.
 */
ATTR_MUST_USE enum err issuing_settle_orders(
    struct issuing *i, struct errinfo *ei);

#endif
