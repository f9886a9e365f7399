/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_PARTS_H
#define SURGUCH_ROLES_FRONT_PARTS_H
/*
 * Everything that front is made of, made in one order and ended in the
 * reverse one.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"

struct front;
struct front_secrets;
struct settings;

/* Behind the walls.  settings and clock are borrowed.  owner: the uid, besides
 * root, that may use the control socket for everything. */
ATTR_MUST_USE enum err front_new(const struct settings *s,
    const struct front_secrets *k, const struct clock *clock, uid_t owner,
    struct front **out, struct errinfo *ei);
/* Stops accepting, lets what runs finish, closes.  NULL is fine. */
void front_free(struct front *f);
/* Renew the centre's own certificates that are due; delete codes, sessions,
 * counters, messages and records that have ended long ago; to be called now and
 * then. */
void front_sweep(struct front *f);
/* Changes of phones that are due; to be called oftener. */
void front_sweep_phones(struct front *f);
/* Database and journals were brought together: all is to be started anew. */
bool front_reconciled(const struct front *f);
/* Something happened after which front should end (and be started anew). */
bool front_failed(const struct front *f);

#endif
