/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_EXPORT_H
#define SURGUCH_TRUST_EXPORT_H
/*
 * Roots as a file for others: each form says what it can hold.
 *
 * A serialized store (.sst) holds all: names, uses, dates.  Of a list it is
 * written as certutil -generateSSTFromWU does, octet for octet: the roots by
 * thumbprint from the highest to the lowest, of each its properties in the
 * reverse of the list's order, then property 3, then the certificate.  Of
 * another store it keeps that one's order.  A bag (.p7b) and PEM hold
 * certificates alone: uses and dates are lost, which the caller says aloud.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "trust/rows.h"

/* Roots whose certificate is not at hand. */
size_t trust_num_missing(const struct trust_rows *r);

/*
 * Appended to out.  Roots without a certificate are left out with skip, else
 * ERR_NOTFOUND "trust.missing", which names how many and the first.
 */
ATTR_MUST_USE enum err trust_export_sst(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei);
ATTR_MUST_USE enum err trust_export_p7b(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei);
/* With each root's name in a line of its own before it. */
ATTR_MUST_USE enum err trust_export_pem(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei);
/* The question alone: are all here? */
ATTR_MUST_USE enum err trust_export_check(
    const struct trust_rows *r, bool skip, struct errinfo *ei);

#endif
