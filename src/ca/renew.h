/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_RENEW_H
#define SURGUCH_CA_RENEW_H
/*
 * The next certificate for a key of the centre's own (its TLS server, its OCSP
 * responders): the same names, key and profile, a new period.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct authority;
struct ca;
struct cert;

/* Two thirds of its life are over. */
bool renew_due(const struct cert *cert, int64_t now);

/*
 * Issue it, on record with its audit row; *out_der is replaced.  by: a
 * responder's own CA; NULL: the one that issues under the profile now.
 * ERR_NOTFOUND "renew.ca": no CA of ours made it; "renew.profile": the database
 * does not know under which profile.  Then the errors of ca_issue() and of the
 * store.
 */
ATTR_MUST_USE enum err ca_renew(struct ca *ca, struct authority *by,
    struct slice old_der, struct buf *out_der, struct errinfo *ei);

#endif
