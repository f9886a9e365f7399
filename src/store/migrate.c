/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <stdint.h>
#include <string.h>

#include "store/backend.h"
#include "store/migrations_priv.h"

static enum err
run_parts(struct backend_conn *c, const struct migration *m, struct errinfo *ei)
{
	const char *const *sql;
	enum err err;
	size_t i;

	for (i = 0; i < m->num_parts; i++) {
		for (sql = m->parts[i]; *sql != NULL; sql++) {
			err = c->ops->schema_run(c, *sql, ei);
			if (err != ERR_OK) {
				return err;
			}
		}
	}
	return c->ops->schema_note(c, m->number, ei);
}

static enum err
run_one(struct backend_conn *c, const struct migration *m, struct errinfo *ei)
{
	char why[ERRINFO_TEXT];
	enum err err;

	err = c->ops->begin(c, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = run_parts(c, m, ei);
	if (err == ERR_OK) {
		err = c->ops->commit(c, ei);
	}
	if (err == ERR_OK) {
		return ERR_OK;
	}
	c->ops->rollback(c);
	if (ei == NULL || strcmp(ei->rule, "store.engine") != 0) {
		return err;
	}
	memcpy(why, ei->text, sizeof(why));
	return err_set(ei, ERR_STORE, "store.migrate", NULL,
	    "The step of the schema to version %u failed: %s", m->number, why);
}

enum err
migrate(struct backend_conn *c, const struct migration *list, size_t num,
    struct errinfo *ei)
{
	int64_t version;
	enum err err;
	size_t i;

	err = c->ops->schema_version(c, &version, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (version < 0 || (uint64_t)version > num) {
		return err_set(ei, ERR_STORE, "store.newer", NULL,
		    "The database has schema version %lld; this program "
		    "knows up to %zu. Run the later release that made it.",
		    (long long)version, num);
	}
	for (i = (size_t)version; i < num; i++) {
		ensure(list[i].number == i + 1);
		err = run_one(c, &list[i], ei);
		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}
