/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_DEMAND_H
#define SURGUCH_TRUST_DEMAND_H
/*
 * A root when a chain wants it, as Windows does: one that is on the list and
 * not installed is fetched from a mirror by its thumbprint, checked against the
 * list, and used.  What the list has disabled, limited or never trusted for the
 * purpose is not fetched; what the disallowed list means is not trusted, by
 * whatever root.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "trust/mirror.h"

struct cert;
struct trust_demand;

/* Get and judge the lists of a source, which must outlive *out.  ERR_NOTFOUND
 * "mirror.list"; what trust_judge() tells of a list that is refused. */
ATTR_MUST_USE enum err trust_demand_open(const struct trust_source *from,
    const struct trust_mirror_rules *rules, struct trust_demand **out,
    struct errinfo *ei);
void trust_demand_free(struct trust_demand *d); /* NULL is fine */

/* For what, when, and of which age the end of the chain is: a root that counts
 * for certificates issued before a day counts for an older one. */
struct trust_wish {
	struct slice purpose; /* OID content; empty: any */
	int64_t at;
	int64_t issued_at;
};

/*
 * Fetch each root whose name is that of c's issuer and which may be trusted for
 * the wish; take() gets it, borrowed for the call, and what it says ends the
 * search.  *out_refused (NULL: not wanted) counts those that are on the list,
 * and may not.  ERR_NOTFOUND "mirror.certificate"; ERR_FORMAT
 * "mirror.certificate" when the source lies.
 */
ATTR_MUST_USE enum err trust_demand_roots(struct trust_demand *d,
    const struct cert *c, const struct trust_wish *wish,
    enum err (*take)(
	void *arg, struct slice der, struct slice sha1, struct errinfo *ei),
    void *arg, size_t *out_refused, struct errinfo *ei);

/* Is it one that the disallowed list means?  (None is where the source has no
 * such list.) */
ATTR_MUST_USE enum err trust_demand_disallowed(
    struct trust_demand *d, struct slice der, bool *out, struct errinfo *ei);

#endif
