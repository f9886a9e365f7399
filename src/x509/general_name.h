/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_GENERAL_NAME_H
#define SURGUCH_X509_GENERAL_NAME_H
/*
 * GeneralName (RFC 5280 4.2.1.6).  The numbers of the kinds are the context
 * tags.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct name;
struct pool;

enum general_name_kind {
	GN_OTHER = 0,
	GN_EMAIL = 1,
	GN_DNS = 2,
	GN_X400 = 3,
	GN_DIRECTORY = 4,
	GN_EDI = 5,
	GN_URI = 6,
	GN_IP = 7,
	GN_RID = 8,
};

/*
 * value: ASCII of EMAIL, DNS and URI; the octets of IP; OID content of RID;
 *        the whole DER of OTHER's value; the content of X400 and EDI, which
 *        nobody uses and which are not looked into
 * oid:   type of OTHER
 * name:  DIRECTORY only
 */
struct general_name {
	enum general_name_kind kind;
	struct slice value;
	struct slice oid;
	const struct name *name;
};

struct general_names {
	const struct general_name *list;
	size_t num;
};

/* Takes one GeneralName from the front. */
ATTR_MUST_USE enum err general_name_get(struct pool *pool, struct slice *s,
    struct general_name *out, struct errinfo *ei);
/* All of `content` (the inside of GeneralNames), at least one, at most
 * GENERAL_NAMES_MAX. */
ATTR_MUST_USE enum err general_names_content(struct pool *pool,
    struct slice content, struct general_names *out, struct errinfo *ei);

void general_name_put(const struct general_name *gn, struct buf *b);
/* The names one after another, without the SEQUENCE. */
void general_names_put(const struct general_names *gns, struct buf *b);
/* "DNS:example.org", "IP:192.0.2.1", "URI:…", "DirName:…". */
void general_name_print(const struct general_name *gn, struct buf *b);
void general_names_print(const struct general_names *gns, struct buf *b);

#endif
