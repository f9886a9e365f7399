/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_STORE_HOLD_H
#define SURGUCH_TESTS_STORE_HOLD_H
/*
 * Keep the writer in the commit of a group, on either engine: SQLite's sync
 * is held, PostgreSQL's row that each group writes last is locked.
 */
#include "util.h"

/* The next commit is held until hold_end(). */
void hold_begin(const struct place *p);
/* Wait until one is. */
void hold_wait(void);
void hold_end(void);
/* Commits so far; SQLite counts one that is held, PostgreSQL does not. */
unsigned hold_num_commits(const struct place *p);

#endif
