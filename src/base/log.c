/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

enum {
	LINE_MAX_BYTES = 4096,
	VALUE_MAX_CHARS = 400
};

/* Set once by log_init() before any thread starts, then only read. */
static const char *log_role = "main";
static enum log_level log_max = LOG_INFO;
static bool log_prefixed;
static void (*log_other)(void *arg, struct slice line);
static void *log_other_arg;

void
log_init(const char *role, enum log_level max_level)
{
	log_role = role;
	log_max = max_level;
}

void
log_for_journal(void)
{
	log_prefixed = true;
}

bool
log_wants(enum log_level level)
{
	return level <= log_max;
}

struct log_field
log_text(const char *key, const char *text)
{
	return (struct log_field){key, text != NULL ? text : "", 0};
}

struct log_field
log_number(const char *key, int64_t number)
{
	return (struct log_field){key, NULL, number};
}

static const char *
level_name(enum log_level level)
{
	switch (level) {
	case LOG_ERROR:
		return "error";
	case LOG_WARN:
		return "warn";
	case LOG_INFO:
		return "info";
	case LOG_DEBUG:
		return "debug";
	}
	return "unknown";
}

void
log_also(void (*also)(void *arg, struct slice line), void *arg)
{
	log_other = also;
	log_other_arg = arg;
}

/* Of syslog(3). */
static int
priority(enum log_level level)
{
	static const int priorities[] = {
	    [LOG_ERROR] = 3, [LOG_WARN] = 4, [LOG_INFO] = 6, [LOG_DEBUG] = 7};

	return priorities[level];
}

static bool
needs_quotes(const char *s)
{
	return *s == '\0' || strpbrk(s, " =\"") != NULL;
}

static void
put_value(struct buf *line, const char *text)
{
	bool quoted = needs_quotes(text);
	struct slice rest = slice_str(text);

	if (quoted) {
		buf_add_u8(line, '"');
	}
	/* Quotes are escaped here, everything else by text_escape(). */
	while (rest.len > 0) {
		const uint8_t *q = memchr(rest.p, '"', rest.len);
		size_t run = q != NULL ? (size_t)(q - rest.p) : rest.len;

		text_escape(line, slice_make(rest.p, run), VALUE_MAX_CHARS);
		rest = slice_make(rest.p + run, rest.len - run);
		if (rest.len > 0) {
			buf_add_str(line, "\\\"");
			rest = slice_make(rest.p + 1, rest.len - 1);
		}
	}
	if (quoted) {
		buf_add_u8(line, '"');
	}
}

/* Not by printf(): there is a line for each request. */
static void
put_number(struct buf *line, int64_t number)
{
	uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
	char text[24];
	size_t at = sizeof(text);

	do {
		text[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest > 0);
	if (number < 0) {
		text[--at] = '-';
	}
	buf_add(line, slice_make(text + at, sizeof(text) - at));
}

/* " key=value"; left out when the line has no room for it and its end. */
static void
put_field(struct buf *line, const struct log_field *f)
{
	size_t before = line->len;

	buf_add_u8(line, ' ');
	buf_add_str(line, f->key);
	buf_add_u8(line, '=');
	if (f->text != NULL) {
		put_value(line, f->text);
	} else {
		put_number(line, f->number);
	}
	if (line->err != ERR_OK || line->len == line->max) {
		buf_cut(line, before);
	}
}

void
log_fields(enum log_level level, const char *event,
    const struct log_field *fields, size_t num_fields)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);

	/* All the room at once: half a line would spoil the next. */
	if (!log_wants(level) || buf_grow(&line, LINE_MAX_BYTES) == NULL) {
		return;
	}
	buf_reset(&line);
	if (log_prefixed) {
		buf_printf(&line, "<%d>", priority(level));
	}
	buf_add_str(&line, "level=");
	buf_add_str(&line, level_name(level));
	buf_add_str(&line, " role=");
	buf_add_str(&line, log_role);
	buf_add_str(&line, " event=");
	buf_add_str(&line, event);
	for (size_t i = 0; i < num_fields; i++) {
		put_field(&line, &fields[i]);
	}
	if (log_other != NULL) {
		log_other(log_other_arg, buf_slice(&line));
	}
	buf_add_u8(&line, '\n');
	/* One write a line, so that lines of several processes never mix. */
	(void)fwrite(line.p, 1, line.len, stderr);
	buf_clear(&line);
}

void
log_plain(enum log_level level, const char *event)
{
	log_fields(level, event, NULL, 0);
}

void
log_err(enum log_level level, const char *event, const struct errinfo *ei)
{
	log_event(level, event, L_STR("kind", err_name(ei->kind)),
	    L_STR("rule", ei->rule), L_STR("clause", ei->clause),
	    L_STR("object", ei->object), L_STR("text", ei->text));
}
