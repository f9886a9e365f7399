/* SPDX-License-Identifier: Apache-2.0 */
#include "edit.h"

#include <string.h>

#include "der/der.h"
#include "der/write.h"
#include "unit.h"

struct level {
	uint8_t tag;
	struct slice before;
	struct slice after;
};

/* Put `with` where the level's child stood, under the level's tag. */
static void
wrap(const struct level *l, struct buf *inner)
{
	struct buf outer = BUF_INIT(inner->max);
	size_t mark = der_open(&outer, l->tag);

	buf_add(&outer, l->before);
	buf_add(&outer, buf_slice(inner));
	buf_add(&outer, l->after);
	der_close(&outer, mark);
	buf_clear(inner);
	*inner = outer;
}

void
edit_der(struct slice der, const uint8_t path[EDIT_DEPTH], struct slice with,
    struct buf *out)
{
	struct level levels[EDIT_DEPTH];
	struct slice whole = der, content, child = der, rest;
	struct buf inner = BUF_INIT(EDIT_BYTES);
	size_t depth = 0;
	uint8_t tag;

	for (; path[depth] != EDIT_END; depth++) {
		assert_int_equal(der_get_any(&child, &levels[depth].tag,
				     &content, NULL, NULL),
		    ERR_OK);
		rest = content;
		child = SLICE_EMPTY;
		for (unsigned i = 0; i <= path[depth]; i++) {
			whole = slice_make(rest.p, 0);
			if (rest.len == 0) {
				assert_int_equal(i, path[depth]);
				break;
			}
			assert_int_equal(
			    der_get_any(&rest, &tag, &child, &whole, NULL),
			    ERR_OK);
		}
		levels[depth].before =
		    slice_make(content.p, (size_t)(whole.p - content.p));
		levels[depth].after = rest;
		child = whole;
	}
	buf_add(&inner, with);
	while (depth > 0) {
		depth--;
		wrap(&levels[depth], &inner);
	}
	buf_add(out, buf_slice(&inner));
	assert_int_equal(out->err, ERR_OK);
	buf_clear(&inner);
}

void
check_near_misses(const struct near_miss *rows, size_t num, struct slice good,
    enum err (*parse)(struct slice, struct errinfo *))
{
	struct errinfo ei = {0};

	assert_ok(parse(good, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		const struct near_miss *r = &rows[i];
		struct buf bad = BUF_INIT(EDIT_BYTES);
		enum err err;

		print_message("%s\n", r->name);
		edit_der(good, r->path, slice_make(r->with, r->with_len), &bad);
		ei = (struct errinfo){0};
		err = parse(buf_slice(&bad), &ei);
		if (err != r->kind || strcmp(ei.rule, r->rule) != 0) {
			print_error(
			    "got %s %s: %s\n", err_name(err), ei.rule, ei.text);
		}
		assert_int_equal(err, r->kind);
		assert_int_equal(ei.kind, r->kind);
		assert_string_equal(ei.rule, r->rule);
		if (r->clause != NULL) {
			assert_string_equal(ei.clause, r->clause);
		}
		buf_clear(&bad);
	}
}
