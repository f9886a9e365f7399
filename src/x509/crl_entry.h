/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CRL_ENTRY_H
#define SURGUCH_X509_CRL_ENTRY_H
/* One entry of a list, for crl.c and crl_write.c. */
#include "x509/crl.h"

/* Takes one entry; everything borrows.  *out_exts is the whole Extensions or
 * empty, and out->reason is not yet set from it. */
ATTR_MUST_USE enum err crl_entry_outline(struct slice *s, struct crl_entry *out,
    struct slice *out_exts, struct errinfo *ei);
/* True when the Extensions are exactly one plain reasonCode. */
bool crl_entry_plain_reason(struct slice exts, enum crl_reason *out);
/* The same with an invalidityDate behind it, or that alone: reason and date of
 * *out, which is changed in any case. */
bool crl_entry_plain_exts(struct slice exts, struct crl_entry *out);
/* From the typed fields. */
void crl_entry_build(const struct crl_entry *e, struct buf *b);

#endif
