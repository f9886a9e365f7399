/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_HTTP_RAW_H
#define SURGUCH_TESTS_HTTP_RAW_H
/* A client that sends whatever bytes it is given. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ANSWER_SIZE = 65536,
	FIRST_MS = 10000, /* for the first byte of an answer */
	QUIET_MS = 200    /* then silence of this length is its end */
};

extern uint16_t raw_port; /* of the server on the loopback */

struct answer {
	char text[ANSWER_SIZE];
	size_t len;
	bool closed; /* by the server */
};

int dial(void);
/* What cannot be sent is not: the answer tells. */
void say(int fd, const char *bytes, size_t len);
void say_text(int fd, const char *text);
/* Everything until the server hangs up or says nothing for a while. */
void hear(int fd, struct answer *a, int quiet_ms);
/* On a connection of its own. */
void ask_bytes(const char *bytes, size_t len, struct answer *a);
void ask(const char *request, struct answer *a);
unsigned count(const char *text, const char *what);
/* 0 when it is no HTTP answer. */
unsigned status_of(const struct answer *a);

#endif
