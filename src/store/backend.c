/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backend.h"

#include <string.h>

#include "store/statement_priv.h"

const struct backend_ops *
backend_of(const char *where)
{
	static const char server[] = "postgresql:";

	return strncmp(where, server, sizeof(server) - 1) == 0
		   ? &backend_postgres
		   : &backend_sqlite;
}

enum err
backend_rows_conflict(
    enum statement st, int expect, int64_t changed, struct errinfo *ei)
{
	char rule[ERRINFO_RULE];

	statement_rule(st, rule);
	(void)err_set(ei, ERR_CONFLICT, rule, NULL,
	    "Statement %s was to change %d rows and changed %lld; nothing of "
	    "its unit of work was kept.",
	    statement_info(st)->name, expect, (long long)changed);
	return err_object(ei, ERR_CONFLICT, "rows");
}
