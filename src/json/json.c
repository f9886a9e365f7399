/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/bounds.h"
#include "base/text.h"

/* jansson has macros of these names. */
#undef json_is_object
#undef json_is_array

/*
 * struct json is never defined: a pointer to it is a pointer to json_t under
 * another name, so that no other floor sees jansson.
 */
static const json_t *
node(const struct json *v)
{
	return (const json_t *)(const void *)v;
}

static const struct json *
face(const json_t *v)
{
	return (const struct json *)(const void *)v;
}

/*
 * jansson itself goes 2,048 levels deep; count the levels before it does.
 * Well-formedness is its business: here only strings must be skipped.
 */
static bool
depth_ok(struct slice s)
{
	unsigned depth = 0;
	bool in_string = false;
	uint8_t c;

	while (slice_get_u8(&s, &c)) {
		if (in_string) {
			if (c == '\\') {
				(void)slice_get_u8(&s, &c);
			} else if (c == '"') {
				in_string = false;
			}
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX) {
				return false;
			}
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return true;
}

static enum err
syntax_error(const json_error_t *error, struct errinfo *ei)
{
	if (json_error_code(error) == json_error_out_of_memory) {
		return err_nomem(ei);
	}
	if (json_error_code(error) == json_error_duplicate_key) {
		return err_set(ei, ERR_FORMAT, "json.duplicate", "RFC 8259 4",
		    "the JSON has a name twice in one object (line %d, column "
		    "%d); keep one of them",
		    error->line, error->column);
	}
	return err_set(ei, ERR_FORMAT, "json.syntax", "RFC 8259 2",
	    "not a JSON object or array (line %d, column %d): %s", error->line,
	    error->column, error->text);
}

enum err
json_parse(
    struct slice text, size_t max_len, struct json **out, struct errinfo *ei)
{
	json_error_t error;
	json_t *root;

	if (text.len > max_len) {
		return err_set(ei, ERR_LIMIT, "json.size", NULL,
		    "the JSON has %zu bytes; at most %zu are taken", text.len,
		    max_len);
	}
	if (!text_is_utf8(text)) {
		return err_set(ei, ERR_FORMAT, "json.utf8", "RFC 8259 8.1",
		    "the JSON is not UTF-8; convert it");
	}
	if (!depth_ok(text)) {
		return err_set(ei, ERR_LIMIT, "json.depth", "RFC 8259 9",
		    "the JSON is nested deeper than %d levels", JSON_DEPTH_MAX);
	}
	root = json_loadb(
	    (const char *)text.p, text.len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL) {
		return syntax_error(&error, ei);
	}
	*out = (struct json *)(void *)root;
	return ERR_OK;
}

void
json_free(struct json *root)
{
	json_decref((json_t *)(void *)root);
}

bool
json_is_object(const struct json *v)
{
	return v != NULL && json_typeof(node(v)) == JSON_OBJECT;
}

bool
json_is_array(const struct json *v)
{
	return v != NULL && json_typeof(node(v)) == JSON_ARRAY;
}

/* NULL when the field is absent or null. */
static const json_t *
find(const struct json *obj, const char *field)
{
	const json_t *v = json_object_get(node(obj), field);

	return v != NULL && json_typeof(v) != JSON_NULL ? v : NULL;
}

bool
json_has(const struct json *obj, const char *field)
{
	return find(obj, field) != NULL;
}

static const char *
type_name(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "a list";
	case JSON_STRING:
		return "a text";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_REAL:
		return "a fraction";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

static enum err
missing(const char *field, struct errinfo *ei)
{
	(void)err_set(ei, ERR_FORMAT, "json.field.missing", NULL,
	    "the field \"%s\" is missing", field);
	return err_object(ei, ERR_FORMAT, field);
}

static enum err
wrong_type(
    const char *field, const json_t *v, const char *want, struct errinfo *ei)
{
	(void)err_set(ei, ERR_FORMAT, "json.field.type", NULL,
	    "the field \"%s\" is %s and should be %s", field, type_name(v),
	    want);
	return err_object(ei, ERR_FORMAT, field);
}

/* C0 but for tab, line feed and carriage return; DEL and C1 never. */
static bool
is_plain_lines(struct slice s)
{
	uint32_t c;

	while (text_get_char(&s, &c)) {
		bool line = c == '\t' || c == '\n' || c == '\r';

		if (!line && text_is_control(c)) {
			return false;
		}
	}
	return s.len == 0;
}

/* The text of `v`, which is called `field`; "" is the caller's to judge. */
static enum err
text_of(const json_t *v, const char *field, size_t max_len, bool lines,
    const char **out, struct errinfo *ei)
{
	struct slice s;

	if (json_typeof(v) != JSON_STRING) {
		return wrong_type(field, v, "a text", ei);
	}
	s = slice_make(json_string_value(v), json_string_length(v));
	if (s.len > max_len) {
		(void)err_set(ei, ERR_LIMIT, "json.field.length", NULL,
		    "the field \"%s\" has %zu bytes; at most %zu are taken",
		    field, s.len, max_len);
		return err_object(ei, ERR_LIMIT, field);
	}
	if (s.len > 0 && !(lines ? is_plain_lines(s) : text_is_clean(s))) {
		(void)err_set(ei, ERR_FORMAT, "json.field.text", NULL,
		    "the field \"%s\" holds control characters", field);
		return err_object(ei, ERR_FORMAT, field);
	}
	*out = json_string_value(v);
	return ERR_OK;
}

static enum err
not_empty(const char *field, const char *text, struct errinfo *ei)
{
	if (text != NULL && text[0] != '\0') {
		return ERR_OK;
	}
	(void)err_set(ei, ERR_LIMIT, "json.field.length", NULL,
	    "the field \"%s\" is empty", field);
	return err_object(ei, ERR_LIMIT, field);
}

static enum err
required_text(const struct json *obj, const char *field, size_t max_len,
    bool lines, const char **out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);
	const char *text = NULL;
	enum err e;

	if (v == NULL) {
		return missing(field, ei);
	}
	e = text_of(v, field, max_len, lines, &text, ei);
	if (e == ERR_OK) {
		e = not_empty(field, text, ei);
	}
	if (e == ERR_OK) {
		*out = text;
	}
	return e;
}

enum err
json_get_text(const struct json *obj, const char *field, size_t max_len,
    const char **out, struct errinfo *ei)
{
	return required_text(obj, field, max_len, false, out, ei);
}

enum err
json_copy_text(const struct json *obj, const char *field, char *out,
    size_t size, struct errinfo *ei)
{
	const char *text = NULL;
	enum err e = json_get_text(obj, field, size - 1, &text, ei);

	if (e == ERR_OK) {
		memcpy(out, text, strlen(text) + 1);
	}
	return e;
}

enum err
json_get_lines(const struct json *obj, const char *field, size_t max_len,
    const char **out, struct errinfo *ei)
{
	return required_text(obj, field, max_len, true, out, ei);
}

enum err
json_get_text_optional(const struct json *obj, const char *field,
    size_t max_len, const char **out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);
	const char *text = NULL;
	enum err e;

	if (v == NULL) {
		*out = NULL;
		return ERR_OK;
	}
	e = text_of(v, field, max_len, false, &text, ei);
	if (e == ERR_OK) {
		*out = text != NULL && text[0] != '\0' ? text : NULL;
	}
	return e;
}

static enum err
base64_of(
    const json_t *v, const char *field, struct buf *out, struct errinfo *ei)
{
	const char *text = NULL;
	size_t before = out->len;
	/* Four characters for three bytes, and a line end each 64. */
	size_t max_len = (out->max - out->len) / 3 * 4 + 4;
	enum err e;

	max_len += max_len / 32;
	e = text_of(v, field, max_len, true, &text, ei);
	if (e == ERR_OK) {
		e = not_empty(field, text, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (text_unbase64(slice_str(text), out)) {
		return ERR_OK;
	}
	if (out->err == ERR_OK) {
		buf_cut(out, before);
		(void)err_set(ei, ERR_FORMAT, "json.field.base64", "RFC 4648 4",
		    "the field \"%s\" is not base64", field);
		return err_object(ei, ERR_FORMAT, field);
	}
	if (buf_err(out, ei) == ERR_NOMEM) {
		return ERR_NOMEM;
	}
	(void)err_set(ei, ERR_LIMIT, "json.field.length", NULL,
	    "the field \"%s\" holds more than %zu bytes", field, out->max);
	return err_object(ei, ERR_LIMIT, field);
}

enum err
json_get_base64(const struct json *obj, const char *field, struct buf *out,
    struct errinfo *ei)
{
	const json_t *v = find(obj, field);

	return v != NULL ? base64_of(v, field, out, ei) : missing(field, ei);
}

static enum err
int_of(const json_t *v, const char *field, int64_t min, int64_t max,
    int64_t *out, struct errinfo *ei)
{
	json_int_t n;

	if (json_typeof(v) != JSON_INTEGER) {
		return wrong_type(field, v, "a whole number", ei);
	}
	n = json_integer_value(v);
	if (n < min || n > max) {
		(void)err_set(ei, ERR_LIMIT, "json.field.range", NULL,
		    "the field \"%s\" is %lld; it may be from %lld to %lld",
		    field, (long long)n, (long long)min, (long long)max);
		return err_object(ei, ERR_LIMIT, field);
	}
	*out = n;
	return ERR_OK;
}

enum err
json_get_int(const struct json *obj, const char *field, int64_t min,
    int64_t max, int64_t *out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);

	return v != NULL ? int_of(v, field, min, max, out, ei)
			 : missing(field, ei);
}

static enum err
bool_of(const json_t *v, const char *field, bool *out, struct errinfo *ei)
{
	if (!json_is_boolean(v)) {
		return wrong_type(field, v, "true or false", ei);
	}
	*out = json_typeof(v) == JSON_TRUE;
	return ERR_OK;
}

enum err
json_get_bool(
    const struct json *obj, const char *field, bool *out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);

	return v != NULL ? bool_of(v, field, out, ei) : missing(field, ei);
}

static enum err
object_of(const json_t *v, const char *field, const struct json **out,
    struct errinfo *ei)
{
	if (json_typeof(v) != JSON_OBJECT) {
		return wrong_type(field, v, "an object", ei);
	}
	*out = face(v);
	return ERR_OK;
}

enum err
json_get_object(const struct json *obj, const char *field,
    const struct json **out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);

	return v != NULL ? object_of(v, field, out, ei) : missing(field, ei);
}

static enum err
array_of(const json_t *v, const char *field, size_t max_items,
    const struct json **out, struct errinfo *ei)
{
	if (json_typeof(v) != JSON_ARRAY) {
		return wrong_type(field, v, "a list", ei);
	}
	if (json_array_size(v) > max_items) {
		(void)err_set(ei, ERR_LIMIT, "json.field.length", NULL,
		    "the list \"%s\" has %zu items; at most %zu are taken",
		    field, json_array_size(v), max_items);
		return err_object(ei, ERR_LIMIT, field);
	}
	*out = face(v);
	return ERR_OK;
}

enum err
json_get_array(const struct json *obj, const char *field, size_t max_items,
    const struct json **out, struct errinfo *ei)
{
	const json_t *v = find(obj, field);

	return v != NULL ? array_of(v, field, max_items, out, ei)
			 : missing(field, ei);
}

size_t
json_array_len(const struct json *array)
{
	return array != NULL ? json_array_size(node(array)) : 0;
}

enum {
	INDEX_TEXT_SIZE = 24
};

static const json_t *
item(const struct json *array, size_t index, char name[INDEX_TEXT_SIZE])
{
	const json_t *v = json_array_get(node(array), index);

	(void)snprintf(name, INDEX_TEXT_SIZE, "%zu", index);
	return v != NULL && json_typeof(v) != JSON_NULL ? v : NULL;
}

enum err
json_item_object(const struct json *array, size_t index,
    const struct json **out, struct errinfo *ei)
{
	char name[INDEX_TEXT_SIZE];
	const json_t *v = item(array, index, name);

	return v != NULL ? object_of(v, name, out, ei) : missing(name, ei);
}

enum err
json_item_text(const struct json *array, size_t index, size_t max_len,
    const char **out, struct errinfo *ei)
{
	char name[INDEX_TEXT_SIZE];
	const json_t *v = item(array, index, name);
	const char *text = NULL;
	enum err e;

	if (v == NULL) {
		return missing(name, ei);
	}
	e = text_of(v, name, max_len, false, &text, ei);
	if (e == ERR_OK) {
		e = not_empty(name, text, ei);
	}
	if (e == ERR_OK) {
		*out = text;
	}
	return e;
}

enum err
json_item_base64(
    const struct json *array, size_t index, struct buf *out, struct errinfo *ei)
{
	char name[INDEX_TEXT_SIZE];
	const json_t *v = item(array, index, name);

	return v != NULL ? base64_of(v, name, out, ei) : missing(name, ei);
}

static bool
is_known(const char *key, const char *const *fields)
{
	for (; *fields != NULL; fields++) {
		if (strcmp(key, *fields) == 0) {
			return true;
		}
	}
	return false;
}

enum err
json_only(const struct json *obj, const char *const *fields, struct errinfo *ei)
{
	/* jansson's iterators take a pointer that is not const and change
	 * nothing. */
	json_t *o = (json_t *)(uintptr_t)(const void *)obj;

	if (!json_is_object(obj)) {
		return err_set(ei, ERR_FORMAT, "json.field.type", NULL,
		    "the JSON should be an object");
	}
	for (void *it = json_object_iter(o); it != NULL;
	     it = json_object_iter_next(o, it)) {
		const char *key = json_object_iter_key(it);

		if (!is_known(key, fields)) {
			(void)err_set(ei, ERR_FORMAT, "json.field.unknown",
			    NULL, "the field \"%.60s\" is not known here", key);
			return err_object(ei, ERR_FORMAT, key);
		}
	}
	return ERR_OK;
}
