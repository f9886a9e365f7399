/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ISSUE_H
#define SURGUCH_CA_ISSUE_H
/*
 * Issuing, as far as the authority goes: the signer makes the certificate (and
 * has it in its journal before it answers), and a row of the store says so.
 * What the certificate is for (an application, a direct request) is the
 * caller's, who puts the row and its own statements into one unit of work.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "x509/ext_types.h"

struct authority;
struct ca;
struct cert;
struct issue_values;
struct signer_journal_entry;
struct unit;

/* A certificate that exists: in the signer's journal at least. */
struct issued {
	struct id id; /* new; under which it will be stored */
	struct authority *authority;
	const char *profile; /* borrowed from the values or the journal */
	uint64_t journal;
	bool replay;    /* it had been issued before this call */
	struct buf der; /* owned */
	struct cert *cert;
};
void issued_clear(struct issued *i);

/*
 * Ask the signer of the profile's CA.  ERR_NOTFOUND "ca.profile" when no CA
 * issues under it, ERR_STATE "ca.revoked" when those that would are revoked at
 * their root.  When it does not come out well, the signer is asked what
 * it has under the key, for up to CA_FIND_MS: ERR_TIMEOUT "ca.unknown" when
 * that cannot be known, and ca_find() later will tell.  Everything else is the
 * signer's own error, and nothing was issued.
 */
ATTR_MUST_USE enum err ca_issue(struct ca *ca,
    const struct issue_values *values, struct issued *out, struct errinfo *ei);
/* The same from this CA, which may not be ca_for_profile()'s. */
ATTR_MUST_USE enum err ca_issue_from(struct ca *ca, struct authority *a,
    const struct issue_values *values, struct issued *out, struct errinfo *ei);
/* What the signer has under this key; ERR_NOTFOUND when nothing. */
ATTR_MUST_USE enum err ca_find(struct ca *ca, const char *profile,
    const uint8_t key[32], struct issued *out, struct errinfo *ei);
/* The same from a journal record. */
ATTR_MUST_USE enum err ca_issued_from_journal(struct ca *ca,
    struct authority *a, const struct signer_journal_entry *entry,
    struct issued *out, struct errinfo *ei);

/* What it was issued for; NULL where there is none, or none is known. */
struct issued_for {
	const struct id *application;
	const struct id *person;
};
/* Statements and the audit event of the new row, for the caller's unit.
 * actor: text of the audit row. */
ATTR_MUST_USE enum err ca_add_issued(struct ca *ca, struct unit *u,
    const struct issued *i, const struct issued_for *what, const char *actor,
    struct errinfo *ei);

/* store_submit() of a unit with ca_add_issued() in it; what is committed is
 * counted. */
ATTR_MUST_USE enum err ca_submit_issued(
    struct ca *ca, struct unit *u, const struct issued *i, struct errinfo *ei);
/* Both at once, for what nothing waits for. */
ATTR_MUST_USE enum err ca_submit_alone(struct ca *ca, const struct issued *i,
    const char *actor, struct errinfo *ei);
/* Count a refusal (it is the request's fault, not the time's). */
void ca_count_refusal(struct ca *ca, const struct errinfo *ei);

/* {"id","ca","serial","not_before","not_after","profile","status","pem"}: what
 * an API answers; the same bytes for the same certificate. */
ATTR_MUST_USE enum err ca_issued_json(
    const struct issued *i, struct buf *out, struct errinfo *ei);

/* The same from its row; ERR_NOTFOUND "certificate.none". */
ATTR_MUST_USE enum err ca_stored_json(struct ca *ca,
    const struct id *certificate, struct buf *out, struct errinfo *ei);

#define CERTIFICATE_PREFIX "crt"

#endif
