/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/signed.h"

#include "base/bounds.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/seq.h"

enum {
	SIG_ALG_BYTES_MAX = 64 /* its identifier, and two headers */
};

enum err
signed_open(struct slice der, struct slice *out_tbs, struct slice *out_rest,
    struct errinfo *ei)
{
	enum err err;

	if ((err = der_get(&der, DER_SEQUENCE, out_rest, ei)) != ERR_OK ||
	    (err = der_end(der, ei)) != ERR_OK) {
		return err;
	}
	return der_get_whole(out_rest, DER_SEQUENCE, out_tbs, ei);
}

static enum err
get_alg(struct pool *pool, struct slice *s, const struct signature_rules *rules,
    struct signature *out, struct errinfo *ei)
{
	struct alg_id outer = {0};
	struct slice before = *s;
	enum err err;

	err = alg_id_get(pool, s, &outer, ei);
	if (err != ERR_OK) {
		return err;
	}
	out->alg_der = slice_make(before.p, before.len - s->len);
	if (rules->algorithm == NULL) {
		out->alg = outer;
	} else if (!alg_id_eq(&outer, &out->alg)) {
		return err_set(ei, ERR_FORMAT, rules->algorithm, rules->clause,
		    "the signature's algorithm is not the one that was "
		    "signed");
	}
	return ERR_OK;
}

enum err
signature_get(struct pool *pool, struct slice *s,
    const struct signature_rules *rules, struct signature *out,
    struct errinfo *ei)
{
	struct slice bits;
	unsigned unused = 0;
	enum err err;

	if ((err = get_alg(pool, s, rules, out, ei)) != ERR_OK ||
	    (err = der_get_bits(s, &bits, &unused, ei)) != ERR_OK) {
		return err;
	}
	if (unused != 0 || bits.len > SIGNATURE_BYTES_MAX) {
		return err_set(ei, ERR_FORMAT, rules->length, NULL,
		    "a signature of %zu octets and %u unused bits", bits.len,
		    unused);
	}
	return seq_copy(pool, bits, &out->bits, ei);
}

enum err
signature_verify(const struct signature *sig, struct slice tbs,
    const struct pubkey *key, struct errinfo *ei)
{
	enum sig_alg alg = SIG_NONE;
	enum err err = sig_alg_get(sig->alg_der, &alg, ei);

	return err == ERR_OK ? pubkey_verify(key, alg, tbs, sig->bits, ei)
			     : err;
}

void
signature_put(const struct signature *sig, struct buf *b)
{
	alg_id_put(&sig->alg, b);
	der_put_bits(b, sig->bits, 0);
}

void
x509_around(size_t tbs_len, enum sig_alg alg, struct slice signature,
    struct buf *out_front, struct buf *out_back)
{
	size_t was = out_back->len;

	sig_alg_put(out_back, alg);
	der_put_bits(out_back, signature, 0);
	der_put_header(out_front, DER_SEQUENCE, tbs_len + out_back->len - was);
}

void
x509_assemble(
    struct slice tbs, enum sig_alg alg, struct slice signature, struct buf *out)
{
	struct buf tail = BUF_INIT(SIGNATURE_BYTES_MAX + SIG_ALG_BYTES_MAX);

	x509_around(tbs.len, alg, signature, out, &tail);
	if (tail.err != ERR_OK && out->err == ERR_OK) {
		out->err = tail.err;
	}
	buf_add(out, tbs);
	buf_add(out, buf_slice(&tail));
	buf_clear(&tail);
}
