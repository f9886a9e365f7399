/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/admins.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "os/file.h"
#include "os/random.h"

enum {
	FILE_MODE = 0600,
	KEY_BYTES = 32,
	LINE_MAX = ADMIN_NAME_SIZE + 2 * SHA256_SIZE + 1,
	FILE_MAX = ADMINS_MAX * LINE_MAX,
};

struct admins {
	struct admin at[ADMINS_MAX];
	size_t num;
};

static bool
is_name(struct slice s)
{
	if (s.len == 0 || s.len >= ADMIN_NAME_SIZE) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		char c = (char)s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			(c >= '0' && c <= '9') || strchr(".-_", c) != NULL) ||
		    c == '\0') {
			return false;
		}
	}
	return true;
}

/* --- the file --------------------------------------------------------------
 */

static bool
read_line(struct slice line, struct admin *out)
{
	const uint8_t *gap =
	    line.len == 0 ? NULL : memchr(line.p, ' ', line.len);
	struct slice name, hex;

	if (gap == NULL) {
		return false;
	}
	name = slice_make(line.p, (size_t)(gap - line.p));
	hex = slice_make(gap + 1, line.len - name.len - 1);
	if (!is_name(name) || !text_unhex(hex, out->hash, SHA256_SIZE)) {
		return false;
	}
	memcpy(out->name, name.p, name.len);
	out->name[name.len] = '\0';
	return true;
}

static enum err
read_text(struct slice text, struct admins *out, struct errinfo *ei)
{
	out->num = 0;
	while (text.len > 0) {
		const uint8_t *end = memchr(text.p, '\n', text.len);
		size_t len = end == NULL ? text.len : (size_t)(end - text.p);
		struct slice line = slice_make(text.p, len);

		if (out->num == ADMINS_MAX ||
		    !read_line(line, &out->at[out->num])) {
			return err_set(ei, ERR_FORMAT, "admins.form", NULL,
			    "line %zu is not a name and a hash (at most %d "
			    "lines)",
			    out->num + 1, (int)ADMINS_MAX);
		}
		out->num++;
		text = slice_make(text.p + len + (end != NULL),
		    text.len - len - (end != NULL));
	}
	return ERR_OK;
}

/* None, when there is no file. */
static enum err
load(const char *path, struct admins *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	enum err e;

	out->num = 0;
	if (!file_exists(path)) {
		return ERR_OK;
	}
	e = file_check_secret_mode(path, ei);
	if (e == ERR_OK) {
		e = file_read(path, FILE_MAX, &text, ei);
	}
	if (e == ERR_OK) {
		e = read_text(buf_slice(&text), out, ei);
	}
	buf_clear(&text);
	return e == ERR_OK ? e : err_object(ei, e, path);
}

static enum err
save(const char *path, const struct admins *a, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	enum err e;

	for (size_t i = 0; i < a->num; i++) {
		buf_printf(&text, "%s ", a->at[i].name);
		text_hex(
		    &text, slice_make(a->at[i].hash, sizeof(a->at[i].hash)));
		buf_add_u8(&text, '\n');
	}
	e = buf_err(&text, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

/* --- questions -------------------------------------------------------------
 */

static enum err
denied(struct errinfo *ei)
{
	return err_set(ei, ERR_DENIED, "admin.key", NULL,
	    "this is no administrator's key; surguch-trustd -a NAME "
	    "makes one");
}

static enum err
gone(const char *name, struct errinfo *ei)
{
	return err_set(ei, ERR_NOTFOUND, "admin.none", NULL,
	    "there is no administrator %s", name);
}

enum err
admins_find(
    const char *path, struct slice key, struct admin *out, struct errinfo *ei)
{
	struct admins a;
	uint8_t hash[SHA256_SIZE];
	enum err e = load(path, &a, ei);
	bool found = false;

	if (e == ERR_OK) {
		e = sha256_of(key, hash, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < a.num; i++) {
		if (secret_eq(slice_make(hash, sizeof(hash)),
			slice_make(a.at[i].hash, sizeof(a.at[i].hash)))) {
			*out = a.at[i];
			found = true;
		}
	}
	return e != ERR_OK || found ? e : denied(ei);
}

enum err
admins_still(const char *path, const struct admin *admin, struct errinfo *ei)
{
	struct admins a;
	enum err e = load(path, &a, ei);

	for (size_t i = 0; e == ERR_OK && i < a.num; i++) {
		if (strcmp(a.at[i].name, admin->name) == 0 &&
		    memcmp(a.at[i].hash, admin->hash, SHA256_SIZE) == 0) {
			return ERR_OK;
		}
	}
	return e != ERR_OK ? e : gone(admin->name, ei);
}

/* --- changes ---------------------------------------------------------------
 */

static enum err
make_key(struct admin *out, char out_key[ADMIN_KEY_SIZE], struct errinfo *ei)
{
	struct buf text = BUF_INIT(ADMIN_KEY_SIZE);
	uint8_t bytes[KEY_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	if (e == ERR_OK) {
		text_base64url(&text, slice_make(bytes, sizeof(bytes)));
		e = sha256_of_buf(&text, out->hash, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out_key, ADMIN_KEY_SIZE, "%s", buf_cstr(&text));
	}
	secret_wipe(bytes, sizeof(bytes));
	buf_wipe(&text);
	return e;
}

enum err
admins_add(const char *path, const char *name, char out_key[ADMIN_KEY_SIZE],
    struct errinfo *ei)
{
	struct admins a;
	enum err e;

	if (!is_name(slice_str(name))) {
		return err_set(ei, ERR_FORMAT, "admin.name", NULL,
		    "a name has 1 to %d letters, digits, \".\", \"-\" or \"_\"",
		    ADMIN_NAME_SIZE - 1);
	}
	e = load(path, &a, ei);
	for (size_t i = 0; e == ERR_OK && i < a.num; i++) {
		if (strcmp(a.at[i].name, name) == 0) {
			e = err_set(ei, ERR_CONFLICT, "admin.there", NULL,
			    "%s is an administrator already; remove the name "
			    "first, and its old key ends",
			    name);
		}
	}
	if (e == ERR_OK && a.num == ADMINS_MAX) {
		e = err_set(ei, ERR_LIMIT, "admins.number", NULL,
		    "there are %d administrators, no more are kept",
		    (int)ADMINS_MAX);
	}
	if (e == ERR_OK) {
		(void)snprintf(
		    a.at[a.num].name, sizeof(a.at[a.num].name), "%s", name);
		e = make_key(&a.at[a.num++], out_key, ei);
	}
	return e == ERR_OK ? save(path, &a, ei) : e;
}

enum err
admins_remove(const char *path, const char *name, struct errinfo *ei)
{
	struct admins a;
	enum err e = load(path, &a, ei);

	for (size_t i = 0; e == ERR_OK && i < a.num; i++) {
		if (strcmp(a.at[i].name, name) == 0) {
			a.at[i] = a.at[--a.num];
			return save(path, &a, ei);
		}
	}
	return e != ERR_OK ? e : gone(name, ei);
}
