/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_MEMORY_H
#define SURGUCH_OS_MEMORY_H
/*
 * Memory that is not to be found anywhere else: not on a swap device, not in a
 * core dump, not by another process of the same user; and memory that is not
 * kept.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * No core dumps, no ptrace, and what is in memory stays there: all of it
 * (*out_all) where the user may lock as much as he wants; else the pages in
 * which a struct secret lies, for RLIMIT_MEMLOCK is a few MiB for most.  Then
 * copies inside libraries may be swapped out.  Before other threads are
 * started.
 */
ATTR_MUST_USE enum err memory_guard(bool *out_all, struct errinfo *ei);

/* Lock the pages of these bytes for as long as the process lives; what else is
 * in them is few.  False when the system refuses. */
bool memory_keep(void *p, size_t len);

/* What has been freed goes back to the system, after work that took much more
 * than what stays. */
void memory_return(void);

#endif
