/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_PASSWORD_H
#define SURGUCH_CLI_PASSWORD_H
/* Passwords, passphrases and PINs: never on a command line. */
#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"

/* A password from the first line of a file (mode 0600 is demanded), or typed
 * on the terminal without echo when path is NULL; twice when it is new. */
ATTR_MUST_USE enum err cli_password(
    const char *path, bool is_new, struct secret *out, struct errinfo *ei);

#endif
