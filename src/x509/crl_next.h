/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CRL_NEXT_H
#define SURGUCH_X509_CRL_NEXT_H
/*
 * May a list that somebody brings take the place of the one that is known?
 * For the lists of CAs whose key is elsewhere, such as an offline root's: they
 * come by hand, so an old one, another one's or a part of one may come too.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct cert;
struct crl;

/* crlNumber, as far as it fits 63 bits; 0 when there is none or a longer one.
 */
uint64_t crl_next_number(const struct crl *c);

/*
 * ERR_OK when `next` is a full list of this issuer, signed by its key, and
 * above `last` (NULL: none is known).  ERR_POLICY "crl_next.issuer",
 * "crl_next.form" (no number, a delta, a part, an unknown critical extension);
 * ERR_CRYPTO (signature_verify()'s); ERR_CONFLICT "crl_next.older".
 */
ATTR_MUST_USE enum err crl_next_check(const struct crl *next,
    const struct crl *last, const struct cert *issuer, struct errinfo *ei);
/* ERR_POLICY "crl_next.early" (thisUpdate is to come), "crl_next.ended" (so is
 * not nextUpdate, or there is none). */
ATTR_MUST_USE enum err crl_next_check_time(
    const struct crl *next, int64_t now, struct errinfo *ei);
/* `last` revoked this serial for good, and `next` does not name it. */
bool crl_next_forgets(
    const struct crl *next, const struct crl *last, struct slice serial);

#endif
