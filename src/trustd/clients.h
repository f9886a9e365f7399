/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_CLIENTS_H
#define SURGUCH_TRUSTD_CLIENTS_H
/*
 * Who fetched what when last: a table of fixed size, for the administrator's
 * page; the log has everything.  One entry for each address and mirror; with no
 * room left the oldest of a few goes.  Any thread; it costs a request next to
 * nothing.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum {
	CLIENTS_MAX = 2048,
	CLIENT_ADDRESS_SIZE = 48,
	CLIENT_FILE_SIZE = 48,
};

struct client {
	char address[CLIENT_ADDRESS_SIZE];
	size_t mirror; /* its number */
	/* As it was asked for last, cut; escape it. */
	char file[CLIENT_FILE_SIZE];
	int64_t at; /* UTC seconds */
	uint64_t times;
	unsigned status;
};

struct clients;

ATTR_MUST_USE enum err clients_new(struct clients **out, struct errinfo *ei);
void clients_free(struct clients *c); /* NULL is fine */
/* seen: all but times. */
void clients_note(struct clients *c, const struct client *seen);
/* The latest, the last one first; how many were written. */
size_t clients_latest(struct clients *c, struct client *out, size_t max);

#endif
