/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_SMS_H
#define SURGUCH_BASE_SMS_H
/*
 * How a text is cut into parts of an SMS (3GPP TS 23.038, 23.040), each of
 * which is paid for.  140 octets are a part: 160 characters of the default
 * alphabet (of its extension, such as "{" or the euro sign, each counts as
 * two), or 70 UTF-16 units as soon as one character is in neither, a Cyrillic
 * letter for instance.  Of a long one six octets a part join the parts: 153
 * or 67.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct sms_size {
	bool wide;      /* UTF-16, not the default alphabet */
	size_t units;   /* of that alphabet */
	unsigned parts; /* 1 for an empty text too */
};

/* text: UTF-8; each byte that is not is counted as one wide character. */
struct sms_size sms_size(struct slice text);

enum {
	SMS_AREA_SIZE = 6
};
/* The beginning of a number by which codes are watched: "+7916". */
void sms_area(const char *to, char out[SMS_AREA_SIZE]);

#endif
