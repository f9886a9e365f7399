/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_ASKING_H
#define SURGUCH_TESTS_FAULT_ASKING_H
/*
 * Requests to the API's handlers, without a network, in which one call of a
 * kind fails: the first, then the second, and so on until none is left.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "failing/failing.h"
#include "fault/front.h"

enum {
	ASKING_BODY_SIZE = 16384,
	ASKING_ROUTES_MAX = 128,
	/* For what the centre's threads do by themselves. */
	ASKING_WAIT_MS = 15000,
	ASKING_PAUSE_MS = 20,
};

struct router;

enum who {
	NOBODY,
	DESK,
	PERSON
};

struct ask {
	enum who who;
	const char *method;
	const char *path;
	const char *body;        /* NULL: none */
	const char *query[2][2]; /* name, value */
	const char *key;         /* Idempotency-Key or NULL */
	unsigned want;           /* the right status */
	unsigned also;           /* another that is right, or 0 */
};

struct asking_run {
	enum failing kind;
	unsigned failed;
	unsigned keys;
	char session[128];
	char phone[16];
	bool visited[ASKING_ROUTES_MAX];
};

struct asking_answer {
	unsigned status;
	char type[64];
	struct buf body;
	char cookie[128]; /* of the session, if one was set */
};

extern struct front front;
extern struct router *router;
extern struct asking_run run;
extern struct asking_answer answer; /* the last one */

/* As the HTTP server does; `n` >= 0: the n-th call fails.  Did it? */
bool handle(const struct ask *a, int n);
/* With the first call failing, then with the second, and so on to the one in
 * which none is left to fail, whose answer is kept.  before (or NULL) gets
 * ready for each. */
void ask_before(struct ask *a, void (*before)(struct ask *a));
void get(enum who who, const char *path);
/* Done with an Idempotency-Key, and so once: `sql` counts one more. */
void act_seen(enum who who, const char *method, const char *path, unsigned want,
    const char *body, const char *sql);
/* One audit event more; the centre's own threads have theirs. */
void act(enum who who, const char *method, const char *path, unsigned want,
    const char *body);

/* A text of the answer, which is one object. */
void take(const char *field, char *out, size_t size);
int64_t count(const char *sql);
void pause_a_little(void);

#endif
