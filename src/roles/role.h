/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_ROLE_H
#define SURGUCH_ROLES_ROLE_H
/*
 * What the start of every role has in common.  The order in a main():
 *
 *	parent = getppid(); log_init(); signals_catch(); crypto_init();
 *	(open what only root may open)
 *	role_settle(); (load everything) confine_apply(); role_ready(); serve
 */
#include <sys/types.h>

#include "base/err.h"

/*
 * Become `user` (a name, "uid" or "uid:gid"; NULL: stay who we are), for
 * ever; be hidden from others (confine_hide()); end with the parent; stand in
 * `dir` (NULL: stay) with umask 077.  Before it nothing may stay open that was
 * not given.
 */
ATTR_MUST_USE enum err role_settle(
    const char *user, const char *dir, pid_t parent, struct errinfo *ei);
/*
 * For what a role does once, by order of an administrator: run by root, the
 * files it writes must still be the role's, so become the owner of `dir`.
 * ERR_SYS `rule` when the directory is not there.
 */
ATTR_MUST_USE enum err role_become_owner(
    const char *dir, const char *rule, struct errinfo *ei);
/* Tell the parent, if there is one that waits (ROLE_FD_READY). */
void role_ready(void);

#endif
