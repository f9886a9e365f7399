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
	struct storage *at; /* its files; NULL: a pair on a token, a PFX file */
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
/*
 * The key's file while a password is changed.  meta.json, replaced whole, says
 * which of the two files is the key; the other one is nothing.
 */
extern const char container_key_next[];
/* The key of that file which meta.json means; *out_next: key.next.  ERR_CRYPTO
 * "container.damaged". */
ATTR_MUST_USE enum err container_read_key(struct container *c,
    struct secret *out, bool *out_next, struct errinfo *ei);
/* A new salt and MAC key; empty: none. iterations 0: what a person's password
 * wants. */
ATTR_MUST_USE enum err container_protect(struct container *c,
    struct slice password, unsigned iterations, struct errinfo *ei);
/* A file that is not there yet; the digest goes into c->meta. */
ATTR_MUST_USE enum err container_write_key(struct container *c,
    const char *name, struct slice password, unsigned iterations,
    struct errinfo *ei);
ATTR_MUST_USE enum err container_write_meta(struct storage *at, struct meta *m,
    struct slice mac_key, struct errinfo *ei);
/* A folder of CryptoPro's form: container_peek(), container_open(), and a
 * certificate of its key put in. */
ATTR_MUST_USE enum err container_foreign_peek(const char *path,
    struct container_info *out, struct buf *out_cert, struct errinfo *ei);
ATTR_MUST_USE enum err container_foreign_open(const char *path,
    struct slice password, struct container **out, struct errinfo *ei);
ATTR_MUST_USE enum err container_foreign_install(
    struct container *c, struct slice der, struct errinfo *ei);
/* A PFX file: container_peek(), container_open(). */
ATTR_MUST_USE enum err container_pfx_peek(
    const char *path, struct container_info *out, struct errinfo *ei);
ATTR_MUST_USE enum err container_pfx_open(const char *path,
    struct slice password, struct container **out, struct errinfo *ei);
/* The certificate of a pair; the key has been compared. */
ATTR_MUST_USE enum err container_pair_install(
    struct container *c, struct slice der, struct errinfo *ei);

#endif
