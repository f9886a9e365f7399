/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ROOT_CRL_PRIV_H
#define SURGUCH_CA_ROOT_CRL_PRIV_H
/* For the root_crl*.c files. */
#include <pthread.h>

#include "base/bounds.h"
#include "ca/root_crl.h"
#include "crypto/hash.h"

struct cert;
struct crl;

enum {
	ROOT_CRL_ISSUERS_MAX = CA_AUTHORITIES_MAX * (ROOT_CRL_LEVELS_MAX - 1),
};

/* Who stands above a CA of ours. */
struct issuer {
	struct cert *cert;
	uint8_t key[SHA256_SIZE]; /* of its public key: what the row is under */
	char file[ROOT_CRL_FILE_SIZE];
	/* Under the lock: */
	struct crl *crl; /* NULL: none is known */
	struct shared_crl *shared;
};

/* One step of a chain: who may have revoked what. */
struct link {
	size_t issuer;
	uint8_t serial[SERIAL_BYTES_MAX];
	size_t serial_len;
	int64_t not_after;
};

/* A CA of ours. */
struct below {
	char name[HELLO_NAME_SIZE];
	struct link links[ROOT_CRL_LEVELS_MAX];
	size_t num_links;
	/* Under the lock: */
	bool is_revoked;
	struct root_revoked revoked;
};

struct root_crls {
	struct root_crls_options o;
	pthread_mutex_t lock;
	pthread_mutex_t taking; /* one list at a time */
	struct issuer *issuers[ROOT_CRL_ISSUERS_MAX];
	size_t num_issuers;
	struct below below[CA_AUTHORITIES_MAX];
	size_t num_below;
};

/* What this CA of ours is, under this list of one issuer and the present ones
 * of the others: the first step of its chain that is revoked. */
bool root_crl_look_up(const struct root_crls *r, const struct below *b,
    size_t issuer, const struct crl *crl, struct root_revoked *out);
/* Is its list to be written and served here? */
bool root_crl_is_served(const struct root_crls *r, const struct issuer *s);

#endif
