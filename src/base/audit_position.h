/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_AUDIT_POSITION_H
#define SURGUCH_BASE_AUDIT_POSITION_H
/*
 * Where a writer's audit chain stood: who writes, the number of its last
 * row, and that row's hash.  It travels with each issue and CRL into the
 * signer's journal, so that a database that was rolled back shows.
 */
#include <stdint.h>

#include "base/id.h"

enum {
	AUDIT_HASH_SIZE = 32, /* SHA-256 */
};

struct audit_position {
	struct id writer;
	uint64_t number;
	uint8_t hash[AUDIT_HASH_SIZE];
};

#endif
