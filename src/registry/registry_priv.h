/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_REGISTRY_PRIV_H
#define SURGUCH_REGISTRY_REGISTRY_PRIV_H
/* What the modules of this folder share: the fields of a row, the audit row
 * and the idempotency record of a change. */
#include <stddef.h>

#include "registry/record.h"
#include "registry/registry.h"
#include "store/store.h"

enum {
	FIELDS_MAX = 16,
	REASON_CHARS_MAX = 500
};

/* Normal forms in the order of the rules; "" where absent. */
struct fields {
	char *text[FIELDS_MAX];
	size_t num;
};

/* ERR_FORMAT "registry.missing" for a needed field that is absent; else the
 * error of the normaliser.  errinfo.object is the field. */
ATTR_MUST_USE enum err fields_normalise(const struct field_rule *rules,
    size_t num, const void *data, struct fields *out, struct errinfo *ei);
void fields_clear(struct fields *f);
/* Point the members of the data at columns from `col` on, in the order of the
 * rules. */
void fields_read(const struct field_rule *rules, size_t num, void *data,
    const struct rows *rows, size_t row, size_t col);

/* Row `row` of the kind's `get` or `page`; the texts stay the rows'. */
void record_read(const struct record_kind *kind, const struct rows *rows,
    size_t row, struct record *out, void *data);

/* One audit event about an object; detail is JSON or NULL. */
void registry_audit(struct unit *u, const struct actor *actor,
    const char *action, const char *prefix, const struct id *object,
    const char *detail, int64_t now);
/* The idempotency record that came with the act, if any. */
void act_add(struct unit *u, const struct act *act, int64_t now);
/* Submit and clear the unit.  A conflict of the statement `same` becomes
 * ERR_CONFLICT "registry.version". */
ATTR_MUST_USE enum err registry_submit(
    struct registry *r, struct unit *u, const char *same, struct errinfo *ei);
/* Did this statement refuse ("form.same")? */
bool conflict_is(const struct errinfo *ei, const char *statement);
/* A reason in words: 1..REASON_CHARS_MAX clean characters. */
ATTR_MUST_USE enum err reason_check(const char *reason, struct errinfo *ei);

/* The page size that was asked for, at most PAGE_ROWS_MAX. */
size_t page_size(size_t max);
/* Ids after this one: zero for the first page. */
const struct id *page_after(const struct id *after);

#endif
