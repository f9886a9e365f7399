/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_OCSP_PRIV_H
#define SURGUCH_X509_OCSP_PRIV_H
/* What requests and responses share. */
#include "x509/ocsp.h"

struct pool;

ATTR_MUST_USE enum err ocsp_cert_id_get(struct pool *pool, struct slice *s,
    struct ocsp_cert_id *out, struct errinfo *ei);
void ocsp_cert_id_print(const struct ocsp_cert_id *id, struct buf *b);
/* Extensions under an EXPLICIT tag, or nothing. */
ATTR_MUST_USE enum err ocsp_exts_get(
    struct slice *s, uint8_t tag, struct ext_list **out, struct errinfo *ei);
void ocsp_exts_put(const struct ext_list *exts, uint8_t tag, struct buf *b);
/* One SingleResponse; in ocsp_write.c. */
void ocsp_single_put(const struct ocsp_single *single, struct buf *b);

#endif
