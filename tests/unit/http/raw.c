/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "raw.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

uint16_t raw_port;

int
dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(raw_port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

void
say(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);

		if (n < 0) {
			return; /* it hung up on us: the answer tells */
		}
		bytes += n;
		len -= (size_t)n;
	}
}

void
say_text(int fd, const char *text)
{
	say(fd, text, strlen(text));
}

void
hear(int fd, struct answer *a, int quiet_ms)
{
	a->closed = false;
	while (a->len < sizeof(a->text) - 1) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		ssize_t n;

		if (poll(&p, 1, a->len == 0 ? FIRST_MS : quiet_ms) <= 0) {
			break;
		}
		n = recv(fd, a->text + a->len, sizeof(a->text) - 1 - a->len, 0);
		if (n <= 0) {
			a->closed = true;
			break;
		}
		a->len += (size_t)n;
	}
	a->text[a->len] = '\0';
}

void
ask_bytes(const char *bytes, size_t len, struct answer *a)
{
	int fd = dial();

	a->len = 0;
	say(fd, bytes, len);
	hear(fd, a, QUIET_MS);
	(void)close(fd);
}

void
ask(const char *request, struct answer *a)
{
	ask_bytes(request, strlen(request), a);
}

unsigned
count(const char *text, const char *what)
{
	unsigned num = 0;

	while ((text = strstr(text, what)) != NULL) {
		num++;
		text += strlen(what);
	}
	return num;
}

unsigned
status_of(const struct answer *a)
{
	if (a->len < 12 || strncmp(a->text, "HTTP/1.1 ", 9) != 0) {
		return 0;
	}
	return (unsigned)strtoul(a->text + 9, NULL, 10);
}
