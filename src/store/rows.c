/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "store/rows_priv.h"
#include "store/statement_priv.h"

struct cell {
	enum value_kind kind;
	int64_t number;
	size_t at;
	size_t len;
};

struct rows {
	enum statement st;
	const char *types;
	size_t num_cols;
	struct cell *cells;
	size_t num_cells;
	size_t cap_cells;
	struct buf bytes; /* texts have their NUL */
};

enum err
rows_new(enum statement st, struct rows **out, struct errinfo *ei)
{
	struct rows *r;

	r = calloc(1, sizeof(*r));
	if (r == NULL) {
		return err_nomem(ei);
	}
	r->st = st;
	r->types = statement_info(st)->columns;
	r->num_cols = strlen(r->types);
	buf_init(&r->bytes, ROWS_BYTES_MAX);
	*out = r;
	return ERR_OK;
}

void
rows_free(struct rows *r)
{
	if (r == NULL) {
		return;
	}
	buf_wipe(&r->bytes);
	free(r->cells);
	free(r);
}

/* A column's text is read as a C string, so it holds no NUL. */
static bool
cell_fits(char type, const struct value *v)
{
	return statement_type_fits(type, v) &&
	       (v->kind != VALUE_TEXT ||
		   memchr(v->bytes.p, 0, v->bytes.len) == NULL);
}

static enum err
room_for_cell(struct rows *r, struct errinfo *ei)
{
	struct cell *p;
	size_t cap;

	if (r->num_cells == r->num_cols * ROWS_MAX) {
		return err_set(ei, ERR_LIMIT, "store.rows", NULL,
		    "Statement %s gives more than %d rows.",
		    statement_info(r->st)->name, (int)ROWS_MAX);
	}
	if (r->num_cells < r->cap_cells) {
		return ERR_OK;
	}
	cap = r->cap_cells > 0 ? r->cap_cells * 2 : r->num_cols * 2;
	p = realloc(r->cells, cap * sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	r->cells = p;
	r->cap_cells = cap;
	return ERR_OK;
}

enum err
rows_add(struct rows *r, const struct value *v, struct errinfo *ei)
{
	size_t col = r->num_cells % r->num_cols;
	struct cell *c;
	enum err err;

	if (!cell_fits(r->types[col], v)) {
		return err_set(ei, ERR_STORE, "store.column", NULL,
		    "Column %zu of statement %s is not of type %c.", col,
		    statement_info(r->st)->name, r->types[col]);
	}
	err = room_for_cell(r, ei);
	if (err != ERR_OK) {
		return err;
	}
	c = &r->cells[r->num_cells];
	*c = (struct cell){v->kind, v->number, r->bytes.len, v->bytes.len};
	buf_add(&r->bytes, v->bytes);
	if (v->kind == VALUE_TEXT) {
		buf_add_u8(&r->bytes, 0);
	}
	err = buf_err(&r->bytes, NULL);
	if (err == ERR_LIMIT) {
		return err_set(ei, ERR_LIMIT, "store.rows", NULL,
		    "Statement %s gives more than %d bytes.",
		    statement_info(r->st)->name, (int)ROWS_BYTES_MAX);
	}
	if (err != ERR_OK) {
		return err_nomem(ei);
	}
	r->num_cells++;
	return ERR_OK;
}

size_t
rows_num(const struct rows *r)
{
	return r->num_cells / r->num_cols;
}

static const struct cell *
cell_at(const struct rows *r, size_t row, size_t col)
{
	ensure(col < r->num_cols && row < rows_num(r));
	return &r->cells[row * r->num_cols + col];
}

/* The cell, which the statement declares as `lower` or its capital. */
static const struct cell *
typed_cell(const struct rows *r, size_t row, size_t col, char lower)
{
	const struct cell *c = cell_at(r, row, col);

	ensure((r->types[col] | 0x20) == lower);
	return c;
}

static struct slice
cell_bytes(const struct rows *r, const struct cell *c)
{
	if (c->len == 0) {
		return SLICE_EMPTY;
	}
	return slice_make(r->bytes.p + c->at, c->len);
}

bool
rows_is_null(const struct rows *r, size_t row, size_t col)
{
	return cell_at(r, row, col)->kind == VALUE_NULL;
}

int64_t
rows_int(const struct rows *r, size_t row, size_t col)
{
	return typed_cell(r, row, col, 'i')->number;
}

const char *
rows_text(const struct rows *r, size_t row, size_t col)
{
	const struct cell *c = typed_cell(r, row, col, 't');

	if (c->kind == VALUE_NULL) {
		return NULL;
	}
	return (const char *)r->bytes.p + c->at;
}

struct slice
rows_blob(const struct rows *r, size_t row, size_t col)
{
	const struct cell *c = cell_at(r, row, col);
	char type = (char)(r->types[col] | 0x20);

	ensure(type == 'b' || type == 'd');
	return cell_bytes(r, c);
}

struct id
rows_id(const struct rows *r, size_t row, size_t col)
{
	const struct cell *c = typed_cell(r, row, col, 'd');
	struct id id = {{0}};

	if (c->kind != VALUE_NULL) {
		ensure(id_from_slice(cell_bytes(r, c), &id));
	}
	return id;
}
