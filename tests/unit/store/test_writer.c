/* SPDX-License-Identifier: Apache-2.0 */
/* Groups: what is committed together, and who suffers from whom. */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "cluster.h"
#include "fault_vfs.h"
#include "hold.h"
#include "store/store_priv.h"
#include "util.h"

enum {
	GROUP = 32
};

static const struct store_options on_fault = {.vfs = "fault"};

/*
 * One thread that submits certificate n and keeps what came of it.  Its unit
 * first leaves its number in meta, which must not stay if it fails.
 */
struct caller {
	struct store *store;
	unsigned n;
	pthread_t thread;
	enum err err;
	struct errinfo ei;
	struct audit_position position;
};

static void
meta_name(unsigned n, char out[16])
{
	(void)snprintf(out, 16, "n%u", n);
}

static void *
call(void *arg)
{
	struct caller *c = arg;
	char name[16];
	struct unit u;

	meta_name(c->n, name);
	unit_init(&u);
	unit_add(&u, ST_META_SET, EXPECT(1), V_TEXT(name), V_BLOB(SLICE_EMPTY));
	add_certificate(&u, c->n);
	c->err = store_submit(c->store, &u, &c->position, &c->ei);
	unit_clear(&u);
	return NULL;
}

static bool
has_meta(struct store *s, unsigned n)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	char name[16];
	bool has;

	meta_name(n, name);
	assert_ok(store_query(s, ST_META_GET, &rows, &ei, V_TEXT(name)), &ei);
	has = rows_num(rows) == 1;
	rows_free(rows);
	return has;
}

static void
start(struct caller *c, struct store *s, unsigned n)
{
	*c = (struct caller){.store = s, .n = n};
	assert_int_equal(pthread_create(&c->thread, NULL, call, c), 0);
}

static void
join(struct caller *c)
{
	assert_int_equal(pthread_join(c->thread, NULL), 0);
}

static void
wait_waiting(struct store *s, size_t num)
{
	const struct timespec pause = {.tv_nsec = 200000};

	for (unsigned i = 0; i < 50000; i++) {
		if (store_num_waiting(s) == num) {
			return;
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("never %zu units in the queue", num);
}

/* The writer is kept in the commit of certificate 1000 while numbers
 * first..first+num-1 queue up in this order. */
static void
queue_up(const struct place *p, struct store *s, struct caller *busy,
    struct caller *callers, size_t num, const unsigned *numbers)
{
	hold_begin(p);
	start(busy, s, 1000);
	hold_wait();
	for (size_t i = 0; i < num; i++) {
		start(&callers[i], s, numbers[i]);
		wait_waiting(s, i + 1);
	}
}

static void
test_number_17_conflicts(void **state)
{
	struct caller busy, callers[GROUP];
	struct errinfo ei = {0};
	unsigned numbers[GROUP], commits;
	struct store *s = NULL;
	struct place p;

	(void)state;
	print_message("proves: I2, I4\n");
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_ok(put_certificate(s, 17, NULL, &ei), &ei);

	for (unsigned i = 0; i < GROUP; i++) {
		numbers[i] = i + 1; /* the 17th is there already */
	}
	queue_up(&p, s, &busy, callers, GROUP, numbers);
	commits = hold_num_commits(&p);
	hold_end();
	join(&busy);
	assert_int_equal(busy.err, ERR_OK);
	for (unsigned i = 0; i < GROUP; i++) {
		join(&callers[i]);
		if (i + 1 == 17) {
			continue;
		}
		assert_ok(callers[i].err, &callers[i].ei);
		assert_true(has_certificate(s, i + 1));
		assert_true(has_meta(s, i + 1));
		assert_int_equal(num_events(s, i + 1), 1);
		/* 1 is the chain's begin, 2 certificate 17, 3 the busy one */
		assert_int_equal(callers[i].position.number,
		    3 + (i + 1) - (i + 1 > 17 ? 1 : 0));
	}
	/* SQLite takes back the one: 31 in one commit, one sync of the log.
	 * PostgreSQL runs them again singly, after the busy one. */
	assert_int_equal(
	    hold_num_commits(&p), commits + (cluster_is_asked() ? 1 + 31 : 1));

	assert_int_equal(callers[16].err, ERR_CONFLICT);
	assert_string_equal(callers[16].ei.rule, "store.certificate.insert");
	assert_string_equal(callers[16].ei.object, "unique");
	assert_int_equal(callers[16].position.number, 0);
	assert_false(has_meta(s, 17));
	assert_int_equal(num_events(s, 17), 1); /* the first one's */
	assert_audit_whole(s, 3 + 31);
	store_close(s);
	place_free(&p);
}

/* More than a group waits: two groups, the order kept. */
static void
test_group_has_a_limit(void **state)
{
	struct caller busy, callers[GROUP + 8];
	struct errinfo ei = {0};
	unsigned numbers[GROUP + 8], commits;
	struct store *s = NULL;
	struct place p;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	for (unsigned i = 0; i < ARRAY_LEN(callers); i++) {
		numbers[i] = i + 1;
	}
	queue_up(&p, s, &busy, callers, ARRAY_LEN(callers), numbers);
	commits = hold_num_commits(&p);
	hold_end();
	join(&busy);
	for (unsigned i = 0; i < ARRAY_LEN(callers); i++) {
		join(&callers[i]);
		assert_ok(callers[i].err, &callers[i].ei);
		assert_int_equal(callers[i].position.number, 3 + i);
	}
	assert_int_equal(
	    hold_num_commits(&p), commits + (cluster_is_asked() ? 1 + 2 : 2));
	assert_audit_whole(s, 2 + ARRAY_LEN(callers));
	store_close(s);
	place_free(&p);
}

/* Twins in one group: the first has it, the second leaves nothing. */
static void
test_twins_in_one_group(void **state)
{
	const unsigned numbers[] = {5, 5, 6};
	struct caller busy, callers[3];
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	print_message("proves: I2\n");
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	queue_up(&p, s, &busy, callers, 3, numbers);
	hold_end();
	join(&busy);
	for (unsigned i = 0; i < 3; i++) {
		join(&callers[i]);
	}
	assert_int_equal(callers[0].err, ERR_OK);
	assert_int_equal(callers[1].err, ERR_CONFLICT);
	assert_int_equal(callers[2].err, ERR_OK);
	assert_int_equal(num_events(s, 5), 1);
	assert_audit_whole(s, 4);
	store_close(s);
	place_free(&p);
}

/*
 * A unit whose last statement fails takes back its first ones too; also when
 * what fails is the number of rows and not a constraint.
 */
static void
test_bad_unit_leaves_nothing(void **state)
{
	const struct id id = nth_id(1), other = nth_id(99);
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	struct unit u;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);

	unit_init(&u);
	add_certificate(&u, 1);
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&other),
	    V_TEXT("good"), V_TEXT("revoked"), V_INT(5));
	assert_int_equal(store_submit(s, &u, NULL, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "store.certificate.move");
	assert_string_equal(ei.object, "rows");
	unit_clear(&u);
	assert_false(has_certificate(s, 1));
	assert_int_equal(num_events(s, 1), 0);
	assert_audit_whole(s, 1);

	/* The near miss: the same with the right id. */
	add_certificate(&u, 1);
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id), V_TEXT("good"),
	    V_TEXT("revoked"), V_INT(5));
	assert_ok(store_submit(s, &u, NULL, &ei), &ei);
	unit_clear(&u);

	/* A state that is over: the table's rule, repeated by the database */
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id), V_TEXT("good"),
	    V_TEXT("revoked"), V_INT(6));
	assert_int_equal(store_submit(s, &u, NULL, &ei), ERR_CONFLICT);
	unit_clear(&u);

	/* A reference to nothing. */
	unit_add(&u, ST_REVOCATION_INSERT, EXPECT(1), V_ID(&other),
	    V_TEXT("test"), V_BLOB(SLICE_LIT("serial")), V_INT(9), V_INT(0),
	    V_INT(1), V_NULL, V_TEXT("actor"), V_NULL,
	    V_BLOB(SLICE_LIT("entry")));
	assert_int_equal(store_submit(s, &u, NULL, &ei), ERR_CONFLICT);
	assert_string_equal(ei.object, "reference");
	unit_clear(&u);

	/* What no caller should do: a state that does not exist. */
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id),
	    V_TEXT("revoked"), V_TEXT("lost"), V_INT(6));
	assert_int_equal(store_submit(s, &u, NULL, &ei), ERR_INTERNAL);
	assert_string_equal(ei.rule, "store.certificate.move");
	unit_clear(&u);

	/* EXPECT(0) and EXPECT_ANY */
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(0), V_ID(&id), V_TEXT("good"),
	    V_TEXT("revoked"), V_INT(6));
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT_ANY, V_ID(&id), V_TEXT("good"),
	    V_TEXT("revoked"), V_INT(6));
	assert_ok(store_submit(s, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_audit_whole(s, 2);
	store_close(s);
	place_free(&p);
}

/* Nobody else comes: the unit is committed at once. */
static void
test_lone_unit_does_not_wait(void **state)
{
	struct timespec before, after;
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;
	int64_t ms;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
	for (unsigned i = 1; i <= 50; i++) {
		assert_ok(put_certificate(s, i, NULL, &ei), &ei);
		assert_true(has_certificate(s, i));
	}
	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
	ms = (after.tv_sec - before.tv_sec) * 1000 +
	     (after.tv_nsec - before.tv_nsec) / 1000000;
	/* One sync each; any waiting for company would be 50 times it. */
	assert_true(hold_num_commits(&p) >= 50);
	assert_true(ms < 5000);
	store_close(s);
	place_free(&p);
}

/* store_close() while units wait: all of them are committed. */
struct closer {
	struct store *store;
	pthread_t thread;
};

static void *
close_store(void *arg)
{
	struct closer *c = arg;

	store_close(c->store);
	return NULL;
}

static void
test_close_drains(void **state)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	struct caller busy, callers[GROUP];
	struct errinfo ei = {0};
	unsigned numbers[GROUP];
	struct store *s = NULL;
	struct closer closer;
	struct place p;

	(void)state;
	fault_reset();
	place_new(&p);
	assert_ok(store_open(p.path, &on_fault, &s, &ei), &ei);
	for (unsigned i = 0; i < GROUP; i++) {
		numbers[i] = i + 1;
	}
	queue_up(&p, s, &busy, callers, GROUP, numbers);
	closer.store = s;
	assert_int_equal(
	    pthread_create(&closer.thread, NULL, close_store, &closer), 0);
	(void)nanosleep(&pause, NULL);
	hold_end();
	join(&busy);
	for (unsigned i = 0; i < GROUP; i++) {
		join(&callers[i]);
		assert_ok(callers[i].err, &callers[i].ei);
	}
	assert_int_equal(pthread_join(closer.thread, NULL), 0);

	assert_ok(store_open(p.path, NULL, &s, &ei), &ei);
	for (unsigned i = 1; i <= GROUP; i++) {
		assert_true(has_certificate(s, i));
	}
	assert_audit_whole(s, 2 + GROUP);
	store_close(s);
	place_free(&p);
}

/* Writers and readers, all at once, on fewer connections than threads. */
enum {
	BUSY_THREADS = 8,
	BUSY_UNITS = 25
};

struct worker {
	struct store *store;
	unsigned first;
	pthread_t thread;
	unsigned num_bad;
};

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct errinfo ei = {0};
	struct rows *rows;
	struct id id;

	for (unsigned i = 0; i < BUSY_UNITS; i++) {
		if (put_certificate(w->store, w->first + i, NULL, &ei) !=
		    ERR_OK) {
			w->num_bad++;
		}
		/* What this thread has committed, it sees. */
		id = nth_id(w->first + i);
		rows = NULL;
		if (store_query_one(w->store, ST_CERTIFICATE_GET, &rows, &ei,
			V_ID(&id)) != ERR_OK) {
			w->num_bad++;
		}
		rows_free(rows);
	}
	return NULL;
}

static void
test_many_threads(void **state)
{
	const struct store_options few = {.num_readers = 2};
	struct worker workers[BUSY_THREADS];
	struct errinfo ei = {0};
	struct store *s = NULL;
	struct place p;

	(void)state;
	place_new(&p);
	assert_ok(store_open(p.path, &few, &s, &ei), &ei);
	for (unsigned i = 0; i < BUSY_THREADS; i++) {
		workers[i] =
		    (struct worker){.store = s, .first = 1 + i * BUSY_UNITS};
		assert_int_equal(
		    pthread_create(&workers[i].thread, NULL, work, &workers[i]),
		    0);
	}
	for (unsigned i = 0; i < BUSY_THREADS; i++) {
		assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
		assert_int_equal(workers[i].num_bad, 0);
	}
	assert_audit_whole(s, 1 + BUSY_THREADS * BUSY_UNITS);
	store_close(s);
	place_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_number_17_conflicts),
	    cmocka_unit_test(test_group_has_a_limit),
	    cmocka_unit_test(test_twins_in_one_group),
	    cmocka_unit_test(test_bad_unit_leaves_nothing),
	    cmocka_unit_test(test_lone_unit_does_not_wait),
	    cmocka_unit_test(test_close_drains),
	    cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests(tests, store_test_start, store_test_end);
}
