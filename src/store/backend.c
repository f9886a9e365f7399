/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backend.h"

#include "store/statement_priv.h"

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
