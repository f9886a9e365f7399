/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/client.h"

#include <errno.h>
#include <sys/wait.h>

#include "ipc/fds.h"
#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"

enum {
	ARGS_MAX = 16
};

static enum err
start(const struct signer_spawn *s, int channel, pid_t *out_pid,
    struct errinfo *ei)
{
	const char *argv[ARGS_MAX] = {"surguch-signer", "-n", s->name, "-d",
	    s->state_dir, "-c", s->settings, "-p", s->profile_dir};
	const char *const envp[] = {NULL};
	struct spawn_fd fds[2] = {{channel, ROLE_FD_CHANNEL}};
	size_t num_fds = 1;
	size_t num = 9;

	if (s->user != NULL) {
		argv[num++] = "-u";
		argv[num++] = s->user;
	}
	if (s->insecure_no_landlock) {
		argv[num++] = "-L";
	}
	if (s->secret_fd > 0) {
		fds[num_fds++] =
		    (struct spawn_fd){s->secret_fd, ROLE_FD_SECRET};
	}
	return process_spawn(
	    &(struct spawn){
		.path = s->program,
		.argv = argv,
		.envp = envp,
		.fds = fds,
		.num_fds = num_fds,
	    },
	    out_pid, ei);
}

/* Wait for the end of a process; ERR_STATE unless it exited with 0. */
static enum err
reap(pid_t pid, struct errinfo *ei)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return err_sys(
			    ei, "signer.wait", "The signer is not ours");
		}
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		return ERR_OK;
	}
	return err_set(ei, ERR_STATE, "signer.ended", NULL,
	    "The signer ended with %s %d; its log says why.",
	    WIFEXITED(status) ? "status" : "signal",
	    WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

enum err
signer_client_spawn(const struct signer_spawn *s, struct signer_client **out,
    pid_t *out_pid, struct errinfo *ei)
{
	struct signer_client_options o = {
	    .clock = s->clock, .timeout_ms = s->timeout_ms};
	struct errinfo end = {0};
	int pair[2];
	pid_t pid;
	enum err err;

	err = socket_pair(pair, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = start(s, pair[1], &pid, ei);
	fd_close(pair[1]);
	if (err != ERR_OK) {
		fd_close(pair[0]);
		return err;
	}
	o.fd = pair[0];
	err = signer_client_new(&o, out, ei);
	if (err != ERR_OK) {
		fd_close(pair[0]); /* which ends it, if it runs */
		/* How it ended says more than that it did not answer. */
		if (reap(pid, &end) != ERR_OK && ei != NULL) {
			*ei = end;
			err = end.kind;
		}
		return err;
	}
	*out_pid = pid;
	return ERR_OK;
}

enum err
signer_client_stop(struct signer_client *c, pid_t pid, struct errinfo *ei)
{
	signer_client_free(c);
	return reap(pid, ei);
}
