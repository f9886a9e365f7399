/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor under storing, for `./bench stored`: rows of 1.5 KiB with a unique
 * serial and two more indexes, put into an empty SQLite table in durable
 * transactions of 32.  No statement of ours, no audit, no threads.
 *
 *	loop_row FILE SECONDS
 *
 * The file must not be there; it stays.  Prints "rows N cpu S".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "cpu.h"

#include "base/attr.h"
#include "os/random.h"

enum {
	ROW_LEN = 1536,
	SERIAL_LEN = 19,
	KEY_LEN = 32,
	GROUP = 32,
};

static const char schema[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "PRAGMA cache_size = -16384;"
    "CREATE TABLE certificate (id INTEGER PRIMARY KEY, serial BLOB NOT NULL "
    "UNIQUE, spki_sha256 BLOB NOT NULL, not_after INTEGER NOT NULL, "
    "der BLOB NOT NULL) STRICT;"
    "CREATE INDEX certificate_key ON certificate (spki_sha256);"
    "CREATE INDEX certificate_ending ON certificate (not_after);";

static bool
add_row(sqlite3_stmt *insert, long n)
{
	static const uint8_t der[ROW_LEN];
	uint8_t random[SERIAL_LEN + KEY_LEN];
	bool done = random_bytes(random, sizeof(random), NULL) == ERR_OK &&
		    sqlite3_bind_blob(insert, 1, random, SERIAL_LEN,
			SQLITE_STATIC) == SQLITE_OK &&
		    sqlite3_bind_blob(insert, 2, random + SERIAL_LEN, KEY_LEN,
			SQLITE_STATIC) == SQLITE_OK &&
		    sqlite3_bind_int64(insert, 3, n) == SQLITE_OK &&
		    sqlite3_bind_blob(insert, 4, der, ROW_LEN, SQLITE_STATIC) ==
			SQLITE_OK &&
		    sqlite3_step(insert) == SQLITE_DONE;

	return sqlite3_reset(insert) == SQLITE_OK && done;
}

static bool
add_group(sqlite3 *db, sqlite3_stmt *insert, long first)
{
	bool done =
	    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;

	for (long i = 0; done && i < GROUP; i++) {
		done = add_row(insert, first + i);
	}
	return done &&
	       sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK;
}

int
main(int argc, char **argv)
{
	sqlite3_stmt *insert = NULL;
	sqlite3 *db = NULL;
	double start, sec;
	long num = 0;

	if (argc != 3 ||
	    sqlite3_open_v2(argv[1], &db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX,
		NULL) != SQLITE_OK ||
	    sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db,
		"INSERT INTO certificate (serial, spki_sha256, not_after, der) "
		"VALUES (?, ?, ?, ?)",
		-1, &insert, NULL) != SQLITE_OK) {
		(void)fprintf(stderr, "loop_row: %s\n",
		    db == NULL ? "usage" : sqlite3_errmsg(db));
		return 1;
	}
	sec = strtod(argv[2], NULL);
	start = own_cpu();
	while (own_cpu() - start < sec) {
		if (!add_group(db, insert, num)) {
			return 1;
		}
		num += GROUP;
	}
	(void)printf("rows %ld cpu %.3f\n", num, own_cpu() - start);
	(void)sqlite3_finalize(insert);
	(void)sqlite3_close(db);
	return 0;
}
