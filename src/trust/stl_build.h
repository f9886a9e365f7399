/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_STL_BUILD_H
#define SURGUCH_TRUST_STL_BUILD_H
/*
 * Lists of trust (trust/stl.h), written: an organisation's own have the form of
 * Microsoft's, so that whatever reads those reads these.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "crypto/cms.h"
#include "trust/stl.h"

enum {
	STL_SEQUENCE_MAX = 20, /* octets of a number that is counted on from */
};

/*
 * Append the CTL of l: usages, identifier, sequence, times, algorithm, entries
 * and extensions_der; its other members are not looked at.  The identifier gets
 * its NUL, the algorithm NULL, times are written as RFC 5280 4.1.2.5 has them:
 * what stl_parse() read of any of Microsoft's lists becomes the same octets.
 * Errors stay in the buf.
 */
void stl_put(struct buf *out, const struct stl *l);

/*
 * The number of a list that is made now, as Microsoft numbers its own: the
 * time, with 14 (hex) before it in a list of roots.  It is greater than that of
 * `before`, the list that is replaced (NULL: none).  Appended to out.
 * ERR_CONFLICT "stl.kind" (a list of something else cannot be replaced),
 * "stl.clock" (before is of a later time than now); ERR_LIMIT "stl.number".
 */
ATTR_MUST_USE enum err stl_next_number(enum stl_kind kind, int64_t now,
    const struct stl *before, struct buf *out, struct errinfo *ei);

/*
 * Append l, signed at its own date.  The certificate's purpose has to be
 * signing lists and nothing else (trust/stl_verify.h), its period has to hold
 * the date.  ERR_POLICY "stl.signer"; ERR_CONFLICT "cms.key" (the certificate
 * is of another key); ERR_LIMIT "stl.length", "cms.certificates"; what
 * cert_parse() and privkey_sign() tell.
 */
ATTR_MUST_USE enum err stl_sign(const struct stl *l,
    const struct cms_signer *signer, struct buf *out, struct errinfo *ei);

#endif
