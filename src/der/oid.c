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
	ARC_GROUPS = 19, /* 128 bits are 18 and 2 */
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

/*
 * An arc in groups of seven bits, least first.  UUIDs are arcs too (X.667):
 * 128 bits.
 */
struct arc {
	uint8_t groups[ARC_GROUPS];
	size_t num; /* at least 1 */
};

/* arc * factor + add; false when it does not fit. */
static bool
arc_times_plus(struct arc *a, unsigned factor, unsigned add)
{
	unsigned carry = add;

	for (size_t i = 0; i < a->num; i++) {
		carry += a->groups[i] * factor;
		a->groups[i] = (uint8_t)(carry & 0x7f);
		carry >>= 7;
	}
	if (carry > 0 && a->num == ARC_GROUPS) {
		return false;
	}
	if (carry > 0) {
		a->groups[a->num++] = (uint8_t)carry;
	}
	return a->num < ARC_GROUPS || a->groups[ARC_GROUPS - 1] < 4;
}

/* One decimal arc and the dot behind it, if there is one. */
static bool
read_arc(const char **at, struct arc *out, bool *out_more)
{
	struct arc a = {{0}, 1};
	const char *p = *at;

	if (*p < '0' || *p > '9' ||
	    (p[0] == '0' && p[1] >= '0' && p[1] <= '9')) {
		return false;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		if (!arc_times_plus(&a, 10, (unsigned)(*p - '0'))) {
			return false;
		}
	}
	*out_more = *p == '.';
	if (*p != '\0' && *p != '.') {
		return false;
	}
	*at = *out_more ? p + 1 : p;
	*out = a;
	return true;
}

struct encoding {
	uint8_t bytes[OID_BYTES_MAX];
	size_t len;
};

static bool
encode_arc(struct encoding *e, const struct arc *a)
{
	if (a->num > OID_BYTES_MAX - e->len) {
		return false;
	}
	for (size_t i = a->num; i > 0; i--) {
		e->bytes[e->len++] =
		    (uint8_t)(a->groups[i - 1] | (i > 1 ? 0x80 : 0));
	}
	return true;
}

bool
oid_encode(const char *dotted, struct buf *out)
{
	struct encoding e = {{0}, 0};
	struct arc root = {{0}, 1}, arc = {{0}, 1};
	bool more = false;

	/* X.690 8.19.4: the first two arcs are one subidentifier. */
	if (!read_arc(&dotted, &root, &more) || !more || root.num > 1 ||
	    root.groups[0] > 2 || !read_arc(&dotted, &arc, &more) ||
	    (root.groups[0] < 2 && (arc.num > 1 || arc.groups[0] >= 40)) ||
	    !arc_times_plus(&arc, 1, root.groups[0] * 40U) ||
	    !encode_arc(&e, &arc)) {
		return false;
	}
	while (more) {
		if (!read_arc(&dotted, &arc, &more) || !encode_arc(&e, &arc)) {
			return false;
		}
	}
	buf_add(out, slice_make(e.bytes, e.len));
	return out->err == ERR_OK;
}
