/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_STORE_PRIV_H
#define SURGUCH_STORE_STORE_PRIV_H
/* For the store's own tests. */
#include <stddef.h>

#include "store/store.h"

struct migration;

/* store_open() with another history of the schema. */
ATTR_MUST_USE enum err store_open_migrations(const char *where,
    const struct store_options *options, const struct migration *list,
    size_t num, struct store **out, struct errinfo *ei);

#endif
