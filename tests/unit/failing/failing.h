/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAILING_H
#define SURGUCH_TESTS_FAILING_H
/*
 * Calls of ours that fail when they are told to.  Linked with --wrap, so only
 * what this project's objects call is concerned: what OpenSSL, SQLite or the C
 * library do inside themselves stays as it is.
 */
#include <stdbool.h>

#include "base/err.h"

enum failing {
	FAILING_ALLOC, /* malloc, calloc, realloc: NULL */
	FAILING_FILE,  /* write (half done), sync, rename, link: ENOSPC, EIO */
	/* With lib_failing_store: */
	FAILING_STORE,  /* a unit of work or a question: ERR_STORE, not done */
	FAILING_COMMIT, /* a unit of work: done, and ERR_TIMEOUT all the same */
};

/* The n-th call of this kind from now on fails, counted from 0; once. */
void failing_arm(enum failing kind, int n);
/* For those who wrap calls: is this the one? */
bool failing_now(enum failing kind);
/* From now on none does.  Did the one that was ordered? */
bool failing_disarm(void);

/*
 * Run act() with the first call failing, then with the second, and so on to
 * the run in which none is left to fail, which must succeed.  Each other run
 * must end with `want` (ERR_OK: any error), or with success when the failure
 * did not matter;
 * `after` (or NULL) then looks at what it left.  Returns how many failed.
 */
unsigned failing_each(enum failing kind, enum err want,
    enum err (*act)(struct errinfo *ei), void (*after)(enum err got));

#endif
