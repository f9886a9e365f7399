/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_ANCHORS_H
#define SURGUCH_TRUST_ANCHORS_H
/*
 * Under whose roots a list of trust must be signed.  Those of Microsoft's own
 * lists are built in, because a list never brings its root along, and a network
 * without the internet has nobody to ask: the root of 2001 for lists up to
 * 2019, whose signatures are over SHA-1, and that of 2010 for those since.
 *
 * (Those of 2006 to 2009 hang on a certificate signed over MD5.  Their signer's
 * signature is checked, and their chain is refused.)
 */
#include <stddef.h>

#include "base/err.h"
#include "x509/chain.h"

enum {
	TRUST_ANCHORS_MAX = 8,
};

struct trust_anchors {
	struct cert *list[TRUST_ANCHORS_MAX]; /* owned */
	size_t num;
	size_t num_microsoft; /* the first of them */
};

/* Microsoft's.  The caller clears. */
ATTR_MUST_USE enum err trust_anchors_microsoft(
    struct trust_anchors *out, struct errinfo *ei);
/* One more; der is copied.  ERR_LIMIT "trust.anchors"; cert_parse(). */
ATTR_MUST_USE enum err trust_anchors_add(
    struct trust_anchors *a, struct slice der, struct errinfo *ei);
/* Whose lists count: Microsoft's, and those under the certificates of a file
 * (NULL: none more).  trust_anchors_clear() in every case. */
ATTR_MUST_USE enum err trust_read_anchors(
    const char *more, struct trust_anchors *out, struct errinfo *ei);
void trust_anchors_clear(struct trust_anchors *a);
struct chain_certs trust_anchors_certs(const struct trust_anchors *a);
/* Those that were added, which are an organisation's own. */
struct chain_certs trust_anchors_own(const struct trust_anchors *a);

#endif
