/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_CONTAINER_PRIV_H
#define SURGUCH_CONTAINER_CONTAINER_PRIV_H
/* What an open container is, whichever kind; of src/container only. */
#include "base/secret.h"
#include "container/meta_priv.h"
#include "crypto/token.h"

struct cryptopro;
struct storage;

struct container {
	struct storage *at; /* its files; NULL: a pair on a token */
	struct meta meta;
	struct secret mac_key; /* empty without a password */
	struct privkey *key;
	struct buf cert;
	uint8_t cert_sha[META_DIGEST]; /* of cert, as it was read */
	/* A pair (container/pair.h): */
	struct token *token; /* owned; NULL: files */
	uint8_t pair_id[TOKEN_ID_MAX];
	size_t pair_id_len;
	/* A folder of CryptoPro's form (foreign.c): has the key; else NULL. */
	struct cryptopro *cryptopro;
};

/* Empty; takes at, also when it fails. */
ATTR_MUST_USE enum err container_new_take(
    struct storage *at, struct container **out, struct errinfo *ei);
/* A folder of CryptoPro's form: container_peek(), container_open(), and a
 * certificate of its key put in. */
ATTR_MUST_USE enum err container_foreign_peek(const char *path,
    struct container_info *out, struct buf *out_cert, struct errinfo *ei);
ATTR_MUST_USE enum err container_foreign_open(const char *path,
    struct slice password, struct container **out, struct errinfo *ei);
ATTR_MUST_USE enum err container_foreign_install(
    struct container *c, struct slice der, struct errinfo *ei);
/* The certificate of a pair; the key has been compared. */
ATTR_MUST_USE enum err container_pair_install(
    struct container *c, struct slice der, struct errinfo *ei);

#endif
