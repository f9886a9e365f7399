/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_PROBE_H
#define SURGUCH_TESTS_FAULT_PROBE_H
/*
 * What a role that was taken over would try: one attempt each, made by a
 * process of its own, because a wall may kill it.
 */
#include <sys/types.h>

#include "base/err.h"

enum {
	PROBE_TEXT = 24
};

/* What an attempt is about; each takes what it needs. */
struct probe_at {
	const char *path;
	pid_t pid;
	int port; /* of 127.0.0.1 */
};

struct probe {
	const char *name;
	int (*run)(const struct probe_at *at); /* 0 or errno */
};

/* NULL when there is none of this name. */
const struct probe *probe_find(const char *name);

/* Puts the process behind walls, for good. */
typedef enum err probe_wall(void *arg, struct errinfo *ei);

/*
 * Make the attempt behind `wall` (NULL: as we stand).  What came of it:
 * "done", "EACCES" and the like, "SIGSYS" and the like, or "no wall" when it
 * could not be put up.
 */
void probe_run(const struct probe *p, const struct probe_at *at,
    probe_wall *wall, void *arg, char out[PROBE_TEXT]);

#endif
