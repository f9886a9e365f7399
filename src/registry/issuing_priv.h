/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ISSUING_PRIV_H
#define SURGUCH_REGISTRY_ISSUING_PRIV_H
/* The inside of struct issuing: issuing.c has the threads, issuing_one.c one
 * certificate, issuing_settle.c what an earlier run or an outage left. */
#include <pthread.h>

#include "registry/issuing.h"
#include "registry/states.h"

struct form;
struct issued;

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
/* A direct order: what the signer knows it by (32 bytes), and for whom; NULL
 * when nobody of the registry. */
struct issue_order {
	const uint8_t *key;
	const struct id *person;
};
/*
 * Unit (b) of an order: by its ticket, or, when whoever began it is gone
 * (ticket NULL), by the signer's key.
 */
ATTR_MUST_USE enum err issuing_finish_direct(struct issuing *i,
    const struct actor *actor, const struct idem_ticket *ticket,
    const struct issue_order *order, const struct issued *issued,
    struct buf *answer, struct errinfo *ei);

/*
 * Take over what the journals have and the database has not; records younger
 * than min_age_sec are left alone.
 */
ATTR_MUST_USE enum err issuing_adopt(struct issuing *i, int64_t min_age_sec,
    size_t *out_num, struct errinfo *ei);
/*
 * Orders that are open and that nobody here works on: the signers are asked
 * what they have under the key; it is adopted, or the record is dropped and
 * the client's key may be used anew.
 */
ATTR_MUST_USE enum err issuing_settle_orders(
    struct issuing *i, struct errinfo *ei);

#endif
