/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "chain_kit.h"

#include <string.h>

#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/signed.h"

enum {
	DER_BYTES = 65536
};

static struct privkey *
key(int i)
{
	static struct privkey *keys[KIT_NUM_CERTS];
	struct errinfo ei = {0};

	if (keys[i] == NULL) {
		assert_ok(privkey_generate("ed25519", &keys[i], &ei), &ei);
	}
	return keys[i];
}

static void
put_name(const char *cn, struct buf *b)
{
	struct name *n = name_new();
	struct errinfo ei = {0};

	assert_non_null(n);
	if (cn != NULL) {
		assert_ok(
		    name_add(n, OID_CN, DER_UTF8_STRING, slice_str(cn), &ei),
		    &ei);
	}
	name_build(n, b);
	name_free(n);
}

static struct slice
key_id(const struct privkey *k)
{
	struct slice id = pubkey_bits_content(privkey_pubkey(k));

	id.len = 20;
	return id;
}

static void
put_exts(const struct kit_cert *c, struct buf *b)
{
	size_t wrap = der_open(b, DER_CONTEXT_CONS(3));
	size_t seq = der_open(b, DER_SEQUENCE);

	if (c->ca) {
		ext_put_basic_constraints(
		    b, !c->basic_uncritical, true, c->path_len);
	}
	if (c->key_usage != 0) {
		ext_put_key_usage(b, true, c->key_usage);
	}
	if (!c->no_key_ids) {
		ext_put_ski(b, key_id(c->key));
		ext_put_aki(b, key_id(c->issuer_key));
	}
	der_put_raw(b, buf_slice(&c->exts));
	der_close(b, seq);
	der_close(b, wrap);
}

static void
put_tbs(const struct kit_cert *c, struct buf *b)
{
	size_t tbs = der_open(b, DER_SEQUENCE), mark;

	if (!c->version_1) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_u63(b, DER_INTEGER, 2);
		der_close(b, mark);
	}
	der_put_u63(b, DER_INTEGER, c->serial);
	sig_alg_put(b, SIG_ED25519);
	put_name(c->issuer, b);
	mark = der_open(b, DER_SEQUENCE);
	der_put_time_5280(b, c->from);
	der_put_time_5280(b, c->to);
	der_close(b, mark);
	put_name(c->subject, b);
	der_put_raw(b, privkey_spki(c->key));
	if (!c->version_1) {
		put_exts(c, b);
	}
	der_close(b, tbs);
}

struct cert *
kit_make(const struct kit_cert *spec)
{
	struct buf tbs = BUF_INIT(DER_BYTES), sig = BUF_INIT(DER_BYTES);
	struct buf der = BUF_INIT(DER_BYTES);
	struct cert *c = NULL;
	struct errinfo ei = {0};

	put_tbs(spec, &tbs);
	assert_ok(privkey_sign(spec->issuer_key, SIG_ED25519, buf_slice(&tbs),
		      &sig, &ei),
	    &ei);
	x509_assemble(buf_slice(&tbs), SIG_ED25519, buf_slice(&sig), &der);
	assert_ok(cert_parse(buf_slice(&der), &c, &ei), &ei);
	buf_clear(&der);
	buf_clear(&sig);
	buf_clear(&tbs);
	return c;
}

struct crl *
kit_make_crl(const struct kit_crl *spec)
{
	struct buf tbs = BUF_INIT(DER_BYTES), sig = BUF_INIT(DER_BYTES);
	struct buf der = BUF_INIT(DER_BYTES), issuer = BUF_INIT(DER_BYTES);
	struct buf back = BUF_INIT(DER_BYTES);
	struct crl *c = NULL;
	struct errinfo ei = {0};
	struct crl_params p;

	put_name(spec->issuer, &issuer);
	p = (struct crl_params){
	    .issuer = buf_slice(&issuer),
	    .sig_alg = SIG_ED25519,
	    .this_update = spec->from,
	    .next_update = spec->to,
	    .number = slice_make(&spec->number, 1),
	    .aki = key_id(spec->key),
	    .exts = buf_slice(&spec->exts),
	};
	assert_ok(crl_tbs_around(&p, spec->entries.len, &tbs, &back, &ei), &ei);
	buf_add(&tbs, buf_slice(&spec->entries));
	buf_add(&tbs, buf_slice(&back));
	assert_ok(
	    privkey_sign(spec->key, SIG_ED25519, buf_slice(&tbs), &sig, &ei),
	    &ei);
	x509_assemble(buf_slice(&tbs), SIG_ED25519, buf_slice(&sig), &der);
	assert_ok(crl_parse(buf_slice(&der), &c, &ei), &ei);
	buf_clear(&issuer);
	buf_clear(&back);
	buf_clear(&der);
	buf_clear(&sig);
	buf_clear(&tbs);
	return c;
}

void
kit_put_ext(struct buf *b, struct slice oid, bool critical, struct slice value)
{
	struct ext x = {
	    .kind = EXT_RAW, .oid = oid, .critical = critical, .u.raw = value};

	ext_build(&x, b);
}

void
kit_init(struct kit *k)
{
	static const char *const names[] = {"root", "leaf", "ca", NULL};
	static const int issuers[] = {KIT_ROOT, KIT_CA, KIT_ROOT, KIT_ROOT};

	memset(k, 0, sizeof(*k));
	for (int i = 0; i < KIT_NUM_CERTS; i++) {
		k->keys[i] = key(i);
	}
	for (int i = 0; i < KIT_NUM_CERTS; i++) {
		struct kit_cert *c = &k->certs[i];

		*c = (struct kit_cert){
		    .path_len = -1,
		    .from = KIT_NOW - 10 * KIT_DAY,
		    .to = KIT_NOW + 10 * KIT_DAY,
		    .serial = (uint64_t)i + 1,
		    .subject = names[i],
		    .issuer = names[issuers[i]],
		    .key = k->keys[i],
		    .issuer_key = k->keys[issuers[i]],
		    .ca = i != KIT_LEAF,
		    .key_usage = i != KIT_LEAF ? KU_CERT_SIGN | KU_CRL_SIGN
					       : KU_DIGITAL_SIGNATURE,
		};
		buf_init(&c->exts, KIT_EXTS);
	}
	for (int i = 0; i < KIT_CRLS; i++) {
		buf_init(&k->crls[i].entries, KIT_EXTS);
		buf_init(&k->crls[i].exts, KIT_EXTS);
	}
	k->req.at = KIT_NOW;
	k->req.rules = CHAIN_RULES_PKIX;
	k->req.names = k->names;
	k->req.policies = k->policies;
}

void
kit_clear(struct kit *k)
{
	for (int i = 0; i < KIT_NUM_CERTS; i++) {
		buf_clear(&k->certs[i].exts);
	}
	for (int i = 0; i < KIT_CRLS; i++) {
		buf_clear(&k->crls[i].entries);
		buf_clear(&k->crls[i].exts);
	}
}

struct kit_crl *
kit_add_crl(struct kit *k, const char *issuer, int key_number)
{
	struct kit_crl *c = &k->crls[k->num_crls++];

	assert_true(k->num_crls <= KIT_CRLS);
	c->issuer = issuer;
	c->key = k->keys[key_number];
	c->from = KIT_NOW - KIT_DAY;
	c->to = KIT_NOW + KIT_DAY;
	c->number = 5;
	return c;
}

void
kit_judge(struct kit *k, struct chain_verdict *out)
{
	struct cert *certs[KIT_NUM_CERTS] = {NULL};
	struct crl *crls[KIT_CRLS] = {NULL};
	struct errinfo ei = {0};

	for (int i = 0; i < KIT_NUM_CERTS; i++) {
		if (i != KIT_OTHER || k->certs[i].subject != NULL) {
			certs[i] = kit_make(&k->certs[i]);
		}
	}
	for (size_t i = 0; i < k->num_crls; i++) {
		crls[i] = kit_make_crl(&k->crls[i]);
	}
	k->req.leaf = certs[KIT_LEAF];
	k->req.anchors = (struct chain_certs){
	    (const struct cert *const *)&certs[KIT_ROOT], 1};
	k->req.intermediates =
	    (struct chain_certs){(const struct cert *const *)&certs[KIT_CA],
		certs[KIT_OTHER] != NULL ? 2 : 1};
	k->req.crls =
	    (struct chain_crls){(const struct crl *const *)crls, k->num_crls};
	assert_ok(chain_judge(&k->req, out, &ei), &ei);
	for (int i = 0; i < KIT_NUM_CERTS; i++) {
		cert_free(certs[i]);
	}
	for (size_t i = 0; i < k->num_crls; i++) {
		crl_free(crls[i]);
	}
}

struct buf *
kit_exts(struct kit *k, int i)
{
	return &k->certs[i].exts;
}

void
kit_run(const struct kit_case *cases, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		const struct kit_case *r = &cases[i];
		struct chain_verdict v;
		struct kit k;

		kit_init(&k);
		r->change(&k);
		kit_judge(&k, &v);
		if (v.status != r->status || strcmp(v.why.rule, r->rule) != 0 ||
		    strcmp(v.why.clause, r->clause) != 0 ||
		    strcmp(v.why.object, r->object) != 0) {
			fail_msg("%s: %s [%s] %s (%s): %s", r->name,
			    chain_status_name(v.status), v.why.rule,
			    v.why.clause, v.why.object, v.why.text);
		}
		kit_clear(&k);
	}
}
