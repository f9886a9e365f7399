/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_REVOKE_H
#define SURGUCH_CA_REVOKE_H
/*
 * Ending a certificate, or putting it on hold until it is released
 * (ca/cert_state.h): one unit of work (the certificate's state, the revocation
 * with its ready CRL entry, the mark that the CRL is old, the audit row).  OCSP
 * tells it from the commit on; the CRL follows as soon as it is published
 * (ca/publish.h).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "x509/ext_types.h"

struct ca;
struct crl_entry;
struct rows;
struct unit;

/* A stored certificate; slices and texts are owned by rows. */
struct certificate {
	struct id id;
	const char *ca;
	struct slice serial; /* INTEGER content */
	struct slice der;
	int64_t not_before;
	int64_t not_after;
	const char *profile;
	bool has_application;
	struct id application;
	int64_t issued_at;
	const char *status; /* "good", "hold", "revoked" */
	int64_t status_at;
	struct rows *rows;
};
/* ERR_NOTFOUND "certificate.none". */
ATTR_MUST_USE enum err certificate_get(struct ca *ca, const struct id *id,
    struct certificate *out, struct errinfo *ei);
/* The same by a CA's name and a serial. */
ATTR_MUST_USE enum err certificate_find(struct ca *ca, const char *name,
    struct slice serial, struct certificate *out, struct errinfo *ei);
void certificate_clear(struct certificate *c);

/* "unspecified", "key_compromise", ... (RFC 5280 5.3.1); ERR_FORMAT
 * "revocation.reason" for what is no reason, ERR_UNSUPPORTED for those that
 * do not end a subscriber's certificate. */
ATTR_MUST_USE enum err revocation_reason_parse(
    struct slice name, enum crl_reason *out, struct errinfo *ei);
/* "unspecified" for one that is not given. */
const char *revocation_reason_name(enum crl_reason reason);

struct revocation {
	enum crl_reason reason; /* not read of a hold */
	const char *actor;      /* text of the audit row */
	const char *comment;    /* may be NULL */
};

/*
 * Add the revocation to the caller's unit (which also records its answer) at
 * this time; it may be on hold until then, and ends with the hold's beginning.
 * ERR_STATE as cert_state_next().
 */
ATTR_MUST_USE enum err ca_add_revocation(struct unit *u,
    const struct certificate *c, const struct revocation *r, int64_t now,
    struct errinfo *ei);
/* The same for a hold, where the certificate's profile allows that: ERR_POLICY
 * "certificate.no_hold". */
ATTR_MUST_USE enum err ca_add_hold(const struct ca *ca, struct unit *u,
    const struct certificate *c, const struct revocation *r, int64_t now,
    struct errinfo *ei);
/* And for its end; of r only the actor is read. */
ATTR_MUST_USE enum err ca_add_release(struct unit *u,
    const struct certificate *c, const struct revocation *r, int64_t now,
    struct errinfo *ei);
/* What an entry of a published list says, as it says it: a revocation or a
 * hold, since its time. */
ATTR_MUST_USE enum err ca_add_listed(struct unit *u,
    const struct certificate *c, const struct crl_entry *entry,
    const char *actor, int64_t now, struct errinfo *ei);
/* store_submit() of such a unit; then whoever watches the CA is told, before
 * this returns.  Of two at once the second fails with ERR_STATE
 * "certificate.changed". */
ATTR_MUST_USE enum err ca_submit_change(struct ca *ca, struct unit *u,
    const struct certificate *c, struct errinfo *ei);

/* What OCSP has to say about a serial of a CA. */
struct status {
	enum {
		STATUS_UNKNOWN, /* never issued here, as far as we know */
		STATUS_GOOD,
		STATUS_REVOKED
	} kind;
	int64_t revoked_at;
	enum crl_reason reason;
};
ATTR_MUST_USE enum err ca_status(struct ca *ca, const char *authority,
    struct slice serial, struct status *out, struct errinfo *ei);

#endif
