/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_database.h"

#include "os/file.h"
#include "roles/settings.h"
#include "store/store.h"

enum {
	PASSWORD_MAX = 1024,
	WHERE_MAX = 4096,
};

static const char file[] = "surguch.db";

enum err
front_database_password(
    const struct settings *s, struct secret *out, struct errinfo *ei)
{
	struct secret line = SECRET_EMPTY;
	size_t len;
	enum err err;

	if (s->database.password_file[0] == '\0') {
		*out = SECRET_EMPTY;
		return ERR_OK;
	}
	err = file_read_secret(
	    s->database.password_file, PASSWORD_MAX, &line, ei);
	if (err != ERR_OK) {
		return err;
	}
	for (len = 0; len < line.len && line.p[len] != '\n';) {
		len++;
	}
	err = secret_copy(out, slice_make(line.p, len), ei);
	secret_clear(&line);
	return err;
}

/* A word of libpq's conninfo: in quotes, with quotes and backslashes
 * escaped. */
static void
put_quoted(struct buf *out, const char *word, const char *text)
{
	buf_printf(out, " %s='", word);
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\') {
			buf_add_u8(out, '\\');
		}
		buf_add_u8(out, (uint8_t)*text);
	}
	buf_add_u8(out, '\'');
}

void
front_database_where(const struct settings *s, struct buf *out)
{
	const struct settings_database *d = &s->database;

	if (!settings_has_server(s)) {
		buf_add_str(out, file);
		return;
	}
	buf_printf(out, "postgresql:port=%u", (unsigned)d->port);
	put_quoted(out, d->host[0] == '/' ? "host" : "hostaddr", d->host);
	put_quoted(out, "dbname", d->name);
	put_quoted(out, "user", d->user);
}

enum err
front_database_open(const struct settings *s, const struct secret *password,
    struct store **out, struct errinfo *ei)
{
	const struct store_options o = {.password = secret_slice(password)};
	struct buf where = BUF_INIT(WHERE_MAX);
	enum err err;

	front_database_where(s, &where);
	err = buf_err(&where, ei);
	if (err == ERR_OK) {
		err = store_open(buf_cstr(&where), &o, out, ei);
	}
	buf_clear(&where);
	return err;
}
