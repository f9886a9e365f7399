/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever somebody takes for a list of roots: read, shown and written. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/init.h"
#include "trust/diff.h"
#include "trust/disallowed.h"
#include "trust/export.h"
#include "trust/file.h"
#include "trust/report.h"
#include "trust/rows.h"
#include "trust/sst.h"

enum {
	TEXT_MAX = 64 * 1024 * 1024,
	NOON = 1800000000,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at_rows(struct trust_rows *r)
{
	struct buf text = BUF_INIT(TEXT_MAX), store = BUF_INIT(TEXT_MAX);
	struct trust_diff d;

	trust_certutil_rows(&text, r);
	for (size_t i = 0; i < r->num; i++) {
		trust_put_state(&text, &r->at[i].root);
		trust_put_uses(&text, &r->at[i].root);
		trust_row_name(&r->at[i], &text);
	}
	if (text.err == ERR_OK && !text_is_utf8(buf_slice(&text))) {
		abort();
	}
	if (trust_diff_of(r, r, &d, NULL) == ERR_OK) {
		if (d.num != 0) {
			abort(); /* nothing differs from itself */
		}
		trust_diff_clear(&d);
	}
	if (trust_export_sst(r, true, &store, NULL) == ERR_OK &&
	    !sst_looks_like(buf_slice(&store))) {
		abort();
	}
	buf_clear(&text);
	buf_clear(&store);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errinfo ei = {0};
	struct trust_file f;

	if (crypto_init(NULL) != ERR_OK) {
		abort();
	}
	if (trust_file_parse(slice_make(data, size), &f, &ei) != ERR_OK) {
		if (ei.text[0] == '\0' || !text_is_utf8(slice_str(ei.text))) {
			abort();
		}
		trust_file_clear(&f);
		return 0;
	}
	for (size_t i = 0; i < f.num; i++) {
		struct trust_rows r;

		if (trust_rows_of(&f, &f.parts[i], NULL, &r, NULL) == ERR_OK) {
			look_at_rows(&r);
			trust_rows_clear(&r);
		} else if (f.parts[i].content == TRUST_LIST) {
			struct buf text = BUF_INIT(TEXT_MAX);

			trust_certutil_list(
			    &text, &f.parts[i].list, NULL, 0, NOON);
			buf_clear(&text);
		}
		for (size_t j = 0; f.parts[i].content == TRUST_LIST &&
				   j < trust_certs_num(f.certs);
		     j++) {
			(void)trust_disallowed(
			    &f.parts[i].list, trust_certs_at(f.certs, j));
		}
	}
	trust_file_clear(&f);
	return 0;
}
