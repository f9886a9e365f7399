/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_SIGN_H
#define SURGUCH_X509_SIGN_H
/*
 * The shape that certificates, requests and CRLs share (RFC 5280 4.1.1):
 * SEQUENCE { what is signed, AlgorithmIdentifier, BIT STRING }.
 */
#include "base/buf.h"
#include "base/slice.h"
#include "crypto/alg.h"

/* Append it.  `tbs` is whole DER, copied as it is. */
void x509_assemble(struct slice tbs, enum sig_alg alg, struct slice signature,
    struct buf *out);

#endif
