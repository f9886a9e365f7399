/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_OCSP_PRIV_H
#define SURGUCH_X509_OCSP_PRIV_H
/* What requests and responses share. */
#include "x509/ocsp.h"
#include "x509/pool.h"
#include "x509/signed.h"

struct ocsp_response {
	uint8_t *bytes; /* the input, for the signature's check */
	struct slice tbs_der;

	struct pool pool;
	enum ocsp_response_status status;
	struct name *name; /* in the pool; or NULL: key_id */
	struct slice key_id;
	int64_t produced_at;
	struct ocsp_single *list;
	size_t num;
	struct ext_list *exts;
	struct signature sig;
	struct slice *certs;
	size_t num_certs;
};

ATTR_MUST_USE enum err ocsp_cert_id_get(struct pool *pool, struct slice *s,
    struct ocsp_cert_id *out, struct errinfo *ei);
/* Extensions under an EXPLICIT tag, or nothing; in the pool. */
ATTR_MUST_USE enum err ocsp_exts_get(struct pool *pool, struct slice *s,
    uint8_t tag, struct ext_list **out, struct errinfo *ei);
void ocsp_cert_id_put(const struct ocsp_cert_id *id, struct buf *b);
void ocsp_exts_put(const struct ext_list *exts, uint8_t tag, struct buf *b);
/* One SingleResponse; in ocsp_write.c. */
void ocsp_single_put(const struct ocsp_single *single, struct buf *b);

#endif
