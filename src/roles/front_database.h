/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_DATABASE_H
#define SURGUCH_ROLES_FRONT_DATABASE_H
/* Which database front opens: a file in its own directory, or PostgreSQL. */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

struct settings;
struct store;

/* The password, if a file for it is named; before the walls are up.  One line;
 * its end is not part of it. */
ATTR_MUST_USE enum err front_database_password(
    const struct settings *s, struct secret *out, struct errinfo *ei);
/* What store_open() takes as `where`. */
void front_database_where(const struct settings *s, struct buf *out);
ATTR_MUST_USE enum err front_database_open(const struct settings *s,
    const struct secret *password, struct store **out, struct errinfo *ei);

#endif
