/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_CAB_PRIV_H
#define SURGUCH_TRUST_CAB_PRIV_H
/* Numbers of the format; of trust/cab*.c only. */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

enum {
	CAB_HEADER = 36,
	CAB_FOLDER = 8,
	CAB_FILE = 16,
	CAB_BLOCK_HEAD = 8,
	CAB_BLOCK = 32768,               /* plain octets of all but the last */
	CAB_BLOCK_MOST = CAB_BLOCK + 12, /* the same, deflated */
	CAB_VERSION = 0x0103,
	CAB_STORED = 0,
	CAB_MSZIP = 1,
	CAB_ARCHIVE = 0x20, /* the one attribute that Microsoft's have */
};

/* Of a block: over its octets, then over its two lengths. */
uint32_t cab_checksum(struct slice s, uint32_t seed);
/* Printable, and no path. */
bool cab_name_fits(struct slice name);

#endif
