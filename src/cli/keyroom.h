/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_KEYROOM_H
#define SURGUCH_CLI_KEYROOM_H
/*
 * A signer in a ceremony: its program run once to make a key, a request, or
 * to take its certificate, and run for a while to sign.  Every certificate,
 * the roots' own too, is made by a signer from a profile and stands in that
 * signer's journal; there is no second way of signing.
 *
 * What opens a key goes through a descriptor; empty when a file opens it.
 */
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "cli/centre.h"
#include "ipc/hello.h"

struct signer_client;

enum {
	/* What the settings of new signers allow.  What front asks for is
	 * shorter; a front that was taken over gets nothing that outlives its
	 * eviction by more than this. */
	KEYROOM_CRL_HOURS = 48,
	KEYROOM_OCSP_HOURS = 1
};

/* A signer's directory and files, by its name. */
struct keyroom_at {
	char name[HELLO_NAME_SIZE];
	char state[PATH_TEXT_SIZE];
	char settings[PATH_TEXT_SIZE];
	uid_t uid;
};
ATTR_MUST_USE enum err keyroom_at(const struct centre *c, const char *name,
    uid_t uid, struct keyroom_at *out, struct errinfo *ei);

/* --make-key, where its settings say. */
ATTR_MUST_USE enum err keyroom_make_key(const struct centre *c,
    const struct keyroom_at *at, const char *spec, struct slice secret,
    struct errinfo *ei);
/* --make-request: a PKCS#10 request that names the signer, DER. */
ATTR_MUST_USE enum err keyroom_request(const struct centre *c,
    const struct keyroom_at *at, struct slice secret, struct buf *out,
    struct errinfo *ei);
/* --install-cert; issuer empty for a CA's own. */
ATTR_MUST_USE enum err keyroom_install(const struct centre *c,
    const struct keyroom_at *at, struct slice cert, struct slice issuer,
    struct errinfo *ei);
/* The public key; ERR_NOTFOUND before there is one. */
ATTR_MUST_USE enum err keyroom_spki(
    const struct keyroom_at *at, struct buf *out, struct errinfo *ei);
/* The setting of a CA (`responders`) that delegates to this key and to no
 * other; keyroom_spki()'s errors. */
ATTR_MUST_USE enum err keyroom_put_key(const struct keyroom_at *whose,
    const char *setting, struct buf *settings, struct errinfo *ei);

/* A signer that runs. */
struct keyroom_signer {
	struct signer_client *client;
	pid_t pid;
};
ATTR_MUST_USE enum err keyroom_start(const struct centre *c,
    const struct keyroom_at *at, struct slice secret,
    struct keyroom_signer *out, struct errinfo *ei);
/* The error e that there was before, or how the signer ended. */
ATTR_MUST_USE enum err keyroom_stop(
    struct keyroom_signer *r, enum err e, struct errinfo *ei);
/* What a certificate of a ceremony says. */
struct keyroom_wish {
	const char *profile;
	const char *country;
	const char *organization;
	const char *common_name;
	const char *host; /* a name or an address for subjectAltName, or NULL */
	struct slice spki;
};
/* One certificate for one content: what is asked for again comes from the
 * journal, the same bytes. */
ATTR_MUST_USE enum err keyroom_issue(struct keyroom_signer *r,
    const struct keyroom_wish *wish, struct buf *cert, struct errinfo *ei);
/* Its next list: one number above the last, with these entries
 * (signer_crl()). */
ATTR_MUST_USE enum err keyroom_crl(struct keyroom_signer *r, int64_t now,
    int64_t life_sec, struct slice entries, struct buf *crl,
    struct errinfo *ei);
/* The number of its last list; 0: it has made none. */
ATTR_MUST_USE enum err keyroom_crl_number(
    struct keyroom_signer *r, uint64_t *out, struct errinfo *ei);
/* Every certificate of its journal, in order; the slice dies when the callback
 * returns, which stops the walk with anything but ERR_OK. */
typedef enum err keyroom_cert_fn(
    void *arg, struct slice cert, struct errinfo *ei);
ATTR_MUST_USE enum err keyroom_certs(struct keyroom_signer *r,
    keyroom_cert_fn *fn, void *arg, struct errinfo *ei);

#endif
