/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/authority.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ca/entries.h"
#include "ca/root_crl.h"
#include "ca/run.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "profile/profile.h"
#include "signer/client.h"
#include "x509/cert.h"
#include "x509/p7b.h"
#include "x509/spki.h"

/* What OCSP clients name an issuer by, under one hash (RFC 6960 4.1.1). */
struct issuer_hash {
	uint8_t name[HASH_SIZE_MAX];
	uint8_t key[HASH_SIZE_MAX];
};

struct authority {
	struct signer_info info;
	struct signer_client *signer;
	struct signer_client *ocsp;
	struct cert *cert;
	struct p7b *chain;
	struct issuer_hash hashes[HASH_ALG_MAX_];
	pthread_mutex_t lock; /* crl and the counts in it */
	/* the present list of each shard, and its delta */
	struct authority_list {
		struct crl_shard shard;
		struct shared_crl *crl;
	} * lists;
	size_t num_lists;
	struct entries *entries;
};

struct ca {
	struct store *store;
	const struct clock *clock;
	char *public_dir;
	struct profile *profiles[SIGNER_PROFILES_MAX];
	size_t num_profiles;
	struct authority *at[CA_AUTHORITIES_MAX];
	size_t num;
	struct root_crls *roots;
	struct ca_counts counts;
	ca_changed_fn *changed;
	void *changed_arg;
};

static enum err
load_profile(struct ca *ca, const struct ca_options *o, const char *name,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, o->profile_dir, name, ei);

	if (e == ERR_OK) {
		e = profile_load(path, o->accreditation,
		    &ca->profiles[ca->num_profiles], ei);
	}
	ca->num_profiles += e == ERR_OK;
	return e;
}

static enum err
load_profiles(struct ca *ca, const struct ca_options *o, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(
	    o->profile_dir, ".conf", SIGNER_PROFILES_MAX, &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = load_profile(ca, o, names[i], ei);
	}
	dir_list_free(names, num);
	return e;
}

enum err
ca_new(const struct ca_options *o, struct ca **out, struct errinfo *ei)
{
	struct root_crls_options roots = {o->store, o->clock, NULL};
	struct ca *ca = calloc(1, sizeof(*ca));
	enum err e;

	if (ca == NULL) {
		return err_nomem(ei);
	}
	family_init(&ca->counts.issued);
	family_init(&ca->counts.refused);
	ca->store = o->store;
	ca->clock = o->clock;
	ca->public_dir = slice_dup_str(slice_str(o->public_dir));
	roots.public_dir = ca->public_dir;
	e = ca->public_dir == NULL ? err_nomem(ei)
				   : root_crls_new(&roots, &ca->roots, ei);
	if (e == ERR_OK) {
		e = load_profiles(ca, o, ei);
	}
	if (e != ERR_OK) {
		ca_free(ca);
		return e;
	}
	*out = ca;
	return ERR_OK;
}

static void
authority_free(struct authority *a)
{
	if (a == NULL) {
		return;
	}
	entries_free(a->entries);
	for (size_t i = 0; i < a->num_lists; i++) {
		shared_crl_release(a->lists[i].crl);
	}
	free(a->lists);
	signer_client_free(a->signer);
	signer_client_free(a->ocsp);
	signer_info_clear(&a->info);
	cert_free(a->cert);
	p7b_free(a->chain);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

void
ca_free(struct ca *ca)
{
	if (ca == NULL) {
		return;
	}
	for (size_t i = 0; i < ca->num; i++) {
		authority_free(ca->at[i]);
	}
	for (size_t i = 0; i < ca->num_profiles; i++) {
		profile_free(ca->profiles[i]);
	}
	root_crls_free(ca->roots);
	free(ca->public_dir);
	family_clear(&ca->counts.issued);
	family_clear(&ca->counts.refused);
	free(ca);
}

static enum err
hash_issuer(struct authority *a, struct errinfo *ei)
{
	struct slice name = cert_subject_der(a->cert);
	struct slice key = cert_key(a->cert)->bits;

	enum err e = ERR_OK;

	for (unsigned h = HASH_NONE + 1; h < HASH_ALG_MAX_ && e == ERR_OK;
	     h++) {
		e = hash_of((enum hash_alg)h, name, a->hashes[h].name, ei);
		if (e == ERR_OK) {
			e = hash_of(
			    (enum hash_alg)h, key, a->hashes[h].key, ei);
		}
	}
	return e;
}

static enum err
load_chain(const struct ca *ca, struct authority *a, struct errinfo *ei)
{
	struct buf file = BUF_INIT(CMS_BYTES_MAX);
	char name[HELLO_NAME_SIZE + 4], path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(name, sizeof(name), "%s.p7b", a->info.name);
	e = path_join(path, ca->public_dir, name, ei);
	if (e == ERR_OK) {
		e = file_read(path, CMS_BYTES_MAX, &file, ei);
	}
	if (e == ERR_OK) {
		e = p7b_parse(buf_slice(&file), &a->chain, ei);
	}
	if (e == ERR_OK &&
	    (p7b_num_certs(a->chain) == 0 ||
		!slice_eq(p7b_cert(a->chain, 0), cert_der(a->cert)))) {
		e = err_set(ei, ERR_CONFLICT, "ca.chain", NULL,
		    "%s does not begin with the certificate that the signer "
		    "%s has",
		    path, a->info.name);
	}
	buf_clear(&file);
	return e;
}

static enum err
authority_load(const struct ca *ca, struct authority *a,
    struct signer_client *signer, struct errinfo *ei)
{
	enum err e = signer_info(signer, &a->info, ei);

	if (e == ERR_OK && !a->info.ready) {
		e = err_set(ei, ERR_STATE, "ca.not_ready", NULL,
		    "the signer %s has a key but no certificate: install one",
		    a->info.name);
	}
	if (e == ERR_OK) {
		e = cert_parse(
		    slice_make(a->info.cert, a->info.cert_len), &a->cert, ei);
	}
	if (e == ERR_OK) {
		e = hash_issuer(a, ei);
	}
	if (e == ERR_OK) {
		e = load_chain(ca, a, ei);
	}
	return e;
}

static enum err
add_above(const struct ca *ca, const struct authority *a, struct errinfo *ei)
{
	size_t num = p7b_num_certs(a->chain);
	struct slice *chain = calloc(num, sizeof(*chain));
	enum err e;

	if (chain == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; i < num; i++) {
		chain[i] = p7b_cert(a->chain, i);
	}
	e = root_crls_add(ca->roots, a->info.name, chain, num, ei);
	free(chain);
	return e;
}

enum err
ca_add(struct ca *ca, struct signer_client *signer, struct signer_client *ocsp,
    struct errinfo *ei)
{
	struct authority *a;
	enum err e;

	if (ca->num == CA_AUTHORITIES_MAX) {
		return err_set(ei, ERR_LIMIT, "ca.authorities", NULL,
		    "more than %d CAs", (int)CA_AUTHORITIES_MAX);
	}
	a = calloc(1, sizeof(*a));
	if (a == NULL) {
		return err_nomem(ei);
	}
	(void)pthread_mutex_init(&a->lock, NULL);
	signer_info_init(&a->info);
	a->entries = entries_new();
	e = a->entries == NULL ? err_nomem(ei)
			       : authority_load(ca, a, signer, ei);
	if (e == ERR_OK) {
		e = add_above(ca, a, ei);
	}
	if (e != ERR_OK) {
		authority_free(a);
		return e;
	}
	a->signer = signer;
	a->ocsp = ocsp;
	ca->at[ca->num++] = a;
	return ERR_OK;
}

size_t
ca_num(const struct ca *ca)
{
	return ca->num;
}

struct authority *
ca_at(const struct ca *ca, size_t i)
{
	ensure(i < ca->num);
	return ca->at[i];
}

struct authority *
ca_by_name(const struct ca *ca, const char *name)
{
	for (size_t i = 0; i < ca->num; i++) {
		if (strcmp(ca->at[i]->info.name, name) == 0) {
			return ca->at[i];
		}
	}
	return NULL;
}

static bool
has_profile(const struct authority *a, const char *profile)
{
	for (size_t i = 0; i < a->info.num_profiles; i++) {
		if (strcmp(a->info.profiles[i].name, profile) == 0) {
			return true;
		}
	}
	return false;
}

static bool
may_issue(const struct authority *a, const char *profile, int64_t now)
{
	return has_profile(a, profile) && cert_not_before(a->cert) <= now &&
	       cert_not_after(a->cert) > now;
}

struct authority *
ca_for_profile(const struct ca *ca, const char *profile)
{
	int64_t now = clock_utc_sec(ca->clock);
	struct authority *best = NULL;

	for (size_t i = 0; i < ca->num; i++) {
		struct authority *a = ca->at[i];

		if (may_issue(a, profile, now) &&
		    !root_crls_revoked(ca->roots, a->info.name, NULL) &&
		    (best == NULL || cert_not_before(a->cert) >=
					 cert_not_before(best->cert))) {
			best = a;
		}
	}
	return best;
}

enum err
ca_find_issuer(const struct ca *ca, const char *profile, struct authority **out,
    struct errinfo *ei)
{
	int64_t now = clock_utc_sec(ca->clock);
	enum err e = ERR_OK;

	*out = ca_for_profile(ca, profile);
	if (*out != NULL) {
		return ERR_OK;
	}
	for (size_t i = 0; e == ERR_OK && i < ca->num; i++) {
		if (may_issue(ca->at[i], profile, now)) {
			e = root_crls_check(
			    ca->roots, ca->at[i]->info.name, ei);
		}
	}
	return e != ERR_OK
		   ? e
		   : err_set(ei, ERR_NOTFOUND, "ca.profile", NULL,
			 "no CA of this centre issues under the profile %s",
			 profile);
}

bool
authority_is_missed(const struct ca *ca, const struct authority *a)
{
	for (size_t i = 0; i < a->info.num_profiles; i++) {
		const char *name = a->info.profiles[i].name;
		const struct profile *p = ca_profile(ca, name);

		if ((p == NULL || profile_kind(p) != PROFILE_OCSP) &&
		    ca_for_profile(ca, name) == NULL) {
			return true;
		}
	}
	return false;
}

const struct profile *
ca_profile(const struct ca *ca, const char *name)
{
	for (size_t i = 0; i < ca->num_profiles; i++) {
		if (strcmp(profile_name(ca->profiles[i]), name) == 0) {
			return ca->profiles[i];
		}
	}
	return NULL;
}

bool
ca_cert_revoked(const struct ca *ca, struct slice der, struct root_revoked *out)
{
	for (size_t i = 0; i < ca_num(ca); i++) {
		const struct authority *a = ca_at(ca, i);

		if (slice_eq(authority_chain(a, 0), der)) {
			return root_crls_revoked(
			    ca_roots(ca), authority_name(a), out);
		}
	}
	return false;
}

struct root_crls *
ca_roots(const struct ca *ca)
{
	return ca->roots;
}

struct store *
ca_store(const struct ca *ca)
{
	return ca->store;
}

const struct clock *
ca_clock(const struct ca *ca)
{
	return ca->clock;
}

const char *
ca_public_dir(const struct ca *ca)
{
	return ca->public_dir;
}

struct ca_counts *
ca_counts(struct ca *ca)
{
	return &ca->counts;
}

void
ca_watch(struct ca *ca, ca_changed_fn *fn, void *arg)
{
	ca->changed = fn;
	ca->changed_arg = arg;
}

void
ca_changed(const struct ca *ca, const char *authority, struct slice serial)
{
	const struct authority *a = ca_by_name(ca, authority);

	if (ca->changed != NULL && a != NULL) {
		ca->changed(ca->changed_arg, a, serial);
	}
}

const char *
authority_name(const struct authority *a)
{
	return a->info.name;
}

const struct cert *
authority_cert(const struct authority *a)
{
	return a->cert;
}

struct signer_client *
authority_signer(const struct authority *a)
{
	return a->signer;
}

struct signer_client *
authority_ocsp(const struct authority *a)
{
	return a->ocsp;
}

size_t
authority_num_chain(const struct authority *a)
{
	return p7b_num_certs(a->chain);
}

struct slice
authority_chain(const struct authority *a, size_t i)
{
	return p7b_cert(a->chain, i);
}

bool
authority_is(const struct authority *a, enum hash_alg hash,
    struct slice name_hash, struct slice key_hash)
{
	size_t size = hash_size(hash);

	return hash > HASH_NONE && hash < HASH_ALG_MAX_ &&
	       slice_eq(name_hash, slice_make(a->hashes[hash].name, size)) &&
	       slice_eq(key_hash, slice_make(a->hashes[hash].key, size));
}

struct entries *
authority_entries(const struct authority *a)
{
	return a->entries;
}

unsigned
authority_crl_shards(const struct authority *a)
{
	return a->info.crl_shards;
}

int64_t
authority_delta_sec(const struct authority *a)
{
	return a->info.crl_delta_sec;
}

/* Under the lock. */
static struct authority_list *
find_list(struct authority *a, struct crl_shard shard)
{
	for (size_t i = 0; i < a->num_lists; i++) {
		if (crl_shard_eq(a->lists[i].shard, shard)) {
			return &a->lists[i];
		}
	}
	return NULL;
}

struct shared_crl *
authority_crl(struct authority *a, struct crl_shard shard)
{
	const struct authority_list *list;
	struct shared_crl *crl = NULL;

	(void)pthread_mutex_lock(&a->lock);
	list = find_list(a, shard);
	if (list != NULL) {
		crl = list->crl;
		crl->refs++;
	}
	(void)pthread_mutex_unlock(&a->lock);
	return crl;
}

void
shared_crl_release(void *crl)
{
	struct shared_crl *c = crl;
	pthread_mutex_t *lock = c->lock;
	bool last;

	(void)pthread_mutex_lock(lock);
	last = --c->refs == 0;
	(void)pthread_mutex_unlock(lock);
	if (last) {
		signer_crl_made_clear(&c->made);
		run_unref(c->run);
		free(c);
	}
}

/* Under the lock; *old is what was there. */
static bool
put_list(struct authority *a, struct crl_shard shard, struct shared_crl *crl,
    struct shared_crl **old)
{
	struct authority_list *list = find_list(a, shard);

	if (list == NULL) {
		list = realloc(a->lists, (a->num_lists + 1) * sizeof(*list));
		if (list == NULL) {
			return false;
		}
		a->lists = list;
		list = &a->lists[a->num_lists++];
		*list = (struct authority_list){shard, NULL};
	}
	*old = list->crl;
	list->crl = crl;
	return true;
}

enum err
authority_set_crl(struct authority *a, const struct crl_facts *facts,
    struct signer_crl_made *made, struct run *run, struct slice entries,
    struct errinfo *ei)
{
	struct shared_crl *crl = malloc(sizeof(*crl)), *old = NULL;
	bool kept;

	if (crl == NULL) {
		return err_nomem(ei);
	}
	*crl = (struct shared_crl){
	    .pieces = {buf_slice(&made->front), entries,
		buf_slice(&made->back)},
	    .facts = *facts,
	    .made = *made,
	    .run = run == NULL ? NULL : run_ref(run),
	    .refs = 1,
	    .lock = &a->lock,
	};
	(void)pthread_mutex_lock(&a->lock);
	kept = put_list(a, facts->shard, crl, &old);
	(void)pthread_mutex_unlock(&a->lock);
	if (!kept) {
		run_unref(crl->run);
		free(crl);
		return err_nomem(ei);
	}
	*made = (struct signer_crl_made)SIGNER_CRL_MADE_INIT;
	if (old != NULL) {
		shared_crl_release(old);
	}
	return ERR_OK;
}
