/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CHAIN_H
#define SURGUCH_X509_CHAIN_H
/*
 * The one place that judges a chain: is this certificate, at this time, for
 * this purpose and under these names, good under one of these anchors
 * (RFC 5280 6)?  Works on what cert_parse() has read, GOST as well as the
 * rest; fetches nothing.
 *
 * The work is bounded by the CHAIN_ limits of base/bounds.h, whatever the
 * certificates are.  Nothing is kept between calls; any number of threads
 * may judge at the same time.
 *
 * An anchor is judged like any other certificate: its period, its
 * constraints and its purposes hold (RFC 5280 leaves this open, RFC 5937
 * asks for it), its policies do not.
 *
 * Not read: policy qualifiers, indirect CRLs.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/host.h"
#include "base/slice.h"
#include "x509/general_name.h"

struct cert;
struct crl;

/* How much is asked of the certificates themselves. */
enum chain_rules {
	/* RFC 5280 6 alone: what no verifier may leave out. */
	CHAIN_RULES_PATH,
	/* and what RFC 5280 4 and 5 demand of those who issue. */
	CHAIN_RULES_PKIX,
	/* and what the CA/Browser Forum's baseline requirements demand of
	 * servers' certificates.  Allows what they allow against RFC 5280:
	 * name constraints that are not critical. */
	CHAIN_RULES_WEB,
};

enum chain_revocation {
	CHAIN_REVOCATION_OFF,
	CHAIN_REVOCATION_ASK,    /* unknown status: CHAIN_UNKNOWN */
	CHAIN_REVOCATION_DEMAND, /* unknown status: CHAIN_BAD */
};

/* DNS (ASCII), IP (4 or 16 octets) or EMAIL (ASCII). */
struct chain_name {
	enum general_name_kind kind;
	struct slice value;
};

struct chain_certs {
	const struct cert *const *list;
	size_t num;
};

struct chain_crls {
	const struct crl *const *list;
	size_t num;
};

/* Zero is the default of every member but leaf, anchors and at. */
struct chain_request {
	const struct cert *leaf;
	struct chain_certs intermediates; /* in any order, of any origin */
	struct chain_certs anchors;
	struct chain_crls crls; /* full and delta, in any order */
	int64_t at;             /* UTC seconds */
	enum chain_rules rules;

	/* Extended purpose (OID content); empty: any. */
	struct slice purpose;
	/* Bits that the leaf's key usage must have if it has one. */
	uint32_t key_usage;
	/* The leaf must be a CA that may issue. */
	bool leaf_is_ca;
	/* Each must be among the leaf's alternative names. */
	const struct chain_name *names;
	size_t num_names;
	/* Intermediates that are not issued to themselves. */
	bool has_depth_max; /* otherwise CHAIN_DEPTH_DEFAULT */
	size_t depth_max;

	/* RFC 5280 6.1.1 (c), (e), (f), (g); no policies: any. */
	const struct slice *policies; /* OID content */
	size_t num_policies;
	bool require_policy;
	bool inhibit_mapping;
	bool inhibit_any_policy;

	/* RSA over SHA-1 counts, in certificates: for chains of the past that
	 * nobody can sign anew (crypto/pubkey.h). */
	bool old_sha1;

	enum chain_revocation revocation;
	bool revocation_leaf_only; /* do not ask for the intermediates' */
};

/* Zero is the refusal. */
enum chain_status {
	CHAIN_BAD,
	CHAIN_UNKNOWN, /* good but for the revocation status */
	CHAIN_GOOD,
};

/*
 * path     from the leaf on; the anchor last when the status is not
 *          CHAIN_BAD.  When it is, the path on which the fault was seen, as
 *          far as it was built.
 * why      when the status is not CHAIN_GOOD: "chain.*" rule (or the "key.*"
 *          of a key), clause, and the subject of the certificate at fault as
 *          the object
 * at       that certificate's place in path
 * Everything borrows from the request.
 */
struct chain_verdict {
	enum chain_status status;
	const struct cert *path[CHAIN_PATH_MAX];
	size_t num;
	struct errinfo why;
	size_t at;
};

/*
 * ERR_OK means judged: the verdict says how.  ERR_LIMIT "chain.certs",
 * "chain.crls", "chain.names": more than is looked at.  Otherwise ERR_NOMEM,
 * ERR_STATE "crypto.init", ERR_INTERNAL; then *out is CHAIN_BAD.
 */
ATTR_MUST_USE enum err chain_judge(const struct chain_request *req,
    struct chain_verdict *out, struct errinfo *ei);

/* A question in people's words. */
/* "server", "client", "email", "code", "ocsp", "timestamp", or the dotted text
 * of a purpose that der/oid.h knows; false for anything else. */
ATTR_MUST_USE bool chain_purpose_find(const char *name, struct slice *out);
/* With @ a mailbox, an address (its octets go to `octets`), else a host.  The
 * text is borrowed. */
void chain_name_read(
    const char *text, uint8_t octets[IP_OCTETS_MAX], struct chain_name *out);

const char *chain_status_name(enum chain_status status); /* "good" */

#endif
