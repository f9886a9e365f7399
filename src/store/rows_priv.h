/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_ROWS_PRIV_H
#define SURGUCH_STORE_ROWS_PRIV_H
/* How a backend fills a result. */
#include "base/err.h"
#include "store/rows.h"
#include "store/statement.h"
#include "store/value.h"

/* Empty rows of this SELECT. */
ATTR_MUST_USE enum err rows_new(
    enum statement st, struct rows **out, struct errinfo *ei);

/*
 * Add the next cell, from left to right, row after row; the bytes are copied.
 * ERR_STORE "store.column" when the value is not what the statement declares
 * for the column, ERR_LIMIT "store.rows" when the result grows too large.
 */
ATTR_MUST_USE enum err rows_add(
    struct rows *r, const struct value *v, struct errinfo *ei);

#endif
