/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "metrics/text.h"

static void
expect(struct buf *out, const char *want)
{
	assert_string_equal(buf_cstr(out), want);
	buf_clear(out);
}

static void
samples(void **state)
{
	const struct metrics_label labels[] = {
	    {"ca", "one"}, {"text", "a\"b\\c\nd"}, {NULL, NULL}};
	struct buf out = BUF_INIT(4096);

	(void)state;
	metrics_head(&out, "x_total", METRICS_COUNTER, "How many.");
	metrics_int(&out, "x_total", NULL, 7);
	metrics_int(&out, "x_total", labels, -7);
	expect(&out, "# HELP x_total How many.\n# TYPE x_total counter\n"
		     "x_total 7\n"
		     "x_total{ca=\"one\",text=\"a\\\"b\\\\c\\nd\"} -7\n");
}

static void
fractions(void **state)
{
	static const struct {
		int64_t value;
		int64_t scale;
		const char *want;
	} cases[] = {
	    {0, 1000000, "y 0\n"},
	    {1, 1000000, "y 0.000001\n"},
	    {1500000, 1000000, "y 1.5\n"},
	    {1050, 1000, "y 1.05\n"},
	    {-1050, 1000, "y -1.05\n"},
	    {-50, 1000, "y -0.05\n"},
	    {INT64_MAX, 1, "y 9223372036854775807\n"},
	    {20000, 1000, "y 20\n"},
	};
	struct buf out = BUF_INIT(4096);

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		metrics_scaled(&out, "y", NULL, cases[i].value, cases[i].scale);
		expect(&out, cases[i].want);
	}
}

static void
histograms(void **state)
{
	static const int64_t bounds[] = {500, 1000000};
	const struct metrics_label labels[] = {{"ca", "one"}, {NULL, NULL}};
	struct buf out = BUF_INIT(4096);
	struct histogram h;

	(void)state;
	histogram_init(&h, bounds, ARRAY_LEN(bounds));
	histogram_add(&h, 400);
	histogram_add(&h, 500);
	histogram_add(&h, 600);
	histogram_add(&h, 3000000);
	metrics_histogram(&out, "t", labels, &h, 1000000);
	expect(&out, "t_bucket{ca=\"one\",le=\"0.0005\"} 2\n"
		     "t_bucket{ca=\"one\",le=\"1\"} 3\n"
		     "t_bucket{ca=\"one\",le=\"+Inf\"} 4\n"
		     "t_sum{ca=\"one\"} 3.0015\n"
		     "t_count{ca=\"one\"} 4\n");
}

static void
families(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct family f;

	(void)state;
	family_init(&f);
	metrics_family(&out, "z_total", "None.", &f, "a", NULL);
	expect(&out, "# HELP z_total None.\n# TYPE z_total counter\n");
	family_count(&f, "one", "two");
	family_count(&f, "one", "two");
	atomic_store(&f.other, 3);
	metrics_family(&out, "z_total", "Pairs.", &f, "a", "b");
	expect(&out, "# HELP z_total Pairs.\n# TYPE z_total counter\n"
		     "z_total{a=\"one\",b=\"two\"} 2\n"
		     "z_total{a=\"other\",b=\"other\"} 3\n");
	family_clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(samples),
	    cmocka_unit_test(fractions),
	    cmocka_unit_test(histograms),
	    cmocka_unit_test(families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
