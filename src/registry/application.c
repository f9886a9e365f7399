/* SPDX-License-Identifier: Apache-2.0 */
/* Reading applications, and the one way in which a step is taken. */
#include "registry/application.h"

#include <stdio.h>
#include <string.h>

#include "crypto/hash.h"
#include "registry/application_priv.h"

static enum err
none(struct errinfo *ei)
{
	return err_set(ei, ERR_NOTFOUND, "application.none", NULL,
	    "There is no such application.");
}

/* A hash column: zeros when NULL. */
static bool
hash_read(const struct rows *rows, size_t col, uint8_t out[32])
{
	struct slice s = rows_blob(rows, 0, col);

	memset(out, 0, 32);
	if (s.len == 32) {
		memcpy(out, s.p, 32);
	}
	return s.len == 32 || rows_is_null(rows, 0, col);
}

static const char *
text_or_empty(const struct rows *rows, size_t col)
{
	return rows_is_null(rows, 0, col) ? "" : rows_text(rows, 0, col);
}

/* Columns as in APPLICATION_GET; takes rows on success. */
static enum err
application_read(struct rows *rows, struct application *out, struct errinfo *ei)
{
	struct application a = {
	    .id = rows_id(rows, 0, 0),
	    .form = rows_id(rows, 0, 1),
	    .created_at = rows_int(rows, 0, 3),
	    .updated_at = rows_int(rows, 0, 4),
	    .csr = rows_blob(rows, 0, 6),
	    .has_certificate = !rows_is_null(rows, 0, 9),
	    .certificate = rows_id(rows, 0, 9),
	    .reason = rows_text(rows, 0, 10),
	    .medium = {text_or_empty(rows, 11), text_or_empty(rows, 12),
		text_or_empty(rows, 13)},
	    .rows = rows,
	};

	if (!app_state_from(slice_str(rows_text(rows, 0, 2)), &a.state) ||
	    !hash_read(rows, 5, a.checked_hash) ||
	    !hash_read(rows, 7, a.csr_sha256) ||
	    !hash_read(rows, 8, a.issue_key)) {
		return err_set(ei, ERR_STORE, "application.row", NULL,
		    "An application's row does not have its form.");
	}
	*out = a;
	return ERR_OK;
}

static enum err
application_found(enum err err, struct rows *rows, struct application *out,
    struct errinfo *ei)
{
	if (err == ERR_NOTFOUND) {
		return none(ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = application_read(rows, out, ei);
	if (err != ERR_OK) {
		rows_free(rows);
	}
	return err;
}

enum err
application_get(struct registry *r, const struct id *id,
    struct application *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err =
	    store_query_one(r->store, ST_APPLICATION_GET, &rows, ei, V_ID(id));
	return application_found(err, rows, out, ei);
}

enum err
application_by_issue_key(struct registry *r, const uint8_t issue_key[32],
    struct application *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(r->store, ST_APPLICATION_BY_ISSUE_KEY, &rows, ei,
	    V_BLOB(slice_make(issue_key, 32)));
	return application_found(err, rows, out, ei);
}

void
application_clear(struct application *a)
{
	rows_free(a->rows);
	*a = (struct application){0};
}

enum err
form_of_phone(struct registry *r, const struct id *id, const char *phone,
    struct form *out, struct errinfo *ei)
{
	struct form f = {0};
	enum err err;

	err = form_get(r, id, &f, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (f.status != FORM_OPEN || strcmp(f.data.phone, phone) != 0) {
		form_clear(&f);
		return err_set(ei, ERR_NOTFOUND, "form.none", NULL,
		    "There is no such form.");
	}
	*out = f;
	return ERR_OK;
}

enum err
application_of_phone(struct registry *r, const struct id *id, const char *phone,
    struct application *out, struct errinfo *ei)
{
	struct application a = {0};
	struct form f = {0};
	enum err err;

	err = application_get(r, id, &a, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = form_of_phone(r, &a.form, phone, &f, ei);
	if (err != ERR_OK) {
		application_clear(&a);
		return err == ERR_NOTFOUND ? none(ei) : err;
	}
	form_clear(&f);
	*out = a;
	return ERR_OK;
}

enum err
both_get(struct registry *r, const struct id *id, struct both *out,
    struct errinfo *ei)
{
	struct both b = {0};
	enum err err;

	err = application_get(r, id, &b.app, ei);
	if (err == ERR_OK) {
		err = form_get(r, &b.app.form, &b.form, ei);
	}
	if (err != ERR_OK) {
		both_clear(&b);
		return err;
	}
	*out = b;
	return ERR_OK;
}

void
both_clear(struct both *b)
{
	application_clear(&b->app);
	form_clear(&b->form);
}

static enum err
no_step(enum app_state state, const char *event, struct errinfo *ei)
{
	enum err err;

	err = err_set(ei, ERR_STATE, "application.step", NULL,
	    "The step \"%s\" is not possible while the application is in the "
	    "state \"%s\".",
	    event, app_state_name(state));
	return err_object(ei, err, app_state_name(state));
}

enum err
step_add(struct unit *u, const struct actor *actor, const struct id *id,
    enum app_state from, enum app_event event, int64_t now, const char *reason,
    struct errinfo *ei)
{
	const struct app_step *step = app_step(from, event);
	const char *kept = "";
	char detail[128];

	if (step == NULL) {
		return no_step(from, app_event_name(event), ei);
	}
	if ((step->by & (1U << actor->kind)) == 0) {
		return err_set(ei, ERR_DENIED, "application.actor", NULL,
		    "The step \"%s\" is not one that this kind of user takes.",
		    app_event_name(event));
	}
	if (step->action == APP_ACT_KEEP_REASON) {
		ensure(reason != NULL);
		kept = reason;
	}
	unit_add(u, ST_APPLICATION_MOVE, EXPECT(1), V_ID(id),
	    V_TEXT(app_state_name(from)), V_TEXT(app_state_name(step->next)),
	    V_INT(now), V_TEXT(kept));
	if (step->action == APP_ACT_FORGET_REQUEST) {
		unit_add(u, ST_APPLICATION_NO_REQUEST, EXPECT(1), V_ID(id));
	}
	(void)snprintf(detail, sizeof(detail),
	    "{\"from\":\"%s\",\"to\":\"%s\"}", app_state_name(from),
	    app_state_name(step->next));
	registry_audit(
	    u, actor, step->audit, APPLICATION_PREFIX, id, detail, now);
	return ERR_OK;
}

enum err
step_submit(struct registry *r, struct unit *u, struct errinfo *ei)
{
	struct errinfo mine = {0};
	enum err err;

	err = registry_submit(r, u, NULL, &mine);
	if (err == ERR_CONFLICT && conflict_is(&mine, "application.move")) {
		return err_set(ei, ERR_STATE, "application.step", NULL,
		    "Somebody else has taken a step with this application in "
		    "the meantime; look at it again.");
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	return err;
}

enum err
step_take(struct registry *r, const struct act *act, const struct id *id,
    enum app_event event, const char *reason, struct errinfo *ei)
{
	struct application a = {0};
	struct unit u;
	int64_t now = clock_utc_sec(r->clock);
	enum err err;

	if (reason != NULL && (err = reason_check(reason, ei)) != ERR_OK) {
		return err;
	}
	err = application_get(r, id, &a, ei);
	if (err != ERR_OK) {
		return err;
	}
	unit_init(&u);
	err = step_add(&u, &act->actor, id, a.state, event, now, reason, ei);
	if (err == ERR_OK) {
		act_add(&u, act, now);
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	application_clear(&a);
	return err;
}

enum err
step_back(struct registry *r, const struct actor *actor,
    const struct application *a, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	err = step_add(&u, actor, &a->id, a->state, APP_EV_CHANGED,
	    clock_utc_sec(r->clock), NULL, ei);
	if (err == ERR_OK) {
		err = step_submit(r, &u, ei);
	}
	unit_clear(&u);
	if (err != ERR_OK) {
		return err;
	}
	return err_set(ei, ERR_STATE, "application.changed", NULL,
	    "The data were changed in the registry since they were looked "
	    "at; they have to be checked again.");
}

enum err
application_list(struct registry *r, enum app_state state,
    const struct id *after, struct application_row *out, size_t max,
    size_t *out_num, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;
	size_t i;

	err = store_query(r->store, ST_APPLICATION_PAGE, &rows, ei,
	    V_TEXT(app_state_name(state)), V_ID(page_after(after)),
	    V_INT(page_size(max)));
	if (err != ERR_OK) {
		return err;
	}
	for (i = 0; i < rows_num(rows); i++) {
		out[i] = (struct application_row){
		    .id = rows_id(rows, i, 0),
		    .form = rows_id(rows, i, 1),
		    .updated_at = rows_int(rows, i, 2),
		};
	}
	*out_num = rows_num(rows);
	rows_free(rows);
	return ERR_OK;
}

/* SHA-256 over a label, the application's id and a hash. */
static enum err
bound_hash(const char *label, const struct id *id, const uint8_t hash[32],
    const uint8_t *more, uint8_t out[32], struct errinfo *ei)
{
	struct buf b = BUF_INIT(256);
	enum err err;

	buf_add_str(&b, label);
	buf_add(&b, id_slice(id));
	buf_add(&b, slice_make(hash, 32));
	if (more != NULL) {
		buf_add(&b, slice_make(more, 32));
	}
	err = sha256_of_buf(&b, out, ei);
	buf_clear(&b);
	return err;
}

enum err
application_issue_key(const struct id *id, const uint8_t csr_sha256[32],
    uint8_t out[32], struct errinfo *ei)
{
	return bound_hash("surguch issue 1", id, csr_sha256, NULL, out, ei);
}

enum err
application_confirm_hash(
    const struct application *a, uint8_t out[32], struct errinfo *ei)
{
	return bound_hash("surguch confirm 1", &a->id, a->csr_sha256,
	    a->checked_hash, out, ei);
}
