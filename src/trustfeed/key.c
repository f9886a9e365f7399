/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/key.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "crypto/pubkey.h"
#include "trustfeed/document.h"
#include "x509/pem.h"

enum {
	HEX_SIZE = 2 * SHA256_SIZE + 1,
};

struct feed_key {
	struct pubkey *key;
	char fingerprint[HEX_SIZE];
};

static enum err
set_fingerprint(struct feed_key *k, struct errinfo *ei)
{
	struct buf hex = BUF_INIT(HEX_SIZE);
	uint8_t hash[SHA256_SIZE];
	enum err e = sha256_of(pubkey_spki(k->key), hash, ei);

	if (e == ERR_OK) {
		text_hex(&hex, slice_make(hash, sizeof(hash)));
		(void)snprintf(k->fingerprint, sizeof(k->fingerprint), "%s",
		    buf_cstr(&hex));
		e = buf_err(&hex, ei);
	}
	buf_clear(&hex);
	return e;
}

static enum err
read_key(struct feed_key *k, struct slice file, struct errinfo *ei)
{
	struct buf der = BUF_INIT(SPKI_BYTES_MAX);
	enum err e = pem_or_der(file, PEM_PUBLIC_KEY, &der, ei);

	if (e == ERR_OK) {
		e = pubkey_parse(buf_slice(&der), &k->key, ei);
	}
	buf_clear(&der);
	if (e == ERR_OK && pubkey_alg(k->key) != KEY_P256) {
		e = err_set(ei, ERR_UNSUPPORTED, "feed.key", NULL,
		    "a key of a feed is on P-256, and this is one of %s; take "
		    "the server's feed.pub",
		    key_alg_name(pubkey_alg(k->key)));
	}
	return e == ERR_OK ? set_fingerprint(k, ei) : e;
}

enum err
feed_key_parse(struct slice file, struct feed_key **out, struct errinfo *ei)
{
	struct feed_key *k = calloc(1, sizeof(*k));
	enum err e = k == NULL ? err_nomem(ei) : read_key(k, file, ei);

	if (e != ERR_OK) {
		feed_key_free(k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

void
feed_key_free(struct feed_key *k)
{
	if (k != NULL) {
		pubkey_free(k->key);
		free(k);
	}
}

const char *
feed_key_fingerprint(const struct feed_key *k)
{
	return k->fingerprint;
}

enum err
feed_key_verify(const struct feed_key *k, struct slice document,
    struct slice signature, struct errinfo *ei)
{
	enum err e =
	    pubkey_verify(k->key, SIG_ECDSA_SHA256, document, signature, ei);

	if (e == ERR_OK || e == ERR_NOMEM) {
		return e;
	}
	(void)err_set(ei, ERR_CRYPTO, "feed.signature", NULL,
	    "it was not signed by this key: it is of another server, or "
	    "somebody has changed it on the way");
	return err_object(ei, ERR_CRYPTO, FEED_SIGNATURE);
}
