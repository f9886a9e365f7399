/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_MIGRATE_H
#define SURGUCH_STORE_MIGRATE_H
/*
 * Bring the schema from whatever version the database has to the last of the
 * list, one transaction a migration.  ERR_STORE "store.newer" when the
 * database is past the list; "store.migrate" when a text does not fit;
 * nothing of a failed migration stays.
 */
#include <stddef.h>

#include "base/err.h"

struct backend_conn;
struct migration;

ATTR_MUST_USE enum err migrate(struct backend_conn *c,
    const struct migration *list, size_t num, struct errinfo *ei);

#endif
