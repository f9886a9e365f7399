/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_WALLS_H
#define SURGUCH_ROLES_WALLS_H
/*
 * What each role may still do once it has loaded everything: the tables that
 * os/confine.h applies.  Here and not in the roles' own files, so that the
 * tests of the walls stand behind these very tables.
 *
 * Called last before serving, by a process that stands in its own directory
 * (role_settle()).  insecure_no_landlock: go on where the kernel has none.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "os/confine.h"

/* A database server: the directory of its socket, or an address and port. */
struct walls_server {
	const char *host;
	uint16_t port;
};

/* Its own directory, what it publishes, and the profiles for reading; and
 * connections to the database's server, if there is one (NULL: none). */
ATTR_MUST_USE enum err walls_front(const char *public_dir,
    const char *profile_dir, const struct walls_server *server,
    bool insecure_no_landlock, struct errinfo *ei);
/*
 * Its own directory; no socket, no connection, no thread.  A key behind a
 * module adds what the signer's settings say of it, and threads.
 */
struct walls_signer {
	const char *role; /* "signer" or "ocsp", for messages */
	bool insecure_no_landlock;
	bool unlock; /* accepts on its listener */
	bool module;
	const struct confine_path *paths; /* the module's */
	size_t num_paths;
	const struct confine_call *calls; /* the same; ended by a NULL name */
	bool socket;                      /* connects to local sockets */
};
ATTR_MUST_USE enum err walls_signer(
    const struct walls_signer *w, struct errinfo *ei);
/* May connect out by TCP and read what resolving and TLS need; writes
 * nothing, not even in its own directory. */
ATTR_MUST_USE enum err walls_courier(
    bool insecure_no_landlock, struct errinfo *ei);

/* The server of mirrors: reads these directories and one more (NULL: none),
 * writes to one of its own (likewise), and answers on its listeners. */
ATTR_MUST_USE enum err walls_trustd(const char *const *mirrors,
    size_t num_mirrors, const char *more, const char *own,
    bool insecure_no_landlock, struct errinfo *ei);
/* Its other process: writes to these directories; no socket, no connection, no
 * thread. */
ATTR_MUST_USE enum err walls_trustd_writer(const char *const *mirrors,
    size_t num_mirrors, bool insecure_no_landlock, struct errinfo *ei);

#endif
