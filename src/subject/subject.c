/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "subject/number.h"
#include "subject/region.h"
#include "subject/words.h"

static const struct {
	const char *name;
	const char *profile;
} kinds[] = {
    [OWNER_PERSON] = {"person", "qualified-person"},
    [OWNER_SOLE_PROPRIETOR] = {"sole_proprietor", "qualified-sole-proprietor"},
    [OWNER_ORG_WITH_PERSON] = {"organisation_person", "qualified-org-person"},
    [OWNER_ORG] = {"organisation", "qualified-org"},
};
_Static_assert(ARRAY_LEN(kinds) == OWNER_KIND_MAX_, "every kind has a name");

const char *
owner_kind_name(enum owner_kind kind)
{
	return (unsigned)kind < OWNER_KIND_MAX_ ? kinds[kind].name : NULL;
}

enum owner_kind
owner_kind_by_name(const char *name)
{
	for (unsigned i = 0; i < OWNER_KIND_MAX_; i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			return (enum owner_kind)i;
		}
	}
	return OWNER_KIND_MAX_;
}

const char *
owner_kind_profile(enum owner_kind kind)
{
	return (unsigned)kind < OWNER_KIND_MAX_ ? kinds[kind].profile : NULL;
}

enum field {
	FIELD_SURNAME,
	FIELD_GIVEN_NAME,
	FIELD_PATRONYMIC,
	FIELD_SNILS,
	FIELD_INN,
	FIELD_OGRNIP,
	FIELD_EMAIL,
	FIELD_COUNTRY,
	FIELD_REGION,
	FIELD_LOCALITY,
	FIELD_STREET,
	FIELD_ORGANISATION_NAME,
	FIELD_UNIT,
	FIELD_POSITION,
	FIELD_ORGANISATION_INN,
	FIELD_KPP,
	FIELD_OGRN,
	FIELD_FSS_NUMBER,
	FIELD_MAX_
};

/* What a kind of owner does with a field. */
enum need {
	NO,  /* forbidden */
	MAY, /* optional */
	MUST
};

/* The sets of facts/gost-tokens-profile.md 3.1, one row a field. */
static const struct {
	const char *name;
	size_t offset; /* in struct subject_fields */
	enum need need[OWNER_KIND_MAX_];
} fields[] = {
#define FIELD(member, person, proprietor, org_person, org)                     \
	{                                                                      \
#member, offsetof(struct subject_fields, member),              \
		{                                                              \
			[OWNER_PERSON] = (person),                             \
			[OWNER_SOLE_PROPRIETOR] = (proprietor),                \
			[OWNER_ORG_WITH_PERSON] = (org_person),                \
			[OWNER_ORG] = (org),                                   \
		}                                                              \
	}
    [FIELD_SURNAME] = FIELD(surname, MUST, MUST, MUST, NO),
    [FIELD_GIVEN_NAME] = FIELD(given_name, MUST, MUST, MUST, NO),
    [FIELD_PATRONYMIC] = FIELD(patronymic, MAY, MAY, MAY, NO),
    [FIELD_SNILS] = FIELD(snils, MUST, MUST, MUST, NO),
    [FIELD_INN] = FIELD(inn, MUST, MUST, MUST, NO),
    [FIELD_OGRNIP] = FIELD(ogrnip, NO, MUST, NO, NO),
    [FIELD_EMAIL] = FIELD(email, MAY, MAY, MAY, MAY),
    [FIELD_COUNTRY] = FIELD(country, MAY, MAY, MAY, MAY),
    [FIELD_REGION] = FIELD(region, MAY, MAY, MUST, MUST),
    [FIELD_LOCALITY] = FIELD(locality, MAY, MAY, MUST, MUST),
    [FIELD_STREET] = FIELD(street, NO, NO, MUST, MUST),
    [FIELD_ORGANISATION_NAME] = FIELD(organisation_name, NO, NO, MUST, MUST),
    [FIELD_UNIT] = FIELD(unit, NO, NO, MAY, MAY),
    [FIELD_POSITION] = FIELD(position, NO, NO, MUST, NO),
    [FIELD_ORGANISATION_INN] = FIELD(organisation_inn, NO, NO, MUST, MUST),
    [FIELD_KPP] = FIELD(kpp, NO, NO, MAY, MAY),
    [FIELD_OGRN] = FIELD(ogrn, NO, NO, MUST, MUST),
    [FIELD_FSS_NUMBER] = FIELD(fss_number, NO, NO, MAY, MAY),
#undef FIELD
};
_Static_assert(ARRAY_LEN(fields) == FIELD_MAX_, "a row for every field");

/* Normalised values; NULL where absent. */
struct normal {
	char *text[FIELD_MAX_];
};

static void
normal_clear(struct normal *n)
{
	for (size_t i = 0; i < FIELD_MAX_; i++) {
		free(n->text[i]);
		n->text[i] = NULL;
	}
}

static struct slice
field_value(const struct subject_fields *f, enum field at)
{
	const char *value;

	memcpy(&value, (const char *)f + fields[at].offset, sizeof(value));
	return slice_str(value);
}

static enum err
country_normalise(struct slice in, struct buf *out, struct errinfo *ei)
{
	if (in.len != 2 || in.p[0] < 'A' || in.p[0] > 'Z' || in.p[1] < 'A' ||
	    in.p[1] > 'Z') {
		(void)err_set(ei, ERR_FORMAT, "subject.country.form", NULL,
		    "country: it is two Latin capitals (ISO 3166), such as RU");
		return err_object(ei, ERR_FORMAT, "country");
	}
	buf_add(out, in);
	return buf_err(out, ei);
}

static enum err
fss_normalise(struct slice in, struct buf *out, struct errinfo *ei)
{
	if (in.len != 10 || !text_is_digits(in)) {
		(void)err_set(ei, ERR_FORMAT, "subject.fss_number.digits", NULL,
		    "fss_number: the registration number has ten digits");
		return err_object(ei, ERR_FORMAT, "fss_number");
	}
	buf_add(out, in);
	return buf_err(out, ei);
}

static enum err
number_field(
    enum field at, struct slice in, struct buf *out, struct errinfo *ei)
{
	char number[OGRNIP_SIZE] = {0}; /* the longest */
	enum err err;

	if (at == FIELD_SNILS) {
		err = snils_normalise(in, number, ei);
	} else if (at == FIELD_INN) {
		err = inn12_normalise(in, number, ei);
	} else if (at == FIELD_OGRNIP) {
		err = ogrnip_normalise(in, number, ei);
	} else if (at == FIELD_ORGANISATION_INN) {
		err = inn10_normalise(in, number, ei);
	} else if (at == FIELD_KPP) {
		err = kpp_normalise(in, number, ei);
	} else {
		err = ogrn_normalise(in, number, ei);
	}
	if (err == ERR_OK) {
		buf_add_str(out, number);
		err = buf_err(out, ei);
	}
	return err;
}

static enum err
field_normalise(
    enum field at, struct slice in, struct buf *out, struct errinfo *ei)
{
	const char *name = fields[at].name;

	switch (at) {
	case FIELD_SURNAME:
	case FIELD_GIVEN_NAME:
	case FIELD_PATRONYMIC:
		return person_name_normalise(name, in, out, ei);
	case FIELD_SNILS:
	case FIELD_INN:
	case FIELD_OGRNIP:
	case FIELD_ORGANISATION_INN:
	case FIELD_KPP:
	case FIELD_OGRN:
		return number_field(at, in, out, ei);
	case FIELD_EMAIL:
		return email_normalise(name, in, out, ei);
	case FIELD_COUNTRY:
		return country_normalise(in, out, ei);
	case FIELD_REGION:
		return region_normalise(in, out, ei);
	case FIELD_LOCALITY:
	case FIELD_STREET:
		return line_normalise(name, PLACE_CHARS_MAX, in, out, ei);
	case FIELD_ORGANISATION_NAME:
		return organisation_name_normalise(name, in, out, ei);
	case FIELD_UNIT:
	case FIELD_POSITION:
		return line_normalise(name, POSITION_CHARS_MAX, in, out, ei);
	case FIELD_FSS_NUMBER:
		return fss_normalise(in, out, ei);
	case FIELD_MAX_:
		break;
	}
	return err_set(
	    ei, ERR_INTERNAL, "subject.field", NULL, "no field %d", (int)at);
}

/* One field: needed, allowed, well formed; the normal form into *out. */
static enum err
field_take(enum owner_kind kind, enum field at, const struct subject_fields *f,
    char **out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SUBJECT_TEXT_MAX);
	struct slice in = field_value(f, at);
	enum need need = fields[at].need[kind];
	enum err err;

	if (in.len == 0) {
		if (need != MUST) {
			return ERR_OK;
		}
		(void)err_set(ei, ERR_FORMAT, "subject.missing", NULL,
		    "%s: an owner of the kind %s must have it", fields[at].name,
		    kinds[kind].name);
		return err_object(ei, ERR_FORMAT, fields[at].name);
	}
	if (need == NO) {
		(void)err_set(ei, ERR_POLICY, "subject.forbidden", NULL,
		    "%s: an owner of the kind %s has none", fields[at].name,
		    kinds[kind].name);
		return err_object(ei, ERR_POLICY, fields[at].name);
	}
	err = field_normalise(at, in, &text, ei);
	if (err == ERR_OK) {
		*out = slice_dup_str(buf_slice(&text));
		err = *out != NULL ? ERR_OK : err_nomem(ei);
	}
	buf_clear(&text);
	return err;
}

static enum err
normal_init(struct normal *n, enum owner_kind kind,
    const struct subject_fields *f, struct errinfo *ei)
{
	memset(n, 0, sizeof(*n));
	for (unsigned i = 0; i < FIELD_MAX_; i++) {
		enum err err =
		    field_take(kind, (enum field)i, f, &n->text[i], ei);

		if (err != ERR_OK) {
			normal_clear(n);
			return err;
		}
	}
	return ERR_OK;
}

/* Those of them that are there, with spaces between. */
static void
put_words(struct buf *out, const char *const *words, size_t num)
{
	size_t start = out->len;

	for (size_t i = 0; i < num; i++) {
		if (words[i] == NULL || words[i][0] == '\0') {
			continue;
		}
		if (out->len > start) {
			buf_add_u8(out, ' ');
		}
		buf_add_str(out, words[i]);
	}
}

void
subject_full_name(const struct subject_fields *f, struct buf *out)
{
	const char *const words[] = {f->surname, f->given_name, f->patronymic};

	put_words(out, words, ARRAY_LEN(words));
}

/*
 * Which field becomes which attribute, in the order of facts 3.1.  Derived
 * texts (a person's common name, the given name with the patronymic) are
 * marked by FIELD_MAX_.
 */
static const struct {
	enum oid id;
	enum field field;
} order[] = {
    {OID_CN, FIELD_MAX_},
    {OID_SN, FIELD_SURNAME},
    {OID_GN, FIELD_MAX_},
    {OID_TITLE, FIELD_POSITION},
    {OID_C, FIELD_COUNTRY},
    {OID_ST, FIELD_REGION},
    {OID_L, FIELD_LOCALITY},
    {OID_STREET, FIELD_STREET},
    {OID_O, FIELD_ORGANISATION_NAME},
    {OID_OU, FIELD_UNIT},
    {OID_OGRN, FIELD_OGRN},
    {OID_OGRNIP, FIELD_OGRNIP},
    {OID_INNLE, FIELD_ORGANISATION_INN},
    {OID_SNILS, FIELD_SNILS},
    {OID_INN, FIELD_INN},
    {OID_RNS_FSS, FIELD_FSS_NUMBER},
    {OID_EMAIL, FIELD_EMAIL},
};

static struct slice
derived(const struct normal *n, enum oid id, struct buf *text)
{
	const char *const names[] = {n->text[FIELD_SURNAME],
	    n->text[FIELD_GIVEN_NAME], n->text[FIELD_PATRONYMIC]};

	if (id == OID_CN && n->text[FIELD_ORGANISATION_NAME] != NULL) {
		return slice_str(n->text[FIELD_ORGANISATION_NAME]);
	}
	if (id == OID_CN) {
		put_words(text, names, 3);
	} else {
		put_words(text, names + 1, 2);
	}
	return buf_slice(text);
}

enum err
subject_build(enum owner_kind kind, const struct subject_fields *f,
    struct subject_attrs *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SUBJECT_TEXT_MAX);
	struct normal n;
	enum err err;

	ensure((unsigned)kind < OWNER_KIND_MAX_ && out->num == 0);
	err = normal_init(&n, kind, f, ei);
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < ARRAY_LEN(order) && err == ERR_OK; i++) {
		struct slice value;

		if (order[i].field == FIELD_MAX_) {
			buf_reset(&text);
			value = derived(&n, order[i].id, &text);
			err = buf_err(&text, ei);
		} else {
			value = slice_str(n.text[order[i].field]);
		}
		if (value.len == 0 && order[i].id == OID_C) {
			value = SLICE_LIT("RU");
		}
		if (err == ERR_OK && value.len > 0) {
			err = subject_attrs_add(out, order[i].id, value, ei);
		}
	}
	normal_clear(&n);
	buf_clear(&text);
	if (err != ERR_OK) {
		subject_attrs_clear(out);
	}
	return err;
}
