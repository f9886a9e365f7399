/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_KEY_OWNER_H
#define SURGUCH_CA_KEY_OWNER_H
/*
 * A key speaks for one person.  Whoever holds a key that is certified for
 * two can sign as either, so none that this centre has certified, however
 * long ago and whatever became of the certificate, is certified for anybody
 * else.
 */
#include "base/err.h"
#include "base/slice.h"

struct id;
struct store;

/*
 * May this key (a whole SubjectPublicKeyInfo) be certified for this person?
 * NULL: the owner is no known person, and the key must be new.
 * ERR_POLICY "key.shared" when a certificate with this key is of another
 * person, or of none that is known: the centre's own, one that was adopted.  A
 * GOST key is the same with and without its digest's parameters (RFC 9215 4).
 * Two orders at the very same time are not told apart.
 */
ATTR_MUST_USE enum err key_owner_check(struct store *s, struct slice spki,
    const struct id *person, struct errinfo *ei);

#endif
