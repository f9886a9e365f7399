/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CA_RITE_H
#define SURGUCH_CLI_CA_RITE_H
/*
 * What the steps of a ceremony share: keys that are made once, settings that
 * must be as the file says, what travels, what is published, and the record of
 * it all.
 */
#include "base/buf.h"
#include "base/secret.h"
#include "cli/ca_plan.h"
#include "cli/keyroom.h"

struct rite {
	struct centre c;
	struct ca_plan *plan;
	const char *step;
	const char *password_file; /* NULL: asked for */
};

/* A directory for everybody to read, unless it is there. */
ATTR_MUST_USE enum err rite_dir(
    struct rite *r, const char *name, struct errinfo *ei);
/* The exchange directory, unless it is there. */
ATTR_MUST_USE enum err rite_exchange(struct rite *r, struct errinfo *ei);
/* The directories that are not there, and the profiles of a place that has
 * none. */
ATTR_MUST_USE enum err rite_tree(struct rite *r, struct errinfo *ei);

/* Where a signer of the file is.  ERR_STATE "ceremony.user" when this machine
 * does not know its user. */
ATTR_MUST_USE enum err rite_at(struct rite *r, const struct plan_key *key,
    struct keyroom_at *out, struct errinfo *ei);
/* The uid of a name or number, or ours for "". */
ATTR_MUST_USE enum err rite_user(
    const char *user, uid_t *out, struct errinfo *ei);

/*
 * A key with its signer's directory and settings, made or, if it is there as
 * the file says, found.  ca: the CA whose own key it is; NULL for a root's and
 * for those below a CA.
 */
ATTR_MUST_USE enum err rite_key(struct rite *r, const struct plan_key *key,
    const struct plan_ca *ca, struct keyroom_at *out, struct errinfo *ei);
/* What people open this key with; empty for one that they do not. */
ATTR_MUST_USE enum err rite_secret(struct rite *r, const struct plan_key *key,
    bool is_new, struct secret *out, struct errinfo *ei);

/* Its program, opened and answering; as keyroom_start(). */
ATTR_MUST_USE enum err rite_start(struct rite *r, const struct plan_key *key,
    struct keyroom_signer *out, struct errinfo *ei);
/* Country and organization are the file's; host is a name or an address for
 * subjectAltName, or NULL. */
ATTR_MUST_USE enum err rite_issue(struct rite *r, struct keyroom_signer *by,
    const char *profile, const char *common_name, const char *host,
    struct slice spki, struct buf *cert, struct errinfo *ei);

/* ca.der of a signer; ERR_NOTFOUND. */
ATTR_MUST_USE enum err rite_own_cert(
    const struct keyroom_at *at, struct buf *out, struct errinfo *ei);
/* Of a key below a CA of the file: has it got its certificate? */
bool rite_has_cert(struct rite *r, const struct plan_key *key);

/* A file of the exchange directory, out and in; "NAME.suffix" for the latter,
 * with ERR_STATE "ceremony.missing" when it has not come. */
ATTR_MUST_USE enum err rite_give(
    struct rite *r, const char *file, struct slice content, struct errinfo *ei);
ATTR_MUST_USE enum err rite_take(struct rite *r, const char *name,
    const char *suffix, struct buf *out, struct errinfo *ei);

/* Print and record what was made, with the SHA-256 of `thing`.  Said once. */
ATTR_MUST_USE enum err rite_note(struct rite *r, const char *name,
    const char *what, struct slice thing, struct errinfo *ei);

#endif
