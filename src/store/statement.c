/* SPDX-License-Identifier: Apache-2.0 */
#include "store/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "store/statement_priv.h"

static const struct statement_info table[] = {
#undef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)                          \
	[ST_##symbol] = {name, sql, params, columns},
#include "store/statements_meta.h"

#include "store/statements_ca.h"

#include "store/statements_registry.h"

#include "store/statements_identity.h"

#include "store/statements_courier.h"
#undef STATEMENT
};
_Static_assert(ARRAY_LEN(table) == ST_MAX_, "one entry a statement");

const struct statement_info *
statement_info(enum statement st)
{
	ensure((unsigned)st < ST_MAX_);
	return &table[st];
}

bool
statement_is_read(enum statement st)
{
	return strncmp(statement_info(st)->sql, "SELECT ", 7) == 0;
}

void
statement_rule(enum statement st, char out[ERRINFO_RULE])
{
	(void)snprintf(out, ERRINFO_RULE, "store.%s", statement_info(st)->name);
}

bool
statement_type_fits(char type, const struct value *v)
{
	switch (v->kind) {
	case VALUE_NULL:
		return type >= 'A' && type <= 'Z';
	case VALUE_INT:
		return type == 'i' || type == 'I';
	case VALUE_TEXT:
		return type == 't' || type == 'T';
	case VALUE_BLOB:
		return type == 'b' || type == 'B' ||
		       ((type == 'd' || type == 'D') &&
			   v->bytes.len == sizeof(struct id));
	case VALUE_ID:
		return type == 'd' || type == 'D' || type == 'b' || type == 'B';
	case VALUE_NONE:
		break;
	}
	return false;
}

enum err
statement_check(enum statement st, const struct value *values,
    size_t *num_values, struct errinfo *ei)
{
	const char *name, *params;
	size_t i, num;

	if ((unsigned)st >= ST_MAX_) {
		return err_set(ei, ERR_INTERNAL, "store.unit", NULL,
		    "There is no statement %d.", (int)st);
	}
	name = table[st].name;
	params = table[st].params;
	num = *num_values;
	if (num == 1 && values[0].kind == VALUE_NONE) {
		num = 0;
	}
	if (num != strlen(params)) {
		return err_set(ei, ERR_INTERNAL, "store.unit", NULL,
		    "Statement %s takes %zu values, not %zu.", name,
		    strlen(params), num);
	}
	for (i = 0; i < num; i++) {
		if (!statement_type_fits(params[i], &values[i])) {
			return err_set(ei, ERR_INTERNAL, "store.unit", NULL,
			    "Value %zu of statement %s is not of type %c.",
			    i + 1, name, params[i]);
		}
	}
	*num_values = num;
	return ERR_OK;
}
