/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_ROOT_CRL_H
#define SURGUCH_CA_ROOT_CRL_H
/*
 * The revocation lists of those who stand above our CAs: roots, whose keys are
 * elsewhere and whose lists are brought by hand.  The present one of each is
 * kept in the database, so that no older one can take its place, and served
 * from memory and as a file under the address that our CAs' certificates carry.
 * A CA of ours that is on such a list, or below one that is, issues nothing.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "ipc/hello.h"
#include "x509/ext_types.h"

struct clock;
struct root_crls;
struct shared_crl;
struct store;

enum {
	ROOT_CRL_FILE_SIZE = 128, /* "root-2026.crl" */
	ROOT_CRL_LEVELS_MAX = 8,  /* certificates of a CA's chain */
};

/* All is borrowed. */
struct root_crls_options {
	struct store *store;
	const struct clock *clock;
	const char *public_dir;
};
ATTR_MUST_USE enum err root_crls_new(const struct root_crls_options *o,
    struct root_crls **out, struct errinfo *ei);
void root_crls_free(struct root_crls *r); /* NULL is fine */

/* A CA of ours, by its name, and its chain: its own certificate, the one that
 * signed it, and so on.  ERR_LIMIT "root_crl.levels". */
ATTR_MUST_USE enum err root_crls_add(struct root_crls *r, const char *name,
    const struct slice *chain, size_t num, struct errinfo *ei);

/*
 * When all are added: what the database has, and what lies in public_dir when
 * that is newer, as after a ceremony.  A file that is older, or no list of that
 * issuer, is written anew from the database; `trouble` (may be NULL) hears of
 * what is not as it should be.  While the store is held nothing is written.
 */
typedef void root_crl_trouble_fn(
    void *arg, const char *file, const struct errinfo *ei);
ATTR_MUST_USE enum err root_crls_load(struct root_crls *r,
    root_crl_trouble_fn *trouble, void *arg, struct errinfo *ei);

/*
 * A list that somebody brings, DER: judged, recorded with its audit rows, and
 * from then on served and obeyed.  The present one again is written to its file
 * again.
 *
 * ERR_NOTFOUND "root_crl.issuer": nobody above our CAs has this name; errors of
 * crl_parse(), crl_next_check(), crl_next_check_time(); ERR_POLICY
 * "root_crl.forgets": it takes back what the one before revoked for good.  An
 * error of the file alone comes after the list is in force.
 */
struct root_crl_taken {
	char file[ROOT_CRL_FILE_SIZE]; /* "": no address of ours has it */
	uint64_t number;
	int64_t next_update;
	size_t num_revoked; /* CAs of ours that it revoked just now */
	bool known;         /* it was there before */
};
ATTR_MUST_USE enum err root_crl_take(struct root_crls *r, struct slice der,
    const char *actor, struct root_crl_taken *out, struct errinfo *ei);

/* Is this CA of ours, or one above it, revoked?  out may be NULL. */
struct root_revoked {
	int64_t at;
	enum crl_reason reason;
	uint64_t number;               /* of the list that says it */
	char file[ROOT_CRL_FILE_SIZE]; /* and its name, or "" */
};
bool root_crls_revoked(
    struct root_crls *r, const char *name, struct root_revoked *out);
/* ERR_STATE "ca.revoked" then. */
ATTR_MUST_USE enum err root_crls_check(
    struct root_crls *r, const char *name, struct errinfo *ei);

/* What is served under this name, counted: shared_crl_release().  NULL: no
 * list of theirs. */
struct shared_crl *root_crls_file(struct root_crls *r, const char *file);

/* The i-th of those who stand above; false when it has no list yet. */
struct root_crl_facts {
	char file[ROOT_CRL_FILE_SIZE];
	uint64_t number;
	int64_t this_update;
	int64_t next_update;
};
size_t root_crls_num(const struct root_crls *r);
bool root_crls_facts(struct root_crls *r, size_t i, struct root_crl_facts *out);

#endif
