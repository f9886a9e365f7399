/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_STL_VERIFY_H
#define SURGUCH_TRUST_STL_VERIFY_H
/*
 * Whose list is it?  Its signature, and the chain of its signer, who must have
 * the purpose of signing lists of roots and no other.  Under an organisation's
 * own roots the purpose of signing lists of trust (1.3.6.1.4.1.311.10.3.1) will
 * do as well, which Windows' own authorities give; under Microsoft's it would
 * not be a list for Windows Update.
 *
 * A list is good at its own date: Microsoft's signers live a year and put no
 * time-stamp on it, so that an up-to-date list often has a signer that has
 * expired.  Whoever wants more judges at another time, or looks at
 * the signer's end.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "crypto/cms_signed.h"
#include "trust/stl.h"
#include "x509/chain.h"

struct stl_rules {
	struct chain_certs anchors;
	struct chain_certs own; /* those of them that are not Microsoft's */
	bool has_at;            /* otherwise at the list's own date */
	int64_t at;
	/* Lists up to 2019, and their certificates, are signed over SHA-1. */
	enum cms_old old;
};

/* Of an accepted list, and of one that was refused as far as it was read. */
struct stl_verdict {
	struct cert *certs[CMS_CERTS_MAX]; /* that came along; owned */
	size_t num_certs;
	const struct cert *signer; /* NULL: it did not come along */
	bool signed_by_signer;     /* the signature is good, whoever that is */
	enum hash_alg hash;
	struct chain_verdict chain;
};

/*
 * Fills *out, also when it refuses; the caller clears.  ERR_CRYPTO
 * "cms.attributes", "cms.digest" (the list was changed),
 * "signature.mismatch"; ERR_POLICY "stl.signer" (not for signing
 * lists), "stl.old" (over SHA-1, and not asked for), "chain.*";
 * ERR_NOTFOUND "stl.signer" (its certificate did not come along).
 */
ATTR_MUST_USE enum err stl_verify(const struct stl *l,
    const struct stl_rules *rules, struct stl_verdict *out, struct errinfo *ei);
/* May it sign lists under an organisation's own root, and nothing else? */
bool stl_signs_lists(const struct cert *c);
void stl_verdict_clear(struct stl_verdict *v);

#endif
