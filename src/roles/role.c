/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/role.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/fds.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/notify.h"
#include "os/process.h"

/* Started by another than the parent there is nobody who waits, and the
 * number is free: the first file to be opened would get it, and be written to
 * and closed by role_ready(). */
static enum err
hold_ready(struct errinfo *ei)
{
	int fd;

	if (fcntl(ROLE_FD_READY, F_GETFD) >= 0) {
		return ERR_OK;
	}
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, ROLE_FD_READY) < 0) {
		return err_sys(ei, "role.null", "/dev/null is not there");
	}
	if (fd != ROLE_FD_READY) {
		fd_close(fd);
	}
	return ERR_OK;
}

enum err
role_settle(const char *user, const char *dir, pid_t parent, struct errinfo *ei)
{
	uid_t uid;
	gid_t gid;
	enum err err = hold_ready(ei);

	(void)umask(077);
	if (service_has_journal()) {
		log_for_journal();
	}
	if (err == ERR_OK && user != NULL) {
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
	(void)!write(ROLE_FD_READY, ROLE_READY, strlen(ROLE_READY));
	(void)close(ROLE_FD_READY);
}
