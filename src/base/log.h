/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_LOG_H
#define SURGUCH_BASE_LOG_H
/*
 * The operational log: one line an event on standard error,
 *   level=info role=front event=http.listen port=8443
 * Values are escaped, so nothing from outside can forge a line.  Only the
 * loops of programs log; library modules return errors.  Secrets and personal
 * data never go in.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum log_level {
	LOG_ERROR,
	LOG_WARN,
	LOG_INFO,
	LOG_DEBUG
};

void log_init(const char *role, enum log_level max_level);
/* Begin each line with "<N>", the priority that systemd's journal takes from
 * there (sd-daemon(3)). */
void log_for_journal(void);
/* Give each line, without its end, to somebody besides; before any thread is
 * there.  `also` may be called by several at once. */
void log_also(void (*also)(void *arg, struct slice line), void *arg);
/* Would an event of this level be written? */
bool log_wants(enum log_level level);

/* One key and its value; build them with the L_ macros. */
struct log_field {
	const char *key;
	const char *text; /* NULL: use number */
	int64_t number;
};
struct log_field log_text(const char *key, const char *text); /* NULL is "" */
struct log_field log_number(const char *key, int64_t number);
#define L_STR(k, v) log_text((k), (v))
#define L_INT(k, v) log_number((k), (int64_t)(v))

void log_fields(enum log_level level, const char *event,
    const struct log_field *fields, size_t num_fields);
#define log_event(level, event, ...)                                           \
	log_fields((level), (event), (const struct log_field[]){__VA_ARGS__},  \
	    sizeof((const struct log_field[]){__VA_ARGS__}) /                  \
		sizeof(struct log_field))
/* An event without fields. */
void log_plain(enum log_level level, const char *event);
/* An event with everything an errinfo holds. */
void log_err(enum log_level level, const char *event, const struct errinfo *ei);

#endif
