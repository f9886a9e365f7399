/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_MIGRATIONS_PRIV_H
#define SURGUCH_STORE_MIGRATIONS_PRIV_H
/*
 * The schema's history.  A migration is a number and lists of SQL texts, run
 * in order in one transaction with the note that it has been run.  Migrations
 * only go forward; once released, a text never changes again.
 *
 * One text serves both engines, in these words:
 * - column types BIGINT, TEXT and BLOB (as whole words, in capitals); SQLite
 *   reads BIGINT as INTEGER, PostgreSQL reads BLOB as BYTEA;
 * - what begins with CREATE TABLE becomes a STRICT table in SQLite;
 * - no defaults that call functions; no AUTOINCREMENT; tables in the order in
 *   which they refer to each other.
 */
#include <stddef.h>

struct migration {
	unsigned number;                 /* 1, 2, 3 ... without a gap */
	const char *const *const *parts; /* lists that end with NULL */
	size_t num_parts;
};

/* All of the product's migrations, in order. */
const struct migration *migrations(size_t *out_num);

/* The parts of migration 1, one list an area, each ended by NULL. */
extern const char *const migration_1_meta[];
extern const char *const migration_1_registry[];
extern const char *const migration_1_identity[];
extern const char *const migration_1_ca[];
extern const char *const migration_1_courier[];

/* Migration 2: certificates by person and by what became of them. */
extern const char *const migration_2_lists[];

/* Migration 3: does an owner have a word? */
extern const char *const migration_3_words[];

/* Migration 4: an idempotency record is written once. */
extern const char *const migration_4_idem[];

/* Migration 5: the lists of those who stand above our CAs. */
extern const char *const migration_5_roots[];

/* Migration 6: by which way a message left. */
extern const char *const migration_6_routes[];

/* Migration 7: reports of delivery. */
extern const char *const migration_7_reports[];

/* Migration 8: what messages cost, and whether codes are used. */
extern const char *const migration_8_guard[];

/* Migration 9: on which medium the key of an application lies. */
extern const char *const migration_9_medium[];

/* Migration 10: messages by kind. */
extern const char *const migration_10_kinds[];

/* Migration 11: phones that were lost or changed. */
extern const char *const migration_11_phone[];

#endif
