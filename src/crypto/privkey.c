/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/privkey.h"

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

enum err
privkey_sign(struct privkey *k, enum sig_alg alg, struct slice data,
    struct buf *out_sig, struct errinfo *ei)
{
	if (!sig_alg_fits(alg, privkey_alg(k))) {
		return err_set(ei, ERR_CRYPTO, "signature.algorithm", NULL,
		    "a %s key cannot make a %s signature",
		    key_alg_name(privkey_alg(k)), sig_alg_name(alg));
	}
	return k->ops->sign(k->self, alg, data, out_sig, ei);
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
locked_sign(void *self, enum sig_alg alg, struct slice data,
    struct buf *out_sig, struct errinfo *ei)
{
	(void)alg;
	(void)data;
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
