/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, the schema's history, queries and what rows hold. */
#include "unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cluster.h"
#include "fault_vfs.h"
#include "store/migrations_priv.h"
#include "store/store_priv.h"
#include "util.h"

static void
test_open_and_again(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	store_close(s);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	assert_true(has_certificate(s, 1));
	assert_audit_whole(s, 2);
	store_close(s);
	store_close(NULL);
	place_free(&p);
}

/* It holds people's data: nobody else reads it. */
static void
test_is_private(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct stat st;
	struct place p;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	store_close(s);
	place_free(&p);
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void
test_open_bad(void **state)
{
	const struct store_options must = {.must_exist = true};
	char nowhere[PATH_SIZE * 2];
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	place_new(&p);

	assert_int_equal(store_open(p.path, &must, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.open");
	assert_int_equal(access(p.path, F_OK), -1);

	(void)snprintf(
	    nowhere, sizeof(nowhere), "%s/not/here/centre.db", p.dir);
	assert_int_equal(store_open(nowhere, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.open");

	write_file(p.path, "This is no database, however long it gets to be, "
			   "and it shall not be taken for one by anybody.");
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.corrupt");

	assert_int_equal(unlink(p.path), 0);
	run_sql(p.path, "CREATE TABLE theirs (a)");
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.foreign");

	/* The near miss: an empty file, and an empty database. */
	assert_int_equal(unlink(p.path), 0);
	write_file(p.path, "");
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	store_close(s);
	assert_ok(store_open(p.path, &must, &s, &ei), &ei);
	store_close(s);
	place_free(&p);
}

/* Another process is kept out while this one has it, and let in after. */
static void
test_locked(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	int fds[2], status;
	char c = 0;
	pid_t pid;

	(void)state;
	place_new(&p);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* Child: has it until its parent has seen that. */
		if (store_open(p.path, NULL, &s, &ei) != ERR_OK ||
		    write(fds[1], "x", 1) != 1) {
			_exit(1);
		}
		(void)pause();
		_exit(0);
	}
	assert_int_equal(read(fds[0], &c, 1), 1);
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "store.locked");
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	store_close(s);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(close(fds[1]), 0);
	place_free(&p);
}

/* A history that goes one and two steps further than the product's. */
static const char *const add_column[] = {
    "ALTER TABLE crl_shard ADD COLUMN remark TEXT", NULL};
static const char *const add_table[] = {
    "CREATE TABLE later (id BLOB NOT NULL PRIMARY KEY, n BIGINT NOT NULL)",
    "CREATE INDEX later_n ON later (n)", NULL};
static const char *const broken[] = {
    "CREATE TABLE half_done (id BLOB NOT NULL PRIMARY KEY)",
    "ALTER TABLE nowhere ADD COLUMN remark TEXT", NULL};
static const char *const *const parts_2[] = {add_column};
static const char *const *const parts_3[] = {add_table};
static const char *const *const parts_bad[] = {add_column, broken};

struct history {
	struct migration list[16];
	size_t num;
};

static void
history_of_product(struct history *h)
{
	const struct migration *list = migrations(&h->num);

	assert_true(h->num + 2 <= ARRAY_LEN(h->list));
	memcpy(h->list, list, h->num * sizeof(*list));
}

static void
history_add(struct history *h, const char *const *const *parts, size_t num)
{
	h->list[h->num] = (struct migration){(unsigned)h->num + 1, parts, num};
	h->num++;
}

static enum err
open_with(
    const char *path, struct history *h, struct store **s, struct errinfo *ei)
{
	return store_open_migrations(path, NULL, h->list, h->num, s, ei);
}

static void
test_migrations(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct history now = {0}, later = {0}, bad = {0};
	struct place p;

	(void)state;
	history_of_product(&now);
	history_of_product(&later);
	history_add(&later, parts_2, 1);
	history_add(&later, parts_3, 1);
	history_of_product(&bad);
	history_add(&bad, parts_bad, 2);
	place_new(&p);

	assert_ok(open_with(p.path, &now, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	store_close(s);

	/* A step that fails stops the start and leaves nothing of itself. */
	assert_int_equal(open_with(p.path, &bad, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.migrate");
	assert_ok(open_with(p.path, &now, &s, &ei), &ei);
	store_close(s);

	/* An older database is brought up, with what it holds. */
	assert_ok(open_with(p.path, &later, &s, &ei), &ei);
	assert_true(has_certificate(s, 1));
	assert_audit_whole(s, 2);
	store_close(s);
	run_sql(
	    p.path, "INSERT INTO later (id, n) SELECT id, 1 FROM certificate");
	run_sql(p.path, "UPDATE crl_shard SET remark = 'x'");

	/* Once is enough, and back there is no way. */
	assert_ok(open_with(p.path, &later, &s, &ei), &ei);
	store_close(s);
	assert_int_equal(open_with(p.path, &now, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.newer");
	place_free(&p);
}

/* A schema that a statement does not fit stops the start. */
static void
test_statement_must_fit(void **state)
{
	static const char *const sql[] = {
	    "DROP TABLE crl_shard",
	    "ALTER TABLE crl_shard RENAME COLUMN published TO printed",
	    "ALTER TABLE certificate DROP COLUMN status_at",
	};
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sql); i++) {
		place_new(&p);
		assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
		store_close(s);
		run_sql(p.path, sql[i]);
		assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
		assert_string_equal(ei.rule, "store.statement");
		place_free(&p);
	}
}

static void
test_query_values(void **state)
{
	const struct id id = nth_id(1), zero = {{0}};
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows = NULL;
	struct id read_id;
	uint8_t serial[19];
	struct place p;
	struct unit u;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	assert_ok(
	    store_query_one(s, ST_CERTIFICATE_GET, &rows, &ei, V_ID(&id)), &ei);
	assert_int_equal(rows_num(rows), 1);
	read_id = rows_id(rows, 0, 0);
	assert_true(id_eq(&read_id, &id));
	assert_true(slice_eq(rows_blob(rows, 0, 0), id_slice(&id)));
	assert_string_equal(rows_text(rows, 0, 1), "test");
	assert_true(slice_eq(rows_blob(rows, 0, 2), nth_serial(1, serial)));
	assert_int_equal(rows_int(rows, 0, 5), 1000);
	assert_false(rows_is_null(rows, 0, 7));
	assert_true(rows_is_null(rows, 0, 8));
	read_id = rows_id(rows, 0, 8);
	assert_true(id_eq(&read_id, &zero));
	assert_string_equal(rows_text(rows, 0, 10), "good");
	rows_free(rows);
	rows_free(NULL);

	/* Not there: no rows; or an error where one row is named. */
	rows = NULL;
	assert_ok(
	    store_query(s, ST_CERTIFICATE_GET, &rows, &ei, V_ID(&zero)), &ei);
	assert_int_equal(rows_num(rows), 0);
	rows_free(rows);
	rows = NULL;
	assert_int_equal(
	    store_query_one(s, ST_CERTIFICATE_GET, &rows, &ei, V_ID(&zero)),
	    ERR_NOTFOUND);
	assert_string_equal(ei.rule, "store.certificate.get");
	assert_null(rows);

	/* Wrong values, and a statement that changes. */
	assert_int_equal(
	    store_query(s, ST_CERTIFICATE_GET, &rows, &ei, V_INT(1)),
	    ERR_INTERNAL);
	assert_int_equal(store_query(s, ST_META_SET, &rows, &ei, V_TEXT("a"),
			     V_BLOB(SLICE_EMPTY)),
	    ERR_INTERNAL);
	assert_int_equal(
	    store_query(s, ST_META_GET, &rows, &ei, V_NONE), ERR_INTERNAL);
	assert_null(rows);

	/* An empty blob is not NULL; the largest numbers and NULs come back */
	unit_init(&u);
	unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT(""), V_BLOB(SLICE_EMPTY));
	unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT("ёж"),
	    V_BLOB(SLICE_LIT("a\0b")));
	unit_add(
	    &u, ST_CRL_SHARD_ADD, EXPECT(1), V_TEXT("ca"), V_INT(INT64_MAX));
	unit_add(
	    &u, ST_CRL_SHARD_ADD, EXPECT(0), V_TEXT("ca"), V_INT(INT64_MAX));
	assert_ok(store_submit(s, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_ok(store_query_one(s, ST_META_GET, &rows, &ei, V_TEXT("")), &ei);
	assert_false(rows_is_null(rows, 0, 0));
	assert_int_equal(rows_blob(rows, 0, 0).len, 0);
	rows_free(rows);
	assert_ok(
	    store_query_one(s, ST_META_GET, &rows, &ei, V_TEXT("ёж")), &ei);
	assert_true(slice_eq(rows_blob(rows, 0, 0), SLICE_LIT("a\0b")));
	rows_free(rows);
	assert_ok(store_query_one(s, ST_CRL_SHARD_GET, &rows, &ei, V_TEXT("ca"),
		      V_INT(INT64_MAX)),
	    &ei);
	assert_true(rows_is_null(rows, 0, 5));
	assert_int_equal(rows_blob(rows, 0, 5).len, 0);
	rows_free(rows);
	store_close(s);
	place_free(&p);
}

static void
put_certificates(struct store *s, unsigned num)
{
	struct errinfo ei = {0};
	struct unit u;

	unit_init(&u);
	for (unsigned n = 1; n <= num;) {
		for (; n <= num && unit_num_events(&u) < UNIT_EVENTS_MAX; n++) {
			add_certificate(&u, n);
		}
		assert_ok(store_submit(s, &u, NULL, &ei), &ei);
		unit_clear(&u);
	}
}

/* ROWS_MAX rows are a result; one more is an error, not a short list. */
static void
test_rows_limit(void **state)
{
	const struct id zero = {{0}};
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows = NULL;
	struct place p;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	put_certificates(s, ROWS_MAX + 1);
	assert_ok(store_query(s, ST_CERTIFICATE_PAGE, &rows, &ei, V_ID(&zero),
		      V_INT(ROWS_MAX)),
	    &ei);
	assert_int_equal(rows_num(rows), ROWS_MAX);
	assert_int_equal(rows_int(rows, ROWS_MAX - 1, 6), 2000 + ROWS_MAX);
	rows_free(rows);
	rows = NULL;
	assert_int_equal(store_query(s, ST_CERTIFICATE_PAGE, &rows, &ei,
			     V_ID(&zero), V_INT(ROWS_MAX + 1)),
	    ERR_LIMIT);
	assert_string_equal(ei.rule, "store.rows");
	assert_null(rows);
	store_close(s);
	place_free(&p);
}

/* Damage in the file is an error of its own, and ends the writing. */
static void
test_damage(void **state)
{
	uint8_t noise[4096];
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	FILE *f;
	long size;
	enum err err;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	for (unsigned i = 1; i <= 50; i++) {
		assert_ok(put_certificate(s, i, NULL, &ei), &ei);
	}
	store_close(s);
	memset(noise, 0xa5, sizeof(noise));
	f = fopen(p.path, "r+e");
	assert_non_null(f);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	for (long at = 4096; at < size; at += 4096) {
		/* All but the first page, where the schema's root is. */
		assert_int_equal(fseek(f, at, SEEK_SET), 0);
		assert_int_equal(fwrite(noise, sizeof(noise), 1, f), 1);
	}
	assert_int_equal(fclose(f), 0);
	err = store_open(p.path, NULL, &s, &ei);
	assert_int_equal(err, ERR_STORE);
	assert_string_equal(ei.rule, "store.corrupt");
	place_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_locked),
	    cmocka_unit_test(test_open_and_again),
	    cmocka_unit_test(test_migrations),
	    cmocka_unit_test(test_statement_must_fit),
	    cmocka_unit_test(test_query_values),
	    cmocka_unit_test(test_rows_limit),
	};
	const struct CMUnitTest of_a_file[] = {
	    cmocka_unit_test(test_is_private),
	    cmocka_unit_test(test_open_bad),
	    cmocka_unit_test(test_damage),
	};
	int num_bad;

	num_bad =
	    cmocka_run_group_tests(tests, store_test_start, store_test_end);
	if (!cluster_is_asked()) {
		num_bad +=
		    cmocka_run_group_tests(of_a_file, store_test_start, NULL);
	}
	return num_bad;
}
