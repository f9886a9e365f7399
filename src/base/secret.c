/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

static void (*keeper)(void *p, size_t len);

void
secret_set_keeper(void (*keep)(void *p, size_t len))
{
	keeper = keep;
}

void
secret_wipe(void *p, size_t len)
{
	/* Read anew for each call, so the compiler cannot know what it calls
	 * and leave it out. */
	static void *(*const volatile wipe)(void *, int, size_t) = memset;

	if (len > 0) {
		(void)wipe(p, 0, len);
	}
}

enum err
secret_init(struct secret *s, size_t len, struct errinfo *ei)
{
	uint8_t *p = calloc(1, len > 0 ? len : 1);

	if (p == NULL) {
		return err_nomem(ei);
	}
	if (keeper != NULL && len > 0) {
		keeper(p, len);
	}
	s->p = p;
	s->len = len;
	return ERR_OK;
}

enum err
secret_copy(struct secret *out, struct slice from, struct errinfo *ei)
{
	struct secret s;
	enum err e = secret_init(&s, from.len, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (from.len > 0) {
		memcpy(s.p, from.p, from.len);
	}
	*out = s;
	return ERR_OK;
}

void
secret_clear(struct secret *s)
{
	if (s->p != NULL) {
		secret_wipe(s->p, s->len);
		free(s->p);
	}
	*s = SECRET_EMPTY;
}

struct slice
secret_slice(const struct secret *s)
{
	return slice_make(s->p, s->len);
}

bool
secret_eq(struct slice a, struct slice b)
{
	uint8_t differ = 0;

	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		differ = (uint8_t)(differ | (a.p[i] ^ b.p[i]));
	}
	return differ == 0;
}
