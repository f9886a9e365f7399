/* SPDX-License-Identifier: Apache-2.0 */
#include "os/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "os/file.h"

enum {
	LINE_MAX_LEN = 1024,
	LOOK_MS = 200,
};

bool
terminal_is_interactive(void)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		return false;
	}
	(void)close(fd);
	return isatty(STDIN_FILENO) == 1;
}

static enum err
no_terminal(struct errinfo *ei)
{
	return err_set(ei, ERR_STATE, "terminal.none", NULL,
	    "there is no terminal to ask at; give the answer as an option");
}

static enum err
read_line(FILE *tty, char *out, size_t size, struct errinfo *ei)
{
	size_t len;

	if (fgets(out, (int)size, tty) == NULL || feof(tty)) {
		return err_set(
		    ei, ERR_DENIED, "terminal.no", NULL, "no answer was given");
	}
	len = strlen(out);
	if (len > 0 && out[len - 1] == '\n') {
		out[len - 1] = '\0';
		return ERR_OK;
	}
	return err_set(ei, ERR_LIMIT, "terminal.length", NULL,
	    "the answer is longer than %zu characters", size - 2);
}

static enum err
ask(const char *prompt, bool echo, char *out, size_t size, struct errinfo *ei)
{
	FILE *tty = terminal_is_interactive() ? fopen("/dev/tty", "r+e") : NULL;
	struct termios before, quiet;
	bool changed = false;
	enum err e;

	if (tty == NULL) {
		return no_terminal(ei);
	}
	/* No buffer of the library keeps what was typed. */
	(void)setvbuf(tty, NULL, _IONBF, 0);
	(void)fprintf(tty, "%s", prompt);
	if (!echo && tcgetattr(fileno(tty), &before) == 0) {
		quiet = before;
		quiet.c_lflag &= ~(tcflag_t)ECHO;
		changed = tcsetattr(fileno(tty), TCSAFLUSH, &quiet) == 0;
	}
	e = read_line(tty, out, size, ei);
	if (changed) {
		(void)tcsetattr(fileno(tty), TCSAFLUSH, &before);
		(void)fprintf(tty, "\n");
	}
	(void)fclose(tty);
	return e;
}

enum err
terminal_ask(const char *prompt, char *out, size_t size, struct errinfo *ei)
{
	return ask(prompt, true, out, size, ei);
}

enum err
terminal_ask_secret(const char *prompt, struct secret *out, struct errinfo *ei)
{
	char line[LINE_MAX_LEN];
	enum err e = ask(prompt, false, line, sizeof(line), ei);

	if (e == ERR_OK) {
		e = secret_copy(out, slice_str(line), ei);
	}
	secret_wipe(line, sizeof(line));
	return e;
}

enum err
terminal_confirm(const char *question, struct errinfo *ei)
{
	char prompt[256], line[16];
	enum err e;

	(void)snprintf(prompt, sizeof(prompt), "%s [y/N] ", question);
	e = ask(prompt, true, line, sizeof(line), ei);
	if (e == ERR_OK && strcmp(line, "y") != 0 && strcmp(line, "yes") != 0) {
		e = err_set(
		    ei, ERR_DENIED, "terminal.no", NULL, "not confirmed");
	}
	return e;
}

static enum err
wait_for_line(
    int fd, int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei)
{
	for (int64_t left = timeout_ms; left > 0; left -= LOOK_MS) {
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (stop != NULL && atomic_load(stop)) {
			return err_set(ei, ERR_STATE, "terminal.stopped", NULL,
			    "the question was taken back");
		}
		if (poll(&p, 1, LOOK_MS) > 0) {
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_TIMEOUT, "terminal.timeout", NULL,
	    "nobody answered within %lld seconds",
	    (long long)(timeout_ms / 1000));
}

/* The terminal gives whole lines. */
static enum err
get_line(int fd, char *out, size_t size, struct errinfo *ei)
{
	ssize_t len = read(fd, out, size - 1);

	if (len <= 0 || out[len - 1] != '\n') {
		return err_set(
		    ei, ERR_DENIED, "terminal.no", NULL, "no answer was given");
	}
	out[len - 1] = '\0';
	return ERR_OK;
}

enum err
terminal_ask_text(struct slice text, int64_t timeout_ms,
    const atomic_bool *stop, char *out, size_t size, struct errinfo *ei)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	enum err e;

	if (fd < 0) {
		return no_terminal(ei);
	}
	(void)tcflush(fd, TCIFLUSH);
	e = fd_write_all(fd, text, ei);
	if (e == ERR_OK) {
		e = wait_for_line(fd, timeout_ms, stop, ei);
	}
	if (e == ERR_OK) {
		e = get_line(fd, out, size, ei);
	}
	(void)close(fd);
	return e;
}
