/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust client-config: settings that make computers take their roots
 * from a mirror. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "os/file.h"
#include "os/systime.h"
#include "trust/client_config.h"

enum {
	FILE_MODE_PUBLIC = 0644,
	DIR_MODE_PUBLIC = 0755,
	FILE_BYTES = 128 * 1024,
};

static enum err
write_one(const struct client_config *c, enum client_file f, const char *dir,
    struct errinfo *ei)
{
	struct buf content = BUF_INIT(FILE_BYTES);
	char path[PATH_TEXT_SIZE], folder[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, client_file_name(f), ei);
	const char *name = strrchr(path, '/');

	/* en-US/..., ru-RU/... */
	if (e == ERR_OK && strchr(client_file_name(f), '/') != NULL) {
		(void)snprintf(
		    folder, sizeof(folder), "%.*s", (int)(name - path), path);
		if (!file_exists(folder)) {
			e = dir_make(folder, DIR_MODE_PUBLIC, ei);
		}
	}
	if (e == ERR_OK) {
		client_config_put(c, f, &content);
		e = buf_err(&content, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(
		    path, buf_slice(&content), FILE_MODE_PUBLIC, ei);
	}
	buf_clear(&content);
	if (e == ERR_OK) {
		cli_print("%s: %s\n", path, client_file_what(f));
	}
	return e;
}

static enum err
write_all(const struct client_config *c, const char *dir, struct errinfo *ei)
{
	enum err e =
	    file_exists(dir) ? ERR_OK : dir_make(dir, DIR_MODE_PUBLIC, ei);

	for (unsigned i = 0; e == ERR_OK && i < CLIENT_FILES; i++) {
		e = write_one(c, (enum client_file)i, dir, ei);
	}
	return e;
}

static enum err
print_one(const struct client_config *c, const char *name, struct errinfo *ei)
{
	struct buf content = BUF_INIT(FILE_BYTES);

	for (unsigned i = 0; i < CLIENT_FILES; i++) {
		if (strcmp(client_file_name((enum client_file)i), name) == 0) {
			client_config_put(c, (enum client_file)i, &content);
			return cli_write_buf(&content, ei);
		}
	}
	(void)err_set(ei, ERR_FORMAT, "cli.option", NULL,
	    "--only wants a file that is made: surguch-roots.reg, "
	    "Registry.xml, ...; without options they are listed");
	return err_object(ei, ERR_FORMAT, "--only");
}

static enum err
list_all(struct errinfo *ei)
{
	struct buf out = BUF_INIT(FILE_BYTES);

	for (unsigned i = 0; i < CLIENT_FILES; i++) {
		buf_printf(&out, "%-27s %s\n",
		    client_file_name((enum client_file)i),
		    client_file_what((enum client_file)i));
	}
	return cli_write_buf(&out, ei);
}

enum err
cmd_trust_client_config(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	const char *dir = NULL, *only = NULL, *computer = NULL, *feed = NULL;
	const struct cli_option options[] = {
	    {"--output", &dir, NULL},
	    {"--only", &only, NULL},
	    {"--computer", &computer, NULL},
	    {"--feed-key", &feed, NULL},
	};
	struct client_config c;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = client_config_make(
		    args.at[0], computer, clock_utc_sec(&clock), &c, ei);
	}
	if (e == ERR_OK && feed != NULL) {
		e = client_config_feed(&c, feed, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (only != NULL) {
		return print_one(&c, only, ei);
	}
	return dir != NULL ? write_all(&c, dir, ei) : list_all(ei);
}
