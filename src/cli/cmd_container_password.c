/* SPDX-License-Identifier: Apache-2.0 */
/* surguch container password: another one, in its place. */
#include <stdio.h>

#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "container/container.h"

enum err
cmd_container_password(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *old_file = NULL, *new_file = NULL;
	bool no_password = false;
	const struct cli_option options[] = {
	    {"--password-file", &old_file, NULL},
	    {"--new-password-file", &new_file, NULL},
	    {"--insecure-no-password", NULL, &no_password},
	};
	struct secret password = SECRET_EMPTY;
	struct container *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && no_password && new_file != NULL) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--new-password-file or --insecure-no-password, not both");
	}
	if (e == ERR_OK) {
		e = cli_open_container(args.at[0], old_file, &c, ei);
	}
	if (e == ERR_OK && !no_password) {
		(void)fprintf(stderr, "The new password:\n");
		e = cli_password(new_file, true, &password, ei);
	}
	if (e == ERR_OK) {
		const struct container_password to = {
		    .password = secret_slice(&password),
		    .insecure_no_password = no_password,
		};

		e = container_set_password(c, &to, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s\n", container_info(c)->id);
	}
	secret_clear(&password);
	container_free(c);
	return e;
}
