/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "subject/number.h"

/* Collects rows; the first failure sticks. */
struct maker {
	struct subject_rows *rows;
	struct buf text;
	enum err err;
};

/* Closes the row whose value was written into m->text. */
static void
put_row(struct maker *m, const char *label, bool needed)
{
	char *value;

	if (m->err == ERR_OK) {
		m->err = buf_err(&m->text, NULL);
	}
	if (m->err != ERR_OK || (m->text.len == 0 && !needed)) {
		return;
	}
	ensure(m->rows->num < SUBJECT_ROWS_MAX);
	value = slice_dup_str(buf_slice(&m->text));
	if (value == NULL) {
		m->err = ERR_NOMEM;
		return;
	}
	m->rows->at[m->rows->num++] = (struct subject_row){label, value};
	buf_reset(&m->text);
}

static void
put_text_row(struct maker *m, const char *label, const char *value, bool needed)
{
	buf_add_str(&m->text, value);
	put_row(m, label, needed);
}

static void
put_snils_row(struct maker *m, const char *value, bool needed)
{
	char normal[SNILS_SIZE];
	char shown[SNILS_TEXT_SIZE];

	if (value != NULL && value[0] != '\0' &&
	    snils_normalise(slice_str(value), normal, NULL) == ERR_OK) {
		snils_text(normal, shown);
		value = shown;
	}
	put_text_row(m, "snils", value, needed);
}

static void
put_inn_kpp_row(struct maker *m, const struct subject_fields *f, bool needed)
{
	buf_add_str(&m->text, f->organisation_inn);
	if (m->text.len > 0 && f->kpp != NULL && f->kpp[0] != '\0') {
		buf_add_u8(&m->text, '-');
		buf_add_str(&m->text, f->kpp);
	}
	put_row(m, "inn_kpp", needed);
}

enum err
subject_rows_build(enum owner_kind kind, const struct subject_fields *f,
    const char *type_text, struct subject_rows *out, struct errinfo *ei)
{
	bool org = kind == OWNER_ORG || kind == OWNER_ORG_WITH_PERSON;
	bool person = kind != OWNER_ORG;
	bool none = f->country == NULL || f->country[0] == '\0';
	struct maker m = {out, BUF_INIT(SUBJECT_TEXT_MAX), ERR_OK};

	ensure((unsigned)kind < OWNER_KIND_MAX_);
	memset(out, 0, sizeof(*out));
	subject_full_name(f, &m.text);
	put_row(&m, "full_name", person);
	put_text_row(&m, "locality", f->locality, org);
	put_text_row(&m, "region", f->region, org);
	put_text_row(&m, "country", none ? "RU" : f->country, true);
	put_text_row(&m, "email", f->email, false);
	put_snils_row(&m, f->snils, person);
	put_inn_kpp_row(&m, f, org);
	put_text_row(&m, "ogrn", f->ogrn, org);
	put_text_row(&m, "ogrnip", f->ogrnip, kind == OWNER_SOLE_PROPRIETOR);
	put_text_row(&m, "fss_number", f->fss_number, false);
	put_text_row(&m, "organisation_name", f->organisation_name, org);
	put_text_row(&m, "unit", f->unit, false);
	put_text_row(
	    &m, "position", f->position, kind == OWNER_ORG_WITH_PERSON);
	put_text_row(&m, "type", type_text, true);
	put_text_row(&m, "inn", f->inn, person);
	put_text_row(&m, "street", f->street, org);
	buf_clear(&m.text);
	if (m.err != ERR_OK) {
		subject_rows_clear(out);
		return err_set(ei, m.err, "subject.rows", NULL,
		    "the list of the subject's data cannot be made");
	}
	return ERR_OK;
}

void
subject_rows_clear(struct subject_rows *rows)
{
	for (size_t i = 0; i < rows->num; i++) {
		free(rows->at[i].value);
	}
	memset(rows, 0, sizeof(*rows));
}
