/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PRIVKEY_PRIV_H
#define SURGUCH_CRYPTO_PRIVKEY_PRIV_H
/*
 * What a kind of private key (in memory, on a token) must be able to do.
 * sign is called from several threads at once; export_plain may be NULL (the
 * key cannot leave its place).  free wipes.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct privkey;

struct privkey_ops {
	/* The algorithm has been checked against the key already.  input is the
	 * digest, or the data where sig_alg_takes_data(). */
	enum err (*sign)(void *self, enum sig_alg alg, struct slice input,
	    struct buf *out_sig, struct errinfo *ei);
	/* As privkey_ready(); NULL: always. */
	enum err (*ready)(void *self, struct errinfo *ei);
	/* PrivateKeyInfo, DER. */
	enum err (*export_plain)(
	    void *self, struct secret *out, struct errinfo *ei);
	void (*free)(void *self);
	bool foreign; /* as privkey_is_foreign() */
};

/* Wrap self; takes it, also when it fails.  spki is parsed and copied. */
ATTR_MUST_USE enum err privkey_wrap_take(const struct privkey_ops *ops,
    void *self, struct slice spki, struct privkey **out, struct errinfo *ei);

#endif
