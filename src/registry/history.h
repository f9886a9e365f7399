/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_HISTORY_H
#define SURGUCH_REGISTRY_HISTORY_H
/*
 * What was done with a phone's forms, applications and certificates, and its
 * sign-ins, out of the audit: the newest first.  No other object's records are
 * read, so nobody else's are shown.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/id.h"
#include "store/audit_list.h"

struct registry;

enum {
	HISTORY_FORMS_MAX = PAGE_ROWS_MAX, /* of one page; ask by form for
					    * more */
	HISTORY_SESSIONS_MAX = 20,         /* the newest */
	HISTORY_ACTION_SIZE = 64,
	HISTORY_OBJECT_SIZE = ID_TEXT_SIZE,
	HISTORY_ACTOR_SIZE = 160,
};

struct history_row {
	struct audit_record_name name;
	int64_t at;
	char action[HISTORY_ACTION_SIZE];
	char object[HISTORY_OBJECT_SIZE];
	char actor[HISTORY_ACTOR_SIZE]; /* as the audit has it */
};

struct history {
	struct history_row at[PAGE_ROWS_MAX];
	size_t num;
	bool more;       /* there is more, after the last one */
	bool forms_left; /* forms whose records were not looked at */
};

/*
 * The page after a record (NULL: from the newest on).  form: of this form
 * alone, which the caller knows to be the phone's, without sign-ins; or NULL.
 * ERR_NOTFOUND "list.after" when there is no such record.
 */
ATTR_MUST_USE enum err history_read(struct registry *r, const char *phone,
    const struct id *form, const struct audit_record_name *after,
    struct history *out, struct errinfo *ei);

#endif
