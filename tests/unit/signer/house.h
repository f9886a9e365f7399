/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_SIGNER_HOUSE_H
#define SURGUCH_TESTS_SIGNER_HOUSE_H
/*
 * A small centre for the tests of the signer: a scratch directory with a
 * P-256 root and an issuing CA, each with real signer processes behind a real
 * channel, confinement on.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "os/file.h"
#include "profile/values.h"
#include "signer/client.h"
#include "signer/engine.h"
#include "signer/instance.h"
#include "signer/ledger.h"

struct cert;

struct house {
	char dir[PATH_TEXT_SIZE];
	char profiles[PATH_TEXT_SIZE];
	char program[PATH_TEXT_SIZE]; /* surguch-signer */
	char ocsp[PATH_TEXT_SIZE];    /* surguch-ocsp */
};

/* False (with a message) when the programs are not built. */
bool house_open(struct house *h);
void house_close(struct house *h); /* removes everything */

/* dir/NAME, made for one signer, and dir/NAME.conf with this text. */
void house_path(
    const struct house *h, const char *name, char out[PATH_TEXT_SIZE]);
void house_conf(const struct house *h, const char *name, const char *text);
/* Run `surguch-signer ARG...` once; its exit status. */
int house_once(const struct house *h, const char *a, const char *b,
    const char *c, const char *d);
/* A key for a new signer NAME; its public key in *spki. */
void house_make_key(const struct house *h, const char *name, struct buf *spki);
/* The same of another algorithm (crypto/privkey.h, privkey_generate()). */
void house_make_key_of(const struct house *h, const char *name,
    const char *spec, struct buf *spki);
/* Its own certificate. */
void house_install(const struct house *h, const char *name, struct slice cert);
struct signer_client *house_start(
    const struct house *h, const char *name, bool ocsp, pid_t *pid);
void house_stop(struct signer_client *c, pid_t pid);

/* The engine of a signer inside this process, with a clock that stands. */
struct kit {
	struct instance *in;
	struct ledger *ledger;
	struct engine *engine;
	struct clock clock;
	int64_t now; /* UTC seconds */
	char dir[PATH_TEXT_SIZE];
};
void kit_open(struct kit *k, const struct house *h, const char *name);
/* As kit_open, but the start may fail. */
enum err kit_try(
    struct kit *k, const struct house *h, const char *name, struct errinfo *ei);
void kit_close(struct kit *k);

/* Root and issuing CA with everything installed: signers "root" (stopped)
 * and "issuing", ready to be started. */
void house_ceremony(const struct house *h, const char *issuing_more);
/* For an OCSP key "ocsp" under it: certificate and issuer installed. */
void house_ocsp(const struct house *h, const char *more);
/* The same for a key "centre" that signs page orders. */
void house_centre(const struct house *h, const char *more);
/* crypto_init(), house_open() and house_ceremony(), and the kit's clock is set
 * to now: what a program's set-up begins with.  False as house_open(). */
bool house_begin(struct house *h, struct kit *k, const char *issuing_more);

/* Have the kit issue and commit `num` certificates of "tls-client" for this key
 * that end at this time; their serials, ascending.  look (or NULL) sees each.
 */
enum {
	HOUSE_SERIAL = 19
};
void kit_issue_some(struct kit *k, struct slice spki, int64_t not_after,
    size_t num, uint8_t serials[][HOUSE_SERIAL],
    void (*look)(const struct cert *c));

/* Values for a profile: C=RU, CN=cn and the idempotency key's first octets. */
void house_values(struct issue_values *v, const char *profile, const char *cn,
    struct slice spki, unsigned idem);
/* A fresh P-256 public key. */
void house_key(struct buf *spki);
struct audit_position house_audit(uint64_t number);

#endif
