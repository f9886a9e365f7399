/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What parses is written again, byte for byte, from the typed fields, and
 * prints as clean text.
 */
#include "base/buf.h"
#include "base/slice.h"
#include "base/text.h"
#include "x509/ocsp.h"

enum {
	TEXT_BYTES = 1024 * 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct buf built = BUF_INIT(size), text = BUF_INIT(TEXT_BYTES);
	struct ocsp_request *x = NULL;
	struct errinfo ei = {ERR_OK, 0, "", "", "", ""};
	enum err err = ocsp_request_parse(in, &x, &ei);

	if (err != ERR_OK) {
		/* nothing given, and the reason said in clean text */
		ensure(x == NULL && ei.kind == err);
		ensure(err == ERR_NOMEM || ei.rule[0] != '\0');
		ensure(text_is_clean(slice_str(ei.text)));
		return 0;
	}
	ocsp_request_rebuild(x, &built);
	ensure(built.err == ERR_OK && slice_eq(buf_slice(&built), in));
	ocsp_request_print(x, &text);
	ensure(text.err == ERR_OK || text.err == ERR_LIMIT);
	ensure(text_is_utf8(buf_slice(&text)) || text.err != ERR_OK);
	ocsp_request_free(x);
	buf_clear(&built);
	buf_clear(&text);
	return 0;
}
