/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a GET path as it comes from a client (RFC 6960 A.1.1): escapes,
 * base64, request.  However it was escaped, the bytes are the same.
 */
#include <stdlib.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "http/http_priv.h"
#include "x509/ocsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* False when the server would not get so far. */
static bool
decode(struct slice raw, struct buf *der)
{
	size_t size = raw.len + 1;
	char *memory = malloc(size);
	struct room room = {memory, size};
	const char *text = memory == NULL || !target_path_ok(raw)
			       ? NULL
			       : target_decode(raw, false, &room);
	/* What stands in front of it in a real path. */
	bool done = text != NULL && text[0] == '/' &&
		    text_unbase64(slice_str(text + 1), der);

	free(memory);
	return done;
}

static void
escape_all(struct slice der, struct buf *out)
{
	struct buf text = BUF_INIT((size_t)2 * HTTP_TARGET_MAX);

	text_base64(&text, der);
	buf_add_u8(out, '/');
	for (size_t i = 0; i < text.len; i++) {
		buf_add_u8(out, '%');
		text_hex(out, slice_make(text.p + i, 1));
	}
	ensure(text.err == ERR_OK && out->err == ERR_OK);
	buf_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf der = BUF_INIT(HTTP_TARGET_MAX);
	struct buf escaped = BUF_INIT((size_t)8 * HTTP_TARGET_MAX);
	struct buf again = BUF_INIT(HTTP_TARGET_MAX);
	struct ocsp_plain plain;

	if (size <= HTTP_TARGET_MAX && decode(slice_make(data, size), &der) &&
	    der.len > 0) {
		escape_all(buf_slice(&der), &escaped);
		ensure(decode(buf_slice(&escaped), &again));
		ensure(slice_eq(buf_slice(&der), buf_slice(&again)));
		(void)ocsp_plain_get(buf_slice(&der), &plain);
	}
	buf_clear(&der);
	buf_clear(&escaped);
	buf_clear(&again);
	return 0;
}
