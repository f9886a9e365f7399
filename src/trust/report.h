/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_REPORT_H
#define SURGUCH_TRUST_REPORT_H
/* Roots and lists in words, for people and for those who know certutil's. */
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "trust/rows.h"
#include "trust/stl.h"

/* "serverAuth", or dotted where it has no name. */
void trust_put_purpose(struct buf *out, struct slice oid);
/* Each of a list, with `gap` between. */
void trust_put_purposes(struct buf *out, struct slice oids, const char *gap);
/* What a root is for, after what was refused: "all", "none". */
void trust_put_uses(struct buf *out, const struct root *r);
/* "trusted", "disabled 2019-02-01", "no new 2020-03-01: serverAuth": also what
 * is to come. */
void trust_put_state(struct buf *out, const struct root *r);
void trust_put_day(struct buf *out, int64_t at); /* "2026-11-22" */

/* A list's head and entries under the names that certutil -verifyCTL uses, one
 * field a line.  Rows (NULL: the list names no roots) give the certificates;
 * signer_ends: notAfter of the signer, 0 unknown; at: today. */
void trust_certutil_list(struct buf *out, const struct stl *l,
    const struct trust_rows *rows, int64_t signer_ends, int64_t at);
/* The entries alone: of stores and certificates. */
void trust_certutil_rows(struct buf *out, const struct trust_rows *rows);

#endif
