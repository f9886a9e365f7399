/* SPDX-License-Identifier: Apache-2.0 */
/* What is read of stores of trust besides certificates: the journal of a
 * change, what keytool lists, files and bundles.  The first octet says which.
 */
#include "certstores/anchors_priv.h"

#include <string.h>

#define PLACE "/store"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was read is written so that it is read alike. */
static void
journal(struct slice text)
{
	struct anchors_steps steps = {.num = 0}, again = {.num = 0};
	struct buf out = BUF_INIT(ANCHORS_BYTES_MAX);
	struct errinfo ei = {0};
	bool done = false, done_again = false;

	if (anchors_journal_parse(text, PLACE, &steps, &done, &ei) != ERR_OK) {
		ensure(strcmp(ei.rule, "anchors.journal") == 0);
		return;
	}
	anchors_journal_put(&steps, PLACE, done, &out);
	ensure(anchors_journal_parse(
		   buf_slice(&out), PLACE, &again, &done_again, &ei) == ERR_OK);
	ensure(again.num == steps.num && done_again == done);
	for (size_t i = 0; i < steps.num; i++) {
		ensure(slice_eq(again.at[i].a.der, steps.at[i].a.der));
		ensure(memcmp(again.at[i].a.sha1, steps.at[i].a.sha1,
			   ANCHOR_SHA1_SIZE) == 0);
		ensure(strcmp(again.at[i].a.label, steps.at[i].a.label) == 0);
		ensure(again.at[i].before == steps.at[i].before);
		ensure(slice_eq(
		    buf_slice(&again.at[i].was), buf_slice(&steps.at[i].was)));
	}
	anchors_steps_clear(&steps);
	anchors_steps_clear(&again);
	buf_clear(&out);
}

static enum err
take(void *arg, struct slice alias, struct slice der, struct errinfo *ei)
{
	size_t *num = arg;

	(void)ei;
	(*num)++;
	ensure(memchr(alias.p, '\n', alias.len) == NULL);
	ensure(der.len <= ANCHOR_FILE_MAX);
	return ERR_OK;
}

static void
listing(struct buf *text)
{
	struct errinfo ei = {0};
	size_t num = 0;

	if (anchors_java_listing(buf_cstr(text), take, &num, &ei) != ERR_OK) {
		ensure(strcmp(ei.rule, "anchors.keytool") == 0);
	}
}

static void
file(struct buf *text)
{
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	const char *at = buf_cstr(text), *before = at;

	anchors_file_der(text, &der);
	while (anchors_pem_next(&at, &der)) {
		ensure(at > before && at <= buf_cstr(text) + text->len);
		before = at;
	}
	buf_clear(&der);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_INIT(size + 1);

	if (size == 0) {
		return 0;
	}
	buf_add(&text, slice_make(data + 1, size - 1));
	switch (data[0]) {
	case 'j':
		journal(buf_slice(&text));
		break;
	case 'k':
		listing(&text);
		break;
	default:
		file(&text);
	}
	buf_clear(&text);
	return 0;
}
