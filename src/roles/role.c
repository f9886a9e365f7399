/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/role.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc/fds.h"
#include "os/confine.h"
#include "os/process.h"

enum err
role_settle(const char *user, const char *dir, pid_t parent, struct errinfo *ei)
{
	uid_t uid;
	gid_t gid;
	enum err err = ERR_OK;

	(void)umask(077);
	if (user != NULL) {
		err = process_user(user, &uid, &gid, ei);
		if (err == ERR_OK) {
			err = process_drop(uid, gid, ei);
		}
	}
	/* After the change of uid, which the kernel lets decide about dumps
	 * anew, as it forgets about the parent. */
	if (err == ERR_OK) {
		err = confine_hide(ei);
	}
	if (err == ERR_OK) {
		err = process_follow_parent(parent, ei);
	}
	if (err == ERR_OK && dir != NULL && chdir(dir) != 0) {
		err = err_object(ei,
		    err_sys(ei, "role.dir", "The directory cannot be entered"),
		    dir);
	}
	return err;
}

enum err
role_become_owner(const char *dir, const char *rule, struct errinfo *ei)
{
	struct stat st;

	if (geteuid() != 0) {
		return ERR_OK;
	}
	if (stat(dir, &st) != 0) {
		return err_object(
		    ei, err_sys(ei, rule, "The directory is not there"), dir);
	}
	return process_drop(st.st_uid, st.st_gid, ei);
}

void
role_ready(void)
{
	/* Started by hand there is no such descriptor. */
	(void)!write(ROLE_FD_READY, ROLE_READY, strlen(ROLE_READY));
	(void)close(ROLE_FD_READY);
}
