/* SPDX-License-Identifier: Apache-2.0 */
/* What parses is written again, byte for byte, from the typed fields. */
#include "base/buf.h"
#include "base/slice.h"
#include "base/text.h"
#include "x509/p7b.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct buf built = BUF_INIT(size);
	struct p7b *x = NULL;
	struct errinfo ei = {ERR_OK, 0, "", "", "", ""};
	enum err err = p7b_parse(in, &x, &ei);

	if (err != ERR_OK) {
		/* nothing given, and the reason said in clean text */
		ensure(x == NULL && ei.kind == err);
		ensure(err == ERR_NOMEM || ei.rule[0] != '\0');
		ensure(text_is_clean(slice_str(ei.text)));
		return 0;
	}
	p7b_rebuild(x, &built);
	ensure(built.err == ERR_OK && slice_eq(buf_slice(&built), in));
	p7b_free(x);
	buf_clear(&built);
	return 0;
}
