/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_BUNDLE_H
#define SURGUCH_X509_BUNDLE_H
/*
 * Certificates in one of the forms in which people hand them on: one in DER, a
 * bag (p7b.h), or text (pem.h) with any number of either.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/*
 * Who takes them; der lives for the call, and is not looked into before it.
 * crl: of revocation lists; NULL: they are passed over in text, and one in
 * DER is refused as what is no certificate.  What a call returns ends the
 * reading, and is returned.
 */
struct bundle_taker {
	enum err (*cert)(void *arg, struct slice der, struct errinfo *ei);
	enum err (*crl)(void *arg, struct slice der, struct errinfo *ei);
	void *arg;
};

/*
 * Give each to its taker: certificates of text first, then its lists, then its
 * bags.  One in DER that is no bag goes to cert, and where that answers
 * ERR_FORMAT to crl; the first one's error is the answer when neither takes
 * it.  Errors of pem_get() and p7b_parse(); text may hold nothing, which is no
 * error.
 */
ATTR_MUST_USE enum err bundle_read(
    struct slice bytes, const struct bundle_taker *taker, struct errinfo *ei);

#endif
