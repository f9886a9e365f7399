/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	CertificateList ::= SEQUENCE { tbsCertList TBSCertList,
 *		signatureAlgorithm AlgorithmIdentifier,
 *		signatureValue BIT STRING }
 *	TBSCertList ::= SEQUENCE {
 *		version              INTEGER OPTIONAL, -- v2(1) if present
 *		signature            AlgorithmIdentifier,
 *		issuer               Name,
 *		thisUpdate           Time,
 *		nextUpdate           Time OPTIONAL,
 *		revokedCertificates  SEQUENCE OF SEQUENCE {
 *			userCertificate INTEGER, revocationDate Time,
 *			crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
 *		crlExtensions        [0] EXPLICIT Extensions OPTIONAL }
 */
#include "x509/crl.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/crl_entry.h"
#include "x509/crl_priv.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/seq.h"

enum {
	VERSION_V2 = 1
};

/* Version 1 is told by its absence; 0 is not written. */
static enum err
parse_version(struct crl *c, struct slice *s, struct errinfo *ei)
{
	uint64_t version = 0;
	enum err err;

	if (der_peek(*s) != DER_INTEGER) {
		return ERR_OK;
	}
	err = der_get_u63(s, DER_INTEGER, &version, ei);
	if (err == ERR_OK && version != VERSION_V2) {
		err = err_set(ei, ERR_FORMAT, "crl.version", "RFC 5280 5.1.2.1",
		    "version number %llu; if present it must be 1",
		    (unsigned long long)version);
	}
	c->version = (unsigned)version;
	return err;
}

static enum err
parse_times(struct crl *c, struct slice *s, struct errinfo *ei)
{
	enum err err;
	int next;

	err = der_get_time(s, &c->this_update, &c->this_update_tag, ei);
	if (err != ERR_OK) {
		return err;
	}
	next = der_peek(*s);
	if (next != DER_UTC_TIME && next != DER_GENERALIZED_TIME) {
		return ERR_OK;
	}
	return der_get_time(s, &c->next_update, &c->next_update_tag, ei);
}

static enum err
parse_entry(
    struct crl *c, struct slice *s, struct crl_entry *e, struct errinfo *ei)
{
	struct slice exts = SLICE_EMPTY;
	const struct ext *reason, *date;
	enum err err;

	err = crl_entry_outline(s, e, &exts, ei);
	if (err == ERR_OK) {
		err = seq_copy(&c->pool, e->serial, &e->serial, ei);
	}
	if (err != ERR_OK || exts.len == 0) {
		return err;
	}
	if (c->version != VERSION_V2) {
		return err_set(ei, ERR_FORMAT, "crl.version.extensions",
		    "RFC 5280 5.1.2.1",
		    "an entry with extensions in a list of version 1");
	}
	if (crl_entry_plain_reason(exts, &e->reason)) {
		return ERR_OK;
	}
	err = ext_list_parse_in(&c->pool, exts, &e->exts, ei);
	if (err == ERR_OK) {
		reason = ext_find(e->exts, EXT_REASON_CODE);
		if (reason != NULL) {
			e->reason = reason->u.reason;
		}
		date = ext_find(e->exts, EXT_INVALIDITY_DATE);
		if (date != NULL) {
			e->invalid_from = date->u.time;
		}
	}
	return err;
}

static enum err
parse_entries(struct crl *c, struct slice *s, struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct crl_entry),
	    .max = CRL_ENTRIES_MAX,
	    .rule = "crl.entries.number",
	};
	struct slice content;
	bool present = false;
	enum err err;

	err = der_get_optional(s, DER_SEQUENCE, &present, &content, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	if (content.len == 0) {
		return err_set(ei, ERR_FORMAT, "crl.entries.empty",
		    "RFC 5280 5.1.2.6",
		    "an empty list of revoked certificates; without any it "
		    "must be absent");
	}
	err = seq_array(&c->pool, content, &a, ei);
	c->entries = a.at;
	c->num_entries = a.num;
	for (size_t i = 0; err == ERR_OK && i < c->num_entries; i++) {
		err = parse_entry(c, &content, &c->entries[i], ei);
	}
	return err;
}

static enum err
parse_exts(struct crl *c, struct slice *s, struct errinfo *ei)
{
	struct slice explicit;
	bool present = false;
	enum err err;

	err = der_get_optional(s, DER_CONTEXT_CONS(0), &present, &explicit, ei);
	if (err != ERR_OK || !present) {
		return err;
	}
	if (c->version != VERSION_V2) {
		return err_set(ei, ERR_FORMAT, "crl.version.extensions",
		    "RFC 5280 5.1.2.1", "extensions in a list of version 1");
	}
	return ext_list_parse(explicit, &c->exts, ei);
}

static enum err
parse_tbs(struct crl *c, struct slice tbs, struct errinfo *ei)
{
	struct slice s;
	enum err err;

	c->tbs_der = tbs;
	if ((err = der_get(&tbs, DER_SEQUENCE, &s, ei)) != ERR_OK ||
	    (err = parse_version(c, &s, ei)) != ERR_OK ||
	    (err = alg_id_get(&c->pool, &s, &c->sig.alg, ei)) != ERR_OK ||
	    (err = name_get(&s, &c->issuer, &c->issuer_der, ei)) != ERR_OK) {
		return err;
	}
	if (name_num_attrs(c->issuer) == 0) {
		return err_set(ei, ERR_FORMAT, "crl.issuer.empty",
		    "RFC 5280 5.1.2.3", "an empty issuer");
	}
	if ((err = parse_times(c, &s, ei)) != ERR_OK ||
	    (err = parse_entries(c, &s, ei)) != ERR_OK ||
	    (err = parse_exts(c, &s, ei)) != ERR_OK) {
		return err;
	}
	return der_end(s, ei);
}

static enum err
parse_whole(struct crl *c, struct slice der, struct errinfo *ei)
{
	static const struct signature_rules rules = {
	    .algorithm = "crl.algorithm",
	    .clause = "RFC 5280 5.1.1.2",
	    .length = "crl.signature.length",
	};
	struct slice tbs, rest;
	enum err err;

	c->der = der;
	if ((err = signed_open(der, &tbs, &rest, ei)) != ERR_OK ||
	    (err = parse_tbs(c, tbs, ei)) != ERR_OK ||
	    (err = signature_get(&c->pool, &rest, &rules, &c->sig, ei)) !=
		ERR_OK) {
		return err;
	}
	return der_end(rest, ei);
}

enum err
crl_parse(struct slice der, struct crl **out, struct errinfo *ei)
{
	struct crl *c;
	enum err err;

	if (der.len > CRL_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "crl.length", NULL,
		    "a list of %zu octets; at most %d are read", der.len,
		    CRL_BYTES_MAX);
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	pool_init(&c->pool);
	c->bytes = slice_dup(der);
	if (c->bytes == NULL) {
		err = err_nomem(ei);
	} else {
		err = parse_whole(c, slice_make(c->bytes, der.len), ei);
	}
	if (err != ERR_OK) {
		crl_free(c);
		return err;
	}
	*out = c;
	return ERR_OK;
}

void
crl_free(struct crl *c)
{
	if (c == NULL) {
		return;
	}
	name_free(c->issuer);
	ext_list_free(c->exts);
	pool_clear(&c->pool);
	free(c->bytes);
	free(c);
}

enum err
crl_verify(
    const struct crl *c, const struct pubkey *issuer_key, struct errinfo *ei)
{
	return signature_verify(&c->sig, c->tbs_der, issuer_key, ei);
}

static void
build_tbs(const struct crl *c, struct buf *b)
{
	size_t tbs = der_open(b, DER_SEQUENCE), mark;

	if (c->version == VERSION_V2) {
		der_put_u63(b, DER_INTEGER, VERSION_V2);
	}
	alg_id_put(&c->sig.alg, b);
	name_build(c->issuer, b);
	der_put_time(b, c->this_update_tag, c->this_update);
	if (c->next_update_tag != 0) {
		der_put_time(b, c->next_update_tag, c->next_update);
	}
	if (c->num_entries > 0) {
		mark = der_open(b, DER_SEQUENCE);
		for (size_t i = 0; i < c->num_entries; i++) {
			crl_entry_build(&c->entries[i], b);
		}
		der_close(b, mark);
	}
	if (c->exts != NULL) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		ext_list_build(c->exts, b);
		der_close(b, mark);
	}
	der_close(b, tbs);
}

void
crl_build(const struct crl *c, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	build_tbs(c, b);
	signature_put(&c->sig, b);
	der_close(b, seq);
}

/* --- getters ----------------------------------------------------------- */

const struct name *
crl_issuer(const struct crl *c)
{
	return c->issuer;
}

struct slice
crl_issuer_der(const struct crl *c)
{
	return c->issuer_der;
}

int64_t
crl_this_update(const struct crl *c)
{
	return c->this_update;
}

bool
crl_next_update(const struct crl *c, int64_t *out_sec)
{
	if (c->next_update_tag == 0) {
		return false;
	}
	*out_sec = c->next_update;
	return true;
}

const struct ext_list *
crl_exts(const struct crl *c)
{
	return c->exts;
}

struct slice
crl_number(const struct crl *c)
{
	const struct ext *x = ext_find(c->exts, EXT_CRL_NUMBER);

	return x == NULL ? SLICE_EMPTY : x->u.integer;
}

size_t
crl_num_entries(const struct crl *c)
{
	return c->num_entries;
}

const struct crl_entry *
crl_entry_at(const struct crl *c, size_t i)
{
	ensure(i < c->num_entries);
	return &c->entries[i];
}

const struct crl_entry *
crl_find(const struct crl *c, struct slice serial)
{
	for (size_t i = 0; i < c->num_entries; i++) {
		if (slice_eq(c->entries[i].serial, serial)) {
			return &c->entries[i];
		}
	}
	return NULL;
}
