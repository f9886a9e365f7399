/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_SERVICE_H
#define SURGUCH_TRUSTD_SERVICE_H
/*
 * What the server answers: GET and HEAD of a mirror's files, by the names that
 * Windows asks for, in any case of letters, below the prefix of a ring; nothing
 * else is there.  Read only: no request changes anything but the log and the
 * table of clients (trustd/clients.h).  Every answer comes out of memory; no
 * part of a request becomes a path.
 */
#include <stddef.h>

#include "http/router.h"
#include "trustd/ring.h"

struct trustd {
	struct ring **rings; /* their prefixes differ */
	size_t num;
};

extern const struct route trustd_routes[];
extern const size_t trustd_num_routes;

/* The ring that a path (decoded, without its first slash) lies in, and its last
 * part, the name of a file; NULL: in none. */
struct ring *trustd_ring_of(
    const struct trustd *t, const char *path, const char **out_name);

#endif
