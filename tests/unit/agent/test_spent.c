/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "agent/spent.h"
#include "base/bounds.h"
#include "crypto/init.h"
#include "os/file.h"
#include "scratch/scratch.h"
#include "x509/page_order.h"

enum {
	NOW = 1767225600
};

static char dir[PATH_TEXT_SIZE];

static struct spent *
open_it(void)
{
	struct spent *s = NULL;
	struct errinfo ei = {0};

	assert_ok(spent_open(dir, &s, &ei), &ei);
	return s;
}

static enum err
use(struct spent *s, uint16_t n, int64_t until, int64_t now, struct errinfo *ei)
{
	uint8_t nonce[PAGE_ORDER_ID] = {(uint8_t)(n >> 8), (uint8_t)n};

	return spent_use(s, slice_make(nonce, sizeof(nonce)), until, now, ei);
}

static void
test_once(void **state)
{
	struct spent *s = open_it();
	struct errinfo ei = {0};

	(void)state;
	assert_ok(use(s, 1, NOW + 100, NOW, &ei), &ei);
	assert_int_equal(use(s, 1, NOW + 100, NOW, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "order.replayed");
	assert_ok(use(s, 2, NOW + 100, NOW, &ei), &ei);
	spent_free(s);
	/* A restart does not forget. */
	s = open_it();
	assert_int_equal(use(s, 1, NOW + 100, NOW + 50, &ei), ERR_CONFLICT);
	assert_int_equal(use(s, 2, NOW + 100, NOW + 100, &ei), ERR_CONFLICT);
	/* What has expired could not be used anyway. */
	assert_ok(use(s, 1, NOW + 300, NOW + 101, &ei), &ei);
	spent_free(s);
}

static void
test_full(void **state)
{
	struct spent *s = open_it();
	struct errinfo ei = {0};
	enum err e = ERR_OK;
	unsigned n = 0;

	(void)state;
	while (e == ERR_OK && n <= AGENT_SPENT_MAX) {
		e = use(s, (uint16_t)(1000 + n++), NOW + 5000, NOW + 1000, &ei);
	}
	assert_int_equal(e, ERR_LIMIT);
	assert_string_equal(ei.rule, "order.many");
	assert_int_equal(n, AGENT_SPENT_MAX + 1);
	/* None that was used is forgotten for it. */
	assert_int_equal(
	    use(s, 1000, NOW + 5000, NOW + 1000, &ei), ERR_CONFLICT);
	spent_free(s);
	s = open_it();
	assert_int_equal(
	    use(s, 1000 + AGENT_SPENT_MAX - 1, NOW + 5000, NOW + 1000, &ei),
	    ERR_CONFLICT);
	spent_free(s);
}

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	scratch_open("spent", dir);
	return crypto_init(&ei) == ERR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_close(dir);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_once),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
