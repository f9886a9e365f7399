/* SPDX-License-Identifier: Apache-2.0 */
/* A stranger's store: what was read is written again, octet for octet. */
#include <stdint.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "trust/root.h"
#include "trust/sst.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
rebuild(const struct sst *s, struct buf *out)
{
	sst_begin(out);
	for (size_t i = 0; i < s->num; i++) {
		const struct sst_element *el = &s->elements[i];
		struct stl_entry entry = el->entry;
		struct root root;

		for (size_t j = 0; j < entry.num; j++) {
			sst_put_property(out, entry.attributes[j].property,
			    entry.attributes[j].value);
		}
		if (el->kind != SST_CERT) {
			out->err = ERR_UNSUPPORTED; /* we write none */
			return;
		}
		sst_put_cert(out, el->der);
		if (root_read(&entry, &root, NULL) == ERR_OK &&
		    !slice_eq(root.sha1, entry.id)) {
			abort();
		}
	}
	sst_end(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice file = slice_make(data, size);
	struct buf again = BUF_INIT(SST_BYTES_MAX);
	struct errinfo ei = {0};
	struct sst s;

	if (sst_parse(file, &s, &ei) != ERR_OK) {
		if (ei.text[0] == '\0' || !text_is_utf8(slice_str(ei.text))) {
			abort();
		}
		return 0;
	}
	rebuild(&s, &again);
	if (again.err == ERR_OK && !s.cut &&
	    !slice_eq(buf_slice(&again), file)) {
		abort();
	}
	buf_clear(&again);
	sst_clear(&s);
	return 0;
}
