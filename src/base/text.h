/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_TEXT_H
#define SURGUCH_BASE_TEXT_H
/*
 * Text at the border: UTF-8 checks, hex, base64, base32, escaping, and the
 * fold that search uses.  `char *` elsewhere means text that has passed here.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Well-formed UTF-8 (no surrogates, no overlong forms, <= U+10FFFF). */
bool text_is_utf8(struct slice s);
/* The same, and no control characters, and not empty. */
bool text_is_clean(struct slice s);
/* Characters (code points) of well-formed UTF-8. */
size_t text_num_chars(struct slice s);
/* Decode one code point from the front; false at the end or if malformed. */
bool text_get_char(struct slice *s, uint32_t *out);
void text_put_char(struct buf *b, uint32_t c);
/* C0, DEL, C1. */
bool text_is_control(uint32_t c);
/* Controls, and what reorders or hides text: Unicode's bidi formatting, line
 * separators and zero-width characters. */
bool text_is_unsafe(uint32_t c);
/* Digits 0-9 only, at least one. */
bool text_is_digits(struct slice s);

void text_hex(struct buf *b, struct slice s); /* lower case */
ATTR_MUST_USE bool text_unhex(
    struct slice hex, uint8_t *out, size_t out_len); /* exact length */
/* The same as people and other programs write it: colons and spaces between
 * octets do not count. */
ATTR_MUST_USE bool text_unhex_apart(
    struct slice hex, uint8_t *out, size_t out_len);
void text_base64(struct buf *b, struct slice s);    /* one line, padded */
void text_base64url(struct buf *b, struct slice s); /* no padding */
/* Standard alphabet; white space is skipped; padding demanded.  Appends. */
ATTR_MUST_USE bool text_unbase64(struct slice s, struct buf *out);
ATTR_MUST_USE bool text_unbase64url(struct slice s, struct buf *out);
/* Would that have succeeded?  Needs no memory. */
bool text_is_base64url(struct slice s);
/* Crockford base32, lower case, of a whole number of bytes. */
/* out: TEXT_BASE32_SIZE(len) bytes, NUL-terminated; needs no memory. */
#define TEXT_BASE32_SIZE(len) (((len)*8 + 4) / 5 + 1)
void text_base32_array(const uint8_t *p, size_t len, char *out);
ATTR_MUST_USE bool text_unbase32(struct slice s, uint8_t *out, size_t out_len);

/* Append untrusted bytes so that they are safe on one line of a terminal or
 * a log: UTF-8 without unsafe characters stays, everything else (and '\\')
 * becomes \xNN; cut with "..." after max characters. */
void text_escape(struct buf *b, struct slice s, size_t max);

/* Search fold: lower case (Latin and Cyrillic), ё = е, runs of white space
 * one space, none at the ends.  Other characters stay. */
void text_fold(struct buf *b, struct slice utf8);

/* A letter or digit of ASCII. */
bool text_is_alnum(uint8_t c);
/* Lower case of one character, Latin and Cyrillic; others stay. */
uint32_t text_lower_char(uint32_t c);
/* White space of any kind that people put between words. */
bool text_is_blank(uint32_t c);

/* Strict decimal, the whole slice, no sign; false on overflow. */
ATTR_MUST_USE bool text_to_u64(struct slice s, uint64_t *out);

#endif
