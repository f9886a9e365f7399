/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "desk.h"
#include "registry/idem.h"
#include "registry/registry_priv.h"

static struct idem_request
request(const char *key, uint8_t body)
{
	return (struct idem_request){
	    .account = "op_1",
	    .operation = "POST /v1/people",
	    .key = slice_str(key),
	    .body_sha256 = {body},
	};
}

#define KEY "0123456789abcdef"

static struct idem_answer
answer(const char *body)
{
	return (struct idem_answer){
	    .status = 201,
	    .content_type = "application/json",
	    .body = slice_str(body),
	};
}

static void
test_replay(void **state)
{
	struct desk *d = *state;
	struct idem *i = NULL;
	struct idem_request r = request(KEY, 1);
	struct idem_request other = request(KEY, 2);
	struct idem_answer a = answer("{\"id\":1}");
	struct idem_ticket *t = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};
	struct unit u;

	print_message("proves: I2\n");
	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_non_null(t);
	unit_init(&u);
	idem_add_done(&u, t, &a, TEST_NOW);
	assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	idem_end(t);

	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_null(t);
	assert_int_equal(s.status, 201);
	assert_string_equal(s.content_type, "application/json");
	assert_true(slice_eq_str(slice_make(s.body, s.body_len), "{\"id\":1}"));
	idem_stored_clear(&s);
	assert_rule(
	    idem_begin(i, &other, &t, &s, &ei), ERR_CONFLICT, "idem.body", &ei);

	/* Another account or operation is another record. */
	r.account = "op_2";
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_non_null(t);
	idem_end(t);

	/* Kept for 30 days. */
	r.account = "op_1";
	fixture_pass(d->f, IDEM_KEEP_SEC);
	assert_ok(idem_sweep(i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_null(t);
	idem_stored_clear(&s);
	fixture_pass(d->f, 1);
	assert_ok(idem_sweep(i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_non_null(t);
	idem_end(t);
	idem_free(i);
}

static void
test_keys(void **state)
{
	static const char *const bad[] = {"", "0123456789abcde",
	    "0123456789abcde f", "0123456789abcde\x7f",
	    "01234567890123456789012345678901234567890123456789012345678901234",
	    "ключ-ключ-ключ-ключ"};
	struct desk *d = *state;
	struct idem *i = NULL;
	struct idem_request r;
	struct idem_ticket *t = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};
	size_t k;

	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	for (k = 0; k < ARRAY_LEN(bad); k++) {
		r = request(bad[k], 1);
		assert_rule(idem_begin(i, &r, &t, &s, &ei), ERR_FORMAT,
		    "idem.key", &ei);
	}
	idem_free(i);
}

/* The answer is a certificate; one that is adopted is no answer to what has
 * one. */
static void
test_certificate(void **state)
{
	struct desk *d = *state;
	struct idem *i = NULL;
	struct idem_request r = request(KEY, 1), again;
	const struct id first = desk_id(d), second = desk_id(d);
	struct idem_ticket *t = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};
	struct unit u;

	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	idem_request_of(t, &again);
	assert_string_equal(again.account, r.account);
	assert_string_equal(again.operation, r.operation);
	assert_true(slice_eq(again.key, r.key));
	assert_memory_equal(
	    again.body_sha256, r.body_sha256, sizeof(r.body_sha256));
	unit_init(&u);
	idem_add_issued(&u, t, 201, &first, TEST_NOW);
	idem_add_adopted(&u, &r, 201, &second, TEST_NOW);
	assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	idem_end(t);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_null(t);
	assert_int_equal(s.status, 201);
	assert_true(s.is_certificate && id_eq(&s.certificate, &first));
	idem_stored_clear(&s);

	r.account = "op_2";
	idem_add_adopted(&u, &r, 201, &second, TEST_NOW);
	assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_null(t);
	assert_true(s.is_certificate && id_eq(&s.certificate, &second));
	idem_stored_clear(&s);
	idem_free(i);
}

struct twin {
	struct desk *d;
	struct idem *i;
	uint8_t body;
	unsigned fail; /* how many of the first workers fail */
	unsigned *worked;
	pthread_mutex_t *lock;
	enum err err;
	char rule[ERRINFO_RULE];
	char got[64];
};

static void
work(struct twin *t, struct idem_ticket *ticket)
{
	struct timespec nap = {0, 30000000};
	struct idem_answer a;
	struct errinfo ei = {0};
	struct unit u;
	char body[64];
	unsigned n;

	pthread_mutex_lock(t->lock);
	n = ++*t->worked;
	pthread_mutex_unlock(t->lock);
	nanosleep(&nap, NULL);
	snprintf(body, sizeof(body), "worker %u", n);
	if (n > t->fail) {
		unit_init(&u);
		a = answer(body);
		idem_add_done(&u, ticket, &a, TEST_NOW);
		t->err = store_submit(t->d->f->store, &u, NULL, &ei);
		unit_clear(&u);
		memcpy(t->got, body, sizeof(body));
	} else {
		t->err = ERR_STORE;
	}
	idem_end(ticket);
}

static void *
twin_run(void *arg)
{
	struct twin *t = arg;
	struct idem_request r = request(KEY, t->body);
	struct idem_ticket *ticket = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};

	t->err = idem_begin(t->i, &r, &ticket, &s, &ei);
	if (t->err != ERR_OK) {
		memcpy(t->rule, ei.rule, sizeof(t->rule));
	} else if (ticket != NULL) {
		work(t, ticket);
	} else {
		memcpy(t->got, s.body, s.body_len);
		idem_stored_clear(&s);
	}
	return NULL;
}

enum {
	TWINS = 8
};

static void
twins(struct desk *d, struct twin out[TWINS], unsigned fail, bool last_differs,
    unsigned *worked)
{
	pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	pthread_t threads[TWINS];
	struct idem *i = NULL;
	struct errinfo ei = {0};
	size_t k;

	*worked = 0;
	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	for (k = 0; k < TWINS; k++) {
		out[k] = (struct twin){.d = d,
		    .i = i,
		    .body = last_differs && k == TWINS - 1 ? 2 : 1,
		    .fail = fail,
		    .worked = worked,
		    .lock = &lock};
		assert_int_equal(
		    pthread_create(&threads[k], NULL, twin_run, &out[k]), 0);
		if (k == 0 || k == TWINS - 2) {
			struct timespec nap = {0, 5000000};

			nanosleep(&nap, NULL);
		}
	}
	for (k = 0; k < TWINS; k++) {
		assert_int_equal(pthread_join(threads[k], NULL), 0);
	}
	idem_free(i);
}

static void
test_twins(void **state)
{
	struct desk *d = *state;
	struct twin t[TWINS];
	unsigned worked;
	size_t k;

	print_message("proves: I2\n");
	twins(d, t, 0, true, &worked);
	assert_int_equal(worked, 1);
	for (k = 0; k < TWINS - 1; k++) {
		assert_int_equal(t[k].err, ERR_OK);
		assert_string_equal(t[k].got, "worker 1");
	}
	assert_int_equal(t[TWINS - 1].err, ERR_CONFLICT);
	assert_string_equal(t[TWINS - 1].rule, "idem.body");
}

/* The first two fail: the third does it, everybody after gets its bytes. */
static void
test_twins_failing(void **state)
{
	struct desk *d = *state;
	struct twin t[TWINS];
	unsigned worked;
	unsigned failed = 0;
	size_t k;

	twins(d, t, 2, false, &worked);
	assert_int_equal(worked, 3);
	for (k = 0; k < TWINS; k++) {
		if (t[k].err == ERR_STORE) {
			failed++;
		} else {
			assert_int_equal(t[k].err, ERR_OK);
			assert_string_equal(t[k].got, "worker 3");
		}
	}
	assert_int_equal(failed, 2);
}

static void *
wait_for_twin(void *arg)
{
	struct idem *i = arg;
	struct idem_request r = request(KEY, 1);
	struct idem_ticket *t = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};

	assert_rule(
	    idem_begin(i, &r, &t, &s, &ei), ERR_AGAIN, "idem.pending", &ei);
	return NULL;
}

/* While it is not known whether it was done nobody else does it, and nobody
 * waits for it. */
static void
test_doubt(void **state)
{
	struct timespec nap = {0, 30000000};
	struct desk *d = *state;
	struct idem *i = NULL;
	struct idem_request r = request(KEY, 1), other = request(KEY, 2);
	struct idem_ticket *t = NULL, *mine = NULL;
	struct idem_stored s = {0};
	struct errinfo ei = {0};
	pthread_t twin;

	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_int_equal(pthread_create(&twin, NULL, wait_for_twin, i), 0);
	nanosleep(&nap, NULL);
	idem_doubt(t);
	assert_int_equal(pthread_join(twin, NULL), 0);
	(void)wait_for_twin(i);
	assert_rule(idem_begin(i, &other, &mine, &s, &ei), ERR_CONFLICT,
	    "idem.body", &ei);
	idem_end(t);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_non_null(t);
	idem_end(t);
	idem_free(i);
}

/* The record lies in the unit of the act itself: both or neither. */
static void
test_with_act(void **state)
{
	struct desk *d = *state;
	struct idem *i = NULL;
	struct idem_request r = request(KEY, 1);
	struct idem_ticket *t = NULL;
	struct idem_stored s = {0};
	struct act act = d->operator;
	struct person_data bad = seed_person;
	struct errinfo ei = {0};
	struct id id = desk_id(d);

	assert_ok(idem_new(d->f->store, &d->f->clock, &i, &ei), &ei);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	act.ticket = t;
	act.answer = answer("made");
	bad.snils = "07500122106";
	assert_int_equal(
	    record_create(&person_kind, &d->r, &act, &id, &bad, &ei),
	    ERR_FORMAT);
	idem_end(t);
	/* Nothing was recorded: the same key may do it right. */
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_non_null(t);
	act.ticket = t;
	assert_ok(
	    record_create(&person_kind, &d->r, &act, &id, &seed_person, &ei),
	    &ei);
	/* As another process would: the record is there, its unit fails. */
	id = desk_id(d);
	assert_rule(
	    record_create(&person_kind, &d->r, &act, &id, &seed_person, &ei),
	    ERR_CONFLICT, "store.idem.insert", &ei);
	assert_int_equal(fixture_count(d->f, "SELECT count(*) FROM person"), 1);
	idem_end(t);
	assert_ok(idem_begin(i, &r, &t, &s, &ei), &ei);
	assert_null(t);
	assert_true(slice_eq_str(slice_make(s.body, s.body_len), "made"));
	idem_stored_clear(&s);
	idem_free(i);
}

#define desk_test(t)                                                           \
	cmocka_unit_test_setup_teardown(t, desk_setup, desk_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    desk_test(test_replay),
	    desk_test(test_keys),
	    desk_test(test_certificate),
	    desk_test(test_doubt),
	    desk_test(test_twins),
	    desk_test(test_twins_failing),
	    desk_test(test_with_act),
	};

	return cmocka_run_group_tests_name("registry/idem", tests, NULL, NULL);
}
