/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_ASN1_TEXT_H
#define SURGUCH_X509_ASN1_TEXT_H
/*
 * The character string types of X.680 as certificates use them, read as
 * Unicode: UTF8String, NumericString, PrintableString, IA5String,
 * VisibleString, BMPString, UniversalString, and TeletexString taken as
 * Latin-1, as everybody does.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

/* A string as it stands in DER: its type and its content. */
struct asn1_text {
	uint8_t tag;
	struct slice value;
};

/* True for the tags above. */
bool asn1_text_is(uint8_t tag);
/*
 * True when the content is what the type allows: well-formed UTF-8, digits
 * and spaces, ASCII, whole UCS-2 units without surrogates; never a NUL, after
 * which other readers might not look.  PrintableString is only asked to be
 * printable ASCII here, because real certificates hold '@' and '*' in it;
 * profile lint asks more.
 */
bool asn1_text_valid(struct asn1_text t);
/* PrintableString's own repertoire (X.680 41.4). */
bool asn1_text_is_printable_set(struct slice value);
/* One code point from the front of t->value; false at the end or when it is
 * malformed. */
bool asn1_text_next(struct asn1_text *t, uint32_t *out);
/* Append as UTF-8.  False, and nothing is appended, when the type is not a
 * string, the content is malformed, or it holds a NUL. */
ATTR_MUST_USE bool asn1_text_utf8(struct asn1_text t, struct buf *out);
/* The same characters, whatever the two types. */
bool asn1_text_eq(struct asn1_text a, struct asn1_text b);
/* Append for people: UTF-8 with controls and what changes the direction of
 * text as \XX octets; a malformed value as #hex. */
void asn1_text_print(struct asn1_text t, struct buf *b);
/* The same for one character. */
void asn1_text_print_char(uint32_t c, struct buf *b);
/* Characters; 0 when malformed. */
size_t asn1_text_num_chars(struct asn1_text t);

#endif
