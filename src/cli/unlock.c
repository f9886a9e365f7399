/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/unlock.h"

#include <stdio.h>

#include "cli/ctl.h"
#include "ipc/frame.h"
#include "ipc/unlock_msg.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/socket.h"

enum {
	/* A passphrase is stretched for a second, a device takes its time. */
	ANSWER_WAIT_MS = 30000
};

static enum err
connect_signer(
    const char *prefix, const char *name, int *out_fd, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];

	(void)snprintf(
	    path, sizeof(path), "%s/run/surguch/signer-%s.sock", prefix, name);
	if (socket_connect_control(path, out_fd, NULL) != ERR_OK) {
		return err_set(ei, ERR_AGAIN, "unlock.connect", NULL,
		    "no signer listens at %s: is surguchd running, and may "
		    "you use it?",
		    path);
	}
	return ERR_OK;
}

enum err
unlock_signer(const char *prefix, const char *name, struct slice secret,
    struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct frame f = {.type = UNLOCK_KEY, .id = 1}, answer = {0};
	struct wire w;
	int fd = -1;
	enum err e;

	unlock_pack(&body, secret);
	f.body = buf_slice(&body);
	e = buf_err(&body, ei);
	if (e == ERR_OK) {
		e = connect_signer(prefix, name, &fd, ei);
	}
	if (e == ERR_OK) {
		e = ctl_exchange(
		    fd, &f, UNLOCK_DONE, ANSWER_WAIT_MS, &store, &answer, ei);
	}
	if (e == ERR_OK) {
		w = wire_init(answer.body);
		e = wire_end(&w, "unlock answer", ei);
		frame_close_fds(&answer);
	}
	fd_close(fd);
	buf_wipe(&body);
	buf_clear(&store);
	return e;
}
