/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_ROOT_H
#define SURGUCH_TRUST_ROOT_H
/*
 * An entry of a list of roots (STL_ROOTS), its properties read: which
 * certificate, by what names, for which purposes, and since when no more.
 * An element of a serialized store has the same properties.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/stl.h"

/* Numbers of the properties (wincrypt.h). */
enum trust_property {
	TRUST_SHA1 = 3,
	TRUST_PURPOSES = 9,
	TRUST_FRIENDLY_NAME = 11,
	TRUST_SIGNATURE_HASH = 15,
	TRUST_KEY_ID = 20,
	TRUST_KEY_MD5 = 25,
	TRUST_SUBJECT_MD5 = 29,
	TRUST_CERT_POLICIES = 83,
	TRUST_SHA256 = 98,
	TRUST_DISABLED_AT = 104,
	TRUST_CHAIN_POLICIES = 105,
	TRUST_REFUSED_PURPOSES = 122,
	TRUST_NOT_BEFORE = 126,
	TRUST_NOT_BEFORE_PURPOSES = 127,
};

/* A date that may stand there without one: then Microsoft has taken it back,
 * and nothing is restricted. */
struct trust_date {
	bool there;
	bool empty;
	int64_t at; /* UTC seconds; of a date alone */
};

/* Does it restrict anything? */
bool trust_date_set(const struct trust_date *d);

enum {
	ROOT_SHA1 = 20,
	ROOT_SHA256 = 32,
};

/* Borrowed from the entry. */
struct root {
	struct slice sha1;
	struct slice sha256; /* empty: lists before 2011 */
	struct slice name;   /* UTF-16LE without its NUL */
	struct slice key_id;
	struct slice subject_md5;
	bool all_purposes;     /* no property 9: for everything */
	struct slice purposes; /* content of SEQUENCE OF OID */
	struct slice refused;  /* likewise */
	struct slice policies; /* content of the SEQUENCE */
	struct trust_date disabled;
	struct trust_date not_before;
	bool not_before_for_all; /* no property 127 */
	struct slice not_before_for;
};

/*
 * ERR_FORMAT "root.sha1", "root.property" (errinfo.object is its number):
 * properties that we know and that are not of their form.  Others are left.
 */
ATTR_MUST_USE enum err root_read(
    const struct stl_entry *e, struct root *out, struct errinfo *ei);

/* Why a root is not trusted. */
enum root_trust {
	ROOT_TRUSTED,
	ROOT_NOT_FOR,    /* the purpose is not among its purposes */
	ROOT_REFUSED,    /* the purpose was taken away */
	ROOT_DISABLED,   /* since a date: nothing chains to it any more */
	ROOT_NOT_BEFORE, /* certificates issued since a date do not count */
	ROOT_TRUST_MAX_
};
const char *root_trust_name(enum root_trust t); /* "trusted", "not-before" */
/*
 * Is it trusted at this time for this purpose (OID content; empty: for any of
 * its own)?  A certificate issued before a not-before date counts on, but what
 * cannot tell when that was must take ROOT_NOT_BEFORE for no.
 */
enum root_trust root_trusted(
    const struct root *r, struct slice purpose, int64_t at);

/* Does a SEQUENCE OF OID hold this one? */
bool root_oids_have(struct slice oids, struct slice oid);
/* The next from the front; false at the end. */
bool root_next_oid(struct slice *oids, struct slice *out);
/* UTF-16LE as UTF-8, control and reordering characters replaced. */
void root_put_text(struct buf *b, struct slice utf16);

#endif
