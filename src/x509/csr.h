/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CSR_H
#define SURGUCH_X509_CSR_H
/*
 * A PKCS#10 request (RFC 2986) from an untrusted client as a checked value.
 * Decides form and proof of possession, not whether we want to issue: that
 * is for profile/ and ca/.  Of the attributes only the extension request
 * (RFC 2985 5.4.2) is understood; the others are kept as bytes, and nothing
 * of ours looks at them.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct csr;
struct ext_list;
struct name;
struct privkey;
struct pubkey;

/*
 * Consumes the whole input or fails; on failure *out is untouched.  The
 * result holds its own copy.  The signature has not been checked.
 * ERR_FORMAT ("csr.*", "name.*", "ext.*", "der.*"), ERR_LIMIT
 * (CSR_BYTES_MAX and those inside).
 */
ATTR_MUST_USE enum err csr_parse(
    struct slice der, struct csr **out, struct errinfo *ei);
/* Check the signature with the request's own key: ERR_CRYPTO "csr.signature"
 * when it does not fit.  Costs time, hence its own call. */
ATTR_MUST_USE enum err csr_verify(struct csr *c, struct errinfo *ei);
void csr_free(struct csr *c);

const struct name *csr_subject(const struct csr *c);
struct slice csr_spki(const struct csr *c); /* whole, for pubkey_parse */
/* The key ready for use; c keeps it.  pubkey_parse()'s errors. */
ATTR_MUST_USE enum err csr_pubkey(
    struct csr *c, const struct pubkey **out, struct errinfo *ei);
/* Requested extensions; NULL when none. */
const struct ext_list *csr_exts(const struct csr *c);
struct slice csr_der(const struct csr *c);

/* The request again, written from the typed fields. */
void csr_build(const struct csr *c, struct buf *b);
void csr_print(const struct csr *c, struct buf *b);

/*
 * Make and sign a request.  `extensions` is the whole Extensions SEQUENCE or
 * empty.  *out_der gets the request appended, on success only.
 */
ATTR_MUST_USE enum err csr_create(struct privkey *key,
    const struct name *subject, struct slice extensions, struct buf *out_der,
    struct errinfo *ei);

#endif
