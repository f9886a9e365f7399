/* SPDX-License-Identifier: Apache-2.0 */
#include "failing.h"

#include "store/store.h"

enum err __real_store_submit(struct store *s, struct unit *u,
    struct audit_position *out_position, struct errinfo *ei);
enum err __wrap_store_submit(struct store *s, struct unit *u,
    struct audit_position *out_position, struct errinfo *ei);
enum err __real_store_query_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);
enum err __wrap_store_query_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);
enum err __real_store_query_one_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);
enum err __wrap_store_query_one_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei);

static enum err
broken(struct errinfo *ei)
{
	return err_set(
	    ei, ERR_STORE, "store.io", NULL, "the test has the store fail");
}

enum err
__wrap_store_submit(struct store *s, struct unit *u,
    struct audit_position *out_position, struct errinfo *ei)
{
	bool lost;
	enum err e;

	if (failing_now(FAILING_STORE)) {
		return broken(ei);
	}
	lost = failing_now(FAILING_COMMIT);
	e = __real_store_submit(s, u, out_position, ei);
	return e == ERR_OK && lost ? err_set(ei, ERR_TIMEOUT, "store.unknown",
					 NULL, "the test has the answer lost")
				   : e;
}

enum err
__wrap_store_query_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	return failing_now(FAILING_STORE) ? broken(ei)
					  : __real_store_query_values(s, st,
						values, num_values, out, ei);
}

enum err
__wrap_store_query_one_values(struct store *s, enum statement st,
    const struct value *values, size_t num_values, struct rows **out,
    struct errinfo *ei)
{
	return failing_now(FAILING_STORE) ? broken(ei)
					  : __real_store_query_one_values(s, st,
						values, num_values, out, ei);
}
