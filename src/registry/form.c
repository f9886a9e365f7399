/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a form: its row, the rows it names, and the hashes over them. */
#include "registry/form.h"

#include <string.h>

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "registry/form_priv.h"
#include "registry/org.h"
#include "registry/person.h"

enum {
	HASHED_MAX = 65536
};

#define RULE(member, form)                                                     \
	{                                                                      \
#member, offsetof(struct form_data, member), form, false       \
	}

/* In the order of FORM_INSERT and FORM_GET. */
const struct field_rule form_rules[FORM_RULES] = {
    RULE(email, FIELD_EMAIL),
    RULE(unit, FIELD_LINE),
    RULE(position, FIELD_LINE),
    RULE(centre_phone, FIELD_LINE),
    RULE(centre_manager, FIELD_LINE),
    RULE(centre_hours, FIELD_LINE),
};

static void
put_text(struct buf *b, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	buf_add_u32(b, (uint32_t)len);
	buf_add(b, slice_make(text, len));
}

static enum err
hash_data(struct form *f, struct errinfo *ei)
{
	const struct subject_fields *s = &f->fields;
	const char *const texts[] = {
	    f->data.profile,
	    owner_kind_name(f->data.owner_kind),
	    f->data.phone,
	    s->surname,
	    s->given_name,
	    s->patronymic,
	    s->snils,
	    s->inn,
	    s->ogrnip,
	    s->email,
	    s->country,
	    s->region,
	    s->locality,
	    s->street,
	    s->organisation_name,
	    s->unit,
	    s->position,
	    s->organisation_inn,
	    s->kpp,
	    s->ogrn,
	    s->fss_number,
	};
	struct buf b = BUF_INIT(HASHED_MAX);
	enum err err;
	size_t i;

	buf_add_str(&b, "surguch form 1");
	buf_add(&b, id_slice(&f->id));
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		put_text(&b, texts[i]);
	}
	err = sha256_of_buf(&b, f->data_hash, ei);
	buf_wipe(&b);
	return err;
}

static enum err
hash_approval(struct form *f, struct errinfo *ei)
{
	struct buf b = BUF_INIT(HASHED_MAX);
	struct slice document = rows_blob(f->rows, 0, 19);
	enum err err;

	buf_add_str(&b, "surguch approval 1");
	buf_add(&b, slice_make(f->data_hash, sizeof(f->data_hash)));
	buf_add_u64(&b, (uint64_t)f->identified_at);
	buf_add_u32(&b, (uint32_t)f->identification_kind);
	put_text(&b, f->identified_by);
	buf_add_u32(&b, (uint32_t)document.len);
	buf_add(&b, document);
	err = sha256_of_buf(&b, f->approval_hash, ei);
	buf_clear(&b);
	return err;
}

/* Columns as in FORM_GET. */
static enum err
row_read(struct rows *rows, struct form *out, struct errinfo *ei)
{
	const char *state = rows_text(rows, 0, 25);
	struct form f = {
	    .id = rows_id(rows, 0, 0),
	    .version = rows_int(rows, 0, 1),
	    .created_at = rows_int(rows, 0, 2),
	    .status = strcmp(rows_text(rows, 0, 3), "open") == 0
			  ? FORM_OPEN
			  : FORM_WITHDRAWN,
	    .data =
		{
		    .profile = rows_text(rows, 0, 4),
		    .owner_kind = owner_kind_by_name(rows_text(rows, 0, 5)),
		    .has_person = !rows_is_null(rows, 0, 6),
		    .person = rows_id(rows, 0, 6),
		    .has_org = !rows_is_null(rows, 0, 7),
		    .org = rows_id(rows, 0, 7),
		    .phone = rows_text(rows, 0, FORM_COL_PHONE),
		},
	    .paid = !rows_is_null(rows, 0, 15),
	    .paid_at = rows_int(rows, 0, 15),
	    .identified = !rows_is_null(rows, 0, 16),
	    .identified_at = rows_int(rows, 0, 16),
	    .identified_by = rows_text(rows, 0, 17),
	    .identification_kind =
		rows_is_null(rows, 0, 18) ? -1 : (int)rows_int(rows, 0, 18),
	    .approved_at = rows_int(rows, 0, 20),
	    .approved_by = rows_text(rows, 0, 21),
	    .reason = rows_text(rows, 0, 23),
	    .has_application = !rows_is_null(rows, 0, 24),
	    .application = rows_id(rows, 0, 24),
	    .phone_changes_at = rows_int(rows, 0, 26),
	    .rows = rows,
	};

	fields_read(form_rules, FORM_RULES, &f.data, rows, 0, FORM_COL_EMAIL);
	f.state = f.paid ? APP_READY : APP_UNPAID;
	if (f.data.owner_kind >= OWNER_KIND_MAX_ ||
	    (f.has_application &&
		(state == NULL ||
		    !app_state_from(slice_str(state), &f.state)))) {
		return err_set(ei, ERR_STORE, "form.row", NULL,
		    "A form's row does not have its form.");
	}
	*out = f;
	return ERR_OK;
}

/* What the certificate will say, out of three rows. */
static void
fill_fields(
    struct form *f, const struct person_data *p, const struct org_data *o)
{
	const char *own = f->data.email;

	f->fields = (struct subject_fields){
	    .surname = p->surname,
	    .given_name = p->given_name,
	    .patronymic = p->patronymic,
	    .snils = p->snils,
	    .inn = p->inn,
	    .ogrnip = p->ogrnip,
	    .email = own != NULL && own[0] != '\0' ? own : p->email,
	    .country = "RU",
	    .region = f->data.has_org ? o->region : p->region,
	    .locality = f->data.has_org ? o->locality : p->locality,
	    .street = f->data.has_org ? o->street : p->street,
	    .organisation_name = o->name,
	    .unit = f->data.unit,
	    .position = f->data.position,
	    .organisation_inn = o->inn,
	    .kpp = o->kpp,
	    .ogrn = o->ogrn,
	    .fss_number = o->fss_number,
	};
}

enum err
form_read_subject(struct registry *r, struct form *f, struct errinfo *ei)
{
	struct record person = {0}, org = {0};
	struct person_data p = {0};
	struct org_data o = {0};
	enum err err = ERR_OK;

	if (f->data.has_person) {
		err = record_get(
		    &person_kind, r, &f->data.person, &person, &p, ei);
	}
	if (err == ERR_OK && f->data.has_org) {
		err = record_get(&org_kind, r, &f->data.org, &org, &o, ei);
	}
	f->person_rows = person.rows;
	f->org_rows = org.rows;
	if (err == ERR_OK) {
		f->person_version = person.version;
		f->org_version = org.version;
		fill_fields(f, &p, &o);
	}
	return err;
}

enum err
form_get(struct registry *r, const struct id *id, struct form *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	struct form f = {0};
	struct slice approved;
	enum err err;

	err = store_query_one(r->store, ST_FORM_GET, &rows, ei, V_ID(id));
	if (err == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "form.none", NULL,
		    "There is no such form.");
	}
	if (err != ERR_OK) {
		return err;
	}
	f.rows = rows;
	if ((err = row_read(rows, &f, ei)) != ERR_OK ||
	    (err = form_read_subject(r, &f, ei)) != ERR_OK ||
	    (err = hash_data(&f, ei)) != ERR_OK ||
	    (err = hash_approval(&f, ei)) != ERR_OK) {
		form_clear(&f);
		return err;
	}
	approved = rows_blob(rows, 0, 22);
	f.approved = f.identified &&
		     slice_eq(approved,
			 slice_make(f.approval_hash, sizeof(f.approval_hash)));
	*out = f;
	return ERR_OK;
}

void
form_clear(struct form *f)
{
	rows_free(f->rows);
	rows_free(f->person_rows);
	rows_free(f->org_rows);
	*f = (struct form){0};
}

enum err
form_owner(const struct form *f, struct buf *out, struct errinfo *ei)
{
	size_t was = out->len;

	subject_full_name(&f->fields, out);
	if (out->len == was && f->fields.organisation_name != NULL) {
		buf_add_str(out, f->fields.organisation_name);
	}
	return buf_err(out, ei);
}

void
form_add_same(struct unit *u, const struct form *f)
{
	unit_add(u, ST_FORM_SAME, EXPECT(1), V_ID(&f->id), V_INT(f->version));
	if (f->data.has_person) {
		unit_add(u, ST_PERSON_SAME, EXPECT(1), V_ID(&f->data.person),
		    V_INT(f->person_version));
	}
	if (f->data.has_org) {
		unit_add(u, ST_ORG_SAME, EXPECT(1), V_ID(&f->data.org),
		    V_INT(f->org_version));
	}
}

bool
form_conflict(const struct errinfo *ei)
{
	return conflict_is(ei, "form.same") || conflict_is(ei, "person.same") ||
	       conflict_is(ei, "org.same");
}

enum err
form_changed(struct errinfo *ei)
{
	return err_set(ei, ERR_CONFLICT, "form.changed", NULL,
	    "The data are no longer those that were shown; look at them "
	    "again.");
}

enum err
form_need_open(const struct form *f, struct errinfo *ei)
{
	if (f->status != FORM_OPEN) {
		return err_set(ei, ERR_STATE, "form.state", NULL,
		    "The form was withdrawn.");
	}
	return ERR_OK;
}

enum err
form_phone_known(
    struct registry *r, const char *phone, bool *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query(r->store, ST_FORM_PHONE, &rows, ei, V_TEXT(phone));
	if (err == ERR_OK) {
		*out = rows_num(rows) > 0;
		rows_free(rows);
	}
	return err;
}

void
form_document_context(const struct id *form, struct buf *out)
{
	buf_add_str(out, "surguch identification 1");
	buf_add(out, id_slice(form));
}

enum err
form_document(struct registry *r, const struct actor *actor,
    const struct id *id, struct secret *out, struct errinfo *ei)
{
	struct buf context = BUF_INIT(128);
	struct secret text = SECRET_EMPTY;
	struct form f = {0};
	struct unit u;
	enum err err;

	err = form_get(r, id, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!f.identified) {
		form_clear(&f);
		return err_set(ei, ERR_NOTFOUND, "form.identification", NULL,
		    "No identification was recorded in this form.");
	}
	form_document_context(id, &context);
	err = buf_err(&context, ei);
	if (err == ERR_OK) {
		err = aead_open(secret_slice(&r->data_key),
		    rows_blob(f.rows, 0, 19), buf_slice(&context), &text, ei);
	}
	if (err == ERR_OK) {
		/* Read only when the reading is on record (rule 9). */
		unit_init(&u);
		registry_audit(&u, actor, "form.document", FORM_PREFIX, id,
		    NULL, clock_utc_sec(r->clock));
		err = registry_submit(r, &u, NULL, ei);
	}
	if (err == ERR_OK) {
		*out = text;
	} else {
		secret_clear(&text);
	}
	buf_clear(&context);
	form_clear(&f);
	return err;
}
