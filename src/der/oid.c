/* SPDX-License-Identifier: Apache-2.0 */
#include "der/oid.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "der/der.h"

enum {
	SLOTS = 512,     /* of the hash table; a power of two */
	DIGITS_MAX = 96, /* an arc of OID_BYTES_MAX octets has 83 */
};

struct known {
	const char *dotted;
	const char *short_name;
	const char *long_name;
	const char *bytes;
	size_t len;
};

static const struct known known[OID_MAX_] = {
    [OID_UNKNOWN] = {"", "unknown", "unknown", "", 0},
#define OID_ENTRY(sym, dotted, short_name, long_name, bytes)                   \
	[sym] = {dotted, short_name, long_name, bytes, sizeof(bytes) - 1},
    OID_LIST(OID_ENTRY)
#undef OID_ENTRY
};

static_assert(OID_MAX_ * 2 <= SLOTS, "keep the hash table half empty");

/*
 * Hash table over known[], filled at first use.  Every thread that finds it
 * empty computes the same values and stores them, so no lock is needed: a
 * slot never changes once `filled` is seen.
 */
static atomic_ushort slots[SLOTS];
static atomic_bool filled;

static size_t
hash(struct slice s)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (size_t i = 0; i < s.len; i++) {
		h = (h ^ s.p[i]) * 16777619U;
	}
	return (h ^ h >> 15) & (SLOTS - 1);
}

static void
fill(void)
{
	unsigned short table[SLOTS] = {0};

	for (int i = 1; i < OID_MAX_; i++) {
		size_t at = hash(oid_bytes((enum oid)i));

		while (table[at] != OID_UNKNOWN) {
			at = (at + 1) & (SLOTS - 1);
		}
		table[at] = (unsigned short)i;
	}
	for (size_t i = 0; i < SLOTS; i++) {
		atomic_store_explicit(
		    &slots[i], table[i], memory_order_relaxed);
	}
	atomic_store_explicit(&filled, true, memory_order_release);
}

enum oid
oid_find(struct slice content)
{
	size_t at = hash(content);
	enum oid oid;

	if (!atomic_load_explicit(&filled, memory_order_acquire)) {
		fill();
	}
	for (;;) {
		oid = (enum oid)atomic_load_explicit(
		    &slots[at], memory_order_relaxed);
		if (oid == OID_UNKNOWN || slice_eq(oid_bytes(oid), content)) {
			return oid;
		}
		at = (at + 1) & (SLOTS - 1);
	}
}

enum oid
oid_by_name(const char *name)
{
	for (int i = 1; i < OID_MAX_; i++) {
		if (strcmp(known[i].short_name, name) == 0 ||
		    strcmp(known[i].dotted, name) == 0) {
			return (enum oid)i;
		}
	}
	return OID_UNKNOWN;
}

static const struct known *
get(enum oid oid)
{
	ensure(oid >= OID_UNKNOWN && oid < OID_MAX_);
	return &known[oid];
}

struct slice
oid_bytes(enum oid oid)
{
	return slice_make(get(oid)->bytes, get(oid)->len);
}

const char *
oid_short_name(enum oid oid)
{
	return get(oid)->short_name;
}

const char *
oid_long_name(enum oid oid)
{
	return get(oid)->long_name;
}

/* A decimal number, least digit first. */
struct decimal {
	uint8_t digits[DIGITS_MAX];
	size_t num;
};

static void
decimal_times128_plus(struct decimal *d, unsigned add)
{
	unsigned carry = add;

	for (size_t i = 0; i < d->num; i++) {
		carry += d->digits[i] * 128U;
		d->digits[i] = (uint8_t)(carry % 10);
		carry /= 10;
	}
	for (; carry > 0 && d->num < DIGITS_MAX; carry /= 10) {
		d->digits[d->num++] = (uint8_t)(carry % 10);
	}
}

/* d >= small, which has at most two digits. */
static void
decimal_minus(struct decimal *d, unsigned small)
{
	int borrow = 0;

	for (size_t i = 0; i < d->num; i++, small /= 10) {
		int digit = d->digits[i] - (int)(small % 10) - borrow;

		borrow = digit < 0;
		d->digits[i] = (uint8_t)(digit < 0 ? digit + 10 : digit);
	}
	while (d->num > 0 && d->digits[d->num - 1] == 0) {
		d->num--;
	}
}

static void
decimal_print(const struct decimal *d, struct buf *b)
{
	if (d->num == 0) {
		buf_add_u8(b, '0');
	}
	for (size_t i = d->num; i > 0; i--) {
		buf_add_u8(b, (uint8_t)('0' + d->digits[i - 1]));
	}
}

/* X.690 8.19.4: the first subidentifier holds two arcs, 40 * X + Y. */
static void
print_first(struct decimal *d, struct buf *b)
{
	unsigned small = d->num > 2
			     ? 100
			     : (d->num > 0 ? d->digits[0] : 0U) +
				   (d->num > 1 ? d->digits[1] * 10U : 0U);
	unsigned root = small < 40 ? 0 : small < 80 ? 1 : 2;

	buf_add_u8(b, (uint8_t)('0' + root));
	buf_add_u8(b, '.');
	decimal_minus(d, root * 40);
	decimal_print(d, b);
}

void
oid_text(struct buf *b, struct slice content)
{
	struct decimal arc = {{0}, 0};
	bool first = true;

	if (!der_oid_valid(content)) {
		buf_add_str(b, "invalid");
		return;
	}
	for (size_t i = 0; i < content.len; i++) {
		decimal_times128_plus(&arc, content.p[i] & 0x7fU);
		if ((content.p[i] & 0x80) != 0) {
			continue;
		}
		if (first) {
			print_first(&arc, b);
			first = false;
		} else {
			buf_add_u8(b, '.');
			decimal_print(&arc, b);
		}
		arc = (struct decimal){{0}, 0};
	}
}

const char *
oid_dotted(struct slice content, char out[OID_TEXT_MAX])
{
	struct buf text = BUF_INIT(OID_TEXT_MAX);

	oid_text(&text, content);
	(void)snprintf(out, OID_TEXT_MAX, "%s", buf_cstr(&text));
	buf_clear(&text);
	return out;
}

/* One decimal arc and the dot behind it, if there is one. */
static bool
read_arc(const char **at, uint64_t *out, bool *out_more)
{
	const char *p = *at;
	uint64_t v = 0;

	if (*p < '0' || *p > '9' ||
	    (p[0] == '0' && p[1] >= '0' && p[1] <= '9')) {
		return false;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (v > ((uint64_t)INT64_MAX - digit) / 10) {
			return false;
		}
		v = v * 10 + digit;
	}
	*out_more = *p == '.';
	if (*p != '\0' && *p != '.') {
		return false;
	}
	*at = *out_more ? p + 1 : p;
	*out = v;
	return true;
}

struct encoding {
	uint8_t bytes[OID_BYTES_MAX];
	size_t len;
};

static bool
encode_arc(struct encoding *e, uint64_t arc)
{
	unsigned groups = 1;

	for (uint64_t v = arc >> 7; v > 0; v >>= 7) {
		groups++;
	}
	if (groups > OID_BYTES_MAX - e->len) {
		return false;
	}
	for (unsigned i = groups; i > 0; i--) {
		e->bytes[e->len++] = (uint8_t)((arc >> (7 * (i - 1)) & 0x7f) |
					       (i > 1 ? 0x80 : 0));
	}
	return true;
}

bool
oid_encode(const char *dotted, struct buf *out)
{
	struct encoding e = {{0}, 0};
	uint64_t root = 0, arc = 0;
	bool more = false;

	if (!read_arc(&dotted, &root, &more) || !more || root > 2 ||
	    !read_arc(&dotted, &arc, &more) || (root < 2 && arc >= 40) ||
	    arc > (uint64_t)INT64_MAX - 80 ||
	    !encode_arc(&e, root * 40 + arc)) {
		return false;
	}
	while (more) {
		if (!read_arc(&dotted, &arc, &more) || !encode_arc(&e, arc)) {
			return false;
		}
	}
	buf_add(out, slice_make(e.bytes, e.len));
	return out->err == ERR_OK;
}
