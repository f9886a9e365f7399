/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_PAIR_H
#define SURGUCH_CONTAINER_PAIR_H
/*
 * Containers on a token.  A *pair* is made and kept by an active token: its
 * key never leaves it, and the certificate lies beside it under the same
 * CKA_ID.  A container of files lies on any token as data objects
 * (container/storage.h).  Both are struct container once they are open.
 *
 * A place is how a container on a token is named from outside: "pair:HEX" by
 * the CKA_ID, "file:NAME" by the objects' application.  The id of a pair is
 * the beginning of its public key's SHA-256.
 */
#include "container/container.h"
#include "crypto/token.h"

enum {
	PAIR_PLACE_SIZE = TOKEN_NAME_SIZE + 8,
};

/* A place that is not taken, of random bytes. */
ATTR_MUST_USE enum err pair_place_new(
    bool pair, char out[PAIR_PLACE_SIZE], struct errinfo *ei);

/*
 * The containers on a token, for whoever has no PIN; entries' names are
 * places.  Free with container_list_free().
 */
ATTR_MUST_USE enum err pair_list(struct token *t, struct container_entry **out,
    size_t *out_num, struct errinfo *ei);
/* One of them, as it is now; its certificate appended.  ERR_NOTFOUND
 * "container.none". */
ATTR_MUST_USE enum err pair_peek(struct token *t, const char *place,
    struct container_info *out, struct buf *out_cert, struct errinfo *ei);

/*
 * The token is logged in to, and taken, also when it fails.  Making a pair
 * that is there already opens it; files that were begun at this place, which
 * nobody has been told of, are removed first.  The errors of token_make_pair()
 * and container_create().
 */
ATTR_MUST_USE enum err pair_create(struct token *take, const char *place,
    const struct container_options *options, struct container **out,
    struct errinfo *ei);
ATTR_MUST_USE enum err pair_open(struct token *take, const char *place,
    struct slice password, struct container **out, struct errinfo *ei);

#endif
