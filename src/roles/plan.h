/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_PLAN_H
#define SURGUCH_ROLES_PLAN_H
/*
 * The parent's plan: which processes there are, with what arguments,
 * descriptors and environment each is started, and the sockets between them.
 * The parent keeps both ends of every channel open, so a role that is started
 * again takes up its end, and nothing that was sent to it is lost.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "os/file.h"
#include "os/process.h"
#include "roles/settings.h"

enum {
	PLAN_ROLES_MAX = 3 + 2 * CA_AUTHORITIES_MAX,
	PLAN_ARGS_MAX = 16,
	PLAN_FDS_MAX = 17 + 2 * CA_AUTHORITIES_MAX,
	PLAN_ENV_MAX = 14,
};

struct plan_role {
	char name[HELLO_NAME_SIZE + 16]; /* "front", "signer-NAME" */
	char program[PATH_TEXT_SIZE];
	char dir[PATH_TEXT_SIZE];     /* its state */
	char conf[PATH_TEXT_SIZE];    /* its settings */
	char control[PATH_TEXT_SIZE]; /* its own socket, or "" */
	const char *argv[PLAN_ARGS_MAX];
	size_t num_args;
	struct spawn_fd fds[PLAN_FDS_MAX]; /* without ROLE_FD_READY */
	size_t num_fds;
	bool front; /* stopped before the others */
};

struct plan {
	struct plan_role roles[PLAN_ROLES_MAX];
	size_t num_roles;
	char env_text[PLAN_ENV_MAX][PATH_TEXT_SIZE];
	const char *env[PLAN_ENV_MAX + 1];
	size_t num_env;
	int settings; /* sealed memory file with the settings' text */
	int own[4 * PLAN_ROLES_MAX + 8]; /* descriptors to close */
	size_t num_own;
};

/*
 * Make the sockets and the plan.  It borrows from the settings.  conf is the
 * text that they were read from: front is given it each time that it starts,
 * or a file that was changed meanwhile would number its channels otherwise;
 * the signers of CAs for the accreditation in it.
 * ERR_POLICY "plan.shared_uid": run by root, with roles that share a uid or
 * have root's.
 */
ATTR_MUST_USE enum err plan_make(const struct settings *s, struct slice conf,
    struct plan **out, struct errinfo *ei);
void plan_free(struct plan *p); /* closes and removes the sockets */

/* With root: is every role's uid its own, and none root's?  ERR_OK when
 * insecure_shared_uid says that it need not be. */
ATTR_MUST_USE enum err plan_check_uids(
    const struct settings *s, struct errinfo *ei);

#endif
