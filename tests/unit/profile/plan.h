/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_PROFILE_PLAN_H
#define SURGUCH_TESTS_PROFILE_PLAN_H
/*
 * A TBSCertificate taken to pieces, so that one piece can be made wrong and
 * the rest written again as it was.
 */
#include "kit.h"

enum {
	PLAN_ATTRS = 64,
	PLAN_EXTS = 32,
	PLAN_MEMORY = 256 * 1024
};

struct plan_attr {
	struct slice oid;
	uint8_t tag;
	struct slice value;
	bool joined; /* in one RDN with the one before */
};

struct plan_ext {
	struct slice oid;
	bool critical;
	bool explicit_false; /* writes the DEFAULT, which DER forbids */
	struct slice value;
};

struct plan {
	int version; /* INTEGER; -1: not written */
	struct slice serial;
	struct slice sig_alg;
	struct slice issuer;
	int64_t not_before;
	int64_t not_after;
	uint8_t not_before_tag;
	uint8_t not_after_tag;
	struct plan_attr attrs[PLAN_ATTRS];
	size_t num_attrs;
	struct slice spki;
	struct plan_ext exts[PLAN_EXTS];
	size_t num_exts;
	struct slice behind; /* bytes after the TBS */
	/* pieces that were made live here */
	uint8_t memory[PLAN_MEMORY];
	size_t used;
};

/* A TBS of ours into pieces. */
void plan_take(struct plan *p, struct slice tbs);
void plan_write(const struct plan *p, struct buf *b);

struct slice plan_keep(struct plan *p, struct slice bytes);
/* The extension, or NULL. */
struct plan_ext *plan_ext(struct plan *p, enum oid id);
void plan_drop_ext(struct plan *p, enum oid id);
/* Takes one whole Extension, as ext_put_ functions write it; in the place of
 * an equal one, else at the end. */
void plan_put_ext(struct plan *p, struct slice whole);
void plan_put_raw(
    struct plan *p, struct slice oid, bool critical, struct slice value);
struct plan_attr *plan_attr(struct plan *p, enum oid id);
void plan_drop_attr(struct plan *p, enum oid id);
void plan_add_attr(struct plan *p, enum oid id, uint8_t tag, const char *value);

#endif
