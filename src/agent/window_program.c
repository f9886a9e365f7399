/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/window_priv.h"

#include <string.h>
#include <unistd.h>

#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"

enum {
	LOOK_MS = 200,
	SEND_MS = 5000, /* for a window that does not read */
	END_MS = 2000,  /* for one that was told to close */
	ANSWER_SIZE = 8,
};

extern char **environ;

static enum err
no_window(struct errinfo *ei, const char *what)
{
	return err_set(
	    ei, ERR_STATE, "agent.window", NULL, "the agent's window %s", what);
}

/* The window's ways to the screen are in our own environment. */
static enum err
start(const char *program, int *out_fd, pid_t *out_pid, struct errinfo *ei)
{
	const char *const argv[] = {"surguch-window", NULL};
	int pair[2] = {-1, -1};
	enum err e = socket_stream_pair(pair, ei);

	if (e == ERR_OK) {
		const struct spawn_fd fds[] = {{pair[1], 0}, {pair[1], 1}};
		const struct spawn s = {program, argv,
		    (const char *const *)environ, fds, ARRAY_LEN(fds)};

		e = process_spawn(&s, out_pid, NULL) == ERR_OK
			? ERR_OK
			: no_window(ei, "cannot be started");
	}
	fd_close(pair[1]);
	if (e != ERR_OK) {
		fd_close(pair[0]);
		return e;
	}
	*out_fd = pair[0];
	return ERR_OK;
}

/* ERR_AGAIN: nothing has come yet. */
static enum err
read_answer(int fd, struct errinfo *ei)
{
	char answer[ANSWER_SIZE + 1] = "";
	ssize_t len;

	if (socket_wait(fd, LOOK_MS, NULL) != ERR_OK) {
		return ERR_AGAIN;
	}
	len = read(fd, answer, ANSWER_SIZE);
	if (len > 0 && strcmp(answer, "yes\n") == 0) {
		return ERR_OK;
	}
	if (len > 0 && strcmp(answer, "no\n") == 0) {
		return err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the person did not agree");
	}
	return no_window(ei, "ended without an answer");
}

static enum err
wait_answer(
    int fd, int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei)
{
	for (int64_t left = timeout_ms; left > 0; left -= LOOK_MS) {
		enum err e = read_answer(fd, ei);

		if (e != ERR_AGAIN) {
			return e;
		}
		if (stop != NULL && atomic_load(stop)) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the question was taken back");
		}
	}
	return err_set(ei, ERR_TIMEOUT, "agent.timeout", NULL,
	    "nobody answered in the agent's window");
}

enum err
window_ask_program(const char *program, struct slice question,
    int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei)
{
	pid_t pid = 0;
	int fd = -1;
	enum err e = start(program, &fd, &pid, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = socket_send_timeout(fd, SEND_MS, ei);
	if (e == ERR_OK && fd_write_all(fd, question, NULL) != ERR_OK) {
		e = no_window(ei, "did not take the question");
	}
	if (e == ERR_OK) {
		e = wait_answer(fd, timeout_ms, stop, ei);
	}
	/* That closes it. */
	fd_close(fd);
	process_end(pid, END_MS);
	return e;
}
