/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_DER_DER_H
#define SURGUCH_DER_DER_H
/*
 * DER (X.690) reader.  Input is untrusted: a slice is a cursor that only
 * shrinks, a getter consumes one whole element from its front or changes
 * nothing.  Refused everywhere: indefinite and non-minimal lengths, tags above
 * 30, elements longer than what holds them, BER forms of a primitive type.
 * Nothing here allocates; every result borrows from the input.
 *
 * Nesting is explicit in the callers' code (no recursion), so depth needs no
 * counter here.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/* Identifier octets of what we read and write (X.690 8.1.2). */
enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_TELETEX_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};
/* Context tags: [n] primitive (IMPLICIT of a primitive) and constructed. */
#define DER_CONTEXT(n)      (0x80 | (n))
#define DER_CONTEXT_CONS(n) (0xa0 | (n))

/* The identifier octet in front, or -1 at the end of input. */
int der_peek(struct slice s);
/* Any one element: its tag, its content, and (if not NULL) the whole of it
 * with header.  ERR_FORMAT names what was wrong. */
ATTR_MUST_USE enum err der_get_any(struct slice *s, uint8_t *out_tag,
    struct slice *out_content, struct slice *out_whole, struct errinfo *ei);
/* One element with exactly this tag: its content. */
ATTR_MUST_USE enum err der_get(struct slice *s, uint8_t tag,
    struct slice *out_content, struct errinfo *ei);
/* The same, header included. */
ATTR_MUST_USE enum err der_get_whole(
    struct slice *s, uint8_t tag, struct slice *out_whole, struct errinfo *ei);
/* As der_get when the tag is in front; otherwise *out_present is false and
 * nothing is consumed. */
ATTR_MUST_USE enum err der_get_optional(struct slice *s, uint8_t tag,
    bool *out_present, struct slice *out_content, struct errinfo *ei);
/* The end must be here: X.690 has no room for trailing bytes. */
ATTR_MUST_USE enum err der_end(struct slice s, struct errinfo *ei);

/* BOOLEAN: 00 or FF only (X.690 11.1). */
ATTR_MUST_USE enum err der_get_bool(
    struct slice *s, bool *out, struct errinfo *ei);
/* INTEGER content in two's complement, minimal (X.690 8.3.2), not empty. */
ATTR_MUST_USE enum err der_get_integer(
    struct slice *s, struct slice *out, struct errinfo *ei);
/* The same rules for content bytes, for IMPLICIT tags. */
ATTR_MUST_USE enum err der_integer_content(
    struct slice content, struct errinfo *ei);
/* INTEGER or ENUMERATED that must fit 0..2^63-1. */
ATTR_MUST_USE enum err der_get_u63(
    struct slice *s, uint8_t tag, uint64_t *out, struct errinfo *ei);
/* OBJECT IDENTIFIER content: well formed, minimal arcs, <= OID_BYTES_MAX. */
ATTR_MUST_USE enum err der_get_oid(
    struct slice *s, struct slice *out, struct errinfo *ei);
/* BIT STRING: unused bits 0..7, padding bits zero (X.690 11.2.1). */
ATTR_MUST_USE enum err der_get_bits(struct slice *s, struct slice *out,
    unsigned *out_unused, struct errinfo *ei);
/* The same from content bytes, for IMPLICIT tags. */
ATTR_MUST_USE enum err der_bits_content(struct slice content, struct slice *out,
    unsigned *out_unused, struct errinfo *ei);
/* NULL with empty content. */
ATTR_MUST_USE enum err der_get_null(struct slice *s, struct errinfo *ei);
/*
 * UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 allows: YYMMDDHHMMSSZ (50..99
 * is 19xx) and YYYYMMDDHHMMSSZ, seconds present, no fraction.
 */
ATTR_MUST_USE enum err der_get_time(
    struct slice *s, int64_t *out_sec, uint8_t *out_tag, struct errinfo *ei);
/* GeneralizedTime from content bytes, for IMPLICIT tags. */
ATTR_MUST_USE enum err der_time_content(
    uint8_t tag, struct slice content, int64_t *out_sec, struct errinfo *ei);

/* True when a content is a valid OID encoding. */
bool der_oid_valid(struct slice content);

#endif
