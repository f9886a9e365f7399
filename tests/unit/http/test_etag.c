/* SPDX-License-Identifier: Apache-2.0 */
/* Entity tags, and who has shown one. */
#include "unit.h"

#include "http/etag.h"

static const uint8_t hash[ETAG_BYTES] = {
    0x00, 0x01, 0xab, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x9f};
static const char want[] = "\"0001abff10000000000000000000009f\"";

static void
a_tag_is_quoted_hex(void **state)
{
	char tag[ETAG_SIZE];

	(void)state;
	etag_text(hash, tag);
	assert_string_equal(tag, want);
}

static void
who_shows_it_has_it(void **state)
{
	static const struct {
		const char *value;
		bool known;
	} cases[] = {
	    {NULL, false},
	    {"", false},
	    {"*", true},
	    {"\"0001abff10000000000000000000009f\"", true},
	    {"W/\"0001abff10000000000000000000009f\"", true},
	    {"\"x\", \"0001abff10000000000000000000009f\", \"y\"", true},
	    {"0001abff10000000000000000000009f", false},
	    {"\"0001abff10000000000000000000009e\"", false},
	    {"\"10001abff10000000000000000000009f\"", false},
	    {"\"x\", \"y\"", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(
		    etag_is_known(want, cases[i].value), cases[i].known);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tag_is_quoted_hex),
	    cmocka_unit_test(who_shows_it_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
