/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "crypto/alg.h"
#include "der/write.h"
#include "profile/ca_identity.h"
#include "profile/profile_priv.h"
#include "x509/ext.h"

/*
 * TBSCertificate ::= SEQUENCE { [0] version, serial, signature, issuer,
 *     validity, subject, spki, [3] extensions }	(RFC 5280 4.1)
 *
 * head	  signature AlgorithmIdentifier and issuer Name: after the serial
 * exts	  all extensions but subjectAltName, one after another, with holes
 *	  that are filled in the copy: key ids, times, identificationKind
 */
struct template
{
	const struct profile *p;
	const struct ca_identity *ca;
	struct buf head;
	struct buf exts;
	/* offsets into exts; 0 when the hole is not there */
	size_t ski_at;
	size_t aki_at; /* self-signed only: else it never changes */
	size_t period_from_at;
	size_t period_to_at;
	size_t identification_at;
	/* the shard's number in each address of a list, and of a delta */
	size_t shard_at[2 * CA_URLS_MAX];
	size_t num_shard_at;
	size_t shard_digits; /* 0: no shards */
	size_t rsa_usage_at; /* a BIT STRING's content */
};

enum {
	GENERALIZED_TIME_LEN = 15,
	/* keyUsage without decipherOnly: unused bits and one octet, whatever
	 * the bits are */
	USAGE_CONTENT_LEN = 2
};

static enum err
refuse(struct errinfo *ei, const char *rule, const char *text)
{
	return err_set(ei, ERR_POLICY, rule, NULL, "%s", text);
}

/* Do the profile and the CA fit each other at all? */
static enum err
check_fit(
    const struct profile *p, const struct ca_identity *ca, struct errinfo *ei)
{
	const struct profile_exts *x = &p->exts;

	if (p->self_signed != ca->self) {
		return refuse(ei, "template.self_signed",
		    p->self_signed ? "a root signs itself: it needs a CA "
				     "without a certificate"
				   : "the CA has no certificate yet, and the "
				     "profile does not sign itself");
	}
	if (!p->signature[ca->sig_alg]) {
		return err_set(ei, ERR_POLICY, "template.sig_alg", NULL,
		    "the profile %s is not signed with %s", p->name,
		    sig_alg_name(ca->sig_alg));
	}
	if ((x->need[EXT_CRL_POINTS] == EXT_REQUIRED &&
		ca->crl_urls.num == 0) ||
	    (x->aia_ca_issuers && ca->ca_issuers_urls.num == 0) ||
	    (x->aia_ocsp && ca->ocsp_urls.num == 0)) {
		return refuse(ei, "template.urls",
		    "the profile puts addresses (crl_points, ca_issuers, "
		    "ocsp) into certificates that the CA does not have");
	}
	/* RFC 5280 4.2.1.9: how many CAs may stand below. */
	if (x->ca && !ca->self && ca->path_len >= 0 &&
	    (x->path_len < 0 || x->path_len >= ca->path_len)) {
		return refuse(ei, "template.path_len",
		    "the CA's own pathLenConstraint leaves no room for such "
		    "a CA below it");
	}
	return ERR_OK;
}

/* The last `len` bytes of what has been written are a hole. */
static size_t
hole(const struct template *t, size_t len)
{
	return t->exts.len - len;
}

static void
put_key_ids(struct template *t)
{
	static const uint8_t zeros[KEY_ID_SIZE];
	struct slice none = slice_make(zeros, sizeof(zeros));

	if (t->p->exts.need[EXT_SKI] == EXT_REQUIRED) {
		ext_put_ski(&t->exts, none);
		t->ski_at = hole(t, KEY_ID_SIZE);
	}
	if (t->p->exts.need[EXT_AKI] != EXT_REQUIRED) {
		return;
	}
	if (t->ca->self) {
		ext_put_aki(&t->exts, none);
		t->aki_at = hole(t, KEY_ID_SIZE);
	} else {
		ext_put_aki(&t->exts, ca_identity_key_id(t->ca));
	}
}

/* With the first shard's addresses, in which the number is a hole; those of the
 * lists (RFC 5280 4.2.1.13) or of their deltas (4.2.1.15). */
static void
put_points(struct template *t, bool deltas)
{
	const struct ca_identity *ca = t->ca;
	struct crl_shard first = {.count = ca->crl_shards, .delta = deltas};
	char text[CA_URLS_MAX][CA_SHARD_URL_SIZE];
	char of[CRL_SHARD_TEXT_SIZE], end[CRL_SHARD_TEXT_SIZE + 8];
	const char *urls[CA_URLS_MAX];
	size_t at = t->exts.len, tail;

	for (size_t i = 0; i < ca->crl_urls.num; i++) {
		ca_identity_crl_url(ca, i, first, text[i]);
		urls[i] = text[i];
	}
	if (deltas) {
		ext_put_freshest_crl(&t->exts, urls, ca->crl_urls.num);
	} else {
		ext_put_crl_points(&t->exts, urls, ca->crl_urls.num);
	}
	if (crl_shard_is_full(first) || t->exts.err != ERR_OK) {
		return;
	}
	crl_shard_text(first, of);
	t->shard_digits = strcspn(of + 1, "-");
	tail = (size_t)snprintf(
	    end, sizeof(end), "%s.crl", of + 1 + t->shard_digits);
	for (size_t i = 0; i < ca->crl_urls.num; i++) {
		size_t len = strlen(urls[i]);

		/* They stand there in this order. */
		while (memcmp(t->exts.p + at, urls[i], len) != 0) {
			at++;
			ensure(at + len <= t->exts.len);
		}
		at += len;
		t->shard_at[t->num_shard_at++] = at - tail - t->shard_digits;
	}
}

static void
put_addresses(struct template *t)
{
	const struct profile_exts *x = &t->p->exts;
	const struct ca_identity *ca = t->ca;

	if (x->need[EXT_CRL_POINTS] == EXT_REQUIRED) {
		put_points(t, false);
		if (ca->crl_deltas) {
			put_points(t, true);
		}
	}
	if (x->need[EXT_AIA] == EXT_REQUIRED) {
		ext_put_aia(&t->exts,
		    (const char *const *)ca->ca_issuers_urls.at,
		    x->aia_ca_issuers ? ca->ca_issuers_urls.num : 0,
		    (const char *const *)ca->ocsp_urls.at,
		    x->aia_ocsp ? ca->ocsp_urls.num : 0);
	}
}

/* Order 795 (facts 3.2). */
static void
put_qualified(struct template *t)
{
	const struct profile_exts *x = &t->p->exts;
	struct buf *b = &t->exts;

	if (x->need[EXT_SUBJECT_SIGN_TOOL] == EXT_REQUIRED) {
		ext_put_subject_sign_tool(b, x->subject_tool);
	}
	if (x->need[EXT_ISSUER_SIGN_TOOL] == EXT_REQUIRED) {
		ext_put_issuer_sign_tool(
		    b, (const char *const *)x->issuer_tool);
	}
	if (x->need[EXT_IDENTIFICATION_KIND] == EXT_REQUIRED) {
		ext_put_identification_kind(b, 0);
		t->identification_at = hole(t, 1);
	}
	if (x->need[EXT_PRIVATE_KEY_PERIOD] == EXT_REQUIRED) {
		ext_put_private_key_period(b, 0, 0);
		/* [0] GeneralizedTime, [1] GeneralizedTime: the last two. */
		t->period_to_at = hole(t, GENERALIZED_TIME_LEN);
		t->period_from_at = t->period_to_at - 2 - GENERALIZED_TIME_LEN;
	}
}

static void
put_extensions(struct template *t)
{
	const struct profile_exts *x = &t->p->exts;
	struct buf *b = &t->exts;

	if (x->need[EXT_KEY_USAGE] == EXT_REQUIRED) {
		ext_put_key_usage(b, x->critical[EXT_KEY_USAGE], x->key_usage);
		t->rsa_usage_at =
		    x->rsa_key_usage != 0 ? hole(t, USAGE_CONTENT_LEN) : 0;
	}
	if (x->need[EXT_BASIC_CONSTRAINTS] == EXT_REQUIRED) {
		ext_put_basic_constraints(
		    b, x->critical[EXT_BASIC_CONSTRAINTS], x->ca, x->path_len);
	}
	if (x->need[EXT_EXT_KEY_USAGE] == EXT_REQUIRED) {
		ext_put_ext_key_usage(b, x->critical[EXT_EXT_KEY_USAGE],
		    x->purposes.slices, x->purposes.num);
	}
	if (x->need[EXT_POLICIES] == EXT_REQUIRED) {
		ext_put_policies(b, x->policies.slices, x->policies.num);
	}
	put_qualified(t);
	put_key_ids(t);
	put_addresses(t);
	if (x->need[EXT_OCSP_NO_CHECK] == EXT_REQUIRED) {
		ext_put_ocsp_no_check(b);
	}
}

enum err
template_new(const struct profile *p, const struct ca_identity *ca,
    struct template **out, struct errinfo *ei)
{
	struct template *t;
	enum err err = check_fit(p, ca, ei);

	if (err != ERR_OK) {
		return err;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL) {
		return err_nomem(ei);
	}
	t->p = p;
	t->ca = ca;
	buf_init(&t->head, PROFILE_TBS_MAX);
	buf_init(&t->exts, PROFILE_TBS_MAX);
	sig_alg_put(&t->head, ca->sig_alg);
	if (!ca->self) {
		der_put_raw(&t->head, ca_identity_subject(ca));
	}
	put_extensions(t);
	err = buf_err(&t->head, ei);
	if (err == ERR_OK) {
		err = buf_err(&t->exts, ei);
	}
	if (err != ERR_OK) {
		template_free(t);
		return err;
	}
	*out = t;
	return ERR_OK;
}

void
template_free(struct template *t)
{
	if (t == NULL) {
		return;
	}
	buf_clear(&t->head);
	buf_clear(&t->exts);
	free(t);
}

void
serial_make(const uint8_t random[SERIAL_SIZE], uint8_t out[SERIAL_SIZE])
{
	memcpy(out, random, SERIAL_SIZE);
	out[0] = (uint8_t)((out[0] & 0x3f) | 0x40);
}

/* RFC 5280 4.1.2.2: positive, at most 20 octets of INTEGER. */
static enum err
check_serial(struct slice serial, struct errinfo *ei)
{
	if ((serial.len != SERIAL_SIZE && serial.len != SERIAL_SIZE + 1) ||
	    serial.p[0] == 0 ||
	    (serial.len > SERIAL_SIZE && serial.p[0] >= 0x80)) {
		return err_set(ei, ERR_INTERNAL, "template.serial",
		    "RFC 5280 4.1.2.2",
		    "the serial is not 19 or 20 octets without a zero in "
		    "front");
	}
	return ERR_OK;
}

/* One RDN with one attribute: SET { SEQUENCE { OID, string } }. */
static void
put_attr(struct buf *b, const struct profile_attr *a, const char *text)
{
	size_t set = der_open(b, DER_SET);
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_oid(b, oid_bytes(a->id));
	der_put(b, a->tag, slice_str(text));
	der_close(b, seq);
	der_close(b, set);
}

/* The profile's order, whatever order the values came in. */
static void
put_subject(
    struct buf *b, const struct profile *p, const struct subject_attrs *attrs)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	for (size_t i = 0; i < p->num_attrs; i++) {
		for (size_t j = 0; j < attrs->num; j++) {
			if (attrs->at[j].id == p->attrs[i].id) {
				put_attr(b, &p->attrs[i], attrs->at[j].text);
			}
		}
	}
	der_close(b, seq);
}

static void
put_general_name(struct buf *b, const struct san *san)
{
	/* Context tags of GeneralName, RFC 5280 4.2.1.6. */
	static const uint8_t tags[SAN_KIND_MAX_] = {
	    [SAN_EMAIL] = DER_CONTEXT(1),
	    [SAN_DNS] = DER_CONTEXT(2),
	    [SAN_URI] = DER_CONTEXT(6),
	    [SAN_IP] = DER_CONTEXT(7),
	};
	struct slice value = slice_str(san->text);
	uint8_t octets[16];

	if (san->kind == SAN_IP) {
		value =
		    slice_make(octets, ip_parse(slice_str(san->text), octets));
	}
	der_put(b, tags[san->kind], value);
}

static void
put_san(struct buf *b, const struct template *t, const struct issue_values *v)
{
	size_t ext = der_open(b, DER_SEQUENCE);
	size_t value, names;

	der_put_oid(b, oid_bytes(OID_SAN));
	if (t->p->exts.critical[EXT_SAN]) {
		der_put_bool(b, true);
	}
	value = der_open(b, DER_OCTET_STRING);
	names = der_open(b, DER_SEQUENCE);
	for (size_t i = 0; i < v->num_sans; i++) {
		put_general_name(b, &v->sans[i]);
	}
	der_close(b, names);
	der_close(b, value);
	der_close(b, ext);
}

static void
patch_time(struct buf *b, size_t at, int64_t sec)
{
	struct buf text = BUF_INIT(32);

	der_put_time(&text, DER_GENERALIZED_TIME, sec);
	ensure(text.err != ERR_OK || text.len == 2 + GENERALIZED_TIME_LEN);
	if (text.err != ERR_OK) {
		b->err = text.err;
	} else {
		buf_patch(b, at, text.p + 2, GENERALIZED_TIME_LEN);
	}
	buf_clear(&text);
}

static void
patch_shard(
    struct buf *b, const struct template *t, size_t at, struct slice serial)
{
	char text[CRL_SHARD_TEXT_SIZE];

	crl_shard_text(crl_shard_of(serial, t->ca->crl_shards), text);
	for (size_t i = 0; i < t->num_shard_at; i++) {
		buf_patch(b, at + t->shard_at[i], (const uint8_t *)text + 1,
		    t->shard_digits);
	}
}

/* Bit 0 is the highest of the octet (X.680 22). */
static void
patch_usage(struct buf *b, size_t at, uint32_t usage)
{
	uint8_t content[USAGE_CONTENT_LEN] = {7, 0};

	for (unsigned i = 0; i < 8; i++) {
		if ((usage & 1u << i) != 0) {
			content[1] = (uint8_t)(content[1] | 0x80u >> i);
			content[0] = (uint8_t)(7 - i);
		}
	}
	buf_patch(b, at, content, sizeof(content));
}

/* What the subject's key decides. */
struct key_facts {
	uint8_t id[KEY_ID_SIZE];
	bool rsa;
};

/* Copy the extensions and fill the holes of the copy. */
static void
put_filled(struct buf *b, const struct template *t,
    const struct issue_values *v, struct slice serial,
    const struct key_facts *key)
{
	const struct profile_exts *x = &t->p->exts;
	size_t at = b->len;
	uint8_t kind = (uint8_t)v->identification_kind;

	buf_add(b, buf_slice(&t->exts));
	if (b->err != ERR_OK) {
		return;
	}
	if (t->ski_at != 0) {
		buf_patch(b, at + t->ski_at, key->id, KEY_ID_SIZE);
	}
	if (t->aki_at != 0) {
		buf_patch(b, at + t->aki_at, key->id, KEY_ID_SIZE);
	}
	if (t->rsa_usage_at != 0 && key->rsa) {
		patch_usage(
		    b, at + t->rsa_usage_at, x->key_usage | x->rsa_key_usage);
	}
	if (t->shard_digits != 0) {
		patch_shard(b, t, at, serial);
	}
	if (t->identification_at != 0) {
		buf_patch(b, at + t->identification_at, &kind, 1);
	}
	if (t->period_to_at != 0) {
		patch_time(b, at + t->period_from_at, v->not_before);
		patch_time(b, at + t->period_to_at,
		    profile_private_key_end(t->p, v->not_before, v->not_after));
	}
}

/* The content of the SPKI's BIT STRING, which key ids hash, and the kind of
 * key. */
static enum err
read_key(struct slice spki, struct key_facts *out, struct errinfo *ei)
{
	struct slice alg, bits = SLICE_EMPTY, oid = SLICE_EMPTY;
	unsigned unused;
	enum err err = der_get(&spki, DER_SEQUENCE, &alg, ei);

	if (err == ERR_OK) {
		err = der_end(spki, ei);
	}
	spki = alg;
	if (err == ERR_OK) {
		err = der_get(&spki, DER_SEQUENCE, &alg, ei);
	}
	if (err == ERR_OK) {
		err = der_get_bits(&spki, &bits, &unused, ei);
	}
	if (err == ERR_OK) {
		err = der_end(spki, ei);
	}
	if (err == ERR_OK) {
		err = der_get(&alg, DER_OID, &oid, ei);
	}
	out->rsa = slice_eq(oid, oid_bytes(OID_RSA));
	return err == ERR_OK ? key_id_of(bits, out->id, ei) : err;
}

static void
put_tbs(struct buf *b, const struct template *t, const struct issue_values *v,
    struct slice serial, const struct key_facts *key)
{
	size_t tbs = der_open(b, DER_SEQUENCE);
	size_t mark = der_open(b, DER_CONTEXT_CONS(0));
	size_t exts;

	der_put_u63(b, DER_INTEGER, 2); /* v3 */
	der_close(b, mark);
	der_put_unsigned(b, serial);
	buf_add(b, buf_slice(&t->head));
	if (t->ca->self) {
		put_subject(b, t->p, &v->attrs);
	}
	mark = der_open(b, DER_SEQUENCE);
	der_put_time_5280(b, v->not_before);
	der_put_time_5280(b, v->not_after);
	der_close(b, mark);
	put_subject(b, t->p, &v->attrs);
	der_put_raw(b, values_spki(v));
	mark = der_open(b, DER_CONTEXT_CONS(3));
	exts = der_open(b, DER_SEQUENCE);
	put_filled(b, t, v, serial, key);
	if (v->num_sans > 0) {
		put_san(b, t, v);
	}
	der_close(b, exts);
	der_close(b, mark);
	der_close(b, tbs);
}

enum err
template_build(const struct template *t, const struct issue_values *v,
    struct slice serial, struct buf *tbs, struct errinfo *ei)
{
	struct key_facts key;
	size_t start = tbs->len;
	enum err err;

	if (v->not_before == 0 || v->not_after == 0) {
		return err_set(ei, ERR_INTERNAL, "template.times", NULL,
		    "the times were not resolved");
	}
	err = check_serial(serial, ei);
	if (err == ERR_OK) {
		err = profile_check_names(t->p, v, ei);
	}
	if (err == ERR_OK) {
		err = read_key(values_spki(v), &key, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	put_tbs(tbs, t, v, serial, &key);
	err = buf_err(tbs, ei);
	if (err != ERR_OK && tbs->len > start) {
		tbs->len = start;
	}
	return err;
}
