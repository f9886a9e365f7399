/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CHAIN_TEXT_H
#define SURGUCH_X509_CHAIN_TEXT_H
/* Small steps in DNS names and mailboxes, for the chain_*.c files. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Without regard to the case of ASCII letters. */
bool chain_text_same(struct slice a, struct slice b);
/* At the first `c`, which belongs to neither side; false when there is
 * none. */
bool chain_text_split(
    struct slice s, uint8_t c, struct slice *before, struct slice *after);
/* Without its first len bytes; len <= s.len. */
struct slice chain_text_after(struct slice s, size_t len);
/* "*." stands in front. */
bool chain_text_is_wildcard(struct slice dns);
/* Mailbox (RFC 5321 4.1.2) of one @, a host, and before it visible ASCII. */
bool chain_text_mailbox(
    struct slice s, struct slice *local, struct slice *host);

#endif
