/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "subject/region.h"

static const struct {
	const char *in;
	const char *want; /* NULL: refused by the rule */
	const char *rule;
} cases[] = {
    {"66 Свердловская область", "66 Свердловская область", NULL},
    {"66", "66 Свердловская область", NULL},
    {"66  свердловская ОБЛАСТЬ ", "66 Свердловская область", NULL},
    {"77 Москва", "77 г. Москва", NULL},
    {"77 г. Москва", "77 г. Москва", NULL},
    {"86 Ханты-Мансийский автономный округ \xe2\x80\x93 Югра",
	"86 Ханты-Мансийский автономный округ - Югра", NULL},
    {"99 Байконур", "99 Байконур", NULL},
    {"99  Иные   территории", "99 Иные территории", NULL},
    {"66 Московская область", NULL, "subject.region.name"},
    {"99", NULL, "subject.region.name"},
    {"Свердловская область", NULL, "subject.region.form"},
    {"66Свердловская область", NULL, "subject.region.form"},
    {"066 Свердловская область", NULL, "subject.region.form"},
    {"00 Москва", NULL, "subject.region.form"},
    {"6", NULL, "subject.region.form"},
    {"", NULL, "subject.region.form"},
    {"66\tСвердловская область", NULL, "subject.region.form"},
    {"66 \xff", NULL, "subject.region.form"},
};

static void
regions_are_normalised_or_refused_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf out = BUF_INIT(1000);
		struct errinfo ei = {0};
		enum err err =
		    region_normalise(slice_str(cases[i].in), &out, &ei);

		if (cases[i].want != NULL) {
			assert_string_equal(buf_cstr(&out), cases[i].want);
			assert_int_equal(err, ERR_OK);
		} else {
			if (err != ERR_FORMAT) {
				fail_msg("\"%s\" was taken", cases[i].in);
			}
			assert_string_equal(ei.rule, cases[i].rule);
			assert_string_equal(ei.object, "region");
			assert_int_equal(out.len, 0);
		}
		buf_clear(&out);
	}
	print_message("proves: A4\n");
}

/* The names that the state's own certificates carry are ours. */
static void
the_table_agrees_with_real_certificates(void **state)
{
	const char *dir = getenv("SURGUCH_REFERENCE_DATA");
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	char path[4096];
	char line[512];
	size_t num = 0;
	FILE *f;

	(void)state;
	if (dir != NULL) {
		(void)snprintf(path, sizeof(path), "%s/gost/regions.tsv", dir);
	} else {
		(void)snprintf(path, sizeof(path),
		    "%s/../shared/data/gost/regions.tsv",
		    root != NULL ? root : ".");
	}
	f = fopen(path, "re");
	if (f == NULL) {
		print_message("reference data absent: regions.tsv\n");
		skip();
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		char *name = strchr(line, '\t');
		char *end = name != NULL ? strchr(name + 1, '\t') : NULL;
		struct buf ours = BUF_INIT(SUBJECT_TEXT_MAX);
		struct errinfo ei;

		if (line[0] == '#' || end == NULL) {
			continue;
		}
		*name = '\0';
		*end = '\0';
		assert_ok(region_normalise(slice_str(line), &ours, &ei), &ei);
		*name = ' ';
		assert_string_equal(buf_cstr(&ours), line);
		buf_clear(&ours);
		num++;
	}
	(void)fclose(f);
	assert_int_equal(num, 81);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(regions_are_normalised_or_refused_by_name),
	    cmocka_unit_test(the_table_agrees_with_real_certificates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
