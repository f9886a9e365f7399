/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes: json_parse() takes or refuses them; what it took answers every
 * getter with a value or an error that names a rule, never with both.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/text.h"
#include "json/json.h"
#include "json/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(enum err e, const struct errinfo *ei, const void *out)
{
	if (e == ERR_OK) {
		return;
	}
	if (ei->kind != e || ei->rule[0] == '\0' || out != NULL ||
	    !text_is_utf8(slice_str(ei->object))) {
		abort();
	}
}

static void
ask(const struct json *root)
{
	static const char *const known[] = {"text", "n", "b", "o", NULL};
	struct buf bytes = BUF_INIT(64);
	struct errinfo ei = {0};
	const char *text = NULL;
	const struct json *inner = NULL;
	int64_t n;
	bool b;

	check(json_only(root, known, &ei), &ei, NULL);
	check(json_get_text(root, "text", 32, &text, &ei), &ei, text);
	if (text != NULL && !text_is_clean(slice_str(text))) {
		abort();
	}
	check(json_get_int(root, "n", -5, 5, &n, &ei), &ei, NULL);
	check(json_get_bool(root, "b", &b, &ei), &ei, NULL);
	check(json_get_base64(root, "text", &bytes, &ei), &ei, NULL);
	check(json_get_object(root, "o", &inner, &ei), &ei, inner);
	inner = NULL;
	check(json_get_array(root, "a", 4, &inner, &ei), &ei, inner);
	for (size_t i = 0; i < json_array_len(inner); i++) {
		const struct json *item = NULL;

		check(json_item_object(inner, i, &item, &ei), &ei, item);
	}
	buf_clear(&bytes);
}

/* A text that we write reads back as it was. */
static void
round_trip(struct slice s)
{
	struct buf body = BUF_INIT((size_t)1 << 20);
	struct json_writer w;
	struct json *root = NULL;
	const char *back = NULL;

	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_slice(&w, "t", s);
	json_close(&w);
	if (json_writer_end(&w, NULL) == ERR_OK) {
		if (json_parse(buf_slice(&body), body.max, &root, NULL) !=
		    ERR_OK) {
			/* Only a NUL, which we write and never read. */
			if (memchr(s.p, 0, s.len) == NULL) {
				abort();
			}
		} else if (json_get_text(root, "t", s.len, &back, NULL) ==
			       ERR_OK &&
			   !slice_eq_str(s, back)) {
			abort();
		}
	}
	json_free(root);
	buf_clear(&body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_make(data, size);
	struct json *root = NULL;
	struct errinfo ei = {0};

	check(json_parse(s, 65536, &root, &ei), &ei, root);
	if (root != NULL) {
		ask(root);
		json_free(root);
	}
	if (size > 0) {
		round_trip(s);
	}
	return 0;
}
