/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_FORM_PRIV_H
#define SURGUCH_REGISTRY_FORM_PRIV_H
/* What the files of forms and of applications share. */
#include "registry/form.h"
#include "registry/registry_priv.h"
#include "subject/number.h"

/* Columns of FORM_GET from this one on are the texts of form_rules. */
enum {
	FORM_COL_PHONE = 8,
	FORM_COL_EMAIL = 9,
	FORM_RULES = 6
};
extern const struct field_rule form_rules[FORM_RULES];

/* The form, its person and its organisation are still what was read: three
 * statements, "form.same", "person.same", "org.same". */
void form_add_same(struct unit *u, const struct form *f);
/* Did one of these three refuse? */
bool form_conflict(const struct errinfo *ei);
/* The normal form of a number that takes SMS; errors name "phone". */
ATTR_MUST_USE enum err form_check_phone(
    const char *phone, char out[PHONE_SIZE], struct errinfo *ei);
/* ERR_STATE "form.state" unless it is open. */
ATTR_MUST_USE enum err form_need_open(const struct form *f, struct errinfo *ei);
/* From the data alone: the subject out of the rows that the form names. */
ATTR_MUST_USE enum err form_read_subject(
    struct registry *r, struct form *f, struct errinfo *ei);
enum err form_changed(struct errinfo *ei);
/* What an identification's ciphertext belongs to. */
void form_document_context(const struct id *form, struct buf *out);

#endif
