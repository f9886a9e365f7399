/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/buf.h"
#include "base/sms.h"

/* `what`, so many times. */
static struct sms_size
size_of(const char *what, size_t times, const char *tail)
{
	struct buf b = BUF_INIT(65536);
	struct sms_size size;

	for (size_t i = 0; i < times; i++) {
		buf_add_str(&b, what);
	}
	buf_add_str(&b, tail);
	size = sms_size(buf_slice(&b));
	buf_clear(&b);
	return size;
}

static void
parts_are_counted_as_operators_do(void **state)
{
	static const struct {
		const char *what;
		size_t times;
		const char *tail;
		bool wide;
		size_t units;
		unsigned parts;
	} cases[] = {
	    {"", 0, "", false, 0, 1},
	    {"a", 160, "", false, 160, 1},
	    {"a", 161, "", false, 161, 2},
	    {"a", 306, "", false, 306, 2},
	    {"a", 307, "", false, 307, 3},
	    {"я", 70, "", true, 70, 1},
	    {"я", 71, "", true, 71, 2},
	    {"я", 134, "", true, 134, 2},
	    {"я", 135, "", true, 135, 3},
	    /* One letter makes all of it wide. */
	    {"a", 70, "я", true, 71, 2},
	    {"a", 100, "«", true, 101, 2},
	    /* The extension counts as two, and is not cut in two. */
	    {"€", 80, "", false, 160, 1},
	    {"[", 80, "a", false, 161, 2},
	    {"{", 152, "", false, 304, 2},
	    {"a", 152, "{aaaaaaaa", false, 162, 2},
	    {"{", 153, "", false, 306, 3},
	    {"@", 160, "", false, 160, 1},
	    {"é", 160, "", false, 160, 1},
	    {"ç", 1, "", true, 1, 1},
	    {"`", 1, "", true, 1, 1},
	    {"\t", 1, "", true, 1, 1},
	    /* A pair of surrogates is two and stays together. */
	    {"😀", 35, "", true, 70, 1},
	    {"😀", 36, "", true, 72, 2},
	    {"😀", 66, "", true, 132, 2},
	    {"😀", 67, "", true, 134, 3},
	    {"\xff", 3, "", true, 3, 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct sms_size size =
		    size_of(cases[i].what, cases[i].times, cases[i].tail);

		if (size.wide != cases[i].wide ||
		    size.units != cases[i].units ||
		    size.parts != cases[i].parts) {
			fail_msg("case %zu: wide %d, %zu units, %u parts", i,
			    size.wide, size.units, size.parts);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_are_counted_as_operators_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
