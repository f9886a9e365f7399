/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/crl_shard.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum {
	/* The first two octets of a serial of ours, whose first two bits are
	 * 01, as a number. */
	STEPS = 1 << 14,
	FIRST_OCTET = 0x40,
};

static const char suffix[] = ".crl";
static const char delta_mark[] = ".delta";

bool
crl_shard_ok(struct crl_shard s)
{
	return crl_shard_is_full(s) ||
	       (s.count <= CRL_SHARDS_MAX && s.index < s.count);
}

bool
crl_shard_is_full(struct crl_shard s)
{
	return s.count <= 1;
}

bool
crl_shard_eq(struct crl_shard a, struct crl_shard b)
{
	return a.delta == b.delta &&
	       ((crl_shard_is_full(a) && crl_shard_is_full(b)) ||
		   (a.count == b.count && a.index == b.index));
}

struct crl_shard
crl_shard_base(struct crl_shard s)
{
	s.delta = false;
	return s;
}

struct crl_shard
crl_shard_delta(struct crl_shard s)
{
	s.delta = true;
	return s;
}

/* 0..STEPS-1, never falling as serials rise. */
static unsigned
step_of(struct slice serial)
{
	if (serial.len < CRL_SHARD_SERIAL ||
	    (serial.len == CRL_SHARD_SERIAL && serial.p[0] < FIRST_OCTET)) {
		return 0;
	}
	if (serial.len > CRL_SHARD_SERIAL || serial.p[0] >= 2 * FIRST_OCTET) {
		return STEPS - 1;
	}
	return (unsigned)(serial.p[0] - FIRST_OCTET) << 8 | serial.p[1];
}

struct crl_shard
crl_shard_of(struct slice serial, unsigned count)
{
	if (count <= 1) {
		return (struct crl_shard){0};
	}
	return (struct crl_shard){
	    .index = step_of(serial) * count / STEPS, .count = count};
}

bool
crl_shard_has(struct crl_shard s, struct slice serial)
{
	return crl_shard_eq(crl_shard_of(serial, s.count), crl_shard_base(s));
}

void
crl_shard_first(struct crl_shard s, uint8_t out[CRL_SHARD_SERIAL])
{
	unsigned count = s.count > 1 ? s.count : 1;
	unsigned step = (s.index * STEPS + count - 1) / count;
	bool end = s.index >= count;

	memset(out, end ? 0xff : 0, CRL_SHARD_SERIAL);
	out[0] =
	    end ? 2 * FIRST_OCTET - 1 : (uint8_t)(FIRST_OCTET + (step >> 8));
	if (!end) {
		out[1] = (uint8_t)(step & 0xff);
	}
}

static int
digits_of(unsigned count)
{
	return count < 10 ? 1 : count < 100 ? 2 : 3;
}

void
crl_shard_text(struct crl_shard s, char out[CRL_SHARD_TEXT_SIZE])
{
	const char *mark = s.delta ? delta_mark : "";

	if (crl_shard_is_full(s)) {
		(void)snprintf(out, CRL_SHARD_TEXT_SIZE, "%s", mark);
	} else {
		(void)snprintf(out, CRL_SHARD_TEXT_SIZE, "-%0*u-of-%u%s",
		    digits_of(s.count), s.index % 1000, s.count % 1000, mark);
	}
}

/* The digits at the end, which they leave; false when there are none. */
static bool
take_number(struct slice *s, unsigned *out)
{
	size_t len = 0;
	uint64_t n = 0;

	while (len < s->len && len < 4 && s->p[s->len - len - 1] >= '0' &&
	       s->p[s->len - len - 1] <= '9') {
		len++;
	}
	if (!text_to_u64(slice_make(s->p + s->len - len, len), &n)) {
		return false;
	}
	s->len -= len;
	*out = (unsigned)n;
	return true;
}

static bool
take_text(struct slice *s, const char *text)
{
	size_t len = strlen(text);

	if (s->len < len || memcmp(s->p + s->len - len, text, len) != 0) {
		return false;
	}
	s->len -= len;
	return true;
}

bool
crl_shard_parse(struct slice name, struct crl_shard *out)
{
	struct crl_shard s = {0};
	char text[CRL_SHARD_TEXT_SIZE];
	struct slice rest;

	if (!take_text(&name, suffix)) {
		return false;
	}
	rest = name;
	s.delta = take_text(&rest, delta_mark);
	if (!take_number(&rest, &s.count) || !take_text(&rest, "-of-")) {
		*out = (struct crl_shard){.delta = s.delta};
		return true;
	}
	if (!take_number(&rest, &s.index) || crl_shard_is_full(s) ||
	    !crl_shard_ok(s)) {
		return false;
	}
	/* One text for one shard. */
	crl_shard_text(s, text);
	if (!take_text(&name, text)) {
		return false;
	}
	*out = s;
	return true;
}

bool
crl_shard_url(const char *full, struct crl_shard s, char *out, size_t size)
{
	struct slice stem = slice_str(full);
	char text[CRL_SHARD_TEXT_SIZE];
	int len;

	if (!take_text(&stem, suffix)) {
		return false;
	}
	crl_shard_text(s, text);
	len = snprintf(out, size, "%.*s%s%s", (int)stem.len,
	    (const char *)stem.p, text, suffix);
	return len > 0 && (size_t)len < size;
}
