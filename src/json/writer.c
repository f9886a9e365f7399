/* SPDX-License-Identifier: Apache-2.0 */
#include "json/writer.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/text.h"

void
json_writer_init(struct json_writer *w, struct buf *out)
{
	*w = (struct json_writer){.out = out};
}

/* A comma where one belongs, and the member's name. */
static void
begin_value(struct json_writer *w, const char *field)
{
	bool in_object;

	if (w->done) {
		w->misuse = true;
		return;
	}
	in_object = w->depth > 0 && !w->in_array[w->depth - 1];
	if (in_object != (field != NULL)) {
		w->misuse = true;
		return;
	}
	if (w->depth == 0) {
		return;
	}
	if (w->not_first[w->depth - 1]) {
		buf_add_u8(w->out, ',');
	}
	w->not_first[w->depth - 1] = true;
	if (field != NULL) {
		buf_add_u8(w->out, '"');
		json_escape(w->out, slice_str(field));
		buf_add_str(w->out, "\":");
	}
}

static void
end_value(struct json_writer *w)
{
	if (w->depth == 0) {
		w->done = true;
	}
}

static void
open_nested(struct json_writer *w, const char *field, bool array)
{
	begin_value(w, field);
	if (w->misuse || w->depth == JSON_DEPTH_MAX) {
		w->misuse = true;
		return;
	}
	buf_add_u8(w->out, array ? '[' : '{');
	w->in_array[w->depth] = array;
	w->not_first[w->depth] = false;
	w->depth++;
}

void
json_open_object(struct json_writer *w, const char *field)
{
	open_nested(w, field, false);
}

void
json_open_array(struct json_writer *w, const char *field)
{
	open_nested(w, field, true);
}

void
json_close(struct json_writer *w)
{
	if (w->misuse || w->depth == 0) {
		w->misuse = true;
		return;
	}
	w->depth--;
	buf_add_u8(w->out, w->in_array[w->depth] ? ']' : '}');
	end_value(w);
}

void
json_put_slice(struct json_writer *w, const char *field, struct slice utf8)
{
	if (!text_is_utf8(utf8)) {
		w->misuse = true;
		return;
	}
	begin_value(w, field);
	buf_add_u8(w->out, '"');
	json_escape(w->out, utf8);
	buf_add_u8(w->out, '"');
	end_value(w);
}

void
json_put_text(struct json_writer *w, const char *field, const char *text)
{
	if (text == NULL) {
		json_put_null(w, field);
		return;
	}
	json_put_slice(w, field, slice_str(text));
}

void
json_put_text_optional(
    struct json_writer *w, const char *field, const char *text)
{
	if (text != NULL) {
		json_put_text(w, field, text);
	}
}

void
json_put_raw(struct json_writer *w, const char *field, struct slice json)
{
	begin_value(w, field);
	buf_add(w->out, json);
	end_value(w);
}

void
json_put_int(struct json_writer *w, const char *field, int64_t v)
{
	begin_value(w, field);
	buf_printf(w->out, "%" PRId64, v);
	end_value(w);
}

void
json_put_bool(struct json_writer *w, const char *field, bool v)
{
	json_put_raw(w, field, v ? SLICE_LIT("true") : SLICE_LIT("false"));
}

void
json_put_null(struct json_writer *w, const char *field)
{
	json_put_raw(w, field, SLICE_LIT("null"));
}

void
json_put_time(struct json_writer *w, const char *field, int64_t sec)
{
	char text[TIME_TEXT_SIZE];

	time_text(sec, text);
	json_put_text(w, field, text);
}

void
json_put_base64(struct json_writer *w, const char *field, struct slice bytes)
{
	begin_value(w, field);
	buf_add_u8(w->out, '"');
	text_base64(w->out, bytes);
	buf_add_u8(w->out, '"');
	end_value(w);
}

void
json_put_hex(struct json_writer *w, const char *field, struct slice bytes)
{
	begin_value(w, field);
	buf_add_u8(w->out, '"');
	text_hex(w->out, bytes);
	buf_add_u8(w->out, '"');
	end_value(w);
}

enum err
json_writer_end(struct json_writer *w, struct errinfo *ei)
{
	if (w->misuse || !w->done) {
		return err_set(ei, ERR_INTERNAL, "json.writer", NULL,
		    "JSON was written out of order or with bad UTF-8");
	}
	return buf_err(w->out, ei);
}

static const char *
short_escape(uint32_t c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

static bool
needs_escape(uint32_t c)
{
	return c < 0x20 || c == '"' || c == '\\' || c == 0x7f || c == '<' ||
	       c == '>' || c == '&' || c == 0x2028 || c == 0x2029;
}

/* How many bytes at the front are ASCII that goes out as it is: nearly all
 * that is written, and PEM but for its ends of lines. */
static size_t
num_plain(struct slice utf8)
{
	size_t num = 0;

	while (num < utf8.len && utf8.p[num] < 0x80 &&
	       !needs_escape(utf8.p[num])) {
		num++;
	}
	return num;
}

void
json_escape(struct buf *out, struct slice utf8)
{
	struct slice run = {
	    utf8.p, 0}; /* what needs no escape, not yet added */

	while (utf8.len > 0) {
		size_t plain = num_plain(utf8);
		struct slice at;
		const char *escape;
		uint32_t c;

		run.len += plain;
		utf8 = slice_make(utf8.p + plain, utf8.len - plain);
		at = utf8;
		if (!text_get_char(&utf8, &c)) {
			break;
		}
		if (!needs_escape(c)) {
			run.len += at.len - utf8.len;
			continue;
		}
		buf_add(out, run);
		run = slice_make(utf8.p, 0);
		escape = short_escape(c);
		if (escape != NULL) {
			buf_add_str(out, escape);
		} else {
			buf_printf(out, "\\u%04x", (unsigned)c);
		}
	}
	buf_add(out, run);
}
