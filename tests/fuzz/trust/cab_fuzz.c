/* SPDX-License-Identifier: Apache-2.0 */
/* A stranger's cabinet, every file of it; and one somewhere inside. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "trust/cab.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
open_all(struct slice file)
{
	struct errinfo ei = {0};
	struct cab c;
	enum err e = cab_parse(file, &c, &ei);

	for (size_t i = 0; e == ERR_OK && i < c.num; i++) {
		struct slice plain;

		if (strchr(c.members[i].name, '/') != NULL) {
			abort();
		}
		if (cab_member(&c, i, &plain, &ei) == ERR_OK &&
		    plain.len != c.members[i].len) {
			abort();
		}
	}
	if (e != ERR_OK &&
	    (ei.text[0] == '\0' || !text_is_utf8(slice_str(ei.text)))) {
		abort();
	}
	cab_clear(&c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice file = slice_make(data, size);
	struct slice inside;

	open_all(file);
	if (cab_find(file, &inside)) {
		open_all(inside);
	}
	return 0;
}
