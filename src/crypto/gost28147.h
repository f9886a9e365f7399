/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_GOST28147_H
#define SURGUCH_CRYPTO_GOST28147_H
/*
 * GOST 28147-89 as key containers of CryptoPro's form use it: single blocks,
 * and the MAC ("imitovstavka", RFC 5830 8).  Needs crypto_init().
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

enum gost89_set {
	GOST89_Z, /* id-tc26-gost-28147-param-Z */
	GOST89_A, /* id-Gost28147-89-CryptoPro-A-ParamSet */
	GOST89_SETS
};

enum {
	GOST89_KEY_SIZE = 32,
	GOST89_BLOCK_SIZE = 8,
	GOST89_MAC_SIZE = 4,
	GOST89_DATA_MAX = 1024 * 1024
};

/*
 * Each block by itself (RFC 5830 5), into a new secret that the caller clears.
 * ERR_FORMAT "gost89.size" unless the key has its size and data are one block
 * or more, whole.
 */
ATTR_MUST_USE enum err gost89_ecb(enum gost89_set set, struct slice key,
    struct slice data, bool encrypt, struct secret *out, struct errinfo *ei);

/*
 * The MAC of data, filled with zeros to whole blocks.  meshing: the key changes
 * after each 1,024 bytes (RFC 4357 2.3.2).  ERR_FORMAT "gost89.size" unless
 * data are 9 bytes to GOST89_DATA_MAX and the key has its size.
 */
ATTR_MUST_USE enum err gost89_mac(enum gost89_set set, bool meshing,
    struct slice key, struct slice data, uint8_t out[GOST89_MAC_SIZE],
    struct errinfo *ei);

#endif
