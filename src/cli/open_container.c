/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a container at the terminal. */
#include "base/secret.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "container/container.h"

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
