/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for a role in the tests of the parent.  It writes what happens to
 * it, a line each, to the file `log` beside itself:
 *
 *	NAME start PID fds 0 1 2 ... args A B ...
 *	NAME got TEXT		a packet on its channel
 *	NAME stop PID		SIGTERM
 *
 * NAME is surguch-signer's instance, or front, courier.  If NAME.die is there
 * it exits with 1 before it is ready.  Front sends "ping" to all its channels
 * on SIGUSR1.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/fds.h"

static volatile sig_atomic_t stopped, pinged;
static char dir[900];
static const char *name;

static void
note(int sig)
{
	if (sig == SIGTERM) {
		stopped = 1;
	} else {
		pinged = 1;
	}
}

static void
say(const char *fmt, ...)
{
	char path[1000], line[4000];
	va_list ap;
	int fd, len;

	(void)snprintf(path, sizeof(path), "%s/log", dir);
	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
	(void)!write(fd, line, (size_t)len);
	(void)close(fd);
}

static void
introduce(int argc, char **argv)
{
	char line[4000];
	size_t len = 0;

	len += (size_t)snprintf(
	    line, sizeof(line), "%s start %d fds", name, (int)getpid());
	for (int fd = 0; fd < 256; fd++) {
		if (fcntl(fd, F_GETFD) >= 0) {
			len += (size_t)snprintf(
			    line + len, sizeof(line) - len, " %d", fd);
		}
	}
	len += (size_t)snprintf(line + len, sizeof(line) - len, " args");
	for (int i = 1; i < argc; i++) {
		len += (size_t)snprintf(
		    line + len, sizeof(line) - len, " %s", argv[i]);
	}
	say("%s\n", line);
}

static void
ping(void)
{
	for (int fd = ROLE_FD_COURIER; fd < 256; fd++) {
		if (fd == ROLE_FD_COURIER || fd >= ROLE_FD_SIGNERS) {
			(void)send(fd, "ping", 4, MSG_NOSIGNAL);
		}
	}
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = note};
	struct pollfd p = {.fd = ROLE_FD_CHANNEL, .events = POLLIN};
	char path[1000], text[64];
	char *slash = strrchr(argv[0], '/');
	ssize_t n;

	(void)snprintf(
	    dir, sizeof(dir), "%.*s", (int)(slash - argv[0]), argv[0]);
	name = strchr(slash, '-') + 1;
	for (int i = 1; i + 1 < argc; i++) {
		if (strcmp(argv[i], "-n") == 0) {
			name = argv[i + 1];
		}
	}
	(void)sigaction(SIGTERM, &act, NULL);
	(void)sigaction(SIGUSR1, &act, NULL);
	introduce(argc, argv);
	(void)snprintf(path, sizeof(path), "%s/%s.die", dir, name);
	if (access(path, F_OK) == 0) {
		return 1;
	}
	(void)!write(ROLE_FD_READY, ROLE_READY, strlen(ROLE_READY));
	(void)close(ROLE_FD_READY);
	while (!stopped) {
		n = poll(&p, strcmp(name, "front") == 0 ? 0 : 1, 20);
		if (pinged) {
			pinged = 0;
			ping();
		}
		if (n > 0) {
			n = recv(p.fd, text, sizeof(text) - 1, 0);
			if (n <= 0) {
				return 2;
			}
			text[n] = '\0';
			say("%s got %s\n", name, text);
		}
	}
	say("%s stop %d\n", name, (int)getpid());
	return 0;
}
