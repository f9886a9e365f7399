/* SPDX-License-Identifier: Apache-2.0 */
/* What only PostgreSQL does: being elsewhere, going away and coming back. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cluster.h"
#include "hold.h"
#include "util.h"

static void
pause_ms(long ms)
{
	const struct timespec t = {ms / 1000, (ms % 1000) * 1000000};

	(void)nanosleep(&t, NULL);
}

/* Change the server's configuration. */
static void
configure(const struct place *p, const char *what)
{
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "ALTER SYSTEM %s", what);
	run_sql(p->path, sql);
	run_sql(p->path, "SELECT pg_reload_conf()");
	pause_ms(200);
}

/* --- where ---------------------------------------------------------------- */

static void
test_where(void **state)
{
	static const struct {
		const char *where;
		const char *says;
	} bad[] = {
	    {"postgresql:", "needs host"},
	    {"postgresql:nonsense", "no list"},
	    {"postgresql:host=/tmp dbname=a", "needs host"},
	    {"postgresql:dbname=a user=b", "needs host"},
	    {"postgresql:host=localhost dbname=a user=b", "directory"},
	    {"postgresql:host=db.example.ru dbname=a user=b", "directory"},
	    {"postgresql:hostaddr=192.0.2.1 dbname=a user=b", "loopback"},
	    {"postgresql:host=/tmp dbname=a user=b password=c", "nothing else"},
	    {"postgresql:host=/tmp dbname=a user=b sslmode=prefer",
		"nothing else"},
	    {"postgresql:host=/nowhere dbname=a user=b", "cannot be reached"},
	    {"postgresql:hostaddr=127.0.0.1 port=1 dbname=a user=b",
		"cannot be reached"},
	};
	struct errinfo ei = {0};
	struct store *s = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(
		    store_open(bad[i].where, NULL, &s, &ei), ERR_STORE);
		assert_string_equal(ei.rule, "store.open");
		if (strstr(ei.text, bad[i].says) == NULL) {
			fail_msg("%s: %s", bad[i].where, ei.text);
		}
	}
}

static void
test_foreign(void **state)
{
	const struct store_options must = {.must_exist = true};
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	place_new(&p);
	assert_int_equal(store_open(p.path, &must, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.open");
	run_sql(p.path, "CREATE TABLE theirs (a int)");
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.foreign");
	run_sql(p.path, "DROP TABLE theirs");
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	store_close(s);
	assert_ok(store_open(p.path, &must, &s, &ei), &ei);
	store_close(s);
	run_sql(p.path, "UPDATE surguch_schema SET application = 1");
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.foreign");
	place_free(&p);

	/* What it acknowledges must be on its disk. */
	place_new(&p);
	configure(&p, "SET fsync = off");
	assert_int_equal(store_open(p.path, NULL, &s, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.open");
	configure(&p, "RESET fsync");
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	store_close(s);
	place_free(&p);
}

static const struct store_options hasty = {.away_ms = 1500};

/* --- going away ------------------------------------------------------------
 */

/* The server crashes and is back: readers and the writer go on by
 * themselves, and what was acknowledged is there. */
static void
test_comes_back(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	print_message("proves: I2\n");
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	for (unsigned n = 1; n <= 6; n += 2) {
		assert_ok(put_certificate(s, n, NULL, &ei), &ei);
		cluster_crash();
		cluster_again(n != 3); /* once it is still starting */
		/* The loss shows in the midst of a group, or at reading. */
		if (n == 5) {
			assert_true(has_certificate(s, n));
		}
		assert_ok(put_certificate(s, n + 1, NULL, &ei), &ei);
		assert_true(has_certificate(s, n));
		assert_true(has_certificate(s, n + 1));
	}
	assert_audit_whole(s, 1 + 6);
	assert_false(store_failed(s));
	store_close(s);
	place_free(&p);
}

/* It stays away: a clear error, and no waiting for ever. */
static void
test_stays_away(void **state)
{
	struct timespec before, after;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct rows *rows = NULL;
	struct place p;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, &hasty, &s, &ei), &ei);
	cluster_crash();
	assert_int_equal(put_certificate(s, 1, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.away");
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
	assert_int_equal(put_certificate(s, 1, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.away");
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
	assert_true(after.tv_sec - before.tv_sec < 2);
	assert_false(store_failed(s));
	cluster_again(true);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);
	assert_ok(
	    store_query(s, ST_META_GET, &rows, &ei, V_TEXT("nothing")), &ei);
	rows_free(rows);
	assert_audit_whole(s, 2);
	store_close(s);
	place_free(&p);
}

/* --- who else writes --------------------------------------------------------
 */

/* The session is cut off and another process writes meanwhile: what we would
 * write next does not belong there. */
static void
test_replaced(void **state)
{
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	print_message("proves: I4\n");
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	assert_ok(put_certificate(s, 1, NULL, &ei), &ei);

	/* While we are connected, */
	run_sql(p.path,
	    "UPDATE surguch_schema SET group_number = group_number + 1");
	assert_int_equal(put_certificate(s, 2, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.replaced");
	assert_true(store_failed(s));
	assert_false(has_certificate(s, 2));
	store_close(s);

	/* and while we are not. */
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	run_sql(p.path,
	    "UPDATE surguch_schema SET group_number = group_number - 1");
	run_sql(p.path, "SELECT pg_terminate_backend(pid) "
			"FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
			"AND datname = current_database()");
	assert_int_equal(put_certificate(s, 2, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.replaced");
	assert_true(store_failed(s));
	store_close(s);
	place_free(&p);
}

/* --- the answer to COMMIT is lost -------------------------------------------
 */

struct caller {
	struct store *store;
	pthread_t thread;
	enum err err;
	struct errinfo ei;
};

static void *
call(void *arg)
{
	struct caller *c = arg;

	c->err = put_certificate(c->store, 7, NULL, &c->ei);
	return NULL;
}

/* A standby that does not exist: a commit is on the disk and waits for it. */
static const char no_answer[] = "SET synchronous_standby_names = 'nobody'";

/* A trigger at the end of the transaction, inside COMMIT, keeps it there. */
static const char slow_commit[] =
    "CREATE FUNCTION wait_a_bit() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN PERFORM pg_sleep(1); RETURN NULL; END $$; "
    "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON certificate "
    "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW "
    "EXECUTE FUNCTION wait_a_bit()";

static void
wait_for_commit(const struct place *p)
{
	char text[32] = "";

	for (unsigned i = 0; i < 400 && strcmp(text, "1") != 0; i++) {
		pause_ms(5);
		cluster_ask(p->path,
		    "SELECT count(*) FROM pg_stat_activity WHERE "
		    "datname = current_database() AND query = 'COMMIT' AND "
		    "state = 'active'",
		    text, sizeof(text));
	}
	assert_string_equal(text, "1");
}

/* The server ends in the midst of COMMIT.  It was not committed, as its
 * return shows, and is done again: once. */
static void
test_crash_in_commit(void **state)
{
	struct errinfo ei = {0};
	struct caller c = {0};
	struct place p;

	(void)state;
	print_message("proves: I2\n");
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &c.store, &ei), &ei);
	run_sql(p.path, slow_commit);
	assert_int_equal(pthread_create(&c.thread, NULL, call, &c), 0);
	wait_for_commit(&p);
	cluster_crash();
	cluster_again(true);
	assert_int_equal(pthread_join(c.thread, NULL), 0);
	assert_ok(c.err, &c.ei);
	assert_true(has_certificate(c.store, 7));
	assert_int_equal(num_events(c.store, 7), 1);
	assert_audit_whole(c.store, 2);
	store_close(c.store);
	place_free(&p);
}

/* The connection is cut while COMMIT waits for what it cannot take back: the
 * unit is there, is acknowledged, and is not done twice. */
static void
test_answer_lost(void **state)
{
	struct errinfo ei = {0};
	struct caller c = {0};
	struct place p;

	(void)state;
	print_message("proves: I2\n");
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &c.store, &ei), &ei);
	configure(&p, no_answer);
	assert_int_equal(pthread_create(&c.thread, NULL, call, &c), 0);
	wait_for_commit(&p);
	run_sql(p.path, "SELECT pg_terminate_backend(pid) "
			"FROM pg_stat_activity WHERE query = 'COMMIT' "
			"AND datname = current_database()");
	assert_int_equal(pthread_join(c.thread, NULL), 0);
	assert_ok(c.err, &c.ei);
	assert_true(has_certificate(c.store, 7));
	assert_int_equal(num_events(c.store, 7), 1);
	assert_audit_whole(c.store, 2);
	configure(&p, "RESET synchronous_standby_names");
	store_close(c.store);
	place_free(&p);
}

/*
 * The same with a server that is away for longer than we wait: "unknown", not
 * good and not bad; then the store finds its chain again.  `kept`: whether it
 * was committed.
 */
static void
unknown(bool kept)
{
	struct errinfo ei = {0};
	struct caller c = {0};
	struct place p;

	place_new(&p);
	assert_ok(store_open(p.path, &hasty, &c.store, &ei), &ei);
	if (kept) {
		configure(&p, no_answer);
	} else {
		run_sql(p.path, slow_commit);
	}
	assert_int_equal(pthread_create(&c.thread, NULL, call, &c), 0);
	wait_for_commit(&p);
	if (kept) { /* for the next start; who waits goes on waiting */
		run_sql(p.path, "ALTER SYSTEM RESET synchronous_standby_names");
	}
	cluster_crash();
	assert_int_equal(pthread_join(c.thread, NULL), 0);
	assert_int_equal(c.err, ERR_TIMEOUT);
	assert_string_equal(c.ei.rule, "store.unknown");
	assert_false(store_failed(c.store));
	assert_int_equal(put_certificate(c.store, 8, NULL, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "store.away");

	cluster_again(true);
	assert_ok(put_certificate(c.store, 8, NULL, &ei), &ei);
	assert_true(has_certificate(c.store, 8));
	assert_int_equal(has_certificate(c.store, 7), kept);
	assert_audit_whole(c.store, kept ? 3 : 2);
	store_close(c.store);
	place_free(&p);
}

static void
test_unknown(void **state)
{
	(void)state;
	print_message("proves: I2\n");
	unknown(true);
	unknown(false);
}

/* --- plans ------------------------------------------------------------------
 */

/* Of what one form has, where the forms come in order. */
static bool
may_sort(const char *name, const char *step)
{
	return strcmp(name, "certificate.page_phone") == 0 &&
	       (strstr(step, "Incremental Sort") != NULL ||
		   strstr(step, " Sort Key: f.id, ") != NULL);
}

/* Design rule 10, as in test_statement.c: by an index and without a sort. */
static unsigned
num_bad_steps(PGconn *c, const char *name, const char *sql, const char *params)
{
	char text[8192];
	PGresult *r;
	unsigned num_bad = 0;
	size_t len;

	len = (size_t)snprintf(text, sizeof(text), "PREPARE p AS %s", sql);
	assert_true(len < sizeof(text));
	PQclear(PQexec(c, text));
	len = (size_t)snprintf(text, sizeof(text), "EXPLAIN EXECUTE p%s",
	    params[0] != '\0' ? "(" : "");
	for (size_t i = 0; params[i] != '\0'; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%sNULL", i > 0 ? ", " : "");
	}
	(void)snprintf(
	    text + len, sizeof(text) - len, "%s", params[0] != '\0' ? ")" : "");
	r = PQexec(c, text);
	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		fail_msg("%s: %s", name, PQerrorMessage(c));
	}
	for (int i = 0; i < PQntuples(r); i++) {
		const char *step = PQgetvalue(r, i, 0);

		if ((strstr(step, "Seq Scan") != NULL &&
			strstr(step, "crl_shard") == NULL) ||
		    (strstr(step, "Sort") != NULL && !may_sort(name, step))) {
			print_error("%s: %s\n", name, step);
			num_bad++;
		}
	}
	PQclear(r);
	PQclear(PQexec(c, "DEALLOCATE p"));
	return num_bad;
}

static void
test_nothing_reads_a_whole_table(void **state)
{
	const struct statement_info *info;
	struct errinfo ei = {0};
	struct store *s = NULL;
	unsigned num_bad = 0;
	struct place p;
	PGconn *c;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	store_close(s);
	c = cluster_connect(p.path);
	PQclear(PQexec(c, "SET plan_cache_mode = force_generic_plan"));
	PQclear(PQexec(c, "SET enable_seqscan = off"));
	/* On a handful of rows it would sort though the index is in order. */
	PQclear(PQexec(c, "SET enable_sort = off"));
	for (enum statement st = 0; st < ST_MAX_; st++) {
		info = statement_info(st);
		num_bad +=
		    num_bad_steps(c, info->name, info->sql, info->params);
	}
	assert_int_equal(num_bad, 0);
	print_message("two planted ones follow\n");
	assert_int_equal(
	    num_bad_steps(c, "planted",
		"SELECT id FROM certificate WHERE profile = $1", "t"),
	    1);
	assert_true(
	    num_bad_steps(c, "planted",
		"SELECT id FROM certificate WHERE id > $1 ORDER BY not_before",
		"d") > 0);
	PQfinish(c);
	place_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_where),
	    cmocka_unit_test(test_foreign),
	    cmocka_unit_test(test_nothing_reads_a_whole_table),
	    cmocka_unit_test(test_replaced),
	    cmocka_unit_test(test_comes_back),
	    cmocka_unit_test(test_crash_in_commit),
	    cmocka_unit_test(test_answer_lost),
	    cmocka_unit_test(test_stays_away),
	    cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, store_test_start, store_test_end);
}
