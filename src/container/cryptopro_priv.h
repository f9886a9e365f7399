/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_CRYPTOPRO_PRIV_H
#define SURGUCH_CONTAINER_CRYPTOPRO_PRIV_H
/*
 * What the files of a CryptoPro container say (cryptopro_der.c), and how its
 * key is hidden in them (cryptopro_key.c).
 *
 * header.key	SEQUENCE { content SEQUENCE {
 *			[0] AlgorithmIdentifier 1.2.643.2.2.37.2.1 OPTIONAL,
 *			IA5String OPTIONAL, BIT STRING flags,
 *			key SEQUENCE { BIT STRING flags OPTIONAL,
 *				[0] AlgorithmIdentifier OPTIONAL },
 *			[2] password's MAC, [5] certificate, [10] FP, ... },
 *		OCTET STRING mac }
 * masks.key	SEQUENCE { OCTET STRING mask, salt, mac }
 * primary.key	SEQUENCE { OCTET STRING masked and encrypted key, ... }
 * name.key	SEQUENCE { IA5String name, ... }
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "container/cryptopro.h"
#include "crypto/alg.h"
#include "crypto/gost28147.h"
#include "der/oid.h"

enum {
	CP_FP_SIZE = 8,
	CP_SALT_SIZE = 12
};

/* Bits of the two BIT STRINGs, bit 0 the first. */
enum {
	CP_SOFT_PASSWORD = 1u << 0,
	CP_RESERVE = 1u << 1,
	CP_KEY_ABSENT = 1u << 2,
	CP_KEY_SHARED = 1u << 3, /* half of the key is in a device */
	CP_EXPORTABLE = 1u << 0,
	CP_EXCHANGE = 1u << 2,
	CP_DH_ALLOWED = 1u << 5
};

/* Which tables the cipher has: the one that the header names, or the two that
 * are met where it names none. */
struct cp_sets {
	enum gost89_set set[GOST89_SETS];
	size_t num;
};

struct cp_header {
	uint32_t flags;
	uint32_t key_flags;
	enum key_alg alg;
	enum oid curve;
	struct cp_sets sets;
	struct slice password_mac; /* or empty */
	struct slice cert;         /* or empty */
	struct slice fp;
	bool has_second;
};

/*
 * In three steps, so that damage is told before anything that it may have made
 * of the content: the two parts, the MAC (which the first is whole of), and
 * what it says.  Everything borrows from the input.  ERR_FORMAT of DER and
 * "container.cryptopro.form"; ERR_CRYPTO "container.damaged"; ERR_UNSUPPORTED,
 * ERR_NOTFOUND as in cryptopro.h.
 */
ATTR_MUST_USE enum err cp_header_cut(struct slice der,
    struct slice *out_content, struct slice *out_mac, struct errinfo *ei);
struct cp_mac_kind {
	enum gost89_set set;
	bool meshing;
};
/* out_kind (NULL: not wanted): how its maker reckons the MAC. */
ATTR_MUST_USE enum err cp_header_check(struct slice content, struct slice mac,
    struct cp_mac_kind *out_kind, struct errinfo *ei);
ATTR_MUST_USE enum err cp_content_parse(
    struct slice content, struct cp_header *out, struct errinfo *ei);
/* The same to be written: the content, then the whole. */
void cp_content_put(struct buf *b, const struct cp_header *h);
void cp_header_put(struct buf *b, struct slice content, struct slice mac);
/* A content that has been parsed, with this certificate in the place of its
 * own; what is not known here stays as it is.  ERR_FORMAT of DER, ERR_LIMIT. */
ATTR_MUST_USE enum err cp_content_put_cert(
    struct buf *b, struct slice content, struct slice cert, struct errinfo *ei);

struct cp_masks {
	struct slice mask;
	struct slice salt; /* CP_SALT_SIZE or more */
	struct slice mac;
};
ATTR_MUST_USE enum err cp_masks_parse(
    struct slice der, size_t key_len, struct cp_masks *out, struct errinfo *ei);
void cp_masks_put(struct buf *b, const struct cp_masks *m);

ATTR_MUST_USE enum err cp_primary_parse(struct slice der, size_t key_len,
    struct slice *out_key, struct errinfo *ei);
void cp_primary_put(struct buf *b, struct slice key);

/* Into UTF-8, out of Windows-1251 or UTF-8; "" when it cannot be shown. */
void cp_name_parse(struct slice der, char out[CONTAINER_LABEL_MAX + 1]);
void cp_name_put(struct buf *b, const char *name);

/* ERR_CRYPTO "container.damaged", the file as its object. */
ATTR_MUST_USE enum err cp_damaged(struct errinfo *ei, enum cryptopro_file file);

/*
 * The password as the derivation takes it, four bytes a character.  People's
 * tools do not agree on letters beyond ASCII: of the forms that are met that
 * one is given which fits the header's MAC.  ERR_CRYPTO "container.password";
 * ERR_LIMIT "kdf.limits".
 */
ATTR_MUST_USE enum err cp_password_find(const struct cp_header *h,
    struct slice password, struct secret *out, struct errinfo *ei);
/* The form that we write. */
ATTR_MUST_USE enum err cp_password_form(
    struct slice password, struct secret *out, struct errinfo *ei);

/* The key of one pair of files; ERR_CRYPTO "container.damaged". */
ATTR_MUST_USE enum err cp_key_open(const struct cp_header *h,
    const struct cryptopro_parts *parts, enum cryptopro_file masks_file,
    enum cryptopro_file primary_file, struct slice password4,
    struct privkey **out, struct errinfo *ei);

/* One pair, under a new mask. */
ATTR_MUST_USE enum err cp_key_put(const struct cp_header *h,
    struct privkey *key, struct slice password4, struct buf *out_masks,
    struct buf *out_primary, struct errinfo *ei);
/* The MACs of a header that is to be written. */
ATTR_MUST_USE enum err cp_password_mac(enum gost89_set set, struct slice fp,
    struct slice password4, uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei);
ATTR_MUST_USE enum err cp_header_mac(enum gost89_set set, bool meshing,
    struct slice content, uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei);

#endif
