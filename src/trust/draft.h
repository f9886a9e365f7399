/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_DRAFT_H
#define SURGUCH_TRUST_DRAFT_H
/*
 * An organisation's own list of trust in the making: entries out of other
 * lists and stores with what these say of them, and its own certificates.
 * Nothing is borrowed; what was added may be cleared.
 *
 * An entry that says something (uses, dates) takes the place of one that says
 * nothing, in whatever order they come.  Two that say different things are an
 * error: nobody here knows who is right.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/certs.h"
#include "trust/rows.h"
#include "trust/stl.h"

struct trust_draft;

/* Of STL_ROOTS or STL_DISALLOWED. */
ATTR_MUST_USE enum err trust_draft_new(
    enum stl_kind kind, struct trust_draft **out, struct errinfo *ei);
void trust_draft_free(struct trust_draft *d); /* NULL is fine */

/* Append a purpose (OID content) to the uses of bare certificates. */
void trust_draft_put_use(struct buf *uses, struct slice purpose);
/*
 * A list of roots.  Entries of a list stay as they are; those of a store get
 * the order that a list has, and both SHA-256 and the subject's MD5 where they
 * lack them.  A bare certificate has to be of a CA; it gets its name, the uses
 * (content of a SEQUENCE OF OID; empty: any), its key's id and those two.
 * ERR_CONFLICT "trust.twice"; ERR_POLICY "trust.leaf"; ERR_LIMIT "stl.entries".
 */
ATTR_MUST_USE enum err trust_draft_add_rows(struct trust_draft *d,
    const struct trust_rows *rows, struct slice uses, struct errinfo *ei);

/* How a disallowed list means a certificate. */
enum trust_draft_by {
	DRAFT_BY_KEY,         /* and every other one of its key */
	DRAFT_BY_CERTIFICATE, /* it alone */
};
/* A disallowed list: the entries of another. */
ATTR_MUST_USE enum err trust_draft_add_list(
    struct trust_draft *d, const struct stl *l, struct errinfo *ei);
/* Does the list that is made mean this certificate, by whatever name? */
bool trust_draft_means(const struct trust_draft *d, const struct trust_cert *c);
/* A certificate; one that is meant already stays as it is named.
 * ERR_UNSUPPORTED "trust.hash" (of a signature that we do not
 * know); ERR_FORMAT "trust.certificate"; ERR_LIMIT "stl.entries". */
ATTR_MUST_USE enum err trust_draft_add_disallowed(struct trust_draft *d,
    const struct trust_cert *c, enum trust_draft_by by, struct errinfo *ei);

/* Take entries out: how many there were. */
size_t trust_draft_remove_id(struct trust_draft *d, struct slice id);
/* By whatever name the list has for it. */
size_t trust_draft_remove_cert(
    struct trust_draft *d, const struct trust_cert *c);

size_t trust_draft_num(const struct trust_draft *d);

/* What a list says of itself. */
struct trust_draft_head {
	const char *identifier; /* UTF-8; NULL: none */
	struct slice sequence;  /* borrowed until the list is used no more */
	int64_t this_update;
	int64_t next_update; /* 0: none */
};
/* The list, to be put and signed (trust/stl_build.h); it borrows from the
 * draft, and needs no stl_clear().  ERR_FORMAT "stl.name" (no UTF-8). */
ATTR_MUST_USE enum err trust_draft_list(struct trust_draft *d,
    const struct trust_draft_head *head, struct stl *out, struct errinfo *ei);
/* The roots as rows, in the list's order, for trust/export.h.  Borrowed from
 * the draft; trust_rows_clear(). */
ATTR_MUST_USE enum err trust_draft_rows(
    const struct trust_draft *d, struct trust_rows *out, struct errinfo *ei);
/* Certificates that were added, and which the list names still; how many
 * entries of it none of them is, goes to *out_missing.  Borrowed slices in
 * *out, whose array the caller frees. */
ATTR_MUST_USE enum err trust_draft_certs(const struct trust_draft *d,
    const struct trust_cert ***out, size_t *out_num, size_t *out_missing,
    struct errinfo *ei);

#endif
