/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte of each step says which getter comes next; the rest is the
 * message.  A cursor that has failed gives nothing more, and what it gives is
 * inside the input.
 */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ipc/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
step(struct wire *w, uint8_t what, const uint8_t *data, size_t size)
{
	bool was_bad = w->bad;
	struct errinfo e;
	struct slice s;
	char text[32];

	switch (what % 8) {
	case 0:
		if (wire_get_u32(w) != 0 && w->bad) {
			abort();
		}
		break;
	case 1:
		if (wire_get_u64(w) != 0 && w->bad) {
			abort();
		}
		break;
	case 2:
		(void)wire_get_i64(w);
		break;
	case 3:
		(void)wire_get_bool(w);
		break;
	case 4:
		if (wire_get_below(w, 7) >= 7) {
			abort();
		}
		break;
	case 5:
		s = wire_get_bytes(w, 40);
		if (s.len > 40 ||
		    (s.len > 0 && (s.p < data || s.p + s.len > data + size))) {
			abort();
		}
		break;
	case 6:
		wire_get_text(w, text, sizeof(text));
		if (memchr(text, '\0', sizeof(text)) == NULL ||
		    (text[0] != '\0' && !text_is_clean(slice_str(text)))) {
			abort();
		}
		break;
	default:
		wire_get_errinfo(w, &e);
		break;
	}
	if (was_bad && (!w->bad || w->rest.len != 0)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t plan[16];
	struct wire w;

	if (size < sizeof(plan)) {
		return 0;
	}
	memcpy(plan, data, sizeof(plan));
	data += sizeof(plan);
	size -= sizeof(plan);
	w = wire_init(slice_make(data, size));
	for (size_t i = 0; i < sizeof(plan); i++) {
		step(&w, plan[i], data, size);
	}
	if (wire_end(&w, "fuzz", NULL) == ERR_OK && w.rest.len != 0) {
		abort();
	}
	return 0;
}
