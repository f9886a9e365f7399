/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/password.h"

#include <string.h>

#include "base/bounds.h"
#include "os/file.h"
#include "os/terminal.h"

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
