/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of people, organisations and forms: one table a kind of row
 * drives checking, writing and reading. */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "registry/registry_priv.h"
#include "subject/number.h"
#include "subject/region.h"
#include "subject/words.h"

enum {
	NUMBER_SIZE = 16,
	FSS_DIGITS = 10,
	FIELD_BYTES_MAX = SUBJECT_TEXT_MAX * 4,
};

static enum err
fss_normalise(struct slice in, char out[NUMBER_SIZE], struct errinfo *ei)
{
	if (in.len != FSS_DIGITS || !text_is_digits(in)) {
		return err_set(ei, ERR_FORMAT, "subject.fss_number.digits",
		    NULL, "The registration number in ФСС has ten digits.");
	}
	memcpy(out, in.p, in.len);
	out[in.len] = '\0';
	return ERR_OK;
}

/* The normalisers of numbers write a string. */
static enum err
number_normalise(
    enum field_form form, struct slice in, struct buf *out, struct errinfo *ei)
{
	char number[NUMBER_SIZE] = "";
	enum err err = ERR_INTERNAL;

	_Static_assert(NUMBER_SIZE >= (int)OGRNIP_SIZE, "the longest");
	switch (form) {
	case FIELD_SNILS:
		err = snils_normalise(in, number, ei);
		break;
	case FIELD_INN10:
		err = inn10_normalise(in, number, ei);
		break;
	case FIELD_INN12:
		err = inn12_normalise(in, number, ei);
		break;
	case FIELD_OGRN:
		err = ogrn_normalise(in, number, ei);
		break;
	case FIELD_OGRNIP:
		err = ogrnip_normalise(in, number, ei);
		break;
	case FIELD_KPP:
		err = kpp_normalise(in, number, ei);
		break;
	case FIELD_FSS:
		err = fss_normalise(in, number, ei);
		break;
	case FIELD_PERSON_NAME:
	case FIELD_ORG_NAME:
	case FIELD_LINE:
	case FIELD_EMAIL:
	case FIELD_REGION:
		return err_set(ei, ERR_INTERNAL, "registry.field", NULL,
		    "A text is normalised as a number.");
	}
	if (err == ERR_OK) {
		buf_add_str(out, number);
	}
	return err;
}

static enum err
normalise(const char *name, struct slice in, enum field_form form,
    struct buf *out, struct errinfo *ei)
{
	switch (form) {
	case FIELD_PERSON_NAME:
		return person_name_normalise(name, in, out, ei);
	case FIELD_ORG_NAME:
		return organisation_name_normalise(name, in, out, ei);
	case FIELD_LINE:
		return line_normalise(name, PLACE_CHARS_MAX, in, out, ei);
	case FIELD_EMAIL:
		return email_normalise(name, in, out, ei);
	case FIELD_REGION:
		return region_normalise(in, out, ei);
	case FIELD_SNILS:
	case FIELD_INN10:
	case FIELD_INN12:
	case FIELD_OGRN:
	case FIELD_OGRNIP:
	case FIELD_KPP:
	case FIELD_FSS:
		break;
	}
	return number_normalise(form, in, out, ei);
}

static enum err
field_normalise(const char *name, const char *value, enum field_form form,
    bool needed, char **out, struct errinfo *ei)
{
	struct buf b = BUF_INIT(FIELD_BYTES_MAX);
	char *text;
	enum err err = ERR_OK;

	if (value == NULL || value[0] == '\0') {
		if (needed) {
			err = err_set(ei, ERR_FORMAT, "registry.missing", NULL,
			    "%s: this field is needed.", name);
			return err_object(ei, err, name);
		}
	} else {
		err = normalise(name, slice_str(value), form, &b, ei);
	}
	if (err == ERR_OK) {
		err = buf_err(&b, ei);
	}
	if (err != ERR_OK) {
		buf_clear(&b);
		return err_object(ei, err, name);
	}
	text = slice_dup_str(buf_slice(&b));
	buf_clear(&b);
	if (text == NULL) {
		return err_nomem(ei);
	}
	*out = text;
	return ERR_OK;
}

enum err
fields_normalise(const struct field_rule *rules, size_t num, const void *data,
    struct fields *out, struct errinfo *ei)
{
	struct fields f = {0};
	const char *value;
	enum err err;
	size_t i;

	ensure(num <= FIELDS_MAX);
	for (i = 0; i < num; i++) {
		memcpy(&value, (const char *)data + rules[i].offset,
		    sizeof(value));
		err = field_normalise(rules[i].name, value, rules[i].form,
		    rules[i].needed, &f.text[i], ei);
		if (err != ERR_OK) {
			fields_clear(&f);
			return err;
		}
		f.num++;
	}
	*out = f;
	return ERR_OK;
}

void
fields_clear(struct fields *f)
{
	size_t i;

	for (i = 0; i < f->num; i++) {
		if (f->text[i] != NULL) {
			secret_wipe(f->text[i], strlen(f->text[i]));
		}
		free(f->text[i]);
	}
	*f = (struct fields){0};
}

void
fields_read(const struct field_rule *rules, size_t num, void *data,
    const struct rows *rows, size_t row, size_t col)
{
	const char *value;
	size_t i;

	for (i = 0; i < num; i++) {
		value = rows_text(rows, row, col + i);
		memcpy((char *)data + rules[i].offset, &value, sizeof(value));
	}
}
