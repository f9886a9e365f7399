/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CHAIN_CRL_H
#define SURGUCH_X509_CHAIN_CRL_H
/* One revocation list and one certificate of a path, for the chain_*.c
 * files. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct cert;
struct chain;
struct crl;

enum {
	/* Bits of ReasonFlags (RFC 5280 4.2.1.13) but the unused one. */
	CHAIN_CRL_ALL_REASONS = 0x1fe
};

/* The reasons for which this list answers about the certificate, bit i at
 * 1 << i; 0: it does not.  A list without a distribution point answers for
 * all. */
uint32_t chain_crl_scope(const struct cert *cert, const struct crl *crl);
/*
 * ERR_OK when the list, whose issuer is that of path[i], may be asked about
 * path[i]; i is not the anchor.  Else ERR_POLICY and why: "chain.crl.*".
 * ERR_NOMEM, ERR_STATE, ERR_INTERNAL.
 */
ATTR_MUST_USE enum err chain_crl_fits(
    struct chain *c, size_t i, const struct crl *crl, struct errinfo *ei);

#endif
