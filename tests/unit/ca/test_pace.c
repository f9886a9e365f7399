/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/bounds.h"
#include "ca/pace.h"
#include "signer/settings.h"

enum {
	DAY_MS = 24 * 3600 * 1000,
	START_MS = 1000,
	KICK_MS = 500,
};

static int
take_all(struct pace *p, int64_t now_ms)
{
	int num = 0;

	while (pace_take(p, now_ms)) {
		num++;
	}
	return num;
}

static void
test_burst(void **state)
{
	struct pace p = {0};

	(void)state;
	assert_int_equal(take_all(&p, START_MS), PACE_AT_ONCE);
	assert_false(pace_take(&p, START_MS + PACE_EVERY_MS - 1));
	assert_true(pace_take(&p, START_MS + PACE_EVERY_MS));
	assert_false(pace_take(&p, START_MS + PACE_EVERY_MS));
	/* What was saved up while nothing happened is no more than a burst. */
	assert_int_equal(take_all(&p, START_MS + 10 * DAY_MS), PACE_AT_ONCE);
}

/* Whoever revokes twice a second for a day leaves the signer some lists for
 * those that are made on schedule. */
static void
test_day(void **state)
{
	struct pace p = {0};
	int num = 0;

	(void)state;
	for (int64_t at = START_MS; at < START_MS + DAY_MS; at += KICK_MS) {
		num += pace_take(&p, at);
	}
	assert_in_range(num, PACE_AT_ONCE + DAY_MS / PACE_EVERY_MS - 1,
	    SIGNER_CRL_CEILING_DEFAULT * 4 / 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_burst),
	    cmocka_unit_test(test_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
