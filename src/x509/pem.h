/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_PEM_H
#define SURGUCH_X509_PEM_H
/*
 * Textual encoding (RFC 7468).  No headers inside a block: an encrypted key
 * of ours is PKCS#8.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define PEM_CERTIFICATE   "CERTIFICATE"
#define PEM_REQUEST       "CERTIFICATE REQUEST"
#define PEM_REQUEST_OLD   "NEW CERTIFICATE REQUEST" /* read, not written */
#define PEM_CRL           "X509 CRL"
#define PEM_PKCS7         "PKCS7"
#define PEM_CMS           "CMS"
#define PEM_KEY           "PRIVATE KEY"
#define PEM_ENCRYPTED_KEY "ENCRYPTED PRIVATE KEY"
#define PEM_PUBLIC_KEY    "PUBLIC KEY"

/* Append a block with lines of 64 characters. */
void pem_put(struct buf *b, const char *label, struct slice der);
/*
 * The next block with this label: its bytes are appended to *der and *text
 * moves behind it.  Blocks with other labels and text between are skipped.
 * ERR_NOTFOUND "pem.none" when there is no further one; ERR_FORMAT "pem.*"
 * for a block without its end, or whose inside is not base64.  On failure
 * nothing changes.
 */
ATTR_MUST_USE enum err pem_get(
    struct slice *text, const char *label, struct buf *der, struct errinfo *ei);
/* True when the text holds a PEM block's first line. */
bool pem_looks_like(struct slice text);
/* One object, in DER or as the first block of this label: its DER, appended;
 * nothing of DER is checked.  Errors as pem_get(); ERR_LIMIT of the buffer. */
ATTR_MUST_USE enum err pem_or_der(
    struct slice bytes, const char *label, struct buf *der, struct errinfo *ei);

#endif
