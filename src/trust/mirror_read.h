/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_MIRROR_READ_H
#define SURGUCH_TRUST_MIRROR_READ_H
/*
 * Certificates in a mirror (trust/mirror.h) that no list names any more, and
 * that clients with an older list may still ask for.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "trust/mirror.h"

/* Is it the name of a certificate's file, 40 digits and ".crt" in any case of
 * letters? */
bool trust_mirror_is_cert(const char *name);
/* The certificate of such a name: DER, appended, if it is the one that its name
 * says.  ERR_FORMAT "mirror.certificate". */
ATTR_MUST_USE enum err trust_mirror_read_cert(const struct trust_source *from,
    const char *name, struct buf *out, struct errinfo *ei);

#endif
