/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_HOST_H
#define SURGUCH_BASE_HOST_H
/* Names and addresses of hosts, as text. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum {
	IP_OCTETS_MAX = 16
};

/* A DNS name of at least so many labels (1 or more): letters, digits and
 * inner hyphens, labels up to 63, 253 in all, the last label not only digits
 * (RFC 1123 2.1).  No final dot. */
bool host_valid(struct slice name, size_t min_labels);
/* The same with two labels or more: a name outside one's own network. */
bool domain_valid(struct slice name);

/*
 * IPv4 with dots (no leading zeros) or IPv6 in forms 1 and 2 of RFC 4291 2.2,
 * no zone: writes 4 or 16 octets and says how many; 0 when it is neither.
 */
size_t ip_parse(struct slice text, uint8_t out[IP_OCTETS_MAX]);
/* Append 4 or 16 octets as text, IPv6 as RFC 5952 wants it; nothing for
 * another length. */
void ip_put(struct buf *b, struct slice ip);

#endif
