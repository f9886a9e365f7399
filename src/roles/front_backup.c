/* SPDX-License-Identifier: Apache-2.0 */
/* What surguchctl backup asks of the one who has the database open. */
#include <unistd.h>

#include "roles/front_verbs.h"
#include "store/store.h"

/* Into front's own directory, which is where it stands. */
static const char copy_file[] = "backup.db";

/* Whoever asks reads the copy and removes it. */
static enum err
copy_verb(struct verb_call *v)
{
	(void)unlink(copy_file); /* one that was left by a broken attempt */
	return store_copy(v->o->store, copy_file, v->ei);
}

const struct verb verbs_backup[] = {
    {"backup", "copy", VERB_ADMINISTRATOR, 0, NULL, copy_verb},
    {0},
};
