/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate policies along a path (RFC 5280 6.1 as changed by RFC 9618,
 * which makes a graph of the tree, so that its size is bounded).
 *
 * A level has one node for each policy of one certificate, with the nodes of
 * the level above that expect it as its parents.  What a node expects of the
 * next certificate is its own policy, or what its certificate maps it to.
 */
#include "x509/chain_priv.h"

#include <stdlib.h>

#include "x509/cert.h"

enum {
	PARENT_WORDS = CHAIN_POLICY_NODES_MAX / 64
};

struct node {
	struct slice policy;
	bool mapped; /* expects what its certificate's mappings say */
	bool gone;
	bool reached; /* from the leaf's level */
	uint64_t parents[PARENT_WORDS];
};

struct level {
	const struct cert *cert; /* NULL above the first */
	struct node nodes[CHAIN_POLICY_NODES_MAX];
	size_t num;
};

struct graph {
	struct chain *c;
	struct level *levels; /* [0] holds anyPolicy alone */
	size_t depth;         /* the last level that is made */
	size_t at;            /* path index of its certificate */
	bool is_null;
	/* RFC 5280 6.1.2 (d), (e), (f): certificates left before it bites. */
	uint64_t explicit_policy;
	uint64_t inhibit_any;
	uint64_t policy_mapping;
};

static bool
is_any(struct slice policy)
{
	return slice_eq(policy, oid_bytes(OID_ANY_POLICY));
}

static const struct ext_policy_mappings *
mappings_of(const struct level *l)
{
	static const struct ext_policy_mappings none = {0};
	const struct ext *x =
	    l->cert == NULL ? NULL
			    : ext_find(cert_exts(l->cert), EXT_POLICY_MAPPINGS);

	return x == NULL ? &none : &x->u.mappings;
}

static bool
expects(const struct level *l, const struct node *n, struct slice policy)
{
	const struct ext_policy_mappings *m = mappings_of(l);

	if (n->gone) {
		return false;
	}
	if (!n->mapped) {
		return slice_eq(n->policy, policy);
	}
	for (size_t i = 0; i < m->num; i++) {
		if (slice_eq(m->list[i].issuer, n->policy) &&
		    slice_eq(m->list[i].subject, policy)) {
			return true;
		}
	}
	return false;
}

static struct node *
find(struct level *l, struct slice policy)
{
	for (size_t i = 0; i < l->num; i++) {
		if (!l->nodes[i].gone && slice_eq(l->nodes[i].policy, policy)) {
			return &l->nodes[i];
		}
	}
	return NULL;
}

static void
set_parent(struct node *n, size_t parent)
{
	n->parents[parent / 64] |= UINT64_C(1) << parent % 64;
}

static bool
has_parent(const struct node *n, size_t parent)
{
	return (n->parents[parent / 64] >> parent % 64 & 1) != 0;
}

static enum err
add(struct graph *g, struct slice policy, struct node **out)
{
	struct level *l = &g->levels[g->depth];

	if (l->num == CHAIN_POLICY_NODES_MAX) {
		return chain_fail(g->c, g->at, ERR_LIMIT, "chain.policy.number",
		    "RFC 9618 3.2", "more than %d policies come together in it",
		    CHAIN_POLICY_NODES_MAX);
	}
	*out = &l->nodes[l->num++];
	**out = (struct node){.policy = policy};
	return ERR_OK;
}

/* A node under all that expect the policy, or else under anyPolicy; none
 * when nobody does.  RFC 5280 6.1.3 (d) (1). */
static enum err
add_policy(struct graph *g, struct slice policy, bool under_any)
{
	struct level *above = &g->levels[g->depth - 1];
	struct node *any = find(above, oid_bytes(OID_ANY_POLICY)), *n = NULL;
	enum err e;

	for (size_t i = 0; i < above->num; i++) {
		if (!expects(above, &above->nodes[i], policy)) {
			continue;
		}
		if (n == NULL && (e = add(g, policy, &n)) != ERR_OK) {
			return e;
		}
		set_parent(n, i);
	}
	if (n == NULL && under_any && any != NULL) {
		if ((e = add(g, policy, &n)) != ERR_OK) {
			return e;
		}
		set_parent(n, (size_t)(any - above->nodes));
	}
	return ERR_OK;
}

static enum err
add_expected(struct graph *g, struct slice policy)
{
	return find(&g->levels[g->depth], policy) != NULL
		   ? ERR_OK
		   : add_policy(g, policy, false);
}

/* The certificate says anyPolicy: all that is expected goes on.
 * RFC 5280 6.1.3 (d) (2). */
static enum err
add_all_expected(struct graph *g)
{
	struct level *above = &g->levels[g->depth - 1];
	const struct ext_policy_mappings *m = mappings_of(above);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < above->num; i++) {
		if (!above->nodes[i].gone && !above->nodes[i].mapped) {
			e = add_expected(g, above->nodes[i].policy);
		}
	}
	for (size_t i = 0; e == ERR_OK && i < m->num; i++) {
		e = add_expected(g, m->list[i].subject);
	}
	return e;
}

static bool
has_nodes(const struct level *l)
{
	for (size_t i = 0; i < l->num; i++) {
		if (!l->nodes[i].gone) {
			return true;
		}
	}
	return false;
}

/* RFC 5280 6.1.3 (d), (e), (f) */
static enum err
enter(struct graph *g, const struct cert *cert, bool is_leaf)
{
	const struct ext *x = ext_find(cert_exts(cert), EXT_POLICIES);
	bool any_counts =
	    g->inhibit_any > 0 || (!is_leaf && chain_self_issued(cert));
	bool any = false;
	enum err e = ERR_OK;

	g->depth++;
	g->levels[g->depth].cert = cert;
	for (size_t i = 0;
	     !g->is_null && x != NULL && e == ERR_OK && i < x->u.policies.num;
	     i++) {
		struct slice policy = x->u.policies.list[i].oid;

		if (is_any(policy)) {
			any = any_counts;
		} else if (find(&g->levels[g->depth], policy) == NULL) {
			e = add_policy(g, policy, true);
		}
	}
	if (e == ERR_OK && any && !g->is_null) {
		e = add_all_expected(g);
	}
	g->is_null = g->is_null || !has_nodes(&g->levels[g->depth]);
	if (e == ERR_OK && g->is_null && g->explicit_policy == 0) {
		e = chain_fail(g->c, g->at, ERR_POLICY, "chain.policy",
		    "RFC 5280 6.1.3",
		    "a policy is required, and none holds from the anchor "
		    "down to it");
	}
	return e;
}

/* RFC 5280 6.1.4 (b) (1) */
static enum err
map_one(struct graph *g, struct slice issuer)
{
	struct level *l = &g->levels[g->depth];
	struct level *above = &g->levels[g->depth - 1];
	struct node *n = find(l, issuer);
	struct node *any = find(above, oid_bytes(OID_ANY_POLICY));
	enum err e = ERR_OK;

	if (n == NULL && any != NULL &&
	    find(l, oid_bytes(OID_ANY_POLICY)) != NULL) {
		e = add(g, issuer, &n);
		if (e == ERR_OK) {
			set_parent(n, (size_t)(any - above->nodes));
		}
	}
	if (e == ERR_OK && n != NULL) {
		n->mapped = true;
	}
	return e;
}

static enum err
map(struct graph *g)
{
	struct level *l = &g->levels[g->depth];
	const struct ext_policy_mappings *m = mappings_of(l);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < m->num; i++) {
		struct node *n;

		/* RFC 5280 6.1.4 (a) */
		if (is_any(m->list[i].issuer) || is_any(m->list[i].subject)) {
			return chain_fail(g->c, g->at, ERR_POLICY,
			    "chain.policy.map_any", "RFC 5280 4.2.1.5",
			    "it maps anyPolicy, which must not be done");
		}
		if (g->policy_mapping > 0) {
			e = map_one(g, m->list[i].issuer);
			continue;
		}
		/* 6.1.4 (b) (2): what may not be mapped ends here. */
		n = find(l, m->list[i].issuer);
		if (n != NULL) {
			n->gone = true;
		}
	}
	g->is_null = g->is_null || !has_nodes(l);
	return e;
}

static void
lower_to(uint64_t *counter, uint64_t value)
{
	if (value < *counter) {
		*counter = value;
	}
}

static void
count_down(uint64_t *counter)
{
	*counter -= *counter > 0;
}

/* RFC 5280 6.1.4 (h), (i), (j) */
static void
count(struct graph *g, const struct cert *cert)
{
	const struct ext *pc =
	    ext_find(cert_exts(cert), EXT_POLICY_CONSTRAINTS);
	const struct ext *ia =
	    ext_find(cert_exts(cert), EXT_INHIBIT_ANY_POLICY);

	if (!chain_self_issued(cert)) {
		count_down(&g->explicit_policy);
		count_down(&g->policy_mapping);
		count_down(&g->inhibit_any);
	}
	if (pc != NULL && pc->u.policy_constraints.require_explicit >= 0) {
		lower_to(&g->explicit_policy,
		    (uint64_t)pc->u.policy_constraints.require_explicit);
	}
	if (pc != NULL && pc->u.policy_constraints.inhibit_mapping >= 0) {
		lower_to(&g->policy_mapping,
		    (uint64_t)pc->u.policy_constraints.inhibit_mapping);
	}
	if (ia != NULL) {
		lower_to(&g->inhibit_any, ia->u.number);
	}
}

/* Mark what the leaf's level hangs on, upwards. */
static void
mark_reached(struct graph *g)
{
	struct level *l = &g->levels[g->depth];

	for (size_t i = 0; i < l->num; i++) {
		l->nodes[i].reached = !l->nodes[i].gone;
	}
	for (size_t d = g->depth; d > 0; d--) {
		struct level *above = &g->levels[d - 1];

		for (size_t i = 0; i < g->levels[d].num; i++) {
			const struct node *n = &g->levels[d].nodes[i];

			for (size_t p = 0; n->reached && p < above->num; p++) {
				above->nodes[p].reached |= has_parent(n, p);
			}
		}
	}
}

static bool
is_acceptable(const struct chain_request *req, struct slice policy)
{
	if (req->num_policies == 0 || is_any(policy)) {
		return true;
	}
	for (size_t i = 0; i < req->num_policies; i++) {
		if (is_any(req->policies[i]) ||
		    slice_eq(req->policies[i], policy)) {
			return true;
		}
	}
	return false;
}

/* A child of an anyPolicy is a policy in the caller's own terms: whoever is
 * above it has left the choice open (RFC 9618 5.6). */
static bool
is_own_term(const struct level *above, const struct node *n)
{
	for (size_t p = 0; p < above->num; p++) {
		if (has_parent(n, p) && !above->nodes[p].gone &&
		    is_any(above->nodes[p].policy)) {
			return true;
		}
	}
	return false;
}

/* Does one of the policies that the caller takes hold down to the leaf?
 * RFC 5280 6.1.5 (g). */
static bool
holds(struct graph *g)
{
	if (g->is_null) {
		return false;
	}
	mark_reached(g);
	for (size_t d = 1; d <= g->depth; d++) {
		const struct level *l = &g->levels[d];

		for (size_t i = 0; i < l->num; i++) {
			const struct node *n = &l->nodes[i];
			bool ends = !is_any(n->policy) || d == g->depth;

			if (n->reached && ends &&
			    is_own_term(&g->levels[d - 1], n) &&
			    is_acceptable(g->c->req, n->policy)) {
				return true;
			}
		}
	}
	return false;
}

/* RFC 5280 6.1.5 */
static enum err
wrap_up(struct graph *g, const struct cert *leaf)
{
	const struct ext *pc =
	    ext_find(cert_exts(leaf), EXT_POLICY_CONSTRAINTS);

	count_down(&g->explicit_policy);
	if (pc != NULL && pc->u.policy_constraints.require_explicit == 0) {
		g->explicit_policy = 0;
	}
	if (g->explicit_policy == 0 && !holds(g)) {
		return chain_fail(g->c, 0, ERR_POLICY, "chain.policy",
		    "RFC 5280 6.1.5",
		    "a policy is required, and none of those that are taken "
		    "holds for it");
	}
	return ERR_OK;
}

static enum err
walk(struct graph *g)
{
	struct chain *c = g->c;
	enum err e = ERR_OK;

	/* From below the anchor down. */
	for (size_t i = c->num - 1; e == ERR_OK && i-- > 0;) {
		g->at = i;
		e = enter(g, c->path[i], i == 0);
		if (e != ERR_OK) {
			break;
		}
		if (i == 0) {
			return wrap_up(g, c->path[0]);
		}
		e = map(g);
		count(g, c->path[i]);
	}
	return e;
}

enum err
chain_check_policies(struct chain *c)
{
	const struct chain_request *req = c->req;
	uint64_t never = c->num; /* more than there are certificates */
	struct graph g = {
	    .c = c,
	    .explicit_policy = req->require_policy ? 0 : never,
	    .inhibit_any = req->inhibit_any_policy ? 0 : never,
	    .policy_mapping = req->inhibit_mapping ? 0 : never,
	};
	enum err e;

	g.levels = calloc(c->num, sizeof(*g.levels));
	if (g.levels == NULL) {
		return err_nomem(&c->why);
	}
	g.levels[0].num = 1;
	g.levels[0].nodes[0].policy = oid_bytes(OID_ANY_POLICY);
	e = walk(&g);
	free(g.levels);
	return e;
}
