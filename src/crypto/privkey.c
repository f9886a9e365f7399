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
