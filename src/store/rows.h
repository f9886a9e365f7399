/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_ROWS_H
#define SURGUCH_STORE_ROWS_H
/*
 * The result of a query, complete in memory: at most ROWS_MAX rows and
 * ROWS_BYTES_MAX bytes.  What the getters return is borrowed until
 * rows_free().
 *
 * Columns are numbered from 0 in the order of the statement's SELECT.  Asking
 * for a row or column that is not there, or for another type than the
 * statement declares, is a defect and ends the process.  A NULL reads as 0,
 * NULL, an empty slice or a zero id; rows_is_null() tells it apart.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/slice.h"

struct rows;

size_t rows_num(const struct rows *r);
bool rows_is_null(const struct rows *r, size_t row, size_t col);
int64_t rows_int(const struct rows *r, size_t row, size_t col);
/* NUL-terminated UTF-8. */
const char *rows_text(const struct rows *r, size_t row, size_t col);
struct slice rows_blob(const struct rows *r, size_t row, size_t col);
struct id rows_id(const struct rows *r, size_t row, size_t col);
void rows_free(struct rows *r); /* accepts NULL; clears the memory first */

#endif
