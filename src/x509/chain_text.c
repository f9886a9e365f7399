/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/chain_text.h"

#include "base/host.h"

static uint8_t
lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

bool
chain_text_same(struct slice a, struct slice b)
{
	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (lower(a.p[i]) != lower(b.p[i])) {
			return false;
		}
	}
	return true;
}

bool
chain_text_split(
    struct slice s, uint8_t c, struct slice *before, struct slice *after)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == c) {
			*before = slice_make(s.p, i);
			*after = slice_make(s.p + i + 1, s.len - i - 1);
			return true;
		}
	}
	return false;
}

struct slice
chain_text_after(struct slice s, size_t len)
{
	return slice_make(s.p + len, s.len - len);
}

bool
chain_text_is_wildcard(struct slice dns)
{
	return slice_starts(dns, SLICE_LIT("*."));
}

bool
chain_text_mailbox(struct slice s, struct slice *local, struct slice *host)
{
	if (!chain_text_split(s, '@', local, host) || local->len == 0 ||
	    !host_valid(*host, 1)) {
		return false;
	}
	for (size_t i = 0; i < local->len; i++) {
		if (local->p[i] <= ' ' || local->p[i] > '~') {
			return false;
		}
	}
	return true;
}
