/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_DER_OID_H
#define SURGUCH_DER_OID_H
/*
 * Object identifiers: those that we know by name, and text forms of all.
 * One table (oid_list.h); an OID that is not in it is OID_UNKNOWN and stays
 * available as bytes.  Nothing here allocates or locks; all of it may be
 * called from any thread.
 */
#include <stdbool.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/slice.h"
#include "der/oid_list.h"

/* OID_COMMON_NAME, ... from oid_list.h. */
enum oid {
	OID_UNKNOWN = 0,
#define OID_ENTRY(sym, dotted, short_name, long_name, bytes) sym,
	OID_LIST(OID_ENTRY)
#undef OID_ENTRY
	OID_MAX_
};

/* Look up encoded content bytes. */
enum oid oid_find(struct slice content);
/* Look up a short name ("CN", "INNLE") or dotted form; OID_UNKNOWN if none. */
enum oid oid_by_name(const char *name);
/* Content bytes of a known one. */
struct slice oid_bytes(enum oid oid);
const char *oid_short_name(enum oid oid); /* "CN" */
const char *oid_long_name(enum oid oid);  /* "commonName" */
/* Dotted text of any valid encoding. */
void oid_text(struct buf *b, struct slice content);
/* The same in the caller's array, which is given back: for messages. */
const char *oid_dotted(struct slice content, char out[OID_TEXT_MAX]);
/* Append the encoding of dotted text; false, and nothing appended, when it is
 * not an OID, has an arc of more than 128 bits, or is over OID_BYTES_MAX. */
ATTR_MUST_USE bool oid_encode(const char *dotted, struct buf *out);

#endif
