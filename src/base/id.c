/* SPDX-License-Identifier: Apache-2.0 */
#include "base/id.h"

#include <string.h>

#include "base/err.h"
#include "base/text.h"

enum {
	TEXT_CHARS = 26
};

void
id_make(struct id *out, int64_t utc_ms, const uint8_t random[10])
{
	uint64_t ms = (uint64_t)utc_ms;

	for (int i = 5; i >= 0; i--, ms >>= 8) {
		out->b[i] = (uint8_t)(ms & 0xff);
	}
	memcpy(out->b + 6, random, 10);
}

int64_t
id_utc_ms(const struct id *id)
{
	uint64_t ms = 0;

	for (int i = 0; i < 6; i++) {
		ms = ms << 8 | id->b[i];
	}
	return (int64_t)ms;
}

void
id_text(const struct id *id, const char *prefix, char out[ID_TEXT_SIZE])
{
	size_t len = strlen(prefix);

	ensure(len <= ID_PREFIX_MAX);
	for (size_t i = 0; i < len; i++) {
		out[i] = prefix[i];
	}
	out[len++] = '_';
	text_base32_array(id->b, sizeof(id->b), out + len);
}

bool
id_parse(struct slice text, const char *prefix, struct id *out)
{
	struct slice head;
	uint8_t mark;

	return slice_get_bytes(&text, strlen(prefix), &head) &&
	       slice_eq_str(head, prefix) && slice_get_u8(&text, &mark) &&
	       mark == '_' && text.len == TEXT_CHARS &&
	       text_unbase32(text, out->b, sizeof(out->b));
}

bool
id_eq(const struct id *a, const struct id *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

struct slice
id_slice(const struct id *id)
{
	return slice_make(id->b, sizeof(id->b));
}

bool
id_from_slice(struct slice s, struct id *out)
{
	if (s.len != sizeof(out->b)) {
		return false;
	}
	memcpy(out->b, s.p, s.len);
	return true;
}
