/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/facts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/slice.h"

void
facts_clear(struct facts *f)
{
	for (size_t i = 0; i < f->num; i++) {
		free(f->at[i].key);
		free(f->at[i].value);
	}
	free(f->at);
	*f = (struct facts){0};
}

static bool
grow(struct facts *f)
{
	struct fact *at;

	if (f->num % 64 != 0) {
		return true;
	}
	at = realloc(f->at, (f->num + 64) * sizeof(*at));
	if (at != NULL) {
		f->at = at;
	}
	return at != NULL;
}

static char *
free_key(const struct facts *f, const char *key)
{
	char numbered[PROFILE_TEXT_MAX];

	(void)snprintf(numbered, sizeof(numbered), "%s", key);
	for (unsigned n = 2; facts_get(f, numbered) != NULL; n++) {
		(void)snprintf(numbered, sizeof(numbered), "%s#%u", key, n);
	}
	return slice_dup_str(slice_str(numbered));
}

ATTR_PRINTF(1, 0)
static char *
format(const char *fmt, va_list ap)
{
	va_list again;
	char *text = NULL;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len >= 0) {
		text = malloc((size_t)len + 1);
	}
	if (text != NULL) {
		(void)vsnprintf(text, (size_t)len + 1, fmt, ap);
	}
	return text;
}

void
facts_add(struct facts *f, const char *key, const char *fmt, ...)
{
	struct fact fact;
	va_list ap;

	if (f->err != ERR_OK) {
		return;
	}
	if (f->num == FACTS_MAX || !grow(f)) {
		f->err = f->num == FACTS_MAX ? ERR_LIMIT : ERR_NOMEM;
		return;
	}
	va_start(ap, fmt);
	fact.value = format(fmt, ap);
	va_end(ap);
	fact.key = free_key(f, key);
	if (fact.key == NULL || fact.value == NULL) {
		free(fact.key);
		free(fact.value);
		f->err = ERR_NOMEM;
		return;
	}
	f->at[f->num++] = fact;
}

enum err
facts_err(const struct facts *f, struct errinfo *ei)
{
	return f->err == ERR_OK ? ERR_OK
				: err_set(ei, f->err, "facts", NULL,
				      "there is too much to say for this "
				      "memory");
}

const char *
facts_get(const struct facts *f, const char *key)
{
	for (size_t i = 0; i < f->num; i++) {
		if (strcmp(f->at[i].key, key) == 0) {
			return f->at[i].value;
		}
	}
	return NULL;
}

size_t
facts_diff(
    const struct facts *a, const struct facts *b, facts_diff_fn *fn, void *arg)
{
	size_t num = 0;

	for (size_t i = 0; i < a->num; i++) {
		const char *other = facts_get(b, a->at[i].key);

		if (other == NULL || strcmp(a->at[i].value, other) != 0) {
			fn(arg, a->at[i].key, a->at[i].value, other);
			num++;
		}
	}
	for (size_t i = 0; i < b->num; i++) {
		if (facts_get(a, b->at[i].key) == NULL) {
			fn(arg, b->at[i].key, NULL, b->at[i].value);
			num++;
		}
	}
	return num;
}
