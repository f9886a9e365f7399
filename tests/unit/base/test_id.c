/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/id.h"

static void
text_comes_back_and_sorts_by_time(void **state)
{
	static const uint8_t random[10] = {0xff, 1, 2, 3, 4, 5, 6, 7, 8, 0xff};
	struct id early, late, back;
	char a[ID_TEXT_SIZE], b[ID_TEXT_SIZE];

	(void)state;
	id_make(&early, 1795356309000, random);
	id_make(&late, 1795356309001, random);
	id_text(&early, "app", a);
	id_text(&late, "app", b);
	assert_int_equal(strlen(a), 3 + 1 + 26);
	assert_true(strcmp(a, b) < 0);
	assert_true(id_parse(slice_str(a), "app", &back));
	assert_true(id_eq(&back, &early));
	assert_false(id_eq(&back, &late));
	assert_true(id_from_slice(id_slice(&early), &back));
	assert_false(id_from_slice(SLICE_LIT("short"), &back));
}

static void
only_the_canonical_text_is_an_id(void **state)
{
	static const char *const bad[] = {
	    "",
	    "app",
	    "app_",
	    "frm_00000000000000000000000000",
	    "app-00000000000000000000000000",
	    "app_0000000000000000000000000",
	    "app_000000000000000000000000000",
	    "app_0000000000000000000000000U",
	    "app_0000000000000000000000000l",
	    /* padding bits set */
	    "app_00000000000000000000000001",
	};
	struct id id;

	(void)state;
	assert_true(
	    id_parse(slice_str("app_00000000000000000000000000"), "app", &id));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(id_parse(slice_str(bad[i]), "app", &id));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_comes_back_and_sorts_by_time),
	    cmocka_unit_test(only_the_canonical_text_is_an_id),
	};

	return cmocka_run_group_tests_name("base/id", tests, NULL, NULL);
}
