/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader accepts, the writer writes again byte for byte: the whole
 * tree of elements, and each primitive value by its own type.
 */
#include "base/bounds.h"
#include "base/buf.h"
#include "base/slice.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One primitive, read as its type and written again. */
static void
primitive_again(struct slice whole, struct buf *b)
{
	struct slice s = whole, v;
	uint64_t u;
	int64_t sec;
	unsigned unused;
	uint8_t tag;
	bool flag;

	if (der_get_bool(&s, &flag, NULL) == ERR_OK) {
		der_put_bool(b, flag);
	} else if (der_get_u63(&s, DER_INTEGER, &u, NULL) == ERR_OK) {
		der_put_u63(b, DER_INTEGER, u);
	} else if (der_get_integer(&s, &v, NULL) == ERR_OK &&
		   (v.p[0] & 0x80) == 0) {
		der_put_unsigned(b, v);
	} else if (der_get_oid(&s, &v, NULL) == ERR_OK) {
		struct buf text = BUF_INIT(OID_TEXT_MAX);

		oid_text(&text, v);
		ensure(text.err == ERR_OK && text.len >= 3);
		ensure(oid_find(v) == OID_UNKNOWN ||
		       slice_eq(oid_bytes(oid_find(v)), v));
		buf_clear(&text);
		der_put_oid(b, v);
	} else if (der_get_bits(&s, &v, &unused, NULL) == ERR_OK) {
		der_put_bits(b, v, unused);
	} else if (der_get_time(&s, &sec, &tag, NULL) == ERR_OK) {
		der_put_time(b, tag, sec);
	} else if (der_get_null(&s, NULL) == ERR_OK) {
		der_put_null(b);
	} else {
		der_put_raw(b, whole);
	}
}

enum {
	DEPTH_MAX = 16 /* real certificates nest to 9 */
};

struct level {
	struct slice rest;
	size_t mark;
};

/* False when the input is not DER all through. */
static bool
tree_again(struct slice in, struct buf *b)
{
	struct level stack[DEPTH_MAX] = {{in, 0}};
	size_t depth = 1;

	while (depth > 0) {
		struct level *top = &stack[depth - 1];
		struct slice content, whole;
		uint8_t tag;

		if (top->rest.len == 0) {
			depth--;
			if (depth > 0) {
				der_close(b, top->mark);
			}
			continue;
		}
		if (der_get_any(&top->rest, &tag, &content, &whole, NULL) !=
		    ERR_OK) {
			return false;
		}
		if ((tag & 0x20) != 0 && depth < DEPTH_MAX) {
			stack[depth].rest = content;
			stack[depth].mark = der_open(b, tag);
			depth++;
		} else {
			primitive_again(whole, b);
		}
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct buf b = BUF_INIT(size);

	if (tree_again(in, &b)) {
		ensure(b.err == ERR_OK && slice_eq(buf_slice(&b), in));
	}
	buf_clear(&b);
	return 0;
}
