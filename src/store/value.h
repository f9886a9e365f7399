/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_VALUE_H
#define SURGUCH_STORE_VALUE_H
/*
 * One parameter of a statement.  A value borrows its bytes; unit_add() copies
 * them, store_query() needs them only for the call.
 *
 *	V_INT(x)	any integer; times are UTC seconds; booleans 0 and 1
 *	V_TEXT(s)	NUL-terminated UTF-8; NULL gives SQL's NULL
 *	V_BLOB(slice)	bytes; an empty slice is an empty blob, not NULL
 *	V_ID(id)	const struct id *; NULL gives SQL's NULL
 *	V_NULL		NULL, where the parameter's type letter allows it
 *	V_NONE		stands alone where a statement has no parameters
 */
#include <stddef.h>
#include <stdint.h>

#include "base/id.h"
#include "base/slice.h"

enum value_kind {
	VALUE_NONE,
	VALUE_NULL,
	VALUE_INT,
	VALUE_TEXT,
	VALUE_BLOB,
	VALUE_ID /* a blob of 16 bytes */
};

struct value {
	enum value_kind kind;
	int64_t number;
	struct slice bytes; /* text without its NUL, or the blob */
};

struct value value_int(int64_t number);
struct value value_text(const char *text);
struct value value_blob(struct slice bytes);
struct value value_id(const struct id *id);
struct value value_null(void);

#define V_INT(x)  value_int((int64_t)(x))
#define V_TEXT(s) value_text(s)
#define V_BLOB(s) value_blob(s)
#define V_ID(id)  value_id(id)
#define V_NULL    value_null()
#define V_NONE    ((struct value){VALUE_NONE, 0, SLICE_EMPTY})

#endif
