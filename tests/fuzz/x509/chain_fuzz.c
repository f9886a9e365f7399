/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Chains of strangers: an octet of options, then certificates and lists, each
 * as kind (octet), length (two), bytes; the first is the leaf.
 *
 * No signature survives a changed byte, so beside chain_judge() the steps
 * behind the signatures are walked directly, as if the certificates were a
 * path in the order in which they stand.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/chain_crl.h"
#include "x509/chain_priv.h"
#include "x509/crl.h"

enum {
	THINGS_MAX = 24,
	NUM_RULES = CHAIN_RULES_WEB + 1
};

enum kind {
	KIND_OTHER,
	KIND_ANCHOR,
	KIND_CRL,
	NUM_KINDS
};

struct pile {
	const struct cert *certs[NUM_KINDS][THINGS_MAX];
	size_t num[NUM_KINDS];
	const struct crl *crls[THINGS_MAX];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_thing(struct pile *p, uint8_t kind, struct slice der)
{
	struct cert *cert = NULL;
	struct crl *crl = NULL;

	kind %= NUM_KINDS;
	if (p->num[kind] == THINGS_MAX) {
		return;
	}
	if (kind == KIND_CRL) {
		if (crl_parse(der, &crl, NULL) == ERR_OK) {
			p->crls[p->num[kind]++] = crl;
		}
	} else if (cert_parse(der, &cert, NULL) == ERR_OK) {
		p->certs[kind][p->num[kind]++] = cert;
	}
}

static void
free_pile(struct pile *p)
{
	for (int kind = KIND_OTHER; kind <= KIND_ANCHOR; kind++) {
		for (size_t i = 0; i < p->num[kind]; i++) {
			cert_free((struct cert *)(uintptr_t)p->certs[kind][i]);
		}
	}
	for (size_t i = 0; i < p->num[KIND_CRL]; i++) {
		crl_free((struct crl *)(uintptr_t)p->crls[i]);
	}
}

/* A verdict is whole: a reason when it is not good, and a path. */
static void
check_verdict(const struct chain_verdict *v)
{
	if ((v->status == CHAIN_GOOD) != (v->why.kind == ERR_OK) ||
	    v->num == 0 || v->num > CHAIN_PATH_MAX || v->at >= v->num ||
	    (v->status != CHAIN_GOOD && v->why.rule[0] == '\0')) {
		abort();
	}
}

static void
walk(const struct chain_request *req)
{
	struct chain *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return;
	}
	c->req = req;
	c->path[c->num++] = req->leaf;
	for (size_t i = 0;
	     i < req->intermediates.num && c->num + 1 < CHAIN_PATH_MAX; i++) {
		c->path[c->num++] = req->intermediates.list[i];
	}
	c->path[c->num++] = req->leaf;
	c->anchored = true;
	(void)!chain_check_leaf(c);
	for (size_t i = 1; i < c->num; i++) {
		(void)!chain_check_issuer(c, i);
	}
	(void)!chain_check_path(c);
	for (size_t i = 0; i < req->crls.num; i++) {
		(void)chain_crl_scope(req->leaf, req->crls.list[i]);
	}
	(void)!chain_check_revocation(c);
	free(c);
}

static void
judge(const struct pile *p, uint8_t options)
{
	struct chain_name name = {GN_DNS, SLICE_LIT("host.example.com")};
	struct slice policy = oid_bytes(OID_POLICY_KC1);
	struct chain_request req = {
	    .leaf = p->certs[KIND_OTHER][0],
	    .intermediates = {p->certs[KIND_OTHER] + 1, p->num[KIND_OTHER] - 1},
	    .anchors = {p->certs[KIND_ANCHOR], p->num[KIND_ANCHOR]},
	    .crls = {p->crls, p->num[KIND_CRL]},
	    .at = 1767225600,
	    .rules = (enum chain_rules)(options % NUM_RULES),
	    .purpose =
		(options & 4) != 0 ? oid_bytes(OID_KP_SERVER) : SLICE_EMPTY,
	    .names = &name,
	    .num_names = (options & 8) != 0,
	    .policies = &policy,
	    .num_policies = (options & 16) != 0,
	    .require_policy = (options & 32) != 0,
	    .inhibit_any_policy = (options & 64) != 0,
	    .revocation = (options & 128) != 0 ? CHAIN_REVOCATION_ASK
					       : CHAIN_REVOCATION_OFF,
	};
	struct chain_verdict v;

	if (chain_judge(&req, &v, NULL) == ERR_OK) {
		check_verdict(&v);
	}
	walk(&req);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size), der;
	struct pile p = {.num = {0}};
	uint8_t options = 0, kind;
	uint16_t len;

	if (crypto_init(NULL) != ERR_OK || !slice_get_u8(&in, &options)) {
		return 0;
	}
	while (slice_get_u8(&in, &kind) && slice_get_u16(&in, &len) &&
	       slice_get_bytes(&in, len, &der)) {
		read_thing(&p, kind, der);
	}
	if (p.num[KIND_OTHER] > 0) {
		judge(&p, options);
	}
	free_pile(&p);
	return 0;
}
