/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_STORE_CLUSTER_H
#define SURGUCH_TESTS_STORE_CLUSTER_H
/*
 * A PostgreSQL server of the test program's own (tests/doubles/postgres.sh),
 * when SURGUCH_TEST_STORE=postgresql asks for that engine.
 */
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

bool cluster_is_asked(void);

/* Make one and start it, before any thread; it ends with the program. */
void cluster_start(void);
void cluster_stop(void);
/* End it at once, as a crash would; it is gone on return. */
void cluster_crash(void);
/* Start it again and wait until it answers, or do not wait. */
void cluster_again(bool wait);

/* A new empty database: what store_open() takes. */
void cluster_database(char *out, size_t size);
/* A connection of a stranger to one of them; PQfinish() it. */
PGconn *cluster_connect(const char *where);
/* What a stranger's SQL gives in its first row and column, or "". */
void cluster_ask(const char *where, const char *sql, char *out, size_t size);

#endif
