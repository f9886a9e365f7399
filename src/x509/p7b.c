/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	ContentInfo ::= SEQUENCE { contentType OID, content [0] EXPLICIT ANY }
 *	SignedData ::= SEQUENCE {
 *		version          INTEGER,
 *		digestAlgorithms SET OF AlgorithmIdentifier,
 *		encapContentInfo SEQUENCE { eContentType OID,
 *			eContent [0] EXPLICIT OCTET STRING OPTIONAL },
 *		certificates [0] IMPLICIT SET OF CertificateChoices OPTIONAL,
 *		crls         [1] IMPLICIT SET OF RevocationInfoChoice OPTIONAL,
 *		signerInfos      SET OF SignerInfo }
 */
#include "x509/p7b.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/pool.h"
#include "x509/seq.h"

enum {
	VERSION = 1 /* RFC 5652 5.1: no signers, id-data */
};

struct bag {
	bool present;
	const struct slice *list;
	size_t num;
};

struct p7b {
	struct pool pool;
	struct bag certs;
	struct bag crls;
};

static enum err
parse_bag(struct p7b *p, struct slice *s, uint8_t tag, struct bag *bag,
    struct errinfo *ei)
{
	struct seq_array a = {
	    .size = sizeof(struct slice),
	    .max = P7B_CERTS_MAX,
	    .rule = "p7b.number",
	};
	struct slice content, whole, *list;
	enum err err;

	err = der_get_optional(s, tag, &bag->present, &content, ei);
	if (err != ERR_OK || !bag->present || content.len == 0) {
		return err;
	}
	err = seq_array(&p->pool, content, &a, ei);
	list = a.at;
	bag->list = list;
	bag->num = a.num;
	for (size_t i = 0; err == ERR_OK && i < bag->num; i++) {
		err = der_get_whole(&content, DER_SEQUENCE, &whole, ei);
		if (err == ERR_OK) {
			err = seq_copy(&p->pool, whole, &list[i], ei);
		}
	}
	return err;
}

/* An empty SET, or ERR_UNSUPPORTED. */
static enum err
get_empty_set(struct slice *s, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	err = der_get(s, DER_SET, &content, ei);
	if (err == ERR_OK && content.len > 0) {
		err = err_set(ei, ERR_UNSUPPORTED, "p7b.signed", NULL,
		    "signed content where only a bag of certificates is "
		    "read");
	}
	return err;
}

static enum err
parse_encapsulated(struct slice *s, struct errinfo *ei)
{
	struct slice seq, type;
	enum err err;

	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_oid(&seq, &type, ei)) != ERR_OK) {
		return err;
	}
	if ((oid_find(type) != OID_CMS_DATA || seq.len > 0)) {
		return err_set(ei, ERR_UNSUPPORTED, "p7b.signed", NULL,
		    "content where only a bag of certificates is read");
	}
	return ERR_OK;
}

static enum err
parse_signed_data(struct p7b *p, struct slice s, struct errinfo *ei)
{
	uint64_t version = 0;
	enum err err;

	err = der_get_u63(&s, DER_INTEGER, &version, ei);
	if (err == ERR_OK && version != VERSION) {
		err = err_set(ei, ERR_UNSUPPORTED, "p7b.version",
		    "RFC 5652 5.1", "version %llu; a bag of certificates has 1",
		    (unsigned long long)version);
	}
	if (err == ERR_OK) {
		err = get_empty_set(&s, ei);
	}
	if (err == ERR_OK) {
		err = parse_encapsulated(&s, ei);
	}
	if (err == ERR_OK) {
		err = parse_bag(p, &s, DER_CONTEXT_CONS(0), &p->certs, ei);
	}
	if (err == ERR_OK) {
		err = parse_bag(p, &s, DER_CONTEXT_CONS(1), &p->crls, ei);
	}
	if (err == ERR_OK) {
		err = get_empty_set(&s, ei);
	}
	return err == ERR_OK ? der_end(s, ei) : err;
}

static enum err
parse_whole(struct p7b *p, struct slice der, struct errinfo *ei)
{
	struct slice seq, type, explicit, data;
	enum err err;

	if ((err = der_get(&der, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_end(der, ei)) != ERR_OK ||
	    (err = der_get_oid(&seq, &type, ei)) != ERR_OK) {
		return err;
	}
	if (oid_find(type) != OID_CMS_SIGNED) {
		return err_set(ei, ERR_UNSUPPORTED, "p7b.type", NULL,
		    "a CMS file that is not signed-data");
	}
	if ((err = der_get(&seq, DER_CONTEXT_CONS(0), &explicit, ei)) !=
		ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK ||
	    (err = der_get(&explicit, DER_SEQUENCE, &data, ei)) != ERR_OK ||
	    (err = der_end(explicit, ei)) != ERR_OK) {
		return err;
	}
	return parse_signed_data(p, data, ei);
}

enum err
p7b_parse(struct slice der, struct p7b **out, struct errinfo *ei)
{
	struct p7b *p;
	enum err err;

	if (der.len > CMS_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "p7b.length", NULL,
		    "a file of %zu octets; at most %d are read", der.len,
		    CMS_BYTES_MAX);
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL) {
		return err_nomem(ei);
	}
	pool_init(&p->pool);
	err = parse_whole(p, der, ei);
	if (err != ERR_OK) {
		p7b_free(p);
		return err;
	}
	*out = p;
	return ERR_OK;
}

void
p7b_free(struct p7b *p)
{
	if (p != NULL) {
		pool_clear(&p->pool);
		free(p);
	}
}

size_t
p7b_num_certs(const struct p7b *p)
{
	return p->certs.num;
}

struct slice
p7b_cert(const struct p7b *p, size_t i)
{
	ensure(i < p->certs.num);
	return p->certs.list[i];
}

static void
put_bag(const struct bag *bag, uint8_t tag, struct buf *b)
{
	size_t mark;

	if (!bag->present) {
		return;
	}
	mark = der_open(b, tag);
	for (size_t i = 0; i < bag->num; i++) {
		der_put_raw(b, bag->list[i]);
	}
	der_close(b, mark);
}

static void
build(const struct bag *certs, const struct bag *crls, struct buf *b)
{
	size_t info = der_open(b, DER_SEQUENCE), explicit, data, mark;

	der_put_oid(b, oid_bytes(OID_CMS_SIGNED));
	explicit = der_open(b, DER_CONTEXT_CONS(0));
	data = der_open(b, DER_SEQUENCE);
	der_put_u63(b, DER_INTEGER, VERSION);
	der_put(b, DER_SET, SLICE_EMPTY);
	mark = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(OID_CMS_DATA));
	der_close(b, mark);
	put_bag(certs, DER_CONTEXT_CONS(0), b);
	put_bag(crls, DER_CONTEXT_CONS(1), b);
	der_put(b, DER_SET, SLICE_EMPTY);
	der_close(b, data);
	der_close(b, explicit);
	der_close(b, info);
}

void
p7b_build(const struct slice *certs, size_t num, struct buf *b)
{
	struct bag bag = {.present = true, .list = certs, .num = num};
	struct bag none = {.present = false};

	build(&bag, &none, b);
}

void
p7b_rebuild(const struct p7b *p, struct buf *b)
{
	build(&p->certs, &p->crls, b);
}
