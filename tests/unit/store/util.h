/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_STORE_UTIL_H
#define SURGUCH_TESTS_STORE_UTIL_H
/* What the store's tests share: a directory of their own, things numbered
 * from 1, and the one row that most of them write. */
#include "unit.h"

#include <sqlite3.h>

#include "base/id.h"
#include "store/store.h"

enum {
	PATH_SIZE = 512
};

/* For cmocka: what a program does first and last.  The engine is SQLite, or
 * what SURGUCH_TEST_STORE asks for (cluster.h). */
int store_test_start(void **state);
int store_test_end(void **state);

/* A fresh directory, and in path what store_open() takes: the database's file
 * in it, or a new database of the server. */
struct place {
	char dir[PATH_SIZE];
	char path[PATH_SIZE];
};
void place_new(struct place *p);
void place_free(struct place *p);

/* The n-th id, serial (19 octets) and digest. */
struct id nth_id(unsigned n);
struct slice nth_serial(unsigned n, uint8_t out[19]);
struct slice nth_digest(unsigned n, uint8_t out[32]);

/* Insert certificate n of the CA "test", and its audit event. */
void add_certificate(struct unit *u, unsigned n);
/* The same as one submitted unit. */
enum err put_certificate(struct store *s, unsigned n,
    struct audit_position *out, struct errinfo *ei);
/* Is certificate n there? */
bool has_certificate(struct store *s, unsigned n);
/* Audit events that name certificate n. */
size_t num_events(struct store *s, unsigned n);

/* The audit verifies with no fault and this many records. */
void assert_audit_whole(struct store *s, uint64_t num_records);

/* Run SQL behind the store's back, as an intruder or an old release would;
 * `path` as in struct place. */
void run_sql(const char *path, const char *sql);

#endif
