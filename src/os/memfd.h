/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_MEMFD_H
#define SURGUCH_OS_MEMFD_H
/*
 * Large bodies between roles: memory files that nobody can change once they
 * are sealed (write, shrink, grow and the seals themselves).
 */
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

/* A new, empty, unsealed one: write to it as to a file. */
ATTR_MUST_USE enum err memfd_new(
    const char *name, int *out_fd, struct errinfo *ei);
ATTR_MUST_USE enum err memfd_seal(int fd, struct errinfo *ei);
/* Both of the above around one write. */
ATTR_MUST_USE enum err memfd_of(
    const char *name, struct slice content, int *out_fd, struct errinfo *ei);

/*
 * Map what another process sent.  Refused unless all four seals are on
 * (ERR_DENIED "memfd.seals") and it holds at most max bytes (ERR_LIMIT
 * "memfd.size").  An empty one maps to an empty slice.  The descriptor may be
 * closed afterwards.
 */
ATTR_MUST_USE enum err memfd_map(
    int fd, size_t max, struct slice *out, struct errinfo *ei);
void memfd_unmap(struct slice s);

#endif
