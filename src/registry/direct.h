/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_DIRECT_H
#define SURGUCH_REGISTRY_DIRECT_H
/*
 * What a direct order (of an operator, a program or the administrator) may
 * ask for: a certificate for a registered person, under a profile that may be
 * issued so.  The registry says what is certified; the request gives its key
 * and proves that it is held (design rule 1).
 */
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"

struct ca;
struct issue_values;
struct registry;

struct direct_order {
	const char *profile;
	struct id person;
	struct slice pkcs10; /* DER */
};

/*
 * Everything that can be refused before a signer is asked; on success the
 * values are ready for issuing_direct().  errinfo.object is "profile",
 * "person" or "pkcs10", or the attribute that the profile refuses.
 * ERR_NOTFOUND "ca.profile", "person.none"; ERR_POLICY "profile.direct" for a
 * profile that wants an approved form, "profile.*"; the errors of csr_parse()
 * and csr_verify().
 */
ATTR_MUST_USE enum err direct_values(struct registry *r, struct ca *ca,
    const struct direct_order *order, struct issue_values *out,
    struct errinfo *ei);

#endif
