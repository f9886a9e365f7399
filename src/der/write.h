/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_DER_WRITE_H
#define SURGUCH_DER_WRITE_H
/*
 * DER (X.690) writer over struct buf.  Constructed elements are opened and
 * closed; closing inserts the length.  Errors are the buffer's: append
 * freely, ask buf_err() at the end.
 *
 *	size_t seq = der_open(b, DER_SEQUENCE);
 *	der_put_u63(b, DER_INTEGER, 5);
 *	der_close(b, seq);
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "der/der.h"

/* Returns a mark for der_close(); marks close in reverse order. */
ATTR_MUST_USE size_t der_open(struct buf *b, uint8_t tag);
void der_close(struct buf *b, size_t mark);
/* The same for SET OF: sorts the elements written since (X.690 11.6). */
void der_close_set_of(struct buf *b, size_t mark);

/* Only the header, for content of this length that follows piece by piece:
 * large lists are written so, without moving them. */
void der_put_header(struct buf *b, uint8_t tag, size_t content_len);
/* One element with the given content. */
void der_put(struct buf *b, uint8_t tag, struct slice content);
/* Ready DER, copied. */
void der_put_raw(struct buf *b, struct slice der);
void der_put_bool(struct buf *b, bool v);
void der_put_null(struct buf *b);
void der_put_u63(struct buf *b, uint8_t tag, uint64_t v);
/* INTEGER from an unsigned big-endian magnitude; leading zeros dropped. */
void der_put_unsigned(struct buf *b, struct slice magnitude);
void der_put_oid(struct buf *b, struct slice content);
void der_put_bits(struct buf *b, struct slice bits, unsigned unused);
/* Named bits (X.690 11.2.2: trailing zero bits removed); bit 0 is the most
 * significant of the first octet.  `bits` has bit i at 1u << i. */
void der_put_named_bits(struct buf *b, uint8_t tag, uint32_t bits);
/* Time under the tag given: UTC_TIME wants 1950..2049. */
void der_put_time(struct buf *b, uint8_t tag, int64_t sec);
/* RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
void der_put_time_5280(struct buf *b, int64_t sec);

enum {
	DER_HEADER_MAX = 6
};
/* Length of the header that `content_len` needs (2..DER_HEADER_MAX), for exact
 * sizes. */
size_t der_header_len(size_t content_len);

#endif
