/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"

static const char *const names[] = {
    [ERR_OK] = "ok",
    [ERR_NOMEM] = "nomem",
    [ERR_SYS] = "sys",
    [ERR_FORMAT] = "format",
    [ERR_LIMIT] = "limit",
    [ERR_UNSUPPORTED] = "unsupported",
    [ERR_POLICY] = "policy",
    [ERR_DENIED] = "denied",
    [ERR_NOTFOUND] = "notfound",
    [ERR_CONFLICT] = "conflict",
    [ERR_STATE] = "state",
    [ERR_CRYPTO] = "crypto",
    [ERR_STORE] = "store",
    [ERR_AGAIN] = "again",
    [ERR_TIMEOUT] = "timeout",
    [ERR_INTERNAL] = "internal",
};
_Static_assert(ARRAY_LEN(names) == ERR_MAX_, "a name for every kind");

const char *
err_name(enum err kind)
{
	return (unsigned)kind < ERR_MAX_ ? names[kind] : "unknown";
}

/*
 * Formatted text may carry bytes from outside and may have been cut in the
 * middle of a character: what is kept is the longest clean beginning, with
 * other bytes shown as '?'.
 */
static void
make_clean(char *s)
{
	struct slice rest = slice_str(s);
	char *out = s;

	while (rest.len > 0) {
		struct slice at = rest;
		uint32_t c;

		if (!text_get_char(&rest, &c)) {
			*out++ = '?';
			rest.p++;
			rest.len--;
			continue;
		}
		if (text_is_control(c)) {
			*out++ = '?';
			continue;
		}
		memmove(out, at.p, at.len - rest.len);
		out += at.len - rest.len;
	}
	*out = '\0';
}

static void
copy_text(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from != NULL ? from : "");
	make_clean(to);
}

static void
put_head(struct errinfo *ei, enum err kind, int sys, const char *rule,
    const char *clause)
{
	ei->kind = kind;
	ei->sys = sys;
	copy_text(ei->rule, sizeof(ei->rule), rule);
	copy_text(ei->clause, sizeof(ei->clause), clause);
	ei->object[0] = '\0';
}

enum err
err_fill(struct errinfo *ei, enum err kind, const char *rule,
    const char *clause, const char *fmt, ...)
{
	va_list ap;

	if (ei == NULL) {
		return kind;
	}
	put_head(ei, kind, 0, rule, clause);
	va_start(ap, fmt);
	(void)vsnprintf(ei->text, sizeof(ei->text), fmt, ap);
	va_end(ap);
	make_clean(ei->text);
	return kind;
}

enum err
err_fill_sys(struct errinfo *ei, const char *rule, const char *fmt, ...)
{
	int saved = errno;
	char why[96];
	size_t used;
	va_list ap;

	if (ei == NULL) {
		return ERR_SYS;
	}
	put_head(ei, ERR_SYS, saved, rule, NULL);
	va_start(ap, fmt);
	(void)vsnprintf(ei->text, sizeof(ei->text), fmt, ap);
	va_end(ap);
	if (strerror_r(saved, why, sizeof(why)) != 0) {
		(void)snprintf(why, sizeof(why), "error %d", saved);
	}
	used = strlen(ei->text);
	(void)snprintf(ei->text + used, sizeof(ei->text) - used, ": %s", why);
	make_clean(ei->text);
	return ERR_SYS;
}

void
err_name_object(struct errinfo *ei, const char *object)
{
	if (ei != NULL) {
		copy_text(ei->object, sizeof(ei->object), object);
	}
}

void
ensure_failed(const char *file, int line, const char *cond)
{
	(void)fprintf(stderr, "level=error event=ensure at=%s:%d cond=\"%s\"\n",
	    file, line, cond);
	abort();
}
