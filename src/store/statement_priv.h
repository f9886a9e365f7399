/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_STATEMENT_PRIV_H
#define SURGUCH_STORE_STATEMENT_PRIV_H
/* What the store's own files ask of the statement table. */
#include "base/err.h"
#include "store/statement.h"
#include "store/value.h"

/* "store.<name>" */
void statement_rule(enum statement st, char out[ERRINFO_RULE]);

/* Is this a value of the type (statement.h)? */
bool statement_type_fits(char type, const struct value *v);

/*
 * Do the values fit the statement's parameters?  A lone V_NONE counts as no
 * value: *num_values is set to what remains.  ERR_INTERNAL "store.unit".
 */
ATTR_MUST_USE enum err statement_check(enum statement st,
    const struct value *values, size_t *num_values, struct errinfo *ei);

#endif
