/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/privkey.h"

#include "crypto/hash.h"
#include "crypto/ossl_priv.h"
#include "crypto/privkey_priv.h"
#include "crypto/pubkey.h"
#include "crypto/spki_priv.h"

struct privkey {
	const struct privkey_ops *ops;
	void *self;
	struct pubkey *pub;
};

enum err
privkey_wrap_take(const struct privkey_ops *ops, void *self, struct slice spki,
    struct privkey **out, struct errinfo *ei)
{
	struct privkey *k = calloc(1, sizeof(*k));
	enum err e;

	if (k == NULL) {
		ops->free(self);
		return err_nomem(ei);
	}
	k->ops = ops;
	k->self = self;
	if ((e = pubkey_parse(spki, &k->pub, ei)) != ERR_OK) {
		privkey_free(k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

void
privkey_free(struct privkey *k)
{
	if (k != NULL) {
		k->ops->free(k->self);
		pubkey_free(k->pub);
		free(k);
	}
}

enum key_alg
privkey_alg(const struct privkey *k)
{
	return pubkey_alg(k->pub);
}

struct slice
privkey_spki(const struct privkey *k)
{
	return pubkey_spki(k->pub);
}

const struct pubkey *
privkey_pubkey(const struct privkey *k)
{
	return k->pub;
}

bool
privkey_matches(const struct privkey *k, struct slice spki)
{
	struct spki theirs;

	return spki_parse(spki, &theirs, NULL) == ERR_OK &&
	       theirs.alg == privkey_alg(k) &&
	       slice_eq(theirs.params, pubkey_params(k->pub)) &&
	       slice_eq(theirs.bits, pubkey_bits_content(k->pub));
}

enum err
privkey_ready(struct privkey *k, struct errinfo *ei)
{
	return k->ops->ready != NULL ? k->ops->ready(k->self, ei) : ERR_OK;
}

bool
privkey_is_foreign(const struct privkey *k)
{
	return k->ops->foreign;
}

static enum err
check_alg(const struct privkey *k, enum sig_alg alg, struct errinfo *ei)
{
	return sig_alg_fits(alg, privkey_alg(k))
		   ? ERR_OK
		   : err_set(ei, ERR_CRYPTO, "signature.algorithm", NULL,
			 "a %s key cannot make a %s signature",
			 key_alg_name(privkey_alg(k)), sig_alg_name(alg));
}

enum err
privkey_sign(struct privkey *k, enum sig_alg alg, struct slice data,
    struct buf *out_sig, struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	struct slice input = data;
	enum err e = check_alg(k, alg, ei);

	if (e == ERR_OK && !sig_alg_takes_data(alg)) {
		e = hash_of(sig_alg_hash(alg), data, hash, ei);
		input = slice_make(hash, hash_size(sig_alg_hash(alg)));
	}
	return e == ERR_OK ? k->ops->sign(k->self, alg, input, out_sig, ei) : e;
}

enum err
privkey_sign_digest(struct privkey *k, enum sig_alg alg, struct slice digest,
    struct buf *out_sig, struct errinfo *ei)
{
	enum err e = check_alg(k, alg, ei);

	if (e == ERR_OK && (sig_alg_takes_data(alg) ||
			       digest.len != hash_size(sig_alg_hash(alg)))) {
		e = err_set(ei, ERR_UNSUPPORTED, "signature.digest", NULL,
		    "a %s signature is not made over a digest of %zu bytes",
		    sig_alg_name(alg), digest.len);
	}
	return e == ERR_OK ? k->ops->sign(k->self, alg, digest, out_sig, ei)
			   : e;
}

enum err
privkey_to_p8_insecure_plain(
    struct privkey *k, struct secret *out_der, struct errinfo *ei)
{
	if (k->ops->export_plain == NULL) {
		return err_set(ei, ERR_UNSUPPORTED, "key.not_exportable", NULL,
		    "this key cannot leave the device that holds it");
	}
	return k->ops->export_plain(k->self, out_der, ei);
}

/* --- locked ------------------------------------------------------------- */

static enum err
locked_ready(void *self, struct errinfo *ei)
{
	(void)self;
	return err_set(ei, ERR_AGAIN, "key.locked", NULL,
	    "The key is locked: run surguchctl unlock.");
}

static enum err
locked_sign(void *self, enum sig_alg alg, struct slice input,
    struct buf *out_sig, struct errinfo *ei)
{
	(void)alg;
	(void)input;
	(void)out_sig;
	return locked_ready(self, ei);
}

static void
locked_free(void *self)
{
	(void)self;
}

enum err
privkey_locked(struct slice spki, struct privkey **out, struct errinfo *ei)
{
	static const struct privkey_ops ops = {
	    .sign = locked_sign, .ready = locked_ready, .free = locked_free};

	return privkey_wrap_take(&ops, NULL, spki, out, ei);
}
