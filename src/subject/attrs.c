/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/attrs.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

void
subject_attrs_init(struct subject_attrs *a)
{
	memset(a, 0, sizeof(*a));
}

void
subject_attrs_clear(struct subject_attrs *a)
{
	for (size_t i = 0; i < a->num; i++) {
		free(a->at[i].text);
	}
	subject_attrs_init(a);
}

static enum err
refuse(struct errinfo *ei, enum err kind, const char *rule, enum oid id,
    const char *text)
{
	(void)err_set(ei, kind, rule, NULL, "%s: %s", oid_short_name(id), text);
	return err_object(ei, kind, oid_short_name(id));
}

enum err
subject_attrs_add(
    struct subject_attrs *a, enum oid id, struct slice text, struct errinfo *ei)
{
	char *copy;

	if (id <= OID_UNKNOWN || id >= OID_MAX_) {
		return err_set(ei, ERR_FORMAT, "subject.attr", NULL,
		    "the attribute is not one that we know");
	}
	if (a->num == ARRAY_LEN(a->at)) {
		return refuse(ei, ERR_LIMIT, "subject.attrs.many", id,
		    "the subject has too many attributes");
	}
	if (text.len > SUBJECT_TEXT_MAX) {
		return refuse(ei, ERR_LIMIT, "subject.text.long", id,
		    "the value is too long");
	}
	if (!text_is_clean(text)) {
		return refuse(ei, ERR_FORMAT, "subject.text", id,
		    "the value is empty, not UTF-8, or holds controls");
	}
	copy = slice_dup_str(text);
	if (copy == NULL) {
		return err_nomem(ei);
	}
	a->at[a->num++] = (struct subject_attr){id, copy};
	return ERR_OK;
}

const char *
subject_attrs_get(const struct subject_attrs *a, enum oid id)
{
	for (size_t i = 0; i < a->num; i++) {
		if (a->at[i].id == id) {
			return a->at[i].text;
		}
	}
	return NULL;
}

size_t
subject_attrs_count(const struct subject_attrs *a, enum oid id)
{
	size_t num = 0;

	for (size_t i = 0; i < a->num; i++) {
		num += a->at[i].id == id;
	}
	return num;
}
