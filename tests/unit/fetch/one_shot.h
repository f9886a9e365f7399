/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FETCH_ONE_SHOT_H
#define SURGUCH_TESTS_FETCH_ONE_SHOT_H
/*
 * An HTTP server for one request at a time, which answers what the test wrote
 * down, bytes and all.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/socket.h"

struct one_shot {
	int listener;
	uint16_t port;
	pthread_t thread;
	const char *answer; /* NULL: hang up without a word */
	unsigned delay_ms;  /* before the answer */
	atomic_uint num_requests;
	char request[16384]; /* the last one */
	size_t len;
};

/* The request is whole: its head, and the body that the head promised. */
static inline bool
one_shot_is_whole(const struct one_shot *s)
{
	const char *end = strstr(s->request, "\r\n\r\n");
	const char *length = strstr(s->request, "Content-Length: ");
	size_t want = 0;

	if (end == NULL) {
		return false;
	}
	if (length != NULL && length < end) {
		want = strtoul(length + 16, NULL, 10);
	}
	return s->len >= (size_t)(end + 4 - s->request) + want;
}

static inline void
one_shot_serve(struct one_shot *s, int fd)
{
	s->len = 0;
	s->request[0] = '\0';
	while (!one_shot_is_whole(s)) {
		ssize_t n = recv(fd, s->request + s->len,
		    sizeof(s->request) - 1 - s->len, 0);

		if (n <= 0) {
			return;
		}
		s->len += (size_t)n;
		s->request[s->len] = '\0';
	}
	atomic_fetch_add(&s->num_requests, 1);
	(void)poll(NULL, 0, (int)s->delay_ms);
	if (s->answer != NULL) {
		(void)send(fd, s->answer, strlen(s->answer), MSG_NOSIGNAL);
	}
}

static inline void *
one_shot_run(void *arg)
{
	struct one_shot *s = arg;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
		one_shot_serve(s, fd);
		(void)shutdown(fd, SHUT_WR);
		(void)close(fd);
	}
	return NULL;
}

static inline void
one_shot_start(struct one_shot *s, const char *answer)
{
	struct errinfo ei = {0};

	memset(s, 0, sizeof(*s));
	s->answer = answer;
	assert_int_equal(
	    socket_listen_tcp("127.0.0.1", 0, &s->listener, &s->port, &ei),
	    ERR_OK);
	assert_int_equal(pthread_create(&s->thread, NULL, one_shot_run, s), 0);
}

static inline void
one_shot_stop(struct one_shot *s)
{
	/* Wakes accept(). */
	(void)shutdown(s->listener, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->listener);
}

#endif
