/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	SubjectPublicKeyInfo ::= SEQUENCE {
 *		algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
 *	AlgorithmIdentifier ::= SEQUENCE {
 *		algorithm OID, parameters ANY OPTIONAL }
 *	GostR3410-2012-PublicKeyParameters ::= SEQUENCE {
 *		publicKeyParamSet OID, digestParamSet OID OPTIONAL }
 */
#include "x509/spki.h"

#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/pool.h"
#include "x509/seq.h"

static enum err
get_optional_oid(
    struct pool *pool, struct slice *s, struct slice *out, struct errinfo *ei)
{
	if (s->len == 0) {
		*out = SLICE_EMPTY;
		return ERR_OK;
	}
	return seq_get_oid(pool, s, out, ei);
}

/* The OIDs in a row, by their places: RFC 9215 4.1, RFC 4491 2.3.2. */
static enum err
get_gost(
    struct pool *pool, struct slice whole, struct alg_id *a, struct errinfo *ei)
{
	struct slice seq;
	enum err err;

	a->params = ALG_PARAMS_GOST;
	if ((err = der_get(&whole, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &a->set, ei)) != ERR_OK ||
	    (err = get_optional_oid(pool, &seq, &a->digest, ei)) != ERR_OK ||
	    (a->id == OID_GOST2001 && (err = get_optional_oid(pool, &seq,
					   &a->cipher, ei)) != ERR_OK)) {
		return err;
	}
	return der_end(seq, ei);
}

static bool
is_gost_key(enum oid id)
{
	return id == OID_GOST256 || id == OID_GOST512 || id == OID_GOST2001;
}

static enum err
get_params(
    struct pool *pool, struct slice s, struct alg_id *a, struct errinfo *ei)
{
	struct slice content, whole, oid;
	uint8_t tag = 0;
	enum err err;

	if (s.len == 0) {
		a->params = ALG_PARAMS_ABSENT;
		return ERR_OK;
	}
	if (der_peek(s) == DER_NULL) {
		a->params = ALG_PARAMS_NULL;
		err = der_get_null(&s, ei);
		return err == ERR_OK ? der_end(s, ei) : err;
	}
	if (der_peek(s) == DER_OID) {
		a->params = ALG_PARAMS_OID;
		err = der_get_oid(&s, &oid, ei);
		if (err == ERR_OK) {
			err = der_end(s, ei);
		}
		return err == ERR_OK ? seq_copy_oid(pool, oid, &a->curve, ei)
				     : err;
	}
	if ((err = der_get_any(&s, &tag, &content, &whole, ei)) != ERR_OK ||
	    (err = der_end(s, ei)) != ERR_OK) {
		return err;
	}
	if (is_gost_key(a->id) && tag == DER_SEQUENCE) {
		return get_gost(pool, whole, a, ei);
	}
	a->params = ALG_PARAMS_RAW;
	return seq_copy(pool, whole, &a->raw, ei);
}

enum err
alg_id_get(
    struct pool *pool, struct slice *s, struct alg_id *out, struct errinfo *ei)
{
	struct alg_id a = {0};
	struct slice rest = *s, seq;
	enum err err;

	if ((err = der_get(&rest, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = seq_get_oid(pool, &seq, &a.oid, ei)) != ERR_OK) {
		return err;
	}
	a.id = oid_find(a.oid);
	err = get_params(pool, seq, &a, ei);
	if (err != ERR_OK) {
		return err;
	}
	*out = a;
	*s = rest;
	return ERR_OK;
}

static void
put_gost(const struct alg_id *a, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_oid(b, a->set);
	if (a->digest.len > 0) {
		der_put_oid(b, a->digest);
	}
	if (a->cipher.len > 0) {
		der_put_oid(b, a->cipher);
	}
	der_close(b, seq);
}

void
alg_id_put(const struct alg_id *a, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	der_put_oid(b, a->oid);
	switch (a->params) {
	case ALG_PARAMS_ABSENT:
		break;
	case ALG_PARAMS_NULL:
		der_put_null(b);
		break;
	case ALG_PARAMS_OID:
		der_put_oid(b, a->curve);
		break;
	case ALG_PARAMS_GOST:
		put_gost(a, b);
		break;
	case ALG_PARAMS_RAW:
		der_put_raw(b, a->raw);
		break;
	}
	der_close(b, seq);
}

bool
alg_id_eq(const struct alg_id *a, const struct alg_id *b)
{
	return slice_eq(a->oid, b->oid) && a->params == b->params &&
	       slice_eq(a->curve, b->curve) && slice_eq(a->set, b->set) &&
	       slice_eq(a->digest, b->digest) &&
	       slice_eq(a->cipher, b->cipher) && slice_eq(a->raw, b->raw);
}

static void
print_oid(struct slice oid, struct buf *b)
{
	enum oid id = oid_find(oid);

	if (id == OID_UNKNOWN) {
		oid_text(b, oid);
	} else {
		buf_add_str(b, oid_short_name(id));
	}
}

void
alg_id_print(const struct alg_id *a, struct buf *b)
{
	print_oid(a->oid, b);
	switch (a->params) {
	case ALG_PARAMS_ABSENT:
	case ALG_PARAMS_NULL:
		break;
	case ALG_PARAMS_OID:
		buf_add_u8(b, ' ');
		print_oid(a->curve, b);
		break;
	case ALG_PARAMS_GOST:
		buf_add_u8(b, ' ');
		print_oid(a->set, b);
		if (a->digest.len > 0) {
			buf_add_u8(b, ' ');
			print_oid(a->digest, b);
		}
		if (a->cipher.len > 0) {
			buf_add_u8(b, ' ');
			print_oid(a->cipher, b);
		}
		break;
	case ALG_PARAMS_RAW:
		buf_add_str(b, " #");
		text_hex(b, a->raw);
		break;
	}
}

enum err
spki_get(
    struct pool *pool, struct slice *s, struct spki *out, struct errinfo *ei)
{
	struct spki k = {0};
	struct slice rest = *s, seq, bits;
	enum err err;

	err = der_get(&rest, DER_SEQUENCE, &seq, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (seq.len > SPKI_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "spki.length", NULL,
		    "a public key of %zu octets; at most %d are read", seq.len,
		    SPKI_BYTES_MAX);
	}
	if ((err = alg_id_get(pool, &seq, &k.alg, ei)) != ERR_OK ||
	    (err = der_get_bits(&seq, &bits, &k.unused, ei)) != ERR_OK ||
	    (err = der_end(seq, ei)) != ERR_OK ||
	    (err = seq_copy(pool, bits, &k.bits, ei)) != ERR_OK) {
		return err;
	}
	k.der = slice_make(s->p, s->len - rest.len);
	*out = k;
	*s = rest;
	return ERR_OK;
}

void
spki_put(const struct spki *k, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE);

	alg_id_put(&k->alg, b);
	der_put_bits(b, k->bits, k->unused);
	der_close(b, seq);
}

void
spki_print(const struct spki *k, struct buf *b)
{
	alg_id_print(&k->alg, b);
	buf_add_u8(b, ' ');
	text_hex(b, k->bits);
}
