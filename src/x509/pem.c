/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/pem.h"

#include <string.h>

#include "base/text.h"

enum {
	LINE_CHARS = 64, /* RFC 7468 2 */
	LINE_BYTES = LINE_CHARS / 4 * 3,
};

#define BEGIN  "-----BEGIN "
#define END    "-----END "
#define DASHES "-----"

void
pem_put(struct buf *b, const char *label, struct slice der)
{
	struct slice line;

	buf_printf(b, BEGIN "%s" DASHES "\n", label);
	while (der.len > 0) {
		size_t len = der.len < LINE_BYTES ? der.len : LINE_BYTES;

		if (!slice_get_bytes(&der, len, &line)) {
			break;
		}
		text_base64(b, line);
		buf_add_u8(b, '\n');
	}
	buf_printf(b, END "%s" DASHES "\n", label);
}

/* One line without its end; false when there is none left. */
static bool
get_line(struct slice *text, struct slice *out)
{
	const uint8_t *end;
	uint8_t newline;
	size_t len;

	if (text->len == 0) {
		return false;
	}
	end = memchr(text->p, '\n', text->len);
	len = end == NULL ? text->len : (size_t)(end - text->p);
	if (!slice_get_bytes(text, len, out)) {
		return false;
	}
	if (text->len > 0 && !slice_get_u8(text, &newline)) {
		return false;
	}
	/* CR, and blanks that mail programs leave (RFC 7468 2). */
	while (out->len > 0 && out->p[out->len - 1] <= ' ') {
		out->len--;
	}
	return true;
}

/* Is this line `before` LABEL "-----"?  The label then. */
static bool
is_border(struct slice line, const char *before, struct slice *out_label)
{
	size_t lead = strlen(before), tail = strlen(DASHES), len;

	if (line.len < lead + tail || !slice_starts(line, slice_str(before)) ||
	    memcmp(line.p + line.len - tail, DASHES, tail) != 0) {
		return false;
	}
	len = line.len - lead - tail;
	*out_label = slice_make(line.p + lead, len);
	return true;
}

/* The lines up to the END of this label. */
static enum err
get_body(struct slice *text, struct slice label, struct slice *out,
    struct errinfo *ei)
{
	struct slice rest = *text, line = SLICE_EMPTY;
	struct slice found = SLICE_EMPTY;
	struct slice from = *text;

	for (;;) {
		size_t left = rest.len;

		if (!get_line(&rest, &line)) {
			return err_set(ei, ERR_FORMAT, "pem.end", "RFC 7468 2",
			    "a PEM block without its END line");
		}
		if (!slice_starts(line, SLICE_LIT(DASHES))) {
			continue;
		}
		if (!is_border(line, END, &found) || !slice_eq(found, label)) {
			return err_set(ei, ERR_FORMAT, "pem.end", "RFC 7468 2",
			    "a PEM block whose END line is not its own");
		}
		*out = slice_make(from.p, from.len - left);
		*text = rest;
		return ERR_OK;
	}
}

static enum err
decode(struct slice body, struct buf *der, struct errinfo *ei)
{
	size_t was = der->len;

	if (!text_unbase64(body, der)) {
		if (der->err == ERR_OK) {
			buf_cut(der, was);
			return err_set(ei, ERR_FORMAT, "pem.base64",
			    "RFC 7468 3",
			    "the inside of a PEM block is not base64");
		}
		return buf_err(der, ei);
	}
	if (der->len == was) {
		return err_set(
		    ei, ERR_FORMAT, "pem.empty", NULL, "an empty PEM block");
	}
	return ERR_OK;
}

enum err
pem_get(
    struct slice *text, const char *label, struct buf *der, struct errinfo *ei)
{
	struct slice rest = *text, line = SLICE_EMPTY, found = SLICE_EMPTY;
	struct slice body = SLICE_EMPTY;
	enum err err;

	while (get_line(&rest, &line)) {
		if (!is_border(line, BEGIN, &found)) {
			continue;
		}
		err = get_body(&rest, found, &body, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (!slice_eq_str(found, label)) {
			continue;
		}
		err = decode(body, der, ei);
		if (err == ERR_OK) {
			*text = rest;
		}
		return err;
	}
	return err_set(
	    ei, ERR_NOTFOUND, "pem.none", NULL, "no PEM block \"%s\"", label);
}

bool
pem_looks_like(struct slice text)
{
	struct slice line, label;

	while (get_line(&text, &line)) {
		if (is_border(line, BEGIN, &label)) {
			return true;
		}
	}
	return false;
}

enum err
pem_or_der(
    struct slice bytes, const char *label, struct buf *der, struct errinfo *ei)
{
	if (pem_looks_like(bytes)) {
		return pem_get(&bytes, label, der, ei);
	}
	buf_add(der, bytes);
	return buf_err(der, ei);
}
