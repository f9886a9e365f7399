/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_SUBJECT_H
#define SURGUCH_SUBJECT_SUBJECT_H
/*
 * From the registry's fields to the certified subject of the qualified form,
 * for the four kinds of owner (order 795 as facts/gost-tokens-profile.md 3.1
 * has it), and to the list that the owner is asked to check (A4).
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "subject/attrs.h"

enum owner_kind {
	OWNER_PERSON,
	OWNER_SOLE_PROPRIETOR,
	OWNER_ORG_WITH_PERSON,
	OWNER_ORG,
	OWNER_KIND_MAX_
};

/* "person", "sole_proprietor", "organisation_person", "organisation"; NULL
 * outside the enum. */
const char *owner_kind_name(enum owner_kind kind);
/* OWNER_KIND_MAX_ when there is no such kind. */
enum owner_kind owner_kind_by_name(const char *name);
/* The profile that certifies this kind of owner: "qualified-person" ... */
const char *owner_kind_profile(enum owner_kind kind);

/*
 * What the registry knows.  Every member is borrowed; NULL and "" are
 * absent.  The member's name is the field's name in errors and in the API.
 */
struct subject_fields {
	const char *surname;
	const char *given_name;
	const char *patronymic; /* many people have none */
	const char *snils;
	const char *inn;    /* the person's own, 12 digits */
	const char *ogrnip; /* sole proprietor */
	const char *email;
	const char *country; /* "RU"; absent is RU */
	const char *region;  /* "66 Свердловская область" */
	const char *locality;
	const char *street;
	const char *organisation_name;
	const char *unit;
	const char *position;
	const char *organisation_inn; /* 10 digits */
	const char *kpp;
	const char *ogrn;
	const char *fss_number; /* registration number in ФСС, 10 digits */
};

/*
 * Check every field, normalise, and append the attributes of the owner's
 * kind to *out (which must be empty) in the order of facts 3.1.
 *
 * A field that the kind needs and has not: ERR_FORMAT "subject.missing"; one
 * that the kind may not have (a СНИЛС of an organisation without a person):
 * ERR_POLICY "subject.forbidden"; both name the field.  A malformed field:
 * the error of its normaliser.  *out is left empty on failure.
 *
 * kpp is checked and never certified; fss_number is an organisation's and
 * becomes the attribute RNSFSS.
 */
ATTR_MUST_USE enum err subject_build(enum owner_kind kind,
    const struct subject_fields *f, struct subject_attrs *out,
    struct errinfo *ei);
/* "Фамилия Имя Отчество"; parts that are absent are left out. */
void subject_full_name(const struct subject_fields *f, struct buf *out);

/*
 * «Проверьте правильность данных для сертификата»: label ids, not texts, so
 * that each language has its dictionary ("full_name", "locality", ...).  The
 * order is that of requirement A4.  Rows without a value are left out unless
 * the kind needs them.
 */
struct subject_row {
	const char *label; /* static */
	char *value;       /* owned, UTF-8; "" when absent */
};
enum {
	SUBJECT_ROWS_MAX = 20
};
struct subject_rows {
	struct subject_row at[SUBJECT_ROWS_MAX];
	size_t num;
};
/* type_text: the profile's type («Тип сертификата»). */
ATTR_MUST_USE enum err subject_rows_build(enum owner_kind kind,
    const struct subject_fields *f, const char *type_text,
    struct subject_rows *out, struct errinfo *ei);
void subject_rows_clear(struct subject_rows *rows);

#endif
