/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_JSON_JSON_H
#define SURGUCH_JSON_JSON_H
/*
 * Reading JSON that came from outside (RFC 8259), through jansson.  A text is
 * parsed once, whole, under limits; then typed getters take the fields that
 * the caller expects, and json_only() refuses the rest.  Writing is in
 * json/writer.h.
 *
 * A `struct json *` is a value of the tree; it is never defined.  Everything
 * taken out of a tree (values and strings) is borrowed and dies with
 * json_free() of the root.
 *
 * Getters fail with errinfo.object = the field's name and one of the rules
 *   json.field.missing   absent or null
 *   json.field.type      another JSON type than expected
 *   json.field.length    a text or list too long, or an empty text
 *   json.field.range     a number outside its bounds
 *   json.field.text      control characters in a text
 *   json.field.base64    not base64
 *   json.field.unknown   from json_only()
 * all of kind FORMAT, except that json.field.length and range are LIMIT.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct json;

/*
 * Parse `text`, which must be one JSON object or array and nothing behind it,
 * of at most max_len bytes (LIMIT, "json.size") and JSON_DEPTH_MAX levels
 * (LIMIT, "json.depth").  Refused with FORMAT: anything but UTF-8
 * ("json.utf8"), a NUL in any string, a key twice in one object
 * ("json.duplicate"), and whatever is not JSON ("json.syntax"; the text tells
 * line and column).  On success the caller owns *out.
 */
ATTR_MUST_USE enum err json_parse(
    struct slice text, size_t max_len, struct json **out, struct errinfo *ei);
void json_free(struct json *root); /* NULL is fine; root only */

bool json_is_object(const struct json *v);
bool json_is_array(const struct json *v);
/* The field exists and is not null. */
bool json_has(const struct json *obj, const char *field);

/*
 * A required text: not empty, at most max_len bytes, no control characters.
 */
ATTR_MUST_USE enum err json_get_text(const struct json *obj, const char *field,
    size_t max_len, const char **out, struct errinfo *ei);
/* The same, copied to out, a string of at most size - 1 octets. */
ATTR_MUST_USE enum err json_copy_text(const struct json *obj, const char *field,
    char *out, size_t size, struct errinfo *ei);
/* As json_get_text(); absent, null and "" (what a form sends for an empty
 * input) give NULL. */
ATTR_MUST_USE enum err json_get_text_optional(const struct json *obj,
    const char *field, size_t max_len, const char **out, struct errinfo *ei);
/* A required text that may hold line ends and tabs (PEM, an address). */
ATTR_MUST_USE enum err json_get_lines(const struct json *obj, const char *field,
    size_t max_len, const char **out, struct errinfo *ei);
/* A required text in base64 (RFC 4648 4); the bytes are appended to out,
 * whose own maximum is the limit. */
ATTR_MUST_USE enum err json_get_base64(const struct json *obj,
    const char *field, struct buf *out, struct errinfo *ei);

/* An integer, bounds included.  1.0 is not an integer here. */
ATTR_MUST_USE enum err json_get_int(const struct json *obj, const char *field,
    int64_t min, int64_t max, int64_t *out, struct errinfo *ei);

ATTR_MUST_USE enum err json_get_bool(
    const struct json *obj, const char *field, bool *out, struct errinfo *ei);

ATTR_MUST_USE enum err json_get_object(const struct json *obj,
    const char *field, const struct json **out, struct errinfo *ei);

/* A list of at most max_items values of any type. */
ATTR_MUST_USE enum err json_get_array(const struct json *obj, const char *field,
    size_t max_items, const struct json **out, struct errinfo *ei);

/* Items of an array; NULL and 0 items when `array` is NULL. */
size_t json_array_len(const struct json *array);
/* errinfo.object is then the index in decimal. */
ATTR_MUST_USE enum err json_item_object(const struct json *array, size_t index,
    const struct json **out, struct errinfo *ei);
/* As json_get_text(). */
ATTR_MUST_USE enum err json_item_text(const struct json *array, size_t index,
    size_t max_len, const char **out, struct errinfo *ei);
/* As json_get_base64(). */
ATTR_MUST_USE enum err json_item_base64(const struct json *array, size_t index,
    struct buf *out, struct errinfo *ei);

/*
 * Refuse any field of obj that is not in `fields`, a list that ends with
 * NULL; also refuses an obj that is no object.  Call it first.
 */
ATTR_MUST_USE enum err json_only(
    const struct json *obj, const char *const *fields, struct errinfo *ei);

#endif
