/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_OSSL_PRIV_H
#define SURGUCH_CRYPTO_OSSL_PRIV_H
/*
 * What the files of this floor share of OpenSSL.  Never included outside
 * src/crypto.
 *
 * OpenSSL keeps its errors in a queue of the thread, and leaves entries in it
 * after calls that succeeded.  We never judge by it: results decide, and each
 * public function leaves the queue empty.
 *
 * All OpenSSL headers come from here.
 */
#include <stddef.h>

/* OpenSSL has a type of this name, which nothing of ours uses. */
#define ERR_STATE OPENSSL_ERR_STATE_TYPE
/* The engine interface is what carries GOST keys in OpenSSL 3.0. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/engine.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#undef ERR_STATE

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct pubkey;
struct privkey;

/* ERR_STATE "crypto.init" before crypto_init(). */
ATTR_MUST_USE enum err crypto_need(struct errinfo *ei);

/* The digest object; fetched once, lives for ever.  NULL for NONE. */
const EVP_MD *crypto_md(enum hash_alg alg);

/* A key of P-256 or P-384 that has only its curve, to be duplicated: setting up
 * the curve is most of what a new key costs.  Read-only. */
EVP_PKEY *crypto_ec_template(enum key_alg alg);

/* Empty the error queue and return e, for the end of public functions. */
enum err crypto_done(enum err e);

/* The same after err_set() of an OpenSSL call that should not have failed:
 * ERR_NOMEM when memory was the reason, else ERR_INTERNAL "crypto.library". */
enum err crypto_library(struct errinfo *ei, const char *what);

/* The other way: a copy of a key that can leave its place, the caller's to
 * free.  ERR_UNSUPPORTED "key.not_exportable". */
ATTR_MUST_USE enum err crypto_pkey_of(
    struct privkey *k, EVP_PKEY **out, struct errinfo *ei);

/* An OpenSSL key into ours; takes pkey, also when it fails. */
ATTR_MUST_USE enum err softkey_take(
    EVP_PKEY *pkey, struct privkey **out, struct errinfo *ei);

#endif
