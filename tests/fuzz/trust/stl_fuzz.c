/* SPDX-License-Identifier: Apache-2.0 */
/* A list of a stranger: read, judged, and each entry's properties too. */
#include <stdint.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "trust/anchors.h"
#include "trust/root.h"
#include "trust/stl_verify.h"

enum {
	TEXT_BYTES = 4096,
	NOON = 1800000000,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct stl *l, const struct stl_entry *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct root root;

	if (stl_find(l, e->id) != e) {
		abort(); /* each identifier stands once */
	}
	if (root_read(e, &root, NULL) == ERR_OK) {
		root_put_text(&text, root.name);
		if (text.err == ERR_OK && !text_is_utf8(buf_slice(&text))) {
			abort();
		}
		(void)root_trusted(&root, oid_bytes(OID_KP_SERVER), NOON);
	}
	buf_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct trust_anchors anchors;
	struct stl_verdict verdict;
	struct stl_rules rules = {.old = CMS_OLD_SHA1};
	struct errinfo ei = {0};
	struct stl l;

	if (anchors.num == 0 &&
	    (crypto_init(NULL) != ERR_OK ||
		trust_anchors_microsoft(&anchors, NULL) != ERR_OK)) {
		abort();
	}
	if (stl_parse(slice_make(data, size), &l, &ei) != ERR_OK) {
		if (ei.text[0] == '\0' || !text_is_utf8(slice_str(ei.text))) {
			abort();
		}
		return 0;
	}
	for (size_t i = 0; i < l.num; i++) {
		look_at(&l, &l.entries[i]);
	}
	rules.anchors = trust_anchors_certs(&anchors);
	if (stl_verify(&l, &rules, &verdict, &ei) == ERR_OK) {
		abort(); /* nobody here has Microsoft's key */
	}
	stl_verdict_clear(&verdict);
	stl_clear(&l);
	return 0;
}
