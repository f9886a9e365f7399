/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of `./bench ocsp` and `trustd`: ready requests over plain HTTP, as
 *cheap as they come, so that two processors are enough for it and for who
 *answers.
 *
 *	load_http PORT REQUESTS_FILE CONNECTIONS SECONDS keep|close|same
 *
 * Each line of the file is one whole request in base64.  Every connection
 * sends one after the other, each its own way through the file; "close": a new
 * connection for each.  Whatever is not a 200 has failed; with "same", not a
 * 304.
 *
 * Prints "done N failed N seconds S cpu S bytes N" (its own CPU, bodies).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cpu.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "os/file.h"
#include "os/systime.h"

enum {
	CONNECTIONS_MAX = 256,
	REQUESTS_MAX = 100000,
	FILE_MAX = 64 * 1024 * 1024,
	ANSWER_MAX = 65536,
	WAIT_MS = 100,
};

struct connection {
	size_t next; /* request */
	size_t len;
	int fd;
	char answer[ANSWER_MAX + 1];
};

static struct {
	struct sockaddr_in to;
	struct buf requests[REQUESTS_MAX];
	size_t num;
	bool close;
	bool same;
	unsigned long done;
	unsigned long failed;
	unsigned long bytes;
} load;

static bool
read_requests(const char *path)
{
	struct buf all = BUF_INIT(FILE_MAX);
	struct slice rest;

	if (file_read(path, FILE_MAX, &all, NULL) != ERR_OK) {
		return false;
	}
	rest = buf_slice(&all);
	while (rest.len > 0 && load.num < REQUESTS_MAX) {
		const uint8_t *end = memchr(rest.p, '\n', rest.len);
		size_t len = end != NULL ? (size_t)(end - rest.p) : rest.len;
		struct buf *b = &load.requests[load.num];

		buf_init(b, ANSWER_MAX);
		if (!text_unbase64(slice_make(rest.p, len), b)) {
			return false;
		}
		load.num += b->len > 0;
		len += end != NULL;
		rest = slice_make(rest.p + len, rest.len - len);
	}
	buf_clear(&all);
	return load.num > 0;
}

static bool
dial(struct connection *c)
{
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return c->fd >= 0 && connect(c->fd, (const struct sockaddr *)&load.to,
				 sizeof(load.to)) == 0;
}

static bool
ask(struct connection *c)
{
	const struct buf *b = &load.requests[c->next];

	c->next = (c->next + 1) % load.num;
	c->len = 0;
	if (c->fd < 0 && !dial(c)) {
		return false;
	}
	return send(c->fd, b->p, b->len, MSG_NOSIGNAL) == (ssize_t)b->len;
}

/* Is a whole answer here? */
static bool
is_whole(const struct connection *c, bool ended)
{
	const char *head = strstr(c->answer, "\r\n\r\n");
	const char *length = strcasestr(c->answer, "\r\nContent-Length:");
	size_t head_len;

	if (head == NULL) {
		return ended;
	}
	if (strncmp(c->answer + 8, " 304", 4) == 0) {
		return true; /* RFC 9110 15.4.5: whatever its head says */
	}
	head_len = (size_t)(head - c->answer) + 4;
	if (length == NULL || length > head) {
		return ended; /* its end is the connection's */
	}
	return c->len - head_len >= strtoul(length + 17, NULL, 10);
}

static bool
hear(struct connection *c)
{
	ssize_t n = recv(c->fd, c->answer + c->len, ANSWER_MAX - c->len, 0);
	const char *head;

	if (n < 0) {
		n = 0;
	}
	c->len += (size_t)n;
	c->answer[c->len] = '\0';
	if (!is_whole(c, n == 0)) {
		return n > 0;
	}
	head = strstr(c->answer, "\r\n\r\n");
	if (head != NULL &&
	    strncmp(c->answer + 8, load.same ? " 304" : " 200", 4) == 0) {
		load.done++;
		load.bytes += c->len - (size_t)(head - c->answer) - 4;
	} else {
		load.failed++;
	}
	if (load.close || n == 0) {
		(void)close(c->fd);
		c->fd = -1;
	}
	return ask(c);
}

/* One round over all connections; false when one of them is lost. */
static bool
turn(struct connection *all, size_t num)
{
	struct pollfd fds[CONNECTIONS_MAX];

	for (size_t i = 0; i < num; i++) {
		fds[i] = (struct pollfd){.fd = all[i].fd, .events = POLLIN};
	}
	if (poll(fds, num, WAIT_MS) < 0 && errno != EINTR) {
		return false;
	}
	for (size_t i = 0; i < num; i++) {
		if (fds[i].revents != 0 && !hear(&all[i])) {
			return false;
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct connection all[CONNECTIONS_MAX];
	struct clock clock = system_clock();
	int64_t start, until;
	size_t num;

	if (argc != 6 || !read_requests(argv[2])) {
		(void)fprintf(stderr, "usage: load_http PORT REQUESTS_FILE "
				      "CONNECTIONS SECONDS keep|close|same\n");
		return 2;
	}
	load.to = (struct sockaddr_in){.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	num = strtoul(argv[3], NULL, 10);
	if (num < 1 || num > CONNECTIONS_MAX) {
		return 2;
	}
	load.close = strcmp(argv[5], "close") == 0;
	load.same = strcmp(argv[5], "same") == 0;
	start = clock_mono_ms(&clock);
	until = start + strtol(argv[4], NULL, 10) * 1000;
	for (size_t i = 0; i < num; i++) {
		all[i].fd = -1;
		all[i].next = i * load.num / num;
		if (!ask(&all[i])) {
			return 1;
		}
	}
	while (clock_mono_ms(&clock) < until) {
		if (!turn(all, num)) {
			(void)fprintf(stderr, "a connection was lost\n");
			return 1;
		}
	}
	(void)printf("done %lu failed %lu seconds %.3f cpu %.3f bytes %lu\n",
	    load.done, load.failed,
	    (double)(clock_mono_ms(&clock) - start) / 1000, own_cpu(),
	    load.bytes);
	return 0;
}
