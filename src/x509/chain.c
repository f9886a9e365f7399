/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/chain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/pubkey.h"
#include "x509/cert.h"
#include "x509/chain_priv.h"
#include "x509/crl.h"
#include "x509/name.h"
#include "x509/name_match.h"

enum {
	SUBJECT_PRINT_MAX = 8192
};

/* The certificate at fault, for people: its subject, else its serial. */
static void
name_object(struct chain *c, size_t i)
{
	struct buf text = BUF_INIT(SUBJECT_PRINT_MAX);

	name_print(cert_subject(c->path[i]), &text);
	err_name_object(&c->why,
	    text.len > 0 ? buf_cstr(&text) : "a certificate without subject");
	buf_clear(&text);
}

enum err
chain_fail_at(struct chain *c, size_t i, enum err kind)
{
	c->at = i;
	name_object(c, i);
	return kind;
}

enum err
chain_fail_fill(struct chain *c, size_t i, enum err kind, const char *rule,
    const char *clause, const char *fmt, ...)
{
	char text[ERRINFO_TEXT];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_fill(&c->why, kind, rule, clause, "%s", text);
	return chain_fail_at(c, i, kind);
}

bool
chain_is_verdict(enum err e)
{
	return e != ERR_NOMEM && e != ERR_STATE && e != ERR_INTERNAL;
}

bool
chain_self_issued(const struct cert *c)
{
	return slice_eq(cert_subject_der(c), cert_issuer_der(c)) ||
	       name_same(cert_subject(c), cert_issuer(c));
}

bool
chain_is_anchor(const struct chain *c, size_t i)
{
	return c->anchored && i + 1 == c->num;
}

/* One of the two is signed. */
struct signed_thing {
	const struct cert *cert;
	const struct crl *crl;
};

static enum err
check_signature(
    struct chain *c, struct signed_thing of, const struct cert *issuer)
{
	struct pubkey *key = NULL;
	enum err e;

	e = pubkey_parse(cert_spki(issuer), &key, &c->why);
	if (e == ERR_OK) {
		e = of.cert == NULL    ? crl_verify(of.crl, key, &c->why)
		    : c->req->old_sha1 ? cert_verify_old(of.cert, key, &c->why)
				       : cert_verify(of.cert, key, &c->why);
	}
	pubkey_free(key);
	return e;
}

static enum err
signed_by(struct chain *c, struct signed_thing of, const struct cert *issuer)
{
	const void *child = of.cert != NULL ? (const void *)of.cert : of.crl;
	struct chain_signature *s = c->signatures;

	for (size_t i = 0; i < c->num_signatures; i++, s++) {
		if (s->child == child && s->issuer == issuer) {
			return s->result;
		}
	}
	if (c->num_signatures == CHAIN_SIGNATURES_MAX) {
		c->spent = true;
		return err_set(&c->why, ERR_LIMIT, "chain.work", NULL,
		    "more than %d signatures to check", CHAIN_SIGNATURES_MAX);
	}
	s->child = child;
	s->issuer = issuer;
	s->result = check_signature(c, of, issuer);
	c->num_signatures++;
	return s->result;
}

enum err
chain_signed_by(
    struct chain *c, const struct cert *child, const struct cert *issuer)
{
	return signed_by(c, (struct signed_thing){.cert = child}, issuer);
}

enum err
chain_crl_signed_by(
    struct chain *c, const struct crl *crl, const struct cert *issuer)
{
	return signed_by(c, (struct signed_thing){.crl = crl}, issuer);
}

static enum err
check_request(const struct chain_request *req, struct errinfo *ei)
{
	size_t certs = req->anchors.num;

	if (certs > CHAIN_CERTS_MAX ||
	    req->intermediates.num > CHAIN_CERTS_MAX - certs) {
		return err_set(ei, ERR_LIMIT, "chain.certs", NULL,
		    "more than %d certificates to build a chain from; give "
		    "those of the issuers in question",
		    CHAIN_CERTS_MAX);
	}
	if (req->crls.num > CHAIN_CRLS_MAX) {
		return err_set(ei, ERR_LIMIT, "chain.crls", NULL,
		    "more than %d revocation lists", CHAIN_CRLS_MAX);
	}
	if (req->num_names > CHAIN_NAMES_MAX ||
	    req->num_policies > POLICIES_MAX) {
		return err_set(ei, ERR_LIMIT, "chain.names", NULL,
		    "more than %d names or %d policies are expected",
		    CHAIN_NAMES_MAX, POLICIES_MAX);
	}
	return ERR_OK;
}

/* The path that was found, or the failure that came furthest. */
static void
set_verdict(struct chain *c, enum err e, struct chain_verdict *out)
{
	bool demand = c->req->revocation == CHAIN_REVOCATION_DEMAND;

	if (e != ERR_OK) {
		*out = c->best;
		out->status = c->reach == CHAIN_REACH_STATUS && !demand
				  ? CHAIN_UNKNOWN
				  : CHAIN_BAD;
		return;
	}
	memset(out, 0, sizeof(*out));
	out->status = CHAIN_GOOD;
	memcpy(out->path, c->path, sizeof(out->path));
	out->num = c->num;
}

enum err
chain_judge(const struct chain_request *req, struct chain_verdict *out,
    struct errinfo *ei)
{
	struct chain *c;
	enum err e;

	memset(out, 0, sizeof(*out));
	e = check_request(req, ei);
	if (e != ERR_OK) {
		return e;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	c->req = req;
	e = chain_search(c);
	if (e == ERR_OK || chain_is_verdict(e)) {
		set_verdict(c, e, out);
		e = ERR_OK;
	} else if (ei != NULL) {
		*ei = c->why;
	}
	free(c);
	return e;
}

const char *
chain_status_name(enum chain_status status)
{
	switch (status) {
	case CHAIN_GOOD:
		return "good";
	case CHAIN_UNKNOWN:
		return "unknown";
	case CHAIN_BAD:
		break;
	}
	return "bad";
}
