/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/list.h"

#include <string.h>

#include "ca/cert_state.h"
#include "ca/certificate_columns.h"
#include "store/store.h"

/* --- rows ----------------------------------------------------------------- */

static void
take_row(struct certificate_row *out, const struct rows *r, size_t i)
{
	*out = (struct certificate_row){
	    .id = rows_id(r, i, CERTIFICATE_ID),
	    .ca = rows_text(r, i, CERTIFICATE_CA),
	    .serial = rows_blob(r, i, CERTIFICATE_SERIAL),
	    .sha256 = rows_blob(r, i, CERTIFICATE_SHA256),
	    .subject = rows_blob(r, i, CERTIFICATE_SUBJECT),
	    .not_before = rows_int(r, i, CERTIFICATE_NOT_BEFORE),
	    .not_after = rows_int(r, i, CERTIFICATE_NOT_AFTER),
	    .profile = rows_text(r, i, CERTIFICATE_PROFILE),
	    .has_application = !rows_is_null(r, i, CERTIFICATE_APPLICATION),
	    .application = rows_id(r, i, CERTIFICATE_APPLICATION),
	    .issued_at = rows_int(r, i, CERTIFICATE_ISSUED_AT),
	    .status = rows_text(r, i, CERTIFICATE_STATUS),
	    .status_at = rows_int(r, i, CERTIFICATE_STATUS_AT),
	    .has_person = !rows_is_null(r, i, CERTIFICATE_PERSON),
	    .person = rows_id(r, i, CERTIFICATE_PERSON),
	};
}

static bool
fits(const struct certificate_filter *f, const struct certificate_row *row)
{
	return (f->person == NULL ||
		   (row->has_person && id_eq(f->person, &row->person))) &&
	       (f->ca == NULL || strcmp(f->ca, row->ca) == 0) &&
	       (f->profile == NULL || strcmp(f->profile, row->profile) == 0) &&
	       (f->status == NULL || strcmp(f->status, row->status) == 0) &&
	       row->not_after >= f->ends_after &&
	       (f->ends_before == 0 || row->not_after < f->ends_before);
}

/* --- the way along an index ------------------------------------------------
 */

enum way {
	BY_PERSON,
	BY_STATUS,
	BY_END,
	BY_CA,
	BY_AGE
};

/* Where a page goes on: the last row that was looked at. */
struct place {
	struct id id;
	int64_t not_after;
	int64_t journal;
};

static enum way
pick_way(const struct certificate_filter *f)
{
	if (f->person != NULL) {
		return BY_PERSON;
	}
	if (f->status != NULL && strcmp(f->status, "good") != 0) {
		return BY_STATUS;
	}
	if (f->ends_after != 0 || f->ends_before != 0) {
		return BY_END;
	}
	return f->ca != NULL ? BY_CA : BY_AGE;
}

static enum err
read_on(struct store *s, const struct certificate_filter *f, enum way way,
    const struct place *p, struct rows **out, struct errinfo *ei)
{
	const struct value max = V_INT(PAGE_ROWS_MAX);

	switch (way) {
	case BY_PERSON:
		return store_query(s, ST_CERTIFICATE_PAGE_PERSON, out, ei,
		    V_ID(f->person), V_ID(&p->id), max);
	case BY_STATUS:
		return store_query(s, ST_CERTIFICATE_PAGE_ENDED, out, ei,
		    V_TEXT(f->status), V_ID(&p->id), max);
	case BY_END:
		return store_query(s, ST_CERTIFICATE_PAGE_ENDING, out, ei,
		    V_INT(p->not_after), V_ID(&p->id),
		    V_INT(f->ends_before != 0 ? f->ends_before : INT64_MAX),
		    max);
	case BY_CA:
		return store_query(s, ST_CERTIFICATE_PAGE_CA, out, ei,
		    V_TEXT(f->ca), V_INT(p->journal), max);
	case BY_AGE:
		break;
	}
	return store_query(s, ST_CERTIFICATE_PAGE, out, ei, V_ID(&p->id), max);
}

static void
move_place(struct place *p, const struct rows *r, size_t i)
{
	p->id = rows_id(r, i, CERTIFICATE_ID);
	p->not_after = rows_int(r, i, CERTIFICATE_NOT_AFTER);
	p->journal = rows_int(r, i, CERTIFICATE_JOURNAL);
}

static enum err
no_such_place(struct errinfo *ei)
{
	(void)err_set(ei, ERR_NOTFOUND, "list.after", NULL,
	    "there is no such certificate to go on after");
	return err_object(ei, ERR_NOTFOUND, "after");
}

static enum err
find_place(struct store *s, const struct certificate_filter *f,
    const struct id *after, struct place *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e;

	/* Ends are compared together with ids, of which none is zero. */
	*out = (struct place){.not_after = f->ends_after};
	if (after == NULL) {
		return ERR_OK;
	}
	e = store_query_one(s, ST_CERTIFICATE_GET, &r, ei, V_ID(after));
	if (e != ERR_OK) {
		return e == ERR_NOTFOUND ? no_such_place(ei) : e;
	}
	move_place(out, r, 0);
	rows_free(r);
	return ERR_OK;
}

/* Take what fits of these rows; true when the page is full before their
 * end. */
static bool
take_rows(struct certificate_page *out, const struct certificate_filter *f,
    struct place *p, const struct rows *r)
{
	for (size_t i = 0; i < rows_num(r); i++) {
		struct certificate_row *row = &out->at[out->num];

		if (out->num == PAGE_ROWS_MAX) {
			return true;
		}
		take_row(row, r, i);
		out->num += fits(f, row) ? 1 : 0;
		move_place(p, r, i);
	}
	return false;
}

static enum err
check_status(const char *status, struct errinfo *ei)
{
	if (status == NULL || cert_state_parse(status) != CERT_STATE_MAX_) {
		return ERR_OK;
	}
	(void)err_set(ei, ERR_FORMAT, "list.status", NULL,
	    "a certificate's status is one of good, hold, revoked");
	return err_object(ei, ERR_FORMAT, "status");
}

enum err
certificate_list(struct store *s, const struct certificate_filter *f,
    const struct id *after, struct certificate_page *out, struct errinfo *ei)
{
	enum way way = pick_way(f);
	struct place p;
	enum err e;

	*out = (struct certificate_page){.more = true};
	e = check_status(f->status, ei);
	if (e == ERR_OK) {
		e = find_place(s, f, after, &p, ei);
	}
	while (e == ERR_OK && out->more && out->num < PAGE_ROWS_MAX &&
	       out->num_rows < CERTIFICATES_LOOK_PAGES) {
		struct rows *r = NULL;

		e = read_on(s, f, way, &p, &r, ei);
		if (e == ERR_OK) {
			out->rows[out->num_rows++] = r;
			out->more = take_rows(out, f, &p, r) ||
				    rows_num(r) == PAGE_ROWS_MAX;
		}
	}
	if (e == ERR_OK) {
		out->next = p.id;
	}
	return e;
}

/* Where one of a phone's certificates belongs. */
struct owner {
	struct id form;
	struct id application;
};

static enum err
owner_of(struct store *s, const struct id *id, const char *phone,
    struct owner *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e = store_query_one(
	    s, ST_CERTIFICATE_OF_PHONE, &r, ei, V_ID(id), V_TEXT(phone));

	if (e == ERR_OK) {
		*out = (struct owner){rows_id(r, 0, 0), rows_id(r, 0, 1)};
	}
	rows_free(r);
	return e;
}

enum err
certificates_of_phone(struct store *s, const char *phone,
    const struct id *after, struct certificate_page *out, struct errinfo *ei)
{
	static const struct certificate_filter all = {0};
	static const struct id first = {0};
	struct owner owner = {0};
	struct place p = {0};
	struct rows *r = NULL;
	enum err e = ERR_OK;

	*out = (struct certificate_page){0};
	if (after != NULL) {
		e = owner_of(s, after, phone, &owner, ei);
		e = e == ERR_NOTFOUND ? no_such_place(ei) : e;
	}
	if (e == ERR_OK) {
		e = store_query(s, ST_CERTIFICATE_PAGE_PHONE, &r, ei,
		    V_TEXT(phone), V_ID(&owner.form), V_ID(&owner.application),
		    V_ID(after != NULL ? after : &first), V_INT(PAGE_ROWS_MAX));
	}
	if (e != ERR_OK) {
		return e;
	}
	out->rows[out->num_rows++] = r;
	(void)take_rows(out, &all, &p, r);
	out->more = rows_num(r) == PAGE_ROWS_MAX;
	out->next = p.id;
	return ERR_OK;
}

enum err
certificate_check_phone(
    struct store *s, const struct id *id, const char *phone, struct errinfo *ei)
{
	struct owner owner;
	enum err e = owner_of(s, id, phone, &owner, ei);

	return e != ERR_NOTFOUND
		   ? e
		   : err_set(ei, ERR_NOTFOUND, "certificate.none", NULL,
			 "there is no certificate with this id");
}

/* --- one -------------------------------------------------------------------
 */

static enum err
take_one(struct certificate_page *out, struct rows *r)
{
	*out = (struct certificate_page){.num_rows = 1};
	out->rows[0] = r;
	if (rows_num(r) > 0) {
		take_row(&out->at[out->num++], r, 0);
	}
	return ERR_OK;
}

enum err
certificate_by_sha256(struct store *s, struct slice sha256,
    struct certificate_page *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e =
	    store_query(s, ST_CERTIFICATE_BY_SHA256, &r, ei, V_BLOB(sha256));

	*out = (struct certificate_page){0};
	return e != ERR_OK ? e : take_one(out, r);
}

enum err
certificate_by_serial(struct store *s, const char *ca, struct slice serial,
    struct certificate_page *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e = store_query(
	    s, ST_CERTIFICATE_BY_SERIAL, &r, ei, V_TEXT(ca), V_BLOB(serial));

	*out = (struct certificate_page){0};
	return e != ERR_OK ? e : take_one(out, r);
}

void
certificate_page_clear(struct certificate_page *p)
{
	for (size_t i = 0; i < p->num_rows; i++) {
		rows_free(p->rows[i]);
	}
	p->num_rows = 0;
	p->num = 0;
}
