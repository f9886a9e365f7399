/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/operator.h"

#include <string.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "base/text.h"
#include "identity/known.h"
#include "identity/scope.h"
#include "identity/token.h"
#include "os/random.h"
#include "store/store.h"

static void
audit(struct unit *u, struct operators *o, const struct actor *actor,
    const char *action, const struct id *object, const char *prefix,
    const char *detail)
{
	char who[ACTOR_TEXT_SIZE];
	char text[ID_TEXT_SIZE];

	actor_text(actor, who);
	id_text(object, prefix, text);
	unit_audit(u, &(struct audit_event){
			  .at = clock_utc_sec(o->clock),
			  .actor = who,
			  .action = action,
			  .object = text,
			  .detail = detail,
		      });
}

/* A name or label: clean, 1..63 bytes. */
static enum err
check_label(const char *text, const char *rule, struct errinfo *ei)
{
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len >= OPERATOR_NAME_SIZE ||
	    !text_is_clean(slice_str(text))) {
		return err_set(ei, ERR_FORMAT, rule, NULL,
		    "A name has 1 to %d bytes without control characters.",
		    OPERATOR_NAME_SIZE - 1);
	}
	return ERR_OK;
}

enum err
operator_add(struct operators *o, const struct actor *actor, const char *name,
    enum operator_role role, struct id *out, struct errinfo *ei)
{
	struct unit u;
	struct id id;
	char detail[64];
	enum err err;

	ensure((unsigned)role < ROLE_MAX_);
	if ((err = check_label(name, "operator.name", ei)) != ERR_OK ||
	    (err = id_new(o->clock, &id, ei)) != ERR_OK) {
		return err;
	}
	(void)snprintf(detail, sizeof(detail), "{\"role\":\"%s\"}",
	    operator_role_name(role));
	unit_init(&u);
	unit_add(&u, ST_OPERATOR_INSERT, EXPECT(1), V_ID(&id), V_TEXT(name),
	    V_TEXT(operator_role_name(role)), V_INT(clock_utc_sec(o->clock)));
	audit(&u, o, actor, "operator.add", &id, OPERATOR_PREFIX, detail);
	err = store_submit(o->store, &u, NULL, ei);
	unit_clear(&u);
	if (err == ERR_CONFLICT) {
		return err_set(ei, ERR_CONFLICT, "operator.name", NULL,
		    "There is an operator of this name already; choose "
		    "another name.");
	}
	if (err == ERR_OK) {
		*out = id;
	}
	return err;
}

/* Columns as in OPERATOR_GET. */
static enum err
info_read(const struct rows *rows, size_t row, struct operator_info *out,
    struct errinfo *ei)
{
	const char *name = rows_text(rows, row, 1);
	struct operator_info info = {
	    .id = rows_id(rows, row, 0),
	    .disabled = strcmp(rows_text(rows, row, 3), "enabled") != 0,
	    .created_at = rows_int(rows, row, 4),
	};
	size_t len = strlen(name);

	if (len >= sizeof(info.name) ||
	    !operator_role_from(
		slice_str(rows_text(rows, row, 2)), &info.role)) {
		return err_set(ei, ERR_STORE, "operator.row", NULL,
		    "An operator's row does not have its form.");
	}
	memcpy(info.name, name, len + 1);
	*out = info;
	return ERR_OK;
}

static enum err
info_found(enum err err, struct rows *rows, struct operator_info *out,
    struct errinfo *ei)
{
	if (err == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "operator.none", NULL,
		    "There is no such operator.");
	}
	if (err != ERR_OK) {
		return err;
	}
	err = info_read(rows, 0, out, ei);
	rows_free(rows);
	return err;
}

static enum err
operator_get(struct operators *o, const struct id *id,
    struct operator_info *out, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(o->store, ST_OPERATOR_GET, &rows, ei, V_ID(id));
	return info_found(err, rows, out, ei);
}

enum err
operator_find(struct operators *o, const char *name, struct operator_info *out,
    struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(
	    o->store, ST_OPERATOR_BY_NAME, &rows, ei, V_TEXT(name));
	return info_found(err, rows, out, ei);
}

enum err
operator_list(struct operators *o, const struct id *after,
    struct operator_info *out, size_t max, size_t *out_num, struct errinfo *ei)
{
	static const struct id first = {{0}};
	struct rows *rows = NULL;
	enum err err;
	size_t i;

	max = max < PAGE_ROWS_MAX ? max : PAGE_ROWS_MAX;
	err = store_query(o->store, ST_OPERATOR_PAGE, &rows, ei,
	    V_ID(after != NULL ? after : &first), V_INT(max));
	if (err != ERR_OK) {
		return err;
	}
	for (i = 0; i < rows_num(rows) && err == ERR_OK; i++) {
		err = info_read(rows, i, &out[i], ei);
	}
	if (err == ERR_OK) {
		*out_num = rows_num(rows);
	}
	rows_free(rows);
	return err;
}

enum err
operator_disable(struct operators *o, const struct actor *actor,
    const struct id *id, struct errinfo *ei)
{
	struct operator_info info = {0};
	struct unit u;
	enum err err;

	err = operator_get(o, id, &info, ei);
	if (err != ERR_OK) {
		return err;
	}
	unit_init(&u);
	unit_add(&u, ST_OPERATOR_DISABLE, EXPECT(1), V_ID(id));
	audit(&u, o, actor, "operator.disable", id, OPERATOR_PREFIX, NULL);
	err = store_submit(o->store, &u, NULL, ei);
	unit_clear(&u);
	if (o->known != NULL) {
		known_forget(o->known);
	}
	if (err == ERR_CONFLICT) {
		return err_set(ei, ERR_STATE, "operator.state", NULL,
		    "The operator is disabled already.");
	}
	return err;
}

static enum err
check_grant(const struct operator_info *info,
    const struct operator_grant *grant, struct errinfo *ei)
{
	enum err err;

	err = check_label(grant->label, "operator.label", ei);
	if (err != ERR_OK) {
		return err;
	}
	if (grant->scopes == 0 ||
	    (grant->scopes & ~operator_role_scopes(info->role)) != 0) {
		return err_set(ei, ERR_POLICY, "operator.role", NULL,
		    "The role %s does not allow these scopes, or none were "
		    "named.",
		    operator_role_name(info->role));
	}
	return ERR_OK;
}

enum err
operator_grant_add(struct operators *o, const struct actor *actor,
    const struct id *id, const struct operator_grant *grant,
    char out_token[OPERATOR_TOKEN_SIZE], struct id *out_grant,
    struct errinfo *ei)
{
	struct operator_info info = {0};
	struct buf scopes = BUF_INIT(SCOPE_TEXT_MAX);
	struct buf detail = BUF_INIT(AUDIT_DETAIL_MAX);
	struct unit u;
	struct id gid = {{0}};
	uint8_t hash[TOKEN_HASH_SIZE];
	char token[OPERATOR_TOKEN_SIZE];
	char text[ID_TEXT_SIZE];
	enum err err;

	unit_init(&u);
	memset(token, 0, sizeof(token));
	if ((err = operator_get(o, id, &info, ei)) != ERR_OK ||
	    (err = check_grant(&info, grant, ei)) != ERR_OK ||
	    (err = id_new(o->clock, &gid, ei)) != ERR_OK ||
	    (err = token_new(
		 OPERATOR_TOKEN_PREFIX, token, sizeof(token), ei)) != ERR_OK ||
	    (err = token_hash(slice_str(token), hash, ei)) != ERR_OK) {
		goto out;
	}
	scope_set_text(grant->scopes, &scopes);
	id_text(id, OPERATOR_PREFIX, text);
	buf_printf(&detail, "{\"operator\":\"%s\",\"scopes\":\"%s\"}", text,
	    buf_cstr(&scopes));
	if ((err = buf_err(&scopes, ei)) != ERR_OK ||
	    (err = buf_err(&detail, ei)) != ERR_OK) {
		goto out;
	}
	unit_add(&u, ST_GRANT_INSERT, EXPECT(1), V_ID(&gid), V_ID(id),
	    V_BLOB(slice_make(hash, sizeof(hash))), V_TEXT(grant->label),
	    V_TEXT(buf_cstr(&scopes)), V_INT(clock_utc_sec(o->clock)),
	    grant->expires_at == 0 ? V_NULL : V_INT(grant->expires_at));
	audit(&u, o, actor, "grant.add", &gid, GRANT_PREFIX, buf_cstr(&detail));
	err = store_submit(o->store, &u, NULL, ei);
	if (err == ERR_OK) {
		memcpy(out_token, token, sizeof(token));
		*out_grant = gid;
	}
out:
	secret_wipe(token, sizeof(token));
	unit_clear(&u);
	buf_clear(&scopes);
	buf_clear(&detail);
	return err;
}

static enum err
no_token(struct errinfo *ei)
{
	return err_set(ei, ERR_DENIED, "operator.token", NULL,
	    "The token is not a living one of an enabled operator.");
}

static enum err
session_read(const struct rows *rows, struct operator_session *out,
    int64_t *out_expires_at, struct errinfo *ei)
{
	const char *name = rows_text(rows, 0, 4);
	size_t len = strlen(name);
	enum err err;

	err =
	    scope_set_parse(slice_str(rows_text(rows, 0, 1)), &out->scopes, ei);
	if (err != ERR_OK || len >= sizeof(out->info.name) ||
	    !operator_role_from(
		slice_str(rows_text(rows, 0, 5)), &out->info.role)) {
		return err_set(ei, ERR_STORE, "operator.row", NULL,
		    "A grant's row does not have its form.");
	}
	out->grant = rows_id(rows, 0, 0);
	*out_expires_at =
	    rows_is_null(rows, 0, 2) ? INT64_MAX : rows_int(rows, 0, 2);
	out->info.id = rows_id(rows, 0, 3);
	memcpy(out->info.name, name, len + 1);
	out->info.created_at = rows_int(rows, 0, 6);
	/* A role that lost a scope since takes it from its tokens, too. */
	out->scopes &= operator_role_scopes(out->info.role);
	return ERR_OK;
}

/* *out_expires_at: when the token ends. */
static enum err
look_up(struct operators *o, const uint8_t hash[TOKEN_HASH_SIZE],
    struct operator_session *out, int64_t *out_expires_at, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query_one(o->store, ST_GRANT_FIND, &rows, ei,
	    V_BLOB(slice_make(hash, TOKEN_HASH_SIZE)));
	if (err == ERR_NOTFOUND) {
		return no_token(ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = session_read(rows, out, out_expires_at, ei);
	rows_free(rows);
	return err;
}

enum err
operator_check(struct operators *o, struct slice token,
    struct operator_session *out, struct errinfo *ei)
{
	struct operator_session s = {0};
	uint8_t hash[TOKEN_HASH_SIZE];
	int64_t now, expires_at = 0;
	uint64_t ticket = 0;
	enum err err;

	if (!token_is(OPERATOR_TOKEN_PREFIX, token)) {
		return no_token(ei);
	}
	err = token_hash(token, hash, ei);
	if (err != ERR_OK) {
		return err;
	}
	now = clock_utc_sec(o->clock);
	if (o->known != NULL && known_get(o->known, hash, now, out, &ticket)) {
		return ERR_OK;
	}
	err = look_up(o, hash, &s, &expires_at, ei);
	if (err == ERR_OK && now >= expires_at) {
		err = no_token(ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (o->known != NULL) {
		known_put(o->known, ticket, hash, now, &s);
	}
	*out = s;
	return ERR_OK;
}

enum err
operator_may(
    const struct operator_session *s, enum scope scope, struct errinfo *ei)
{
	enum err err;

	ensure((unsigned)scope < SCOPE_MAX_);
	if ((s->scopes & SCOPE_BIT(scope)) != 0) {
		return ERR_OK;
	}
	err = err_set(ei, ERR_DENIED, "operator.scope", NULL,
	    "This needs a token with the scope %s.", scope_name(scope));
	return err_object(ei, err, scope_name(scope));
}

void
operator_actor(const struct operator_session *s, struct actor *out)
{
	actor_operator(out, &s->info.id, s->info.name);
}
