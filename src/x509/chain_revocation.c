/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation by lists (RFC 5280 6.3).  A certificate is revoked when a list
 * that speaks for it names it, be it full or a delta, and no newer one of the
 * same scope takes that back; it is good when full lists that speak for it
 * cover all reasons; otherwise nobody knows.
 */
#include "x509/chain_priv.h"

#include "base/clock.h"
#include "x509/cert.h"
#include "x509/chain_crl.h"
#include "x509/crl.h"
#include "x509/name_match.h"

/* A list that speaks for the certificate, and what it says. */
struct word {
	const struct crl *crl;
	const struct crl_entry *entry; /* NULL: not named */
};

struct words {
	struct word list[CHAIN_CRL_WORDS_MAX];
	size_t num;
};

static bool
is_delta(const struct crl *crl)
{
	return ext_find(crl_exts(crl), EXT_DELTA_CRL) != NULL;
}

/* Full and delta lists of one row have equal distribution points (RFC 5280
 * 5.2.4). */
static bool
same_scope(const struct crl *a, const struct crl *b)
{
	const struct ext *x = ext_find(crl_exts(a), EXT_IDP);
	const struct ext *y = ext_find(crl_exts(b), EXT_IDP);
	struct buf p = BUF_INIT(EXT_VALUE_MAX), q = BUF_INIT(EXT_VALUE_MAX);
	bool same = x == NULL && y == NULL;

	if (x != NULL && y != NULL) {
		ext_build_value(x, &p);
		ext_build_value(y, &q);
		same = p.err == ERR_OK && q.err == ERR_OK &&
		       slice_eq(buf_slice(&p), buf_slice(&q));
	}
	buf_clear(&q);
	buf_clear(&p);
	return same;
}

static bool
is_removal(const struct crl_entry *entry)
{
	return entry->reason == CRL_REASON_REMOVE_FROM_CRL;
}

/* RFC 5280 5.2.4: a delta goes with lists from its base on. */
static bool
goes_with(const struct crl *o, const struct crl *said)
{
	const struct ext *base = ext_find(crl_exts(o), EXT_DELTA_CRL);

	return crl_serial_cmp(crl_number(o), crl_number(said)) > 0 &&
	       (base == NULL ||
		   crl_serial_cmp(base->u.integer, crl_number(said)) <= 0) &&
	       same_scope(o, said);
}

/* A newer list of the row says otherwise: a full one by its silence, a delta
 * by a removal. */
static bool
is_taken_back(const struct words *w, const struct word *said)
{
	for (size_t i = 0; i < w->num; i++) {
		const struct word *o = &w->list[i];

		if ((o->entry == NULL ? !is_delta(o->crl)
				      : is_removal(o->entry)) &&
		    goes_with(o->crl, said->crl)) {
			return true;
		}
	}
	return false;
}

static const struct crl_entry *
find_revoked(const struct words *w)
{
	for (size_t i = 0; i < w->num; i++) {
		const struct word *said = &w->list[i];

		if (said->entry != NULL && !is_removal(said->entry) &&
		    !is_taken_back(w, said)) {
			return said->entry;
		}
	}
	return NULL;
}

/* Reasons that full lists answer for. */
static uint32_t
covered(const struct cert *cert, const struct words *w)
{
	uint32_t reasons = 0;

	for (size_t i = 0; i < w->num; i++) {
		if (!is_delta(w->list[i].crl)) {
			reasons |= chain_crl_scope(cert, w->list[i].crl);
		}
	}
	return reasons;
}

static enum err
revoked(struct chain *c, size_t i, const struct crl_entry *entry)
{
	char at[TIME_TEXT_SIZE];
	const char *reason = entry->reason == CRL_REASON_NONE
				 ? NULL
				 : crl_reason_name(entry->reason);

	time_text(entry->revoked_at, at);
	return chain_fail(c, i, ERR_POLICY, "chain.revoked", "RFC 5280 6.3",
	    "it was revoked on %s%s%s; it must not be used", at,
	    reason != NULL ? ": " : "", reason != NULL ? reason : "");
}

static enum err
unknown(struct chain *c, size_t i, const struct errinfo *unfit)
{
	if (unfit->kind != ERR_OK) {
		return chain_fail(c, i, ERR_NOTFOUND,
		    "chain.revocation.unknown", unfit->clause,
		    "its issuer's list cannot be used: %.200s [%.40s]",
		    unfit->text, unfit->rule);
	}
	return chain_fail(c, i, ERR_NOTFOUND, "chain.revocation.unknown",
	    "RFC 5280 6.3",
	    "no list of its issuer that covers it was given; fetch the one "
	    "that it names");
}

/* Ask the lists of the issuer of path[i]; *unfit says why the last one that
 * does not speak does not. */
static enum err
ask(struct chain *c, size_t i, struct words *w, struct errinfo *unfit)
{
	const struct cert *cert = c->path[i];
	enum err e;

	for (size_t j = 0; j < c->req->crls.num; j++) {
		const struct crl *crl = c->req->crls.list[j];

		if (!name_same(crl_issuer(crl), cert_issuer(cert))) {
			continue;
		}
		e = chain_crl_fits(c, i, crl, unfit);
		if (!chain_is_verdict(e)) {
			return e;
		}
		if (e != ERR_OK) {
			continue;
		}
		if (w->num == CHAIN_CRL_WORDS_MAX) {
			return chain_fail(c, i, ERR_LIMIT, "chain.crls", NULL,
			    "more than %d lists speak for it",
			    CHAIN_CRL_WORDS_MAX);
		}
		w->list[w->num++] = (struct word){
		    .crl = crl, .entry = crl_find(crl, cert_serial(cert))};
	}
	return ERR_OK;
}

static enum err
check_one(struct chain *c, size_t i)
{
	struct words w = {.num = 0};
	const struct crl_entry *entry;
	struct errinfo unfit = {0};
	enum err e = ask(c, i, &w, &unfit);

	if (!chain_is_verdict(e)) {
		c->why = unfit;
	}
	if (e != ERR_OK) {
		return e;
	}
	entry = find_revoked(&w);
	if (entry != NULL) {
		return revoked(c, i, entry);
	}
	return covered(c->path[i], &w) == CHAIN_CRL_ALL_REASONS
		   ? ERR_OK
		   : unknown(c, i, &unfit);
}

enum err
chain_check_revocation(struct chain *c)
{
	size_t num = c->req->revocation_leaf_only ? 1 : c->num;
	enum err e = ERR_OK, open = ERR_OK;
	struct errinfo why = {0};
	size_t at = 0;

	/* A revoked one above outweighs an unknown one below. */
	for (size_t i = 0; i < num && i + 1 < c->num; i++) {
		e = check_one(c, i);
		if (e != ERR_OK && e != ERR_NOTFOUND) {
			return e;
		}
		if (e == ERR_NOTFOUND && open == ERR_OK) {
			open = e;
			why = c->why;
			at = c->at;
		}
	}
	if (open != ERR_OK) {
		c->why = why;
		c->at = at;
	}
	return open;
}
