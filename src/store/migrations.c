/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations_priv.h"

#include "base/attr.h"

const char *const migration_1_meta[] = {
    /* Facts about this database as a whole. */
    "CREATE TABLE meta ("
    "name TEXT NOT NULL PRIMARY KEY, "
    "value BLOB NOT NULL)",

    /* See store/audit.h.  Rows are only ever added. */
    "CREATE TABLE audit ("
    "writer BLOB NOT NULL, "
    "number BIGINT NOT NULL, "
    "at BIGINT NOT NULL, "
    "actor TEXT NOT NULL, "
    "action TEXT NOT NULL, "
    "object TEXT NOT NULL, "
    "detail TEXT, "
    "hash BLOB NOT NULL, "
    "PRIMARY KEY (writer, number))",
    "CREATE INDEX audit_at ON audit (at, writer, number)",
    "CREATE INDEX audit_object ON audit (object, at, writer, number)",
    NULL,
};

static const char *const *const migration_1[] = {
    migration_1_meta,
    migration_1_registry,
    migration_1_identity,
    migration_1_ca,
    migration_1_courier,
};

static const char *const *const migration_2[] = {
    migration_2_lists,
};

static const char *const *const migration_3[] = {
    migration_3_words,
};

static const char *const *const migration_4[] = {
    migration_4_idem,
};

static const char *const *const migration_5[] = {
    migration_5_roots,
};

static const char *const *const migration_6[] = {
    migration_6_routes,
};

static const char *const *const migration_7[] = {
    migration_7_reports,
};

static const char *const *const migration_8[] = {
    migration_8_guard,
};

static const char *const *const migration_9[] = {
    migration_9_medium,
};

static const char *const *const migration_10[] = {
    migration_10_kinds,
};

static const char *const *const migration_11[] = {
    migration_11_phone,
};

static const struct migration list[] = {
    {1, migration_1, ARRAY_LEN(migration_1)},
    {2, migration_2, ARRAY_LEN(migration_2)},
    {3, migration_3, ARRAY_LEN(migration_3)},
    {4, migration_4, ARRAY_LEN(migration_4)},
    {5, migration_5, ARRAY_LEN(migration_5)},
    {6, migration_6, ARRAY_LEN(migration_6)},
    {7, migration_7, ARRAY_LEN(migration_7)},
    {8, migration_8, ARRAY_LEN(migration_8)},
    {9, migration_9, ARRAY_LEN(migration_9)},
    {10, migration_10, ARRAY_LEN(migration_10)},
    {11, migration_11, ARRAY_LEN(migration_11)},
};

const struct migration *
migrations(size_t *out_num)
{
	*out_num = ARRAY_LEN(list);
	return list;
}
