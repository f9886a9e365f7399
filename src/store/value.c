/* SPDX-License-Identifier: Apache-2.0 */
#include "store/value.h"

struct value
value_int(int64_t number)
{
	return (struct value){VALUE_INT, number, SLICE_EMPTY};
}

struct value
value_text(const char *text)
{
	if (text == NULL) {
		return value_null();
	}
	return (struct value){VALUE_TEXT, 0, slice_str(text)};
}

struct value
value_blob(struct slice bytes)
{
	return (struct value){VALUE_BLOB, 0, bytes};
}

struct value
value_id(const struct id *id)
{
	if (id == NULL) {
		return value_null();
	}
	return (struct value){VALUE_ID, 0, id_slice(id)};
}

struct value
value_null(void)
{
	return (struct value){VALUE_NULL, 0, SLICE_EMPTY};
}
