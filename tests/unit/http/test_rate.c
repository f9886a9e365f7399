/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "http/rate.h"

enum {
	PER_MIN = 6
};

static int64_t now_ms = 1000;

static int64_t
now(void *arg)
{
	(void)arg;
	return now_ms;
}

static const struct clock stopped = {now, now, NULL};

static unsigned
taken(struct rate *r, const char *address, unsigned tries)
{
	unsigned num = 0;

	for (unsigned i = 0; i < tries; i++) {
		struct errinfo ei = {0};
		enum err e = rate_take(r, address, &ei);

		if (e != ERR_OK) {
			assert_int_equal(e, ERR_LIMIT);
			assert_string_equal(ei.rule, "limit.public");
		}
		num += e == ERR_OK;
	}
	return num;
}

static void
so_many_a_minute(void **state)
{
	struct rate *r = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(rate_new(PER_MIN, &stopped, &r, &ei), &ei);
	assert_int_equal(taken(r, "192.0.2.1", 20), PER_MIN);
	/* Others have their own. */
	assert_int_equal(taken(r, "192.0.2.2", 20), PER_MIN);
	now_ms += 10000; /* one more */
	assert_int_equal(taken(r, "192.0.2.1", 20), 1);
	now_ms += 9999;
	assert_int_equal(taken(r, "192.0.2.1", 20), 0);
	now_ms += 1;
	assert_int_equal(taken(r, "192.0.2.1", 20), 1);
	/* What is not used is not kept. */
	now_ms += 3600 * 1000;
	assert_int_equal(taken(r, "192.0.2.1", 20), PER_MIN);
	rate_free(r);
}

static void
a_network_of_ipv6_is_one(void **state)
{
	struct rate *r = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(rate_new(PER_MIN, &stopped, &r, &ei), &ei);
	assert_int_equal(taken(r, "2001:db8:0:1:2:3:4:5", 20), PER_MIN);
	assert_int_equal(taken(r, "2001:db8:0:1:9:9:9:9", 20), 0);
	assert_int_equal(taken(r, "2001:db8:0:2:2:3:4:5", 20), PER_MIN);
	assert_int_equal(taken(r, "", 20), PER_MIN);
	rate_free(r);
	rate_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(so_many_a_minute),
	    cmocka_unit_test(a_network_of_ipv6_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
