/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CHAIN_PRIV_H
#define SURGUCH_X509_CHAIN_PRIV_H
/*
 * One judgement under way, shared by the chain_*.c files.
 *
 * A check that fails says why with chain_fail() and returns its kind: that
 * is a verdict.  ERR_NOMEM, ERR_STATE and ERR_INTERNAL are none: they end the
 * judging (chain_is_verdict).
 */
#include "x509/chain.h"
#include "x509/ext.h"

struct name;

/* A signature that was checked, so that it is checked once. */
struct chain_signature {
	const void *child; /* a certificate or a CRL */
	const struct cert *issuer;
	enum err result;
};

/* How far the search came before a check failed. */
enum chain_reach {
	CHAIN_REACH_NONE,
	CHAIN_REACH_NO_ISSUER, /* nobody there is named as the issuer */
	CHAIN_REACH_SIGNATURE, /* somebody is, and did not sign it */
	CHAIN_REACH_ISSUER,    /* signed by one who must not */
	CHAIN_REACH_ANCHOR,    /* a whole path that is not good */
	CHAIN_REACH_STATUS,    /* good but for an unknown status */
};

struct chain {
	const struct chain_request *req;
	const struct cert *path[CHAIN_PATH_MAX]; /* leaf first */
	size_t num;
	bool anchored; /* the last of path is an anchor */

	struct chain_signature signatures[CHAIN_SIGNATURES_MAX];
	size_t num_signatures;
	size_t steps;
	size_t paths;
	size_t name_checks;
	bool spent; /* some work was left undone */

	struct errinfo why; /* of the check that failed last */
	size_t at;

	/* The failure that came furthest, first of equals. */
	enum chain_reach reach;
	struct chain_verdict best;
};

/* A verdict about path[i]; `clause` may be NULL. */
enum err chain_fail_fill(struct chain *c, size_t i, enum err kind,
    const char *rule, const char *clause, const char *fmt, ...)
    ATTR_PRINTF(6, 7);
#define chain_fail(c, i, kind, ...)                                            \
	err_same(chain_fail_fill((c), (i), (kind), __VA_ARGS__), (kind))
/* The errinfo that another function has left in c->why is about path[i]. */
enum err chain_fail_at(struct chain *c, size_t i, enum err kind);
bool chain_is_verdict(enum err e);

/* Subject and issuer are the same (RFC 5280 6.1). */
bool chain_self_issued(const struct cert *c);
/* True for the anchor at the end of the path. */
bool chain_is_anchor(const struct chain *c, size_t i);
/*
 * Whether the issuer's key made the child's signature: ERR_OK, ERR_CRYPTO
 * when not, or the error of an issuer's key that cannot be used, each in
 * c->why.  ERR_LIMIT when CHAIN_SIGNATURES_MAX are spent.
 */
ATTR_MUST_USE enum err chain_signed_by(
    struct chain *c, const struct cert *child, const struct cert *issuer);

ATTR_MUST_USE enum err chain_crl_signed_by(
    struct chain *c, const struct crl *crl, const struct cert *issuer);

/* chain_build.c: finds a path and judges it.  ERR_OK: c->path is good. */
ATTR_MUST_USE enum err chain_search(struct chain *c);

/* chain_path.c: what each certificate is asked by itself ... */
ATTR_MUST_USE enum err chain_check_leaf(struct chain *c);
ATTR_MUST_USE enum err chain_check_issuer(struct chain *c, size_t i);
/* ... and what the whole path is. */
ATTR_MUST_USE enum err chain_check_path(struct chain *c);

/* chain_form.c, chain_web.c: path[i] against what those who issue must do. */
ATTR_MUST_USE enum err chain_check_form(struct chain *c, size_t i);
ATTR_MUST_USE enum err chain_check_web(struct chain *c, size_t i);
/* chain_constraints.c */
ATTR_MUST_USE enum err chain_check_constraints(struct chain *c);
/* Well formed as a base of a constraint, as an alternative name. */
bool chain_base_fits(const struct general_name *base);
bool chain_name_fits(const struct general_name *gn);
/* chain_peer.c: the names that the caller expects. */
ATTR_MUST_USE enum err chain_check_peer(struct chain *c);
/* chain_policy.c */
ATTR_MUST_USE enum err chain_check_policies(struct chain *c);
/* chain_revocation.c: ERR_NOTFOUND "chain.revocation.unknown" when nothing
 * tells. */
ATTR_MUST_USE enum err chain_check_revocation(struct chain *c);

#endif
