/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ACQUAINT_H
#define SURGUCH_REGISTRY_ACQUAINT_H
/*
 * The text that the owner reads and signs before the first use (A18): the
 * certificate's own data, line by line, in one fixed order.  It depends on
 * nothing but the certificate, the language and the version, so that it can
 * be made again at any time and the signature be checked.
 */
#include "base/buf.h"
#include "base/err.h"
#include "identity/messages.h"

struct cert;

#define ACQUAINT_VERSION "acquaintance-1"

enum {
	ACQUAINT_TEXT_MAX = 32768
};

/* UTF-8, lines end with LF.  Appends to *out. */
ATTR_MUST_USE enum err acquaint_text(const struct cert *cert, enum lang lang,
    struct buf *out, struct errinfo *ei);

#endif
