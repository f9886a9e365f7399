/* SPDX-License-Identifier: Apache-2.0 */
/* Where things of the person lie, and the password of a container. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "cli/commands.h"
#include "container/container.h"
#include "os/file.h"
#include "os/terminal.h"

enum err
cli_home(char *out, size_t size, struct errinfo *ei)
{
	const char *home = getenv("SURGUCH_HOME");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *user = getenv("HOME");
	int len;

	if (home != NULL && home[0] != '\0') {
		len = snprintf(out, size, "%s", home);
	} else if (config != NULL && config[0] != '\0') {
		len = snprintf(out, size, "%s/surguch", config);
	} else if (user != NULL && user[0] != '\0') {
		len = snprintf(out, size, "%s/.config/surguch", user);
	} else {
		return err_set(ei, ERR_STATE, "home.none", NULL,
		    "neither SURGUCH_HOME nor HOME says where to keep "
		    "things");
	}
	if (len < 0 || (size_t)len >= size) {
		return err_set(ei, ERR_LIMIT, "home.length", NULL,
		    "the path of the home directory is too long");
	}
	return ERR_OK;
}

/* The first line of a file that nobody else may read. */
static enum err
password_from_file(const char *path, struct secret *out, struct errinfo *ei)
{
	struct secret whole = SECRET_EMPTY;
	enum err e = file_read_secret(path, PASSPHRASE_MAX, &whole, ei);
	const uint8_t *end;
	size_t len;

	if (e != ERR_OK) {
		return e;
	}
	end = whole.len > 0 ? memchr(whole.p, '\n', whole.len) : NULL;
	len = end != NULL ? (size_t)(end - whole.p) : whole.len;
	e = len == 0 ? err_set(ei, ERR_FORMAT, "password.empty", NULL,
			   "%s holds no password in its first line", path)
		     : secret_copy(out, slice_make(whole.p, len), ei);
	secret_clear(&whole);
	return e;
}

static enum err
password_typed(bool is_new, struct secret *out, struct errinfo *ei)
{
	struct secret first = SECRET_EMPTY, second = SECRET_EMPTY;
	enum err e = terminal_ask_secret("Password: ", &first, ei);

	if (e == ERR_OK && is_new) {
		e = terminal_ask_secret("The same again: ", &second, ei);
		if (e == ERR_OK &&
		    !secret_eq(secret_slice(&first), secret_slice(&second))) {
			e = err_set(ei, ERR_CONFLICT, "password.twice", NULL,
			    "the two are not the same");
		}
	}
	secret_clear(&second);
	if (e != ERR_OK) {
		secret_clear(&first);
		return e;
	}
	*out = first;
	return ERR_OK;
}

enum err
cli_password(
    const char *path, bool is_new, struct secret *out, struct errinfo *ei)
{
	return path != NULL ? password_from_file(path, out, ei)
			    : password_typed(is_new, out, ei);
}

enum err
cli_open_container(const char *path, const char *password_file,
    struct container **out, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct container_info info;
	enum err e = container_peek(path, &info, ei);

	if (e == ERR_OK && info.has_password) {
		e = cli_password(password_file, false, &password, ei);
	}
	if (e == ERR_OK) {
		e = container_open(path, secret_slice(&password), out, ei);
	}
	secret_clear(&password);
	return e;
}
