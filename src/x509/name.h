/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_NAME_H
#define SURGUCH_X509_NAME_H
/*
 * Distinguished names (RFC 5280 4.1.2.4): a list of attributes in the order
 * of the DER, each with the number of the RDN that it stands in.  Names of
 * our own making have one attribute an RDN; those that we read may have more.
 *
 * A struct name owns copies of all its values.  It keeps no DER.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "der/oid.h"

struct pool;
struct name;

/* tag and value: any type; usually a string type (x509/asn1_text.h). */
struct name_attr {
	enum oid id;      /* OID_UNKNOWN when it has no name */
	struct slice oid; /* content bytes */
	uint8_t tag;
	struct slice value;
	unsigned rdn; /* 0-based */
};

/* An empty name, or NULL when out of memory. */
struct name *name_new(void);
/*
 * The whole Name, exactly.  ERR_FORMAT: "name.*" rules, among them an empty
 * RDN, an RDN whose attributes are not in DER order (X.690 11.6), a string
 * whose content does not fit its type, an empty DirectoryString.
 * ERR_LIMIT: NAME_ATTRS_MAX, NAME_VALUE_MAX.
 */
ATTR_MUST_USE enum err name_parse(
    struct slice der_whole, struct name **out, struct errinfo *ei);
/* The same into a pool: the name dies with it and name_free() is not called.
 */
ATTR_MUST_USE enum err name_parse_in(struct pool *pool, struct slice der_whole,
    struct name **out, struct errinfo *ei);
/* The same from the front of *s; *out_der is the whole of it. */
ATTR_MUST_USE enum err name_get(struct slice *s, struct name **out,
    struct slice *out_der, struct errinfo *ei);
void name_free(struct name *n);
/*
 * Add an attribute in an RDN of its own, at the end.  The value is copied and
 * stands in DER as given; ERR_FORMAT "name.value" when it does not fit the
 * type, ERR_LIMIT as above.
 */
ATTR_MUST_USE enum err name_add(struct name *n, enum oid id, uint8_t tag,
    struct slice value, struct errinfo *ei);

size_t name_num_attrs(const struct name *n);
/* i < name_num_attrs(). */
const struct name_attr *name_attr(const struct name *n, size_t i);
/* The first attribute of this type, or NULL. */
const struct name_attr *name_find(const struct name *n, enum oid id);
/* How many attributes of this type there are. */
size_t name_count(const struct name *n, enum oid id);

void name_build(const struct name *n, struct buf *b);

/* Append the first value of this type as UTF-8; false when there is none, or
 * it is not text, or it holds a NUL. */
ATTR_MUST_USE bool name_get_utf8(
    const struct name *n, enum oid id, struct buf *out);
bool name_attr_eq(const struct name_attr *a, const struct name_attr *b);
/* The same attributes in any order; text is compared by characters (a
 * BMPString equals a UTF8String), exactly in case and spaces. */
bool name_equal_set(const struct name *a, const struct name *b);
/* "CN=…, O=…", RFC 4514 escapes, in the order of the DER, always one clean
 * line of UTF-8. */
void name_print(const struct name *n, struct buf *b);

#endif
