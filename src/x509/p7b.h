/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_P7B_H
#define SURGUCH_X509_P7B_H
/*
 * A bag of certificates: SignedData without signers (RFC 5652 5.1), the
 * .p7b file.  Certificates keep the order given (the leaf first): their SET
 * is one that RFC 5652 does not want in DER.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct p7b;

/* Append; each slice is a whole certificate, copied as it is. */
void p7b_build(const struct slice *certs, size_t num, struct buf *b);
/*
 * Whole input or failure; own copy.  Each certificate is one SEQUENCE; it is
 * not looked into.  ERR_UNSUPPORTED "p7b.signed" when it has signers or
 * content, ERR_LIMIT above CMS_BYTES_MAX or P7B_CERTS_MAX.
 */
ATTR_MUST_USE enum err p7b_parse(
    struct slice der, struct p7b **out, struct errinfo *ei);
void p7b_free(struct p7b *p);
size_t p7b_num_certs(const struct p7b *p);
struct slice p7b_cert(const struct p7b *p, size_t i);
/* The file again, written from the typed fields. */
void p7b_rebuild(const struct p7b *p, struct buf *b);

#endif
