/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_CERTSTORE_H
#define SURGUCH_WORKSTATION_CERTSTORE_H
/*
 * The person's own store: a directory with a file for each certificate,
 *
 *	certificates/personal/SHA256.cer
 *	certificates/authorities/SHA256.cer
 *	certificates/roots/SHA256.cer
 *
 * What is in `authorities` helps to build chains; nothing is trusted because
 * it is there.  In `roots` is what the person confirmed by its fingerprint.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum certstore_kind {
	CERTSTORE_PERSONAL,
	CERTSTORE_AUTHORITIES,
	CERTSTORE_ROOTS,
	CERTSTORE_KIND_MAX_
};

/* Putting in what is there already changes nothing.  The certificate has been
 * parsed by the caller. */
ATTR_MUST_USE enum err certstore_put(const char *home, enum certstore_kind kind,
    struct slice der, struct errinfo *ei);
/* Is it there now, the very bytes?  ERR_NOTFOUND "certstore.none". */
ATTR_MUST_USE enum err certstore_has(const char *home, enum certstore_kind kind,
    struct slice der, struct errinfo *ei);
/* Each one; der is borrowed for the call.  ERR_LIMIT above CERTSTORE_MAX. */
ATTR_MUST_USE enum err certstore_each(const char *home,
    void (*tell)(void *arg, enum certstore_kind kind, struct slice der),
    void *arg, struct errinfo *ei);
/* Whatever kind it is of; *removed counts on. */
ATTR_MUST_USE enum err certstore_remove(const char *home,
    const uint8_t sha256[32], size_t *removed, struct errinfo *ei);

#endif
