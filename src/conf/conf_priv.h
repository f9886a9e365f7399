/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONF_CONF_PRIV_H
#define SURGUCH_CONF_CONF_PRIV_H
/* Shared by conf.c, check.c and report.c only. */
#include <stdarg.h>

#include <libconfig.h>

#include "conf/conf.h"

enum {
	CONF_TEXT_DEFAULT_MAX = 1024,
	CONF_ITEMS_DEFAULT_MAX = 256,
};

struct conf {
	config_t config;
	const struct conf_setting *settings;
	char *name; /* of the file */
	bool some;  /* others read what the table does not name */
};

/* NULL when the table has no such name. */
const struct conf_setting *conf_find(
    const struct conf_setting *settings, const char *name, size_t name_len);

/* Add "file:line: path: text"; report may be NULL. */
void conf_report_add(struct conf_report *report, const struct conf *conf,
    const config_setting_t *node, const char *member, const char *fmt,
    va_list ap) ATTR_PRINTF(5, 0);

/* Add ready lines that stand for num_lines: whole, or only their number. */
void conf_report_append(
    struct conf_report *report, struct slice lines, size_t num_lines);

/* Every value of the file against the table. */
void conf_check(const struct conf *conf, struct conf_report *report);

#endif
