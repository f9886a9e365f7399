/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Path building (RFC 4158): from the leaf upwards, depth first, among all
 * that are given.  Whoever is named as the issuer is tried, anchors and those
 * with the right key identifier first; one that did not sign, or must not
 * issue, is put aside at once, and the next is tried.  The first path that is
 * good to the end is the answer; when there is none, the failure that came
 * furthest.
 *
 * A CA (the same name and key) stands on a path once (RFC 4158 2.4.2), so
 * rings end; CHAIN_STEPS_MAX, CHAIN_SIGNATURES_MAX and CHAIN_PATHS_MAX end
 * whatever else is built to be dear.
 */
#include "x509/chain_priv.h"

#include <string.h>

#include "x509/cert.h"
#include "x509/name_match.h"

/* How well a candidate fits: what the key identifiers say, anchors before
 * others. */
enum {
	KEY_ID_SAME,
	KEY_ID_UNSAID,
	KEY_ID_OTHER,
	NUM_RANKS = 2 * (KEY_ID_OTHER + 1)
};

/* Where the search stands at one place of the path. */
struct place {
	size_t next;
	bool named; /* somebody new bears the issuer's name */
};

struct candidate {
	const struct cert *cert;
	bool anchor;
};

static size_t
num_candidates(const struct chain *c)
{
	return c->req->anchors.num + c->req->intermediates.num;
}

static struct candidate
candidate_at(const struct chain *c, size_t i)
{
	size_t anchors = c->req->anchors.num;

	return i < anchors
		   ? (struct candidate){c->req->anchors.list[i], true}
		   : (struct candidate){
			 c->req->intermediates.list[i - anchors], false};
}

static size_t
rank(const struct cert *child, struct candidate of)
{
	const struct ext *aki = ext_find(cert_exts(child), EXT_AKI);
	const struct ext *ski = ext_find(cert_exts(of.cert), EXT_SKI);
	size_t hint = KEY_ID_UNSAID;

	if (aki != NULL && aki->u.aki.has_key_id && ski != NULL) {
		hint = slice_eq(aki->u.aki.key_id, ski->u.octets)
			   ? KEY_ID_SAME
			   : KEY_ID_OTHER;
	}
	return 2 * hint + (of.anchor ? 0 : 1);
}

static bool
is_named(const struct cert *child, const struct cert *issuer)
{
	return slice_eq(cert_issuer_der(child), cert_subject_der(issuer)) ||
	       name_same(cert_issuer(child), cert_subject(issuer));
}

/* The same CA: its name and its key. */
static bool
on_path(const struct chain *c, const struct cert *cert)
{
	for (size_t i = 0; i < c->num; i++) {
		if (slice_eq(cert_spki(c->path[i]), cert_spki(cert)) &&
		    slice_eq(
			cert_subject_der(c->path[i]), cert_subject_der(cert))) {
			return true;
		}
	}
	return false;
}

/* The next one that bears the issuer's name, best rank first. */
static bool
next_candidate(
    const struct chain *c, struct place *place, struct candidate *out)
{
	const struct cert *child = c->path[c->num - 1];
	size_t total = num_candidates(c);

	for (; place->next < NUM_RANKS * total; place->next++) {
		struct candidate of = candidate_at(c, place->next % total);

		if (rank(child, of) != place->next / total ||
		    !is_named(child, of.cert)) {
			continue;
		}
		if (!on_path(c, of.cert)) {
			place->named = true;
			place->next++;
			*out = of;
			return true;
		}
	}
	return false;
}

/* Keep this failure if none came further.  Gives it back. */
static enum err
keep(struct chain *c, enum chain_reach reach, enum err e)
{
	if (reach > c->reach) {
		c->reach = reach;
		memset(&c->best, 0, sizeof(c->best));
		memcpy(c->best.path, c->path, sizeof(c->best.path));
		c->best.num = c->num;
		c->best.why = c->why;
		c->best.at = c->at;
	}
	return e;
}

static enum err
no_issuer(struct chain *c)
{
	size_t i = c->num - 1;
	enum err e;

	if (chain_self_issued(c->path[i])) {
		e = chain_fail(c, i, ERR_NOTFOUND, "chain.anchor",
		    "RFC 5280 6.1",
		    "it is issued by itself and is not among the trusted "
		    "ones; add it to them if it is to be trusted");
	} else {
		e = chain_fail(c, i, ERR_NOTFOUND, "chain.issuer",
		    "RFC 5280 6.1",
		    "no further certificate of its issuer was given; add it "
		    "to the intermediate or the trusted ones");
	}
	return keep(c, CHAIN_REACH_NO_ISSUER, e);
}

static size_t
num_intermediates(const struct chain *c)
{
	size_t num = 0;

	for (size_t i = 1; i < c->num; i++) {
		num += !chain_is_anchor(c, i) && !chain_self_issued(c->path[i]);
	}
	return num;
}

static enum err
check_depth(struct chain *c)
{
	size_t max =
	    c->req->has_depth_max ? c->req->depth_max : CHAIN_DEPTH_DEFAULT;

	if (num_intermediates(c) > max) {
		return chain_fail(c, c->num - 1, ERR_POLICY, "chain.depth",
		    NULL,
		    "more than %zu certificates between it and an anchor; "
		    "allow a longer chain if it is meant",
		    max);
	}
	if (c->num == CHAIN_PATH_MAX && !c->anchored) {
		return chain_fail(c, c->num - 1, ERR_LIMIT, "chain.depth", NULL,
		    "a chain of more than %d certificates", CHAIN_PATH_MAX);
	}
	return ERR_OK;
}

static enum err
not_signed(struct chain *c, enum err e)
{
	size_t i = c->num - 1;

	if (e == ERR_CRYPTO) {
		e = chain_fail(c, i, ERR_CRYPTO, "chain.signature",
		    "RFC 5280 6.1.3",
		    "its signature was not made by the key of the issuer that "
		    "it names; a copy was changed, or the issuer has another "
		    "certificate");
	} else {
		e = chain_fail_at(c, i, e);
	}
	return keep(c, CHAIN_REACH_SIGNATURE, e);
}

/* Put one on the path if it signed the last and may issue.  Not ERR_OK: the
 * path is as before. */
static enum err
step(struct chain *c, struct candidate of)
{
	enum err e = chain_signed_by(c, c->path[c->num - 1], of.cert);

	if (e != ERR_OK) {
		return not_signed(c, e);
	}
	c->steps++;
	c->path[c->num++] = of.cert;
	c->anchored = of.anchor;
	e = check_depth(c);
	if (e == ERR_OK) {
		e = chain_check_issuer(c, c->num - 1);
	}
	if (e != ERR_OK) {
		(void)keep(c, CHAIN_REACH_ISSUER, e);
		c->num--;
		c->anchored = false;
	}
	return e;
}

/* A path stands from leaf to anchor.  Not ERR_OK: the anchor is off again. */
static enum err
judge(struct chain *c)
{
	enum chain_reach reach = CHAIN_REACH_ANCHOR;
	enum err e = chain_check_path(c);

	c->paths++;
	if (e == ERR_OK && c->req->revocation != CHAIN_REVOCATION_OFF) {
		e = chain_check_revocation(c);
		reach = e == ERR_NOTFOUND ? CHAIN_REACH_STATUS : reach;
	}
	if (e != ERR_OK) {
		(void)keep(c, reach, e);
		c->num--;
		c->anchored = false;
	}
	return e;
}

static bool
is_spent(struct chain *c)
{
	c->spent = c->spent || c->steps >= CHAIN_STEPS_MAX ||
		   c->paths >= CHAIN_PATHS_MAX;
	return c->spent;
}

static enum err
too_much(struct chain *c)
{
	if (c->reach < CHAIN_REACH_ANCHOR) {
		c->reach = CHAIN_REACH_NONE;
		c->num = 1;
		return keep(c, CHAIN_REACH_ISSUER,
		    chain_fail(c, 0, ERR_LIMIT, "chain.work", NULL,
			"no good chain was found within %d signatures and %d "
			"steps; give the certificates of its chain alone",
			CHAIN_SIGNATURES_MAX, CHAIN_STEPS_MAX));
	}
	return ERR_LIMIT;
}

static enum err
search(struct chain *c)
{
	struct place places[CHAIN_PATH_MAX] = {0};
	struct candidate of;
	enum err e;

	while (!is_spent(c)) {
		struct place *place = &places[c->num - 1];

		if (!next_candidate(c, place, &of)) {
			if (!place->named) {
				(void)no_issuer(c);
			}
			if (c->num == 1) {
				return ERR_POLICY;
			}
			c->num--;
			continue;
		}
		e = step(c, of);
		if (e == ERR_OK && c->anchored) {
			e = judge(c);
			if (e == ERR_OK) {
				return ERR_OK;
			}
		}
		if (!chain_is_verdict(e)) {
			return e;
		}
		if (e == ERR_OK) {
			places[c->num - 1] = (struct place){0};
		}
	}
	return too_much(c);
}

static bool
leaf_is_anchor(const struct chain *c)
{
	for (size_t i = 0; i < c->req->anchors.num; i++) {
		if (slice_eq(cert_der(c->req->anchors.list[i]),
			cert_der(c->req->leaf))) {
			return true;
		}
	}
	return false;
}

enum err
chain_search(struct chain *c)
{
	enum err e;

	c->path[0] = c->req->leaf;
	c->num = 1;
	c->anchored = leaf_is_anchor(c);
	e = chain_check_leaf(c);
	if (e != ERR_OK) {
		return keep(c, CHAIN_REACH_ANCHOR, e);
	}
	if (c->anchored) {
		return judge(c);
	}
	return search(c);
}
