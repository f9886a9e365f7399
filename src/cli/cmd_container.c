/* SPDX-License-Identifier: Apache-2.0 */
/* surguch container: key containers. */
#include <stdio.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "container/container.h"
#include "os/systime.h"

static enum err
make_container(const char *path, struct container_options *o,
    const char *password_file, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct secret password = SECRET_EMPTY;
	struct container *k = NULL;
	enum err e = ERR_OK;

	if (!o->insecure_no_password) {
		e = cli_password(password_file, true, &password, ei);
	}
	o->password = secret_slice(&password);
	o->created = clock_utc_sec(&clock);
	if (e == ERR_OK) {
		e = container_create(path, o, &k, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s  %s  %s\n", container_info(k)->id,
		    container_info(k)->spec, path);
	}
	if (e == ERR_OK && o->insecure_no_password) {
		(void)fprintf(stderr,
		    "The key lies there without a password: whoever copies "
		    "the folder can sign as you.\n");
	}
	container_free(k);
	secret_clear(&password);
	return e;
}

enum err
cmd_container_new(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *password_file = NULL;
	struct container_options o = {
	    .spec = "gost2012-256:A", .label = "surguch"};
	const struct cli_option options[] = {
	    {"--spec", &o.spec, NULL},
	    {"--label", &o.label, NULL},
	    {"--password-file", &password_file, NULL},
	    {"--insecure-no-password", NULL, &o.insecure_no_password},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && o.insecure_no_password && password_file != NULL) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--password-file or --insecure-no-password, not both");
	}
	return e != ERR_OK ? e
			   : make_container(args.at[0], &o, password_file, ei);
}

static void
print_info(const char *name, const struct container_info *info)
{
	char created[TIME_TEXT_SIZE];

	time_text(info->created, created);
	cli_print("%-24s  %-16s  %-20s  %-8s  %-11s  %s\n", name, info->spec,
	    created, info->has_password ? "password" : "open",
	    info->has_cert ? "certificate" : "", info->label);
}

enum err
cmd_container_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct container_entry *entries = NULL;
	struct cli_args args;
	size_t num = 0;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = container_list(args.at[0], &entries, &num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (entries[i].problem.kind == ERR_OK) {
			print_info(entries[i].name, &entries[i].info);
		} else {
			cli_print("%-24s  cannot be read: %s\n",
			    entries[i].name, entries[i].problem.text);
		}
	}
	container_list_free(entries, num);
	return e;
}

enum err
cmd_container_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct container_info info;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = container_peek(args.at[0], &info, ei);
	}
	if (e == ERR_OK) {
		print_info(args.at[0], &info);
	}
	return e;
}
