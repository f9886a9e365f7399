/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_META_PRIV_H
#define SURGUCH_CONTAINER_META_PRIV_H
/*
 * meta.json of a container.
 *
 *	{"format":1, "id":HEX, "label":TEXT, "key":SPEC, "created":TIME,
 *	 "protection":"password"|"none",
 *	 "key_sha256":HEX, "certificate":HEX?, "certificate_next":HEX?,
 *	 "iterations":N?, "salt":HEX?, "check":HEX?, "mac":HEX?, "sum":HEX}
 *
 * The digests bind the two other files.  While a certificate is being put in,
 * certificate_next names it beside the old one, and cert.der may be either.
 * sum is SHA-256 over all the other values, against damage; check is the
 * derived key's first half, which tells a wrong password; mac is HMAC-SHA-256
 * under its second half, against changes.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "container/container.h"

enum {
	META_DIGEST = 32,
	META_SALT = 16
};

struct meta {
	struct container_info info; /* has_cert: a certificate is named */
	bool has_next;
	uint8_t key_sha[META_DIGEST];
	uint8_t cert_sha[META_DIGEST];
	uint8_t next_sha[META_DIGEST];
	/* Only with a password: */
	unsigned iterations;
	uint8_t salt[META_SALT];
	uint8_t check[META_DIGEST];
	uint8_t mac[META_DIGEST];
};

/* Checks the sum.  ERR_CRYPTO "container.damaged" when it does not fit. */
ATTR_MUST_USE enum err meta_parse(
    struct slice json, struct meta *out, struct errinfo *ei);
ATTR_MUST_USE enum err meta_build(
    const struct meta *m, struct buf *out, struct errinfo *ei);
/* The MAC of all values but itself, under the second half of the key. */
ATTR_MUST_USE enum err meta_mac(const struct meta *m, struct slice mac_key,
    uint8_t out[META_DIGEST], struct errinfo *ei);

#endif
