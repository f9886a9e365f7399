/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_STL_H
#define SURGUCH_TRUST_STL_H
/*
 * Certificate trust lists (.stl), as Windows Update carries them: a CTL in
 * SignedData (PKCS#7 1.5, RFC 2315), DER.
 *
 *	CTL ::= SEQUENCE {
 *		version          INTEGER DEFAULT v1(0),  -- never there
 *		subjectUsage     SEQUENCE OF OBJECT IDENTIFIER,
 *		listIdentifier   OCTET STRING OPTIONAL,  -- UTF-16LE with its
 *NUL sequenceNumber   INTEGER OPTIONAL, thisUpdate       Time, nextUpdate Time
 *OPTIONAL, subjectAlgorithm AlgorithmIdentifier, trustedSubjects  SEQUENCE OF
 *Subject OPTIONAL, extensions       [0] EXPLICIT Extensions OPTIONAL } Subject
 *::= SEQUENCE { identifier OCTET STRING, attributes SET OF Attribute OPTIONAL }
 *	Attribute ::= SEQUENCE { type OID, values SET OF ANY }
 *
 * Unlike CMS, the CTL itself stands under [0], not an OCTET STRING.
 *
 * Form only: whose signature it is, trust/stl_verify.h tells, and what an
 * entry's attributes mean, trust/root.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/cms_signed.h"

struct ext_list;

enum stl_kind {
	STL_OTHER,
	STL_ROOTS,      /* authroot: SHA-1 of the roots, and what for */
	STL_DISALLOWED, /* hashes of what nobody may trust */
	STL_PINS,       /* domains and the keys they may have */
	STL_KIND_MAX_
};
const char *stl_kind_name(enum stl_kind kind); /* "roots" */

/* An attribute of an entry.  A property of Windows' certificate store (type
 * 1.3.6.1.4.1.311.10.11.N) has its number and its octets, which may be none;
 * any other has 0 and the content of its SET, unread. */
struct stl_attribute {
	struct slice type; /* OID content */
	uint32_t property;
	struct slice value;
};

struct stl_entry {
	struct slice id;
	const struct stl_attribute *attributes; /* in the list's order */
	size_t num;
};

/* Everything is borrowed from the list's bytes; one who keeps it keeps them. */
struct stl {
	enum stl_kind kind;
	struct slice usages;     /* content of the SEQUENCE OF OID */
	struct slice identifier; /* UTF-16LE without its NUL; may be empty */
	struct slice sequence;   /* big-endian magnitude; may be empty */
	int64_t this_update;
	bool has_next_update;
	int64_t next_update;
	struct slice algorithm;      /* of the identifiers: OID content */
	struct ext_list *extensions; /* owned; NULL: none */
	struct slice extensions_der;
	const struct stl_entry *entries; /* in the list's order */
	size_t num;
	/* The signed octets: what stands in the CTL, without tag and length. */
	struct slice content;
	struct cms_signed signature;

	const struct stl_entry **sorted; /* by identifier */
	void *memory;
};

/*
 * The whole of der, which is borrowed; stl_clear() frees the rest.
 * ERR_FORMAT "stl.form", "stl.identifier", "stl.attribute", "stl.repeated" (an
 * identifier that stands twice), "cms.form", "der.*"; ERR_UNSUPPORTED
 * "stl.type" (a signed message of something else), "stl.version", "cms.*";
 * ERR_LIMIT "stl.length", "stl.entries", "stl.attributes".
 */
ATTR_MUST_USE enum err stl_parse(
    struct slice der, struct stl *out, struct errinfo *ei);
void stl_clear(struct stl *l);

/* NULL: it is not in the list. */
const struct stl_entry *stl_find(const struct stl *l, struct slice id);
/* NULL: the entry has no such property. */
const struct stl_attribute *stl_property(
    const struct stl_entry *e, uint32_t property);
/* As numbers: < 0 when a is older.  A list without one is the oldest. */
int stl_compare_age(const struct stl *a, const struct stl *b);
/* The time in the sequence number, a FILETIME in its last eight octets; false
 * where there is none. */
bool stl_sequence_time(const struct stl *l, int64_t *out);

enum {
	FILETIME = 8, /* octets */
};
/* Windows' time, in units of 100 ns since 1601, as UTC seconds. */
int64_t trust_filetime(uint64_t filetime);
/* The way back, of times from 1601 on. */
uint64_t trust_to_filetime(int64_t sec);

#endif
