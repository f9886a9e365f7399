/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_ID_H
#define SURGUCH_BASE_ID_H
/*
 * Object ids: 48 bits of milliseconds and 80 random bits, so that they sort
 * by age and cannot be guessed.  Kept as 16-byte blobs; shown as a prefix
 * that tells the kind and 26 base32 characters: app_06d3k7....
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

struct id {
	uint8_t b[16];
};

enum {
	ID_PREFIX_MAX = 4,
	ID_TEXT_SIZE = ID_PREFIX_MAX + 1 + 26 + 1
};

void id_make(struct id *out, int64_t utc_ms, const uint8_t random[10]);
/* When it was made. */
int64_t id_utc_ms(const struct id *id);
/* prefix: 2..4 letters ("app"). */
void id_text(const struct id *id, const char *prefix, char out[ID_TEXT_SIZE]);
/* False unless the text has exactly this prefix and a canonical id. */
bool id_parse(struct slice text, const char *prefix, struct id *out);
bool id_eq(const struct id *a, const struct id *b);
struct slice id_slice(const struct id *id);
bool id_from_slice(struct slice s, struct id *out);

#endif
