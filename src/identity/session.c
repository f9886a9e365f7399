/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/session.h"

#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "identity/token.h"
#include "os/random.h"
#include "store/store.h"

enum {
	KEEP_SEC = 30 * 86400
};

void
session_settings_default(struct session_settings *s)
{
	*s = (struct session_settings){.life_sec = 43200, .idle_sec = 3600};
}

/* The nearer of the end of its life and of its idle time. */
static int64_t
ends_at(const struct sessions *s, int64_t life_end, int64_t used_at)
{
	int64_t idle_end = used_at + s->settings.idle_sec;

	return idle_end < life_end ? idle_end : life_end;
}

static void
audit_session(struct unit *u, const char *action,
    const struct session_info *info, const struct actor *actor, int64_t now)
{
	char who[ACTOR_TEXT_SIZE];
	char object[ID_TEXT_SIZE];

	actor_text(actor, who);
	id_text(&info->id, SESSION_PREFIX, object);
	unit_audit(u, &(struct audit_event){
			  .at = now,
			  .actor = who,
			  .action = action,
			  .object = object,
		      });
}

enum err
session_open(struct sessions *s, const struct otp_proof *proof,
    const char *phone, enum lang lang, char out_token[SESSION_TOKEN_SIZE],
    struct session_info *out, struct errinfo *ei)
{
	struct session_info info = {.lang = lang};
	struct actor actor;
	struct unit u;
	char token[SESSION_TOKEN_SIZE];
	int64_t now = clock_utc_sec(s->clock);
	int64_t life_end = now + s->settings.life_sec;
	size_t len = strlen(phone);
	enum err err;

	if (len >= sizeof(info.phone)) {
		return err_set(ei, ERR_LIMIT, "session.phone", NULL,
		    "The phone is not a normalised number.");
	}
	memcpy(info.phone, phone, len + 1);
	info.created_at = now;
	info.used_at = now;
	info.life_ends_at = life_end;
	info.expires_at = ends_at(s, life_end, now);
	unit_init(&u);
	if ((err = token_new("", token, sizeof(token), ei)) != ERR_OK ||
	    (err = token_hash(slice_str(token), info.hash, ei)) != ERR_OK ||
	    (err = id_new(s->clock, &info.id, ei)) != ERR_OK) {
		goto out;
	}
	otp_add_use(&u, proof);
	unit_add(&u, ST_SESSION_INSERT, EXPECT(1),
	    V_BLOB(slice_make(info.hash, sizeof(info.hash))), V_ID(&info.id),
	    V_TEXT(phone), V_TEXT(lang_name(lang)), V_INT(now),
	    V_INT(life_end));
	session_actor(&info, &actor);
	audit_session(&u, "session.open", &info, &actor, now);
	err = store_submit(s->store, &u, NULL, ei);
	if (err == ERR_OK) {
		memcpy(out_token, token, sizeof(token));
		*out = info;
	}
out:
	secret_wipe(token, sizeof(token));
	unit_clear(&u);
	return err;
}

static enum err
none(struct errinfo *ei)
{
	return err_set(ei, ERR_DENIED, "session.none", NULL,
	    "You are not signed in, or it was too long ago; sign in again.");
}

static enum err
touch(struct sessions *s, struct session_info *info, int64_t now,
    struct errinfo *ei)
{
	struct unit u;
	enum err err;

	if (now - info->used_at < SESSION_TOUCH_SEC) {
		return ERR_OK;
	}
	unit_init(&u);
	unit_add(&u, ST_SESSION_TOUCH, EXPECT_ANY,
	    V_BLOB(slice_make(info->hash, sizeof(info->hash))), V_INT(now));
	err = store_submit(s->store, &u, NULL, ei);
	unit_clear(&u);
	if (err == ERR_OK) {
		info->used_at = now;
	}
	return err;
}

static enum err
session_read(
    const struct rows *rows, struct session_info *out, struct errinfo *ei)
{
	const char *phone = rows_text(rows, 0, 1);
	size_t len = strlen(phone);

	if (len >= sizeof(out->phone)) {
		return err_set(ei, ERR_STORE, "session.row", NULL,
		    "A session's row does not have its form.");
	}
	out->id = rows_id(rows, 0, 0);
	memcpy(out->phone, phone, len + 1);
	out->lang = lang_from_slice(slice_str(rows_text(rows, 0, 2)));
	out->created_at = rows_int(rows, 0, 3);
	out->used_at = rows_int(rows, 0, 4);
	out->life_ends_at = rows_int(rows, 0, 5);
	return ERR_OK;
}

enum err
session_look(struct sessions *s, const uint8_t hash[SESSION_HASH_SIZE],
    struct session_info *out, struct errinfo *ei)
{
	struct session_info info = {0};
	struct rows *rows = NULL;
	enum err err;

	memcpy(info.hash, hash, sizeof(info.hash));
	err = store_query_one(s->store, ST_SESSION_FIND, &rows, ei,
	    V_BLOB(slice_make(info.hash, sizeof(info.hash))));
	if (err == ERR_NOTFOUND) {
		return none(ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = session_read(rows, &info, ei);
	rows_free(rows);
	if (err != ERR_OK) {
		return err;
	}
	info.expires_at = ends_at(s, info.life_ends_at, info.used_at);
	if (clock_utc_sec(s->clock) >= info.expires_at) {
		return none(ei);
	}
	*out = info;
	return ERR_OK;
}

enum err
session_find(struct sessions *s, struct slice token, struct session_info *out,
    struct errinfo *ei)
{
	struct session_info info = {0};
	uint8_t hash[SESSION_HASH_SIZE];
	enum err err;

	if (!token_is("", token)) {
		return none(ei);
	}
	err = token_hash(token, hash, ei);
	if (err == ERR_OK) {
		err = session_look(s, hash, &info, ei);
	}
	if (err == ERR_OK) {
		err = touch(s, &info, clock_utc_sec(s->clock), ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	info.expires_at = ends_at(s, info.life_ends_at, info.used_at);
	*out = info;
	return ERR_OK;
}

enum err
session_end(
    struct sessions *s, const struct session_info *info, struct errinfo *ei)
{
	struct actor actor;
	struct unit u;
	int64_t now = clock_utc_sec(s->clock);
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_SESSION_END, EXPECT(1),
	    V_BLOB(slice_make(info->hash, sizeof(info->hash))));
	session_actor(info, &actor);
	audit_session(&u, "session.end", info, &actor, now);
	err = store_submit(s->store, &u, NULL, ei);
	unit_clear(&u);
	/* It had ended already. */
	return err == ERR_CONFLICT ? ERR_OK : err;
}

void
session_actor(const struct session_info *info, struct actor *out)
{
	actor_person(out, &info->id, info->phone);
}

enum err
session_sweep(struct sessions *s, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_SESSION_PURGE, EXPECT_ANY,
	    V_INT(clock_utc_sec(s->clock) - KEEP_SEC));
	err = store_submit(s->store, &u, NULL, ei);
	unit_clear(&u);
	return err;
}
