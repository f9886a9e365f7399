/* SPDX-License-Identifier: Apache-2.0 */
/* A mirror's feed, as if its signature held: what was read is written and read
 * again, and says the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "trustfeed/document.h"
#include "json/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
need(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* Only what the reader promises. */
static void
look(const struct feed_document *d)
{
	for (size_t i = 0; i < d->files.num; i++) {
		need(feed_name_is_good(d->files.at[i].name));
		need(feed_files_find(&d->files, d->files.at[i].name) ==
		     &d->files.at[i]);
	}
	for (size_t i = 0; i < d->came.num; i++) {
		need(feed_files_find(&d->files, d->came.at[i]) != NULL);
	}
	for (size_t i = 0; i < d->went.num; i++) {
		need(feed_files_find(&d->files, d->went.at[i]) == NULL);
	}
	for (size_t i = 0; i < d->num_roots; i++) {
		need(d->roots[i].change < TRUST_CHANGE_MAX_);
		need(d->roots[i].name == NULL ||
		     text_is_utf8(slice_str(d->roots[i].name)));
	}
	need(d->head.number > d->before);
	need(d->head.valid_until > d->head.signed_at);
	need(feed_document_check(d, d->head.mirror, d->head.signed_at, NULL) ==
	     ERR_OK);
}

static void
again(const struct feed_document *d)
{
	struct buf text = BUF_INIT(FEED_BYTES_MAX);
	struct feed_document e;
	struct json_writer w;

	json_writer_init(&w, &text);
	feed_document_put(&w, &d->head, &d->files, SLICE_LIT("null"));
	need(json_writer_end(&w, NULL) == ERR_OK);
	need(feed_document_parse(buf_slice(&text), &e, NULL) == ERR_OK);
	need(strcmp(d->head.mirror, e.head.mirror) == 0);
	need(d->head.number == e.head.number && d->head.since == e.head.since &&
	     d->head.signed_at == e.head.signed_at &&
	     d->head.valid_until == e.head.valid_until);
	need(d->files.num == e.files.num);
	for (size_t i = 0; i < d->files.num; i++) {
		const struct feed_file *a = &d->files.at[i],
				       *b = &e.files.at[i];

		need(strcmp(a->name, b->name) == 0 && a->bytes == b->bytes &&
		     memcmp(a->sha256, b->sha256, SHA256_SIZE) == 0);
	}
	feed_document_clear(&e);
	buf_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errinfo ei = {0};
	struct feed_document d;

	if (feed_document_parse(slice_make(data, size), &d, &ei) != ERR_OK) {
		need(ei.rule[0] != '\0' && text_is_utf8(slice_str(ei.text)));
		return 0;
	}
	look(&d);
	again(&d);
	feed_document_clear(&d);
	return 0;
}
