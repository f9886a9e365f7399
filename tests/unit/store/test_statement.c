/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statement table as a whole: every statement of every area keeps the
 * rules of store/statement.h and finds its rows by an index.
 */
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "util.h"

static sqlite3 *db;
static struct place place;

static int
open_db(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;

	(void)store_test_start(state);
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &s, &ei), &ei);
	store_close(s);
	assert_int_equal(sqlite3_open(place.path, &db), SQLITE_OK);
	return 0;
}

static int
close_db(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	place_free(&place);
	return 0;
}

static bool
is_name(const char *name)
{
	size_t num_dots = 0;

	for (; *name != '\0'; name++) {
		if (*name == '.') {
			num_dots++;
		} else if (!islower((unsigned char)*name) &&
			   !isdigit((unsigned char)*name) && *name != '_') {
			return false;
		}
	}
	return num_dots <= 1;
}

static void
test_names(void **state)
{
	const char *name;
	unsigned num_bad = 0;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		name = statement_info((enum statement)i)->name;
		if (!is_name(name) ||
		    strlen("store.") + strlen(name) >= ERRINFO_RULE) {
			print_error("%s: not a good name\n", name);
			num_bad++;
		}
		for (unsigned k = 0; k < i; k++) {
			if (strcmp(name,
				statement_info((enum statement)k)->name) == 0) {
				print_error("%s: twice\n", name);
				num_bad++;
			}
		}
	}
	assert_int_equal(num_bad, 0);
}

/* Words that one of the engines has not, or reads in another way. */
static void
test_one_text_for_both_engines(void **state)
{
	static const char *const banned[] = {"INSERT OR", "AUTOINCREMENT",
	    "RETURNING", "\"", "GLOB", "COLLATE", "ILIKE", "::", "now()",
	    "datetime", "IFNULL", "?", "SELECT *", "REPLACE INTO", "rowid",
	    "TRUE", "FALSE", "LIMIT -1", " == ", "json"};
	const struct statement_info *info;
	unsigned num_bad = 0;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		info = statement_info((enum statement)i);
		for (size_t k = 0; k < ARRAY_LEN(banned); k++) {
			if (strstr(info->sql, banned[k]) != NULL) {
				print_error(
				    "%s: says %s\n", info->name, banned[k]);
				num_bad++;
			}
		}
	}
	assert_int_equal(num_bad, 0);
}

/* Does the text say $n, and not only $n and another digit? */
static bool
says_parameter(const char *sql, unsigned n)
{
	char word[16];
	const char *at;
	int len;

	len = snprintf(word, sizeof(word), "$%u", n);
	for (at = strstr(sql, word); at != NULL; at = strstr(at + 1, word)) {
		if (!isdigit((unsigned char)at[len])) {
			return true;
		}
	}
	return false;
}

static void
test_parameters(void **state)
{
	const struct statement_info *info;
	unsigned n, num_bad = 0;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		info = statement_info((enum statement)i);
		for (n = 1; n <= strlen(info->params); n++) {
			if (!says_parameter(info->sql, n)) {
				print_error(
				    "%s: $%u is missing\n", info->name, n);
				num_bad++;
			}
		}
		if (says_parameter(info->sql, n)) {
			print_error("%s: $%u has no type\n", info->name, n);
			num_bad++;
		}
	}
	assert_int_equal(num_bad, 0);
}

/* The texts in SQLite's words, as the backend makes them. */
static sqlite3_stmt *
prepare(const char *before, const char *sql)
{
	char text[8192];
	sqlite3_stmt *stmt = NULL;
	int len;

	len = snprintf(text, sizeof(text), "%s%s", before, sql);
	assert_true(len > 0 && (size_t)len < sizeof(text));
	for (char *at = text; *at != '\0'; at++) {
		if (*at == '$') {
			*at = '?';
		}
	}
	if (sqlite3_prepare_v2(db, text, -1, &stmt, NULL) != SQLITE_OK) {
		fail_msg("%s: %s", sql, sqlite3_errmsg(db));
	}
	return stmt;
}

/* A table of which there is a handful of rows, and a subquery that its LIMIT
 * ends: reading all is no harm. */
static bool
is_small_table(const char *step)
{
	static const char *const small[] = {"SCAN crl_shard", "SCAN at_most"};

	for (size_t i = 0; i < ARRAY_LEN(small); i++) {
		if (strncmp(step, small[i], strlen(small[i])) == 0) {
			return true;
		}
	}
	return false;
}

/*
 * Design rule 10.  A SCAN is fine only along an index that gives the order of
 * a page (then a LIMIT ends it); sorting what was found is not, but for what
 * one form has, where the forms come in order.
 */
static bool
is_good_step(const char *name, const char *step, const char *sql)
{
	if (strcmp(name, "certificate.page_phone") == 0 &&
	    strstr(step, "FOR RIGHT PART OF ORDER BY") != NULL) {
		return strstr(sql, "LIMIT") != NULL;
	}
	if (strncmp(step, "SCAN ", 5) == 0) {
		return is_small_table(step) ||
		       (strstr(step, "USING ") != NULL &&
			   strstr(sql, "LIMIT") != NULL);
	}
	return strstr(step, "TEMP B-TREE") == NULL &&
	       strstr(step, "AUTOMATIC") == NULL;
}

static unsigned
num_bad_steps(const char *name, const char *sql)
{
	const char *step;
	sqlite3_stmt *stmt;
	unsigned num_bad = 0;

	stmt = prepare("EXPLAIN QUERY PLAN ", sql);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		step = (const char *)sqlite3_column_text(stmt, 3);
		if (!is_good_step(name, step, sql)) {
			print_error("%s: %s\n", name, step);
			num_bad++;
		}
	}
	assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	return num_bad;
}

static void
test_nothing_reads_a_whole_table(void **state)
{
	const struct statement_info *info;
	unsigned num_bad = 0;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		info = statement_info((enum statement)i);
		num_bad += num_bad_steps(info->name, info->sql);
	}
	assert_int_equal(num_bad, 0);

	/* The check can fail. */
	print_message("three planted ones follow\n");
	assert_int_equal(num_bad_steps("planted",
			     "SELECT id FROM certificate WHERE profile = $1"),
	    1);
	assert_int_equal(
	    num_bad_steps("planted", "SELECT id FROM certificate WHERE id > $1 "
				     "ORDER BY not_before LIMIT 5"),
	    1);
	assert_int_equal(num_bad_steps("planted",
			     "DELETE FROM outbox WHERE created_at < $1"),
	    1);
}

/* A column that the schema lets be NULL must be declared so, or reading it
 * fails on the day it is. */
static bool
says_not_null(const char *sql, const char *column)
{
	char words[128];

	(void)snprintf(words, sizeof(words), "%s IS NOT NULL", column);
	return strstr(sql, words) != NULL;
}

static void
test_nulls_are_declared(void **state)
{
	const char *table, *column;
	const struct statement_info *info;
	unsigned num_bad = 0;
	sqlite3_stmt *stmt;
	int not_null, rc;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		info = statement_info((enum statement)i);
		stmt = prepare("", info->sql);
		for (int c = 0; c < sqlite3_column_count(stmt); c++) {
			table = sqlite3_column_table_name(stmt, c);
			column = sqlite3_column_origin_name(stmt, c);
			if (table == NULL || column == NULL) {
				continue;
			}
			rc = sqlite3_table_column_metadata(db, NULL, table,
			    column, NULL, NULL, &not_null, NULL, NULL);
			assert_int_equal(rc, SQLITE_OK);
			if (!not_null &&
			    islower((unsigned char)info->columns[c]) &&
			    !says_not_null(info->sql, column)) {
				print_error("%s: column %d (%s) may be NULL\n",
				    info->name, c, column);
				num_bad++;
			}
		}
		assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
	}
	assert_int_equal(num_bad, 0);
}

/* Changes and conditions that both engines can sort: see statement.h. */
static void
test_reading_is_reading(void **state)
{
	const struct statement_info *info;
	unsigned num_read = 0;
	bool reads;

	(void)state;
	for (unsigned i = 0; i < ST_MAX_; i++) {
		info = statement_info((enum statement)i);
		reads = statement_is_read((enum statement)i);
		assert_int_equal(reads, info->columns[0] != '\0');
		num_read += reads;
	}
	assert_true(num_read > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_one_text_for_both_engines),
	    cmocka_unit_test(test_parameters),
	    cmocka_unit_test(test_nothing_reads_a_whole_table),
	    cmocka_unit_test(test_nulls_are_declared),
	    cmocka_unit_test(test_reading_is_reading),
	};

	return cmocka_run_group_tests(tests, open_db, close_db);
}
