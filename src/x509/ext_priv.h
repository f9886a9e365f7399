/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_EXT_PRIV_H
#define SURGUCH_X509_EXT_PRIV_H
/*
 * What each kind of extension must be able to do; ext.c has the table of
 * them.  Only for this folder.
 *
 * parse  reads the front of the content of extnValue; ext.c demands that
 *        nothing is left
 * build  writes that content
 * print  the value on one line, without control characters
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "x509/ext_types.h"

struct pool;

#define EXT_OPS(noun)                                                          \
	ATTR_MUST_USE enum err ext_##noun##_parse(struct pool *pool,           \
	    struct slice *value, struct ext *x, struct errinfo *ei);           \
	void ext_##noun##_build(const struct ext *x, struct buf *b);           \
	void ext_##noun##_print(const struct ext *x, struct buf *b)

EXT_OPS(octets); /* SKI */
EXT_OPS(nonce);
EXT_OPS(key_usage);
EXT_OPS(purposes);
EXT_OPS(period);
EXT_OPS(basic);
EXT_OPS(aki);
EXT_OPS(names);
EXT_OPS(constraints);
EXT_OPS(points);
EXT_OPS(idp);
EXT_OPS(aia);
EXT_OPS(policies);
EXT_OPS(mappings);
EXT_OPS(skips); /* policyConstraints */
EXT_OPS(integer);
EXT_OPS(number);
EXT_OPS(reason);
EXT_OPS(date);
EXT_OPS(null);
EXT_OPS(text);
EXT_OPS(texts);
EXT_OPS(ms_template);

/* INHIBIT_ANY_POLICY is a number that prints its own way. */
void ext_skip_print(const struct ext *x, struct buf *b);

/* ENUMERATED with a reason that exists. */
ATTR_MUST_USE enum err crl_reason_get(
    struct slice *s, enum crl_reason *out, struct errinfo *ei);
/* Shared by the printers: the table's name of an OID, or dotted text. */
void ext_print_oid(struct slice oid, struct buf *b);

#endif
