/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every target of this folder asserts: input that parses is written
 * again, byte for byte, from the typed fields, and prints as UTF-8; input that
 * does not gives nothing and a reason in clean text.  A target keeps only its
 * own parse, build, print and free between start and end.
 */
#ifndef SURGUCH_TESTS_FUZZ_X509_REBUILD_H
#define SURGUCH_TESTS_FUZZ_X509_REBUILD_H

#include "base/buf.h"
#include "base/slice.h"
#include "base/text.h"

enum {
	REBUILD_TEXT_BYTES = 1024 * 1024
};

struct rebuild {
	struct slice in;
	struct buf built; /* empty unless the input parsed */
	struct buf text;  /* left empty by what has no print */
	enum err err;     /* what parsing gave */
	struct errinfo ei;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct rebuild
rebuild_start(const uint8_t *data, size_t size)
{
	return (struct rebuild){
	    .in = slice_make(data, size),
	    .built = BUF_INIT(size),
	    .text = BUF_INIT(REBUILD_TEXT_BYTES),
	};
}

/* Whether r->err says parsed; x is what parsing gave, NULL if nothing. */
static inline bool
rebuild_parsed(const struct rebuild *r, const void *x)
{
	if (r->err == ERR_OK) {
		return true;
	}
	ensure(x == NULL && r->ei.kind == r->err);
	ensure(r->err == ERR_NOMEM || r->ei.rule[0] != '\0');
	ensure(text_is_clean(slice_str(r->ei.text)));
	return false;
}

/* Judges and frees what was built and printed; returns the target's 0. */
static inline int
rebuild_end(struct rebuild *r)
{
	if (r->err == ERR_OK) {
		ensure(r->built.err == ERR_OK);
		ensure(slice_eq(buf_slice(&r->built), r->in));
		ensure(r->text.err == ERR_OK || r->text.err == ERR_LIMIT);
		ensure(
		    r->text.err != ERR_OK || text_is_utf8(buf_slice(&r->text)));
	}
	buf_clear(&r->built);
	buf_clear(&r->text);
	return 0;
}

#endif
