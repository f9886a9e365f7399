/* SPDX-License-Identifier: Apache-2.0 */
/* surguch agent policy: what lets a centre's pages reach this computer's agent
 * without the browser's own question, for whoever manages computers. */
#include <stdio.h>
#include <string.h>

#include "agent/trust.h"
#include "base/attr.h"
#include "base/buf.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "os/file.h"
#include "json/writer.h"

enum {
	POLICY_MAX = 16384,
	DIR_MODE = 0755,
	FILE_MODE = 0644,
	FIREFOX_MAX = 65536,
};

struct policy {
	const char *browser;
	const char *const *paths; /* below the root; ended by NULL */
	void (*put)(struct json_writer *w, const struct cli_args *origins);
	/* Is it the browser's only file, which others may have written? */
	bool shared;
};

/* --- what they say ---------------------------------------------------------
 */

/* "This device", and not the older name that stood for the whole network. */
static void
put_chromium(struct json_writer *w, const struct cli_args *origins)
{
	json_open_array(w, "LoopbackNetworkAllowedForUrls");
	for (size_t i = 0; i < origins->num; i++) {
		json_put_text(w, NULL, origins->at[i]);
	}
	json_close(w);
}

static void
put_firefox(struct json_writer *w, const struct cli_args *origins)
{
	json_open_object(w, "policies");
	json_open_object(w, "LocalNetworkAccess");
	json_open_array(w, "SkipDomains");
	for (size_t i = 0; i < origins->num; i++) {
		const char *host = strstr(origins->at[i], "//") + 2;

		json_put_slice(w, NULL, slice_make(host, strcspn(host, ":")));
	}
	json_close(w);
	json_close(w);
	json_close(w);
}

static const char *const chromium_paths[] = {
    "etc/chromium/policies/managed/surguch.json",
    "etc/opt/chrome/policies/managed/surguch.json",
    NULL,
};
static const char *const firefox_paths[] = {
    "etc/firefox/policies/policies.json",
    NULL,
};

static const struct policy policies[] = {
    {"Chromium", chromium_paths, put_chromium, false},
    {"Firefox", firefox_paths, put_firefox, true},
};

static enum err
make_text(const struct policy *p, const struct cli_args *origins,
    struct buf *out, struct errinfo *ei)
{
	struct json_writer w;
	enum err e;

	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	p->put(&w, origins);
	json_close(&w);
	e = json_writer_end(&w, ei);
	buf_add_u8(out, '\n');
	return e != ERR_OK ? e : buf_err(out, ei);
}

/* --- where they go ---------------------------------------------------------
 */

static enum err
make_dirs(char path[PATH_TEXT_SIZE], size_t from, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (char *at = strchr(path + from + 1, '/'); e == ERR_OK && at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (!file_exists(path)) {
			e = dir_make(path, DIR_MODE, ei);
		}
		*at = '/';
	}
	return e;
}

/* What somebody else has written there stays. */
static enum err
check_shared(const char *path, struct slice text, struct errinfo *ei)
{
	struct buf there = BUF_INIT(FIREFOX_MAX);
	enum err e = ERR_OK;

	if (file_exists(path)) {
		e = file_read(path, FIREFOX_MAX, &there, ei);
		if (e == ERR_OK && !slice_eq(buf_slice(&there), text)) {
			e = err_object(ei,
			    err_set(ei, ERR_CONFLICT, "agent.policy.exists",
				NULL,
				"there is a file of other policies already; "
				"add what `surguch agent policy` prints to "
				"it by hand"),
			    path);
		}
	}
	buf_clear(&there);
	return e;
}

static enum err
install(const struct policy *p, const char *root, struct slice text,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && p->paths[i] != NULL; i++) {
		char path[PATH_TEXT_SIZE];

		e = path_join(path, root, p->paths[i], ei);
		if (e == ERR_OK && p->shared) {
			e = check_shared(path, text, ei);
		}
		if (e == ERR_OK) {
			e = make_dirs(path, strlen(root), ei);
		}
		if (e == ERR_OK) {
			e = file_write_atomic(path, text, FILE_MODE, ei);
		}
		if (e == ERR_OK) {
			cli_print("%s\n", path);
		}
	}
	return e;
}

static void
print(const struct policy *p, struct slice text)
{
	for (size_t i = 0; p->paths[i] != NULL; i++) {
		cli_print("%s %s: /%s\n", i == 0 ? "#" : "#   or", p->browser,
		    p->paths[i]);
	}
	cli_print("%.*s\n", (int)text.len, (const char *)text.p);
}

enum err
cmd_agent_policy(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *root = NULL;
	const struct cli_option options[] = {{"--install", &root, NULL}};
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, ARRAY_LEN(options), 1,
	    AGENT_CENTRES_MAX, usage, &args, ei);

	for (size_t i = 0; e == ERR_OK && i < args.num; i++) {
		e = trust_check_origin(args.at[i], ei);
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(policies); i++) {
		struct buf text = BUF_INIT(POLICY_MAX);

		e = make_text(&policies[i], &args, &text, ei);
		if (e == ERR_OK && root != NULL) {
			e = install(&policies[i], root, buf_slice(&text), ei);
		} else if (e == ERR_OK) {
			print(&policies[i], buf_slice(&text));
		}
		buf_clear(&text);
	}
	return e;
}
