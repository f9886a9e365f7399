/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_SST_H
#define SURGUCH_TRUST_SST_H
/*
 * Serialized certificate stores (.sst), in which Windows carries certificates
 * together with what its store knows of them (MS-OSHARED 2.3.2.5):
 *
 *	u32 0, u32 "CERT"
 *	per element: { u32 id, u32 1, u32 length, octets } for each property,
 *	    then { u32 kind, u32 1, u32 length, DER } of the element itself
 *	12 octets 0
 *
 * all little-endian, without padding.  Properties come before what they are of.
 * They are those of an entry of a list of roots (trust/root.h), and 3, the
 * certificate's SHA-1, in every element that Microsoft writes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/stl.h"

enum sst_kind {
	SST_CERT = 0x20,
	SST_CRL = 0x21,
	SST_CTL = 0x22,
};

struct sst_element {
	enum sst_kind kind;
	struct slice der;
	/* Its properties in the file's order, as if a list had them; the
	 * identifier is property 3, empty where there is none. */
	struct stl_entry entry;
};

/* Borrowed from the file's bytes. */
struct sst {
	const struct sst_element *elements; /* in the file's order */
	size_t num;
	bool cut; /* it ends behind an element, without the end record */
	void *memory;
};

/*
 * The whole of file, which is borrowed; sst_clear() frees the rest.
 * ERR_FORMAT "sst.form" (no store, a length past the end, properties of
 * nothing, octets behind the end), "sst.repeated" (a property twice);
 * ERR_UNSUPPORTED "sst.encoding", "sst.kind"; ERR_DENIED "sst.key" (a private
 * key's place: it has no business in a store of trust); ERR_LIMIT
 * "sst.length", "sst.elements", "sst.properties".
 */
ATTR_MUST_USE enum err sst_parse(
    struct slice file, struct sst *out, struct errinfo *ei);
void sst_clear(struct sst *s);
/* Does it begin as one? */
bool sst_looks_like(struct slice file);

/* Writing, in this order: begin, for each certificate its properties and then
 * it, end.  Errors stay in the buf. */
void sst_begin(struct buf *b);
void sst_put_property(struct buf *b, uint32_t id, struct slice value);
void sst_put_cert(struct buf *b, struct slice der);
void sst_end(struct buf *b);

#endif
