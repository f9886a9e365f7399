/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_RUN_H
#define SURGUCH_CA_RUN_H
/*
 * A run of entries, ready DER in the order of serials, in a sealed memory file:
 * what front keeps, what it sends to the signer and what it hands out are the
 * same pages, so that a list of a million is copied when it changes only.
 */
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct run;

/* Of what has been written to a new memory file (os/memfd.h), at most
 * CRL_BYTES_MAX (ERR_LIMIT).  Takes the descriptor, also when it fails; one
 * reference is the caller's. */
ATTR_MUST_USE enum err run_take(int fd, struct run **out, struct errinfo *ei);
/* One reference more, and one less; any thread.  unref(NULL) is fine. */
struct run *run_ref(struct run *r);
void run_unref(struct run *r);

struct slice run_der(const struct run *r);
/* A sealed file of one part of it: its own where that is all, and otherwise a
 * new one in *own, which the caller closes (-1: none). */
ATTR_MUST_USE enum err run_file(const struct run *r, struct slice part,
    int *out_fd, int *own, struct errinfo *ei);

#endif
