/* SPDX-License-Identifier: Apache-2.0 */
/* surguch cabinet: one application, step by step. */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "container/container.h"
#include "os/file.h"
#include "os/terminal.h"
#include "os/wait.h"
#include "workstation/cabinet.h"
#include "workstation/enrol.h"
#include "workstation/home.h"
#include "workstation/media.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	TEXT_MAX = 1024,
	PATH_MAX_LEN = 256,
	BODY_MAX = 4096,
	READ_TEXT_MAX = 65536,
	WAIT_TRIES = 240,
	WAIT_MS = 500,
};

/* What a command of this file works with. */
struct step {
	struct cabinet *cabinet;
	struct container *container; /* commands that use a key */
	const char *application;
	const char *password_file;
	struct cli_args args; /* APPLICATION [CONTAINER] */
};

static void
step_clear(struct step *s)
{
	container_free(s->container);
	cabinet_free(s->cabinet);
}

static enum err
step_open(struct step *s, struct errinfo *ei)
{
	enum err e = cmd_open_cabinet(&s->cabinet, ei);

	s->application = s->args.at[0];
	if (e == ERR_OK && s->args.num > 1) {
		e = cli_open_container(
		    s->args.at[1], s->password_file, &s->container, ei);
	}
	return e;
}

static void
path_of(char out[PATH_MAX_LEN], const struct step *s, const char *what)
{
	(void)snprintf(out, PATH_MAX_LEN, "/v1/my/applications/%s%s%s",
	    s->application, what[0] != '\0' ? "/" : "", what);
}

/* POST {field: text}, and print the state that is reached. */
static enum err
post_text(struct step *s, const char *what, const char *field, const char *text,
    struct errinfo *ei)
{
	struct buf body = BUF_INIT(BODY_MAX);
	struct json *answer = NULL;
	const char *state;
	char path[PATH_MAX_LEN];
	struct json_writer w;
	enum err e;

	path_of(path, s, what);
	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, field, text);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = cabinet_call(
		    s->cabinet, "POST", path, buf_slice(&body), &answer, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(answer, "state", TEXT_MAX, &state, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s\n", state);
	}
	json_free(answer);
	buf_wipe(&body);
	return e;
}

/* «Проверьте правильность данных»: the hash names the data that were shown. */
enum err
cmd_cabinet_check(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *hash = NULL;
	const struct cli_option options[] = {{"--data", &hash, NULL}};
	struct step s = {0};
	enum err e =
	    cli_parse(argc, argv, options, 1, 1, 1, usage, &s.args, ei);

	if (e == ERR_OK && hash == NULL) {
		e = err_set(ei, ERR_FORMAT, "cli.words", NULL,
		    "--data HASH is needed: the line \"These data are\" of "
		    "surguch cabinet show FORM");
	}
	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = post_text(&s, "check", "data_hash", hash, ei);
	}
	step_clear(&s);
	return e;
}

/* On a medium of folders, for the container was opened by its path; of a key
 * in any other folder nobody is told anything. */
static bool
find_medium(const struct container *c, struct kept *out)
{
	char home[PATH_TEXT_SIZE];
	const struct media_options o = {.home = home, .folders_only = true};
	struct media *media = NULL;
	bool found = home_dir(home, sizeof(home), NULL) == ERR_OK &&
		     media_open(&o, &media, NULL) == ERR_OK &&
		     media_find_container(
			 media, container_info(c)->id, out, NULL) == ERR_OK;

	media_close(media);
	return found;
}

static enum err
send_request(struct step *s, struct slice der, struct errinfo *ei)
{
	struct kept k;
	struct enrol_medium medium = {0};
	bool found = find_medium(s->container, &k);

	if (found) {
		medium.kind = medium_kind_name(k.medium.kind);
		medium.name = k.medium.name;
		medium.container = k.info.id;
	}
	return enrol_send_request(
	    s->cabinet, s->application, der, found ? &medium : NULL, ei);
}

enum err
cmd_cabinet_request(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *name = "surguch";
	struct step s = {0};
	const struct cli_option options[] = {
	    {"--password-file", &s.password_file, NULL},
	    {"--name", &name, NULL}};
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	enum err e =
	    cli_parse(argc, argv, options, 2, 2, 2, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = enrol_make_request(s.container, name, &der, ei);
	}
	if (e == ERR_OK) {
		e = send_request(&s, buf_slice(&der), ei);
	}
	if (e == ERR_OK) {
		(void)fprintf(stderr,
		    "The request is there. Confirm it with the code that "
		    "comes by SMS:\n  surguch cabinet confirm %s --code "
		    "CODE\n",
		    s.application);
	}
	buf_clear(&der);
	step_clear(&s);
	return e;
}

enum err
cmd_cabinet_confirm(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *code = NULL;
	const struct cli_option options[] = {{"--code", &code, NULL}};
	char typed[32];
	struct step s = {0};
	enum err e =
	    cli_parse(argc, argv, options, 1, 1, 1, usage, &s.args, ei);

	if (e == ERR_OK && code == NULL) {
		e = terminal_ask(
		    "Code from the SMS: ", typed, sizeof(typed), ei);
		code = typed;
	}
	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = post_text(&s, "confirmation", "code", code, ei);
	}
	step_clear(&s);
	return e;
}

static enum err
get_state(struct step *s, char *out, size_t size, struct errinfo *ei)
{
	struct json *answer = NULL;
	char path[PATH_MAX_LEN];
	const char *state;
	enum err e;

	path_of(path, s, "");
	e = cabinet_call(s->cabinet, "GET", path, SLICE_EMPTY, &answer, ei);
	if (e == ERR_OK) {
		e = json_get_text(answer, "state", size - 1, &state, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out, size, "%s", state);
	}
	json_free(answer);
	return e;
}

static enum err
print_status(struct step *s, struct errinfo *ei)
{
	char path[PATH_MAX_LEN], state[64];
	enum err e;

	if (cmd_json()) {
		path_of(path, s, "");
		return cmd_print_json(s->cabinet, path, ei);
	}
	e = get_state(s, state, sizeof(state), ei);
	if (e == ERR_OK) {
		cli_print("%s\n", state);
	}
	return e;
}

enum err
cmd_cabinet_status(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct step s = {0};
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = print_status(&s, ei);
	}
	step_clear(&s);
	return e;
}

static bool
is_on_its_way(const char *state)
{
	return strcmp(state, "confirmed") == 0 ||
	       strcmp(state, "approved") == 0 || strcmp(state, "issuing") == 0;
}

/* Until the centre has issued, or until somebody else has to act. */
enum err
cmd_cabinet_wait(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char state[64] = "approved";
	struct step s = {0};
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	for (int i = 0; e == ERR_OK && i < WAIT_TRIES; i++) {
		e = get_state(&s, state, sizeof(state), ei);
		if (e != ERR_OK || !is_on_its_way(state)) {
			break;
		}
		sleep_ms(WAIT_MS);
	}
	if (e == ERR_OK && is_on_its_way(state)) {
		e = err_set(ei, ERR_TIMEOUT, "cabinet.wait", NULL,
		    "not issued yet; nothing is lost: ask again later");
	}
	if (e == ERR_OK) {
		cli_print("%s\n", state);
	}
	step_clear(&s);
	return e;
}

static enum err
acquaint(struct step *s, bool yes, struct errinfo *ei)
{
	struct buf text = BUF_INIT(READ_TEXT_MAX);
	enum err e =
	    enrol_get_acquaintance(s->cabinet, s->application, &text, ei);

	if (e == ERR_OK) {
		e = cli_write(buf_slice(&text), ei);
	}
	if (e == ERR_OK && !yes) {
		e = terminal_confirm("Sign this text with the new key?", ei);
	}
	if (e == ERR_OK) {
		e = enrol_acquaint(s->cabinet, s->application, s->container,
		    buf_slice(&text), ei);
	}
	buf_clear(&text);
	return e;
}

enum err
cmd_cabinet_acquaint(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool yes = false;
	struct step s = {0};
	const struct cli_option options[] = {
	    {"--password-file", &s.password_file, NULL}, {"--yes", NULL, &yes}};
	enum err e =
	    cli_parse(argc, argv, options, 2, 2, 2, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = acquaint(&s, yes, ei);
	}
	step_clear(&s);
	return e;
}

enum err
cmd_cabinet_install(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct step s = {0};
	const struct cli_option options[] = {
	    {"--password-file", &s.password_file, NULL}};
	enum err e =
	    cli_parse(argc, argv, options, 1, 2, 2, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = enrol_install(s.cabinet, s.application, s.container, ei);
	}
	if (e == ERR_OK) {
		cli_print("installed into %s\n", s.args.at[1]);
	}
	step_clear(&s);
	return e;
}

enum err
cmd_cabinet_download(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *format = "der", *output = NULL;
	const struct cli_option options[] = {
	    {"--format", &format, NULL}, {"--output", &output, NULL}};
	struct buf file = BUF_INIT(CMS_BYTES_MAX);
	struct step s = {0};
	enum err e =
	    cli_parse(argc, argv, options, 2, 1, 1, usage, &s.args, ei);

	if (e == ERR_OK) {
		e = step_open(&s, ei);
	}
	if (e == ERR_OK) {
		e = enrol_download(s.cabinet, s.application, format, &file, ei);
	}
	if (e == ERR_OK) {
		e = cli_write_to(output, buf_slice(&file), ei);
	}
	buf_clear(&file);
	step_clear(&s);
	return e;
}
