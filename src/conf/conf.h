/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONF_CONF_H
#define SURGUCH_CONF_CONF_H
/*
 * Configuration files, through libconfig.  The caller describes every setting
 * in a table; conf_read() checks the whole file against it and reports all
 * errors at once, each with file and line: unknown settings, missing ones,
 * wrong types, values out of bounds.  Duplicate names and @include are
 * refused.  After success the getters cannot fail: a setting that the file
 * leaves out has its default.  The result is immutable and may be read by any
 * thread.
 *
 *	static const struct conf_setting ca_settings[] = {
 *		{.name = "name", .type = CONF_TEXT, .required = true,
 *		    .min = 1, .max = 64},
 *		{.name = "days", .type = CONF_INT, .min = 1, .max = 7300,
 *		    .fallback_int = 365},
 *		{.name = "urls", .type = CONF_TEXTS, .max = 8},
 *		{.name = "limits", .type = CONF_GROUP, .members = limits},
 *		{.name = "attributes", .type = CONF_GROUPS, .max = 64,
 *		    .members = attribute_settings},
 *		{0},
 *	};
 *
 * In the file: a TEXTS is an array or list of strings, ["a", "b"]; a GROUPS
 * is a list of groups, ( {...}, {...} ).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	CONF_NAME_SIZE = 64 /* of an array for a name, with its NUL */
};

enum conf_type {
	CONF_END,    /* ends a table */
	CONF_TEXT,   /* min..max bytes; clean UTF-8 (base/text.h) or "" */
	CONF_CHOICE, /* a text that must be one of `choices` */
	CONF_INT,    /* min..max */
	CONF_BOOL,
	CONF_TEXTS,  /* min..max items, none empty */
	CONF_GROUP,  /* members */
	CONF_GROUPS, /* min..max groups of members */
	CONF_TYPE_MAX_
};

/*
 * name      without dots
 * required  the file must hold it (inside an absent optional group nothing is
 *           required)
 * min, max  see enum conf_type; when both are 0: TEXT and each of TEXTS up to
 *           1,024 bytes, INT any value, lists up to 256 items
 * fallback  TEXT and CHOICE: the value when absent; NULL allowed
 * check     TEXT and each of TEXTS: optional further test; NULL when the value
 *           is good, else what is wrong with it ("is no http address"),
 *           static text that continues "NAME ..."
 */
struct conf_setting {
	const char *name;
	enum conf_type type;
	bool required;
	bool fallback_bool;
	int64_t min;
	int64_t max;
	const char *fallback;
	int64_t fallback_int;
	const char *const *choices;         /* ends with NULL */
	const struct conf_setting *members; /* ends with {0} */
	const char *(*check)(const char *value);
};

/* What was wrong, one "file:line: text" a line, in the file's order. */
struct conf_report {
	struct buf text;
	size_t num_lines; /* also counts what no longer fitted */
};

void conf_report_init(struct conf_report *report);
void conf_report_clear(struct conf_report *report);
/* The lines, each ending with '\n'; "" when there are none. */
const char *conf_report_text(struct conf_report *report);

struct conf;

/*
 * Read and check the file at `path` (at most CONF_BYTES_MAX bytes).  `report`
 * may be NULL.  Errors: SYS, NOTFOUND or LIMIT when the file cannot be read;
 * FORMAT with rule "conf.syntax" (it is no configuration file: the first error
 * only) or "conf.values" (errinfo.text is the report's first line and the
 * count of the others).  The caller owns *out; `settings` must outlive it.
 */
ATTR_MUST_USE enum err conf_read(const char *path,
    const struct conf_setting *settings, struct conf **out,
    struct conf_report *report, struct errinfo *ei);
/* The same from memory; `name` stands for the file in messages. */
ATTR_MUST_USE enum err conf_parse(struct slice text, const char *name,
    const struct conf_setting *settings, struct conf **out,
    struct conf_report *report, struct errinfo *ei);
/* The same for a reader of some of the file's settings: those at the top that
 * the table does not name are another reader's. */
ATTR_MUST_USE enum err conf_parse_some(struct slice text, const char *name,
    const struct conf_setting *settings, struct conf **out,
    struct conf_report *report, struct errinfo *ei);
void conf_free(struct conf *conf);

/*
 * A group of the file: the root, a GROUP or one of GROUPS.  Small, copied by
 * value, borrowed from the struct conf.
 */
struct conf_cursor {
	const struct conf *conf;
	const struct conf_setting *settings;
	const void *node; /* NULL: the group is absent, defaults apply */
};

struct conf_cursor conf_root(const struct conf *conf);

/*
 * Getters.  `path` is a member's name, or several through GROUPs joined by
 * dots ("http.workers").  Asking for what is not in the table, or as another
 * type, is a defect of the caller and ends the program.
 */
bool conf_has(struct conf_cursor c, const char *path); /* in the file */
const char *conf_text(struct conf_cursor c, const char *path);
size_t conf_choice(struct conf_cursor c, const char *path); /* index; an
    absent one without fallback gives the number of choices */
int64_t conf_int(struct conf_cursor c, const char *path);
bool conf_bool(struct conf_cursor c, const char *path);
struct conf_cursor conf_group(struct conf_cursor c, const char *path);
/* Items of a TEXTS or GROUPS; 0 when absent. */
size_t conf_len(struct conf_cursor c, const char *path);
const char *conf_text_at(struct conf_cursor c, const char *path, size_t index);
struct conf_cursor conf_group_at(
    struct conf_cursor c, const char *path, size_t index);

/* Copy a value, which the table bounds, into an array of the caller's struct:
 * not fitting is a defect of the table and ends the program. */
void conf_copy_text(char *out, size_t size, const char *value);
/* A `check` for names: 1 to CONF_NAME_SIZE - 1 of a-z, 0-9 and '-'. */
const char *conf_check_name(const char *value);

/*
 * For rules that a table cannot say (an unknown OID, two settings that
 * exclude each other): add a line about the setting `path` (or about the group
 * itself when NULL) to the report, with its file and line.
 */
void conf_complain(struct conf_report *report, struct conf_cursor c,
    const char *path, const char *fmt, ...) ATTR_PRINTF(4, 5);
/* ERR_OK while the report is empty, else FORMAT "conf.values" as above. */
ATTR_MUST_USE enum err conf_report_err(
    struct conf_report *report, struct errinfo *ei);

#endif
