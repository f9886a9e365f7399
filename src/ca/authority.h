/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_AUTHORITY_H
#define SURGUCH_CA_AUTHORITY_H
/*
 * The certification authorities of the centre as front sees them: for each
 * issuing CA its certificate and chain, the channels to its signer and to its
 * OCSP responder, the profiles that it issues under, and its present CRL.
 * The set is made at start and does not change afterwards; the CRL does, and
 * has its own lock.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "metrics/family.h"
#include "signer/client.h"
#include "x509/crl_shard.h"

struct accreditation;
struct authority;
struct ca;
struct cert;
struct entries;
struct profile;
struct root_crls;
struct root_revoked;
struct signer_client;
struct store;

struct ca_options {
	struct store *store;       /* borrowed */
	const struct clock *clock; /* borrowed */
	const char *public_dir;    /* CA files and CRLs, read and written */
	const char *profile_dir;
	const struct accreditation *accreditation; /* borrowed for ca_new() */
};

/* Loads the profiles (all must be right).  ERR_FORMAT, ERR_POLICY, ERR_SYS
 * from profile_load(); ERR_LIMIT above SIGNER_PROFILES_MAX. */
ATTR_MUST_USE enum err ca_new(
    const struct ca_options *o, struct ca **out, struct errinfo *ei);
/* Frees the clients too.  NULL is fine. */
void ca_free(struct ca *ca);

/*
 * Add the CA behind this channel: asks it what it is, and reads its chain
 * from public_dir/NAME.p7b.  Both clients are taken on success; ocsp may be
 * NULL.  ERR_STATE "ca.not_ready" when the signer has no certificate yet;
 * ERR_CONFLICT "ca.chain" when the chain does not begin with it.
 */
ATTR_MUST_USE enum err ca_add(struct ca *ca, struct signer_client *signer,
    struct signer_client *ocsp, struct errinfo *ei);

size_t ca_num(const struct ca *ca);
struct authority *ca_at(const struct ca *ca, size_t i);
/* NULL when there is none. */
struct authority *ca_by_name(const struct ca *ca, const char *name);
/* The CA that issues under a profile now: of several whose certificates are
 * valid, and not revoked at their root, the one that began last, so that a new
 * key takes over from the one before it, which goes on with CRL and OCSP; of
 * equal ones the last. */
struct authority *ca_for_profile(const struct ca *ca, const char *profile);
/* The same as an error: ERR_STATE "ca.revoked" when those who would issue are
 * revoked at their root; ERR_NOTFOUND "ca.profile". */
ATTR_MUST_USE enum err ca_find_issuer(const struct ca *ca, const char *profile,
    struct authority **out, struct errinfo *ei);
/* The profile as front knows it, NULL when there is none. */
const struct profile *ca_profile(const struct ca *ca, const char *name);

/* Is this the certificate of a CA of ours that is revoked at its root
 * (ca/root_crl.h)?  out may be NULL. */
bool ca_cert_revoked(
    const struct ca *ca, struct slice der, struct root_revoked *out);
/* The lists of those who stand above our CAs (ca/root_crl.h). */
struct root_crls *ca_roots(const struct ca *ca);

struct store *ca_store(const struct ca *ca);
const struct clock *ca_clock(const struct ca *ca);
const char *ca_public_dir(const struct ca *ca);

/*
 * The one who wants to hear when a certificate's status has changed: called
 * after the commit and before its caller gets an answer, on that thread.  NULL
 * ends it.  Set while no other thread is at work.
 */
typedef void ca_changed_fn(
    void *arg, const struct authority *a, struct slice serial);
void ca_watch(struct ca *ca, ca_changed_fn *fn, void *arg);
void ca_changed(
    const struct ca *ca, const char *authority, struct slice serial);

/* Since the start: certificates that were issued and recorded, by CA and
 * profile; refusals, the signers' and our own, by rule. */
struct ca_counts {
	struct family issued;
	struct family refused;
};
struct ca_counts *ca_counts(struct ca *ca);

const char *authority_name(const struct authority *a);
const struct cert *authority_cert(const struct authority *a);
struct signer_client *authority_signer(const struct authority *a);
struct signer_client *authority_ocsp(const struct authority *a); /* or NULL */
/* Nobody issues under one of its profiles now, that for its own responders
 * aside. */
bool authority_is_missed(const struct ca *ca, const struct authority *a);
/* The chain from this CA's own certificate to the root: whole DER each. */
size_t authority_num_chain(const struct authority *a);
struct slice authority_chain(const struct authority *a, size_t i);
/* Do these hashes of an OCSP CertID name this CA (RFC 6960 4.1.1)? */
bool authority_is(const struct authority *a, enum hash_alg hash,
    struct slice name_hash, struct slice key_hash);

/* Into how many shards the signer puts new certificates; 1: none. */
unsigned authority_crl_shards(const struct authority *a);

/* How long a delta of its lists lives, seconds; 0: there are none. */
int64_t authority_delta_sec(const struct authority *a);

/*
 * The present CRL of a shard or its delta, counted: shared_crl_release() when
 * done.  NULL while none is published.
 */
struct crl_facts {
	struct crl_shard shard;
	uint64_t number;
	int64_t this_update;
	int64_t next_update;
	uint8_t sha256[32]; /* of what is signed, or of the whole */
};
enum {
	CRL_PIECES = 3
};
struct shared_crl {
	struct slice pieces[CRL_PIECES]; /* one behind the other */
	struct crl_facts facts;
	struct signer_crl_made made; /* what they lie in */
	struct run *run;
	unsigned refs;         /* under the lock */
	pthread_mutex_t *lock; /* of whoever publishes it */
};
struct shared_crl *authority_crl(struct authority *a, struct crl_shard shard);
void shared_crl_release(void *crl);
/* entries are a part of run, or of made.  Takes what was made, on success, and
 * a reference of the run (NULL is fine). */
ATTR_MUST_USE enum err authority_set_crl(struct authority *a,
    const struct crl_facts *facts, struct signer_crl_made *made,
    struct run *run, struct slice entries, struct errinfo *ei);

/* What its lists are made of (ca/entries.h). */
struct entries *authority_entries(const struct authority *a);

#endif
