/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CENTRE_H
#define SURGUCH_CLI_CENTRE_H
/*
 * Making a new centre on a disk: the tree of directories with their owners,
 * hierarchies of CAs (GOST and P-256, others when asked for) by way of their
 * own signers, the keys of front and courier, and the configuration.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "os/file.h"

enum err centre_init_cmd(
    int argc, char **argv, const char *usage, struct errinfo *ei);

enum {
	CENTRE_TEXT_MAX = 256,
	FIRST_UID = 64001,
	HIERARCHIES_NUM = 6
};

/* Where the parts of a new centre are, and who will own them. */
struct centre {
	const char *dir;     /* absolute */
	const char *libexec; /* programs of the roles, absolute */
	const char *profiles;
	uint16_t api_port;
	uint16_t public_port;
	uint16_t sms_port;
	bool root; /* we can give files to other uids */
	bool wanted[HIERARCHIES_NUM];
	struct clock clock;
};

/* The uid of a role in a centre without system users: FIRST_UID + n, or ours
 * when we are not root. */
uid_t centre_uid(const struct centre *c, unsigned n);
enum centre_role {
	ROLE_FRONT,
	ROLE_COURIER,
	ROLE_CENTRE, /* the key for page orders */
	ROLE_FIRST_SIGNER = 10
};

/* "DIR/<fmt>" */
ATTR_MUST_USE enum err centre_path(const struct centre *c,
    char out[PATH_TEXT_SIZE], struct errinfo *ei, const char *fmt, ...)
    ATTR_PRINTF(4, 5);
/* A directory under DIR with mode 0700, owned by the role. */
ATTR_MUST_USE enum err centre_state_dir(
    const struct centre *c, const char *name, uid_t owner, struct errinfo *ei);
ATTR_MUST_USE enum err centre_write(const struct centre *c, const char *name,
    struct slice content, unsigned mode, uid_t owner, struct errinfo *ei);

/* The owner of a path, where we can give it away. */
ATTR_MUST_USE enum err centre_give(
    const struct centre *c, const char *path, uid_t owner, struct errinfo *ei);

/* Front's two secrets: a new one. */
#define CENTRE_FRONT_DIR "var/lib/surguch/front"
#define CENTRE_OTP_KEY   CENTRE_FRONT_DIR "/otp.key"
#define CENTRE_DATA_KEY  CENTRE_FRONT_DIR "/data.key"
ATTR_MUST_USE enum err centre_make_secret(
    const struct centre *c, const char *name, uid_t owner, struct errinfo *ei);
/* Courier's key, unless it is there. */
ATTR_MUST_USE enum err centre_make_courier_key(
    const struct centre *c, struct errinfo *ei);
/* The signer of page orders. */
#define CENTRE_ORDER_KEY "centre"
/* centre_tls.c: the API's key and its chain without the root. */
struct privkey;
#define CENTRE_TLS_KEY   CENTRE_FRONT_DIR "/tls-key.pem"
#define CENTRE_TLS_CHAIN CENTRE_FRONT_DIR "/tls-chain.pem"
ATTR_MUST_USE enum err centre_write_tls(const struct centre *c, uid_t owner,
    struct privkey *key, struct slice leaf, struct slice issuer,
    struct errinfo *ei);

/* centre_public.c: what everybody may have, in the files NAME.cer, NAME.pem and
 * NAME.crl of a root, NAME.cer and NAME.p7b of a CA under it.  Without a list
 * (empty) the one that is there stays.  ERR_SYS "ceremony.public" when there is
 * no directory for them. */
#define CENTRE_PUBLIC_DIR "var/lib/surguch/public"
ATTR_MUST_USE enum err centre_publish_root(const struct centre *c,
    const char *name, struct slice cert, struct slice crl, struct errinfo *ei);
ATTR_MUST_USE enum err centre_publish_ca(const struct centre *c,
    const char *name, struct slice cert, struct slice root, struct errinfo *ei);

/* Run a role's program once, with these bytes as its standard input, and wait
 * for its end; its messages go to our standard error. */
ATTR_MUST_USE enum err centre_run(const struct centre *c, const char *program,
    const char *const *args, size_t num, struct slice input,
    struct errinfo *ei);
/* etc/surguch/profiles from the directory c->profiles. */
ATTR_MUST_USE enum err centre_copy_profiles(
    const struct centre *c, struct errinfo *ei);

/* centre_conf.c: surguch.conf. */
ATTR_MUST_USE enum err centre_write_conf(
    const struct centre *c, struct errinfo *ei);

/* ceremony.c: the hierarchies that are wanted; the roots' keys are sealed away
 * at the end. */
ATTR_MUST_USE enum err ceremony_run(const struct centre *c, struct errinfo *ei);

/* One hierarchy. */
struct hierarchy {
	const char *name;     /* "gost" */
	bool always;          /* every centre has it */
	const char *spec;     /* of all its keys */
	const char *words;    /* in the CAs' names */
	const char *profiles; /* issued to others: "a", "b" */
};
extern const struct hierarchy hierarchies[HIERARCHIES_NUM];

#endif
