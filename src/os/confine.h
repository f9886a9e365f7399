/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_CONFINE_H
#define SURGUCH_OS_CONFINE_H
/*
 * The walls of a role: not dumpable (no ptrace, no core, no /proc from a
 * sibling of the same uid), no new privileges, Landlock (which paths, which
 * TCP), seccomp (which system calls; another one kills the process).  What a
 * role may do is a const table in roles/walls.c.
 *
 * confine_hide() comes first in main(), before any secret is read;
 * confine_apply() when everything that a library opens has been opened.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum confine_access {
	CONFINE_READ = 1 << 0,  /* read files, list directories */
	CONFINE_WRITE = 1 << 1, /* write, create, rename and remove files */
	CONFINE_EXEC = 1 << 2,
};

/* Everything beneath path; one that does not exist is left out. */
struct confine_path {
	const char *path;
	unsigned access;
};

/*
 * A system call that is allowed: by name, and if mask is not 0 only when
 * (argument[arg] & mask) == value.  Names that the kernel headers do not know
 * on this machine are left out.
 */
struct confine_call {
	const char *name;
	unsigned arg;
	uint64_t mask;
	uint64_t value;
};
#define CALL(n)                                                                \
	{                                                                      \
		n, 0, 0, 0                                                     \
	}
#define CALL_IF(n, arg, mask, v)                                               \
	{                                                                      \
		n, (arg), (mask), (v)                                          \
	}

struct confine {
	const char *role;
	const struct confine_path *paths;
	size_t num_paths;
	const struct confine_call *const *calls; /* NULL-terminated list of */
						 /* arrays, each ended by a */
						 /* NULL name */
	bool tcp_connect;                        /* to anywhere */
	uint16_t tcp_connect_port; /* or to this port alone; 0: to none */
	bool tcp_bind;
	bool threads;              /* may start threads */
	bool insecure_no_landlock; /* go on where the kernel has none */
};

/* What every program needs: memory, time, its own descriptors, exit. */
extern const struct confine_call confine_calls_base[];
/* Files beneath what Landlock leaves: openat, fstat, rename, fsync ... */
extern const struct confine_call confine_calls_files[];
/* Messages on sockets that are open already; no socket, bind, connect. */
extern const struct confine_call confine_calls_messages[];
/* New TCP and local stream connections out (courier). */
extern const struct confine_call confine_calls_network[];
/* New connections to a server on this machine: by a local socket, by TCP. */
extern const struct confine_call confine_calls_connect_local[];
extern const struct confine_call confine_calls_connect_tcp[];
/* Accepting on listeners that were passed in, epoll (front). */
extern const struct confine_call confine_calls_server[];

/* Accepting on a listener that was passed in (a signer, to be unlocked). */
extern const struct confine_call confine_calls_accept[];

/* May settings name this system call for a role?  NULL, or what is wrong with
 * the name: it is none, or one that no role is ever given (execve, ptrace,
 * setuid and their kin; sockets have lists of their own). */
const char *confine_check_call(const char *name);

ATTR_MUST_USE enum err confine_hide(struct errinfo *ei);
/* ERR_UNSUPPORTED "confine.landlock" on a kernel without Landlock unless
 * insecure_no_landlock. */
ATTR_MUST_USE enum err confine_apply(
    const struct confine *c, struct errinfo *ei);
/* Landlock's version in this kernel; 0 none. */
int confine_landlock_version(void);

#endif
