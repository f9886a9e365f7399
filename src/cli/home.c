/* SPDX-License-Identifier: Apache-2.0 */
/* Where things of the person lie, and the password of a container. */
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "container/container.h"

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
