/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_PURPOSE_H
#define SURGUCH_PROFILE_PURPOSE_H
/*
 * What a certificate is for («Назначение»), in people's words: of keyUsage,
 * extKeyUsage and the policies that we know (RFC 5280 4.2.1.3, 4.2.1.12,
 * 4.2.1.4).  A purpose without words of ours is its dotted OID; a policy that
 * we do not know says nothing of a purpose and is left out.
 */
#include <stddef.h>

#include "base/bounds.h"

struct ext_list;
struct profile;

enum {
	PURPOSES_MAX = 32
};

struct purpose {
	const char *ru; /* literals; NULL when there are no words */
	const char *en;
	char oid[OID_TEXT_MAX]; /* "" when there are words */
};

struct purposes {
	struct purpose at[PURPOSES_MAX];
	size_t num; /* what is beyond PURPOSES_MAX is left out */
};

/* What all certificates of a profile are for, whatever their key. */
void purposes_of_profile(const struct profile *p, struct purposes *out);
/* Of a certificate; exts may be NULL: for nothing in particular. */
void purposes_of_exts(const struct ext_list *exts, struct purposes *out);
/* The words, or the OID. */
const char *purpose_ru(const struct purpose *p);
const char *purpose_en(const struct purpose *p);

#endif
