/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "TEMPLATE\nTEXT\nBODY": a template that compiles renders the text so that
 * it cannot leave its place; patterns look at the body and find only what is
 * inside it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "courier/gateway_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct slice
take_line(struct slice *rest)
{
	struct slice line = slice_make(rest->p, 0);

	while (line.len < rest->len && rest->p[line.len] != '\n') {
		line.len++;
	}
	rest->p += line.len;
	rest->len -= line.len;
	if (rest->len > 0) {
		rest->p++;
		rest->len--;
	}
	return line;
}

/* What stands for {text} alone, in each place. */
static void
check_escapes(struct slice text)
{
	static const char forbidden[][12] = {"", "\"\n\r", "&=?#/ \"%\n"};
	struct gateway_message m = {
	    .to = "+79161234567", .text = text, .id = "msg_1"};

	for (int place = PLACE_JSON; place <= PLACE_PERCENT; place++) {
		struct buf out = BUF_INIT((size_t)1 << 20);
		struct template t;

		if (template_compile(&t, "{text}", (enum place)place) != NULL) {
			abort();
		}
		template_render(&t, &m, SLICE_EMPTY, &out);
		for (size_t i = 0; i < out.len; i++) {
			uint8_t c = out.p[i];
			bool escape = c == '%' && place == PLACE_PERCENT;
			bool quoted = c == '"' && place == PLACE_JSON &&
				      i > 0 && out.p[i - 1] == '\\';

			if (!escape && !quoted && c != '\0' &&
			    strchr(forbidden[place], c) != NULL) {
				abort();
			}
		}
		buf_clear(&out);
	}
}

static void
check_patterns(const char *pattern, struct slice body)
{
	struct slice id;

	(void)pattern_fits(pattern, body);
	if (pattern_find_id(pattern, body, &id) &&
	    (id.len == 0 || id.p < body.p ||
		id.p + id.len > body.p + body.len)) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size);
	struct slice line, text;
	char *pattern;

	if (size == 0 || size > 4096) {
		return 0;
	}
	line = take_line(&rest);
	text = take_line(&rest);
	pattern = slice_dup_str(line);
	if (pattern != NULL) {
		struct buf out = BUF_INIT((size_t)1 << 20);
		struct template t;

		if (template_compile(&t, pattern, PLACE_TEXT) == NULL) {
			struct gateway_message m = {
			    .to = "+79161234567", .text = text, .id = "msg_1"};

			template_render(&t, &m, SLICE_LIT("s"), &out);
		}
		check_patterns(pattern, rest);
		buf_clear(&out);
		free(pattern);
	}
	if (text.len > 0 && text_is_utf8(text)) {
		check_escapes(text);
	}
	return 0;
}
