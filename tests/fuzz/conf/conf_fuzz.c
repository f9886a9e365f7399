/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: either a report with at least one line and no result, or a file
 * whose every setting answers within its bounds.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "conf/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = {"one", "two", NULL};
static const struct conf_setting inner[] = {
    {.name = "n", .type = CONF_INT, .min = -5, .max = 5},
    {.name = "t", .type = CONF_TEXT, .required = true, .min = 1, .max = 9},
    {0},
};
static const struct conf_setting settings[] = {
    {.name = "n", .type = CONF_INT, .min = 1, .max = 5000000000},
    {.name = "b", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "t", .type = CONF_TEXT, .fallback = "x"},
    {.name = "k", .type = CONF_CHOICE, .choices = kinds},
    {.name = "l", .type = CONF_TEXTS, .max = 4},
    {.name = "g", .type = CONF_GROUP, .members = inner},
    {.name = "gs", .type = CONF_GROUPS, .max = 3, .members = inner},
    {0},
};

static void
must(bool good)
{
	if (!good) {
		abort();
	}
}

static void
ask(const struct conf *conf)
{
	struct conf_cursor root = conf_root(conf);

	if (conf_has(root, "n")) {
		must(conf_int(root, "n") >= 1);
		must(conf_int(root, "n") <= 5000000000);
	}
	(void)conf_bool(root, "b");
	must(text_is_utf8(slice_str(conf_text(root, "t"))));
	must(conf_choice(root, "k") <= 2);
	must(conf_len(root, "l") <= 4);
	for (size_t i = 0; i < conf_len(root, "l"); i++) {
		must(text_is_clean(slice_str(conf_text_at(root, "l", i))));
	}
	must(conf_int(root, "g.n") >= -5 && conf_int(root, "g.n") <= 5);
	must(conf_len(root, "gs") <= 3);
	for (size_t i = 0; i < conf_len(root, "gs"); i++) {
		struct conf_cursor c = conf_group_at(root, "gs", i);

		must(strlen(conf_text(c, "t")) <= 9);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf *conf = NULL;
	struct conf_report report;
	struct errinfo ei = {0};
	enum err e;

	conf_report_init(&report);
	e = conf_parse(
	    slice_make(data, size), "fuzz", settings, &conf, &report, &ei);
	must((e == ERR_OK) == (conf != NULL));
	must((e == ERR_OK) == (report.num_lines == 0));
	must(text_is_utf8(slice_str(conf_report_text(&report))));
	if (conf != NULL) {
		ask(conf);
	} else {
		must(ei.kind == e && ei.rule[0] != '\0');
	}
	conf_free(conf);
	conf_report_clear(&report);
	return 0;
}
