/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_OWN_ROOT_H
#define SURGUCH_TRUST_OWN_ROOT_H
/*
 * The attributes that a root gets in a list of our own (trust/draft.h): those
 * of a store's element, or what its certificate alone tells.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/certs.h"
#include "trust/stl.h"

enum {
	OWN_ROOT_MADE = 5, /* attributes of a bare certificate */
};

struct own_root {
	struct stl_attribute at[STL_ATTRIBUTES_MAX + OWN_ROOT_MADE];
	size_t num;
	/* What the attributes borrow from. */
	struct buf types_taken;
	struct buf types[OWN_ROOT_MADE];
	struct buf values[OWN_ROOT_MADE];
	size_t own;
};

void own_root_init(struct own_root *m);
void own_root_clear(struct own_root *m);
/* The properties of a store's element, in a list's order, which is the reverse;
 * without the thumbprint.  Their octets are borrowed. */
void own_root_take(struct own_root *m, const struct stl_entry *e);
/*
 * Their types, and the SHA-256 and the subject's MD5 where they lack; where
 * nothing was taken the uses (content of a SEQUENCE OF OID; empty: any), the
 * certificate's name and its key's id too.  ERR_POLICY "trust.leaf": it is not
 * of a CA.
 */
ATTR_MUST_USE enum err own_root_finish(struct own_root *m,
    const struct trust_cert *c, struct slice uses, struct errinfo *ei);

/* UTF-16LE with its NUL; false where the text is no UTF-8. */
bool own_root_put_utf16(struct buf *out, struct slice utf8);

#endif
