/* SPDX-License-Identifier: Apache-2.0 */
/* surguch cabinet: signing in and forms. */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "os/file.h"
#include "os/terminal.h"
#include "workstation/cabinet.h"
#include "workstation/home.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	TEXT_MAX = 1024,
	PATH_MAX_LEN = 256,
	CODE_MAX = 32,
	FORMS_MAX = 1000
};

enum err
cmd_open_cabinet(struct cabinet **out, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE];
	enum err e = home_dir(home, sizeof(home), ei);

	return e != ERR_OK ? e : cabinet_open(home, out, ei);
}

/* A command without options whose one word, if it has one, names something in
 * the cabinet: the words, the cabinet, the act. */
struct act {
	int argc;
	char **argv;
	const char *usage;
	size_t num_words; /* 0 or 1 */
	enum err (*run)(
	    struct cabinet *c, const char *word, struct errinfo *ei);
};

static enum err
do_act(const struct act *a, struct errinfo *ei)
{
	struct cabinet *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(a->argc, a->argv, NULL, 0, a->num_words,
	    a->num_words, a->usage, &args, ei);

	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK) {
		e = a->run(c, args.at[0], ei);
	}
	cabinet_free(c);
	return e;
}

enum err
cmd_cabinet_use(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *ca_file = NULL;
	const struct cli_option options[] = {{"--ca", &ca_file, NULL}};
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 1, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = home_dir(home, sizeof(home), ei);
	}
	if (e == ERR_OK) {
		e = cabinet_use(home, args.at[0], ca_file, ei);
	}
	return e;
}

/* Two steps, so that it can be done by a script and by hand: without a code
 * one is asked for; with it (or typed, on a terminal) the session begins. */
static enum err
login(struct cabinet *c, const char *phone, const char *code, bool again,
    struct errinfo *ei)
{
	char typed[CODE_MAX];
	enum err e = ERR_OK;

	if (code == NULL) {
		e = cabinet_ask_code(c, phone, again, ei);
		if (e != ERR_OK) {
			return e;
		}
		(void)fprintf(stderr,
		    "If the number stands in the application, the code "
		    "comes within two minutes.\n");
		if (!terminal_is_interactive()) {
			(void)fprintf(stderr,
			    "Then: surguch cabinet login %s --code CODE\n",
			    phone);
			return ERR_OK;
		}
		e = terminal_ask(
		    "Code from the SMS: ", typed, sizeof(typed), ei);
		code = typed;
	}
	return e != ERR_OK ? e : cabinet_sign_in(c, code, ei);
}

enum err
cmd_cabinet_login(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *code = NULL;
	bool again = false;
	const struct cli_option options[] = {
	    {"--code", &code, NULL}, {"--again", NULL, &again}};
	struct cabinet *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 2, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK) {
		e = login(c, args.at[0], code, again, ei);
	}
	cabinet_free(c);
	return e;
}

static enum err
sign_out(struct cabinet *c, const char *word, struct errinfo *ei)
{
	(void)word;
	return cabinet_sign_out(c, ei);
}

enum err
cmd_cabinet_logout(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	return do_act(&(struct act){argc, argv, usage, 0, sign_out}, ei);
}

enum err
cmd_print_json(struct cabinet *c, const char *path, struct errinfo *ei)
{
	struct buf b = BUF_INIT(HTTP_BODY_MAX);
	enum err e = cabinet_get_file(c, path, &b, ei);

	buf_add_u8(&b, '\n');
	if (e == ERR_OK) {
		e = cli_write(buf_slice(&b), ei);
	}
	buf_clear(&b);
	return e;
}

static enum err
print_form_line(const struct json *form, struct errinfo *ei)
{
	const char *id, *state, *next, *surname, *given, *org;
	enum err e = json_get_text(form, "id", TEXT_MAX, &id, ei);

	if (e == ERR_OK) {
		e = json_get_text(form, "state", TEXT_MAX, &state, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(form, "next", TEXT_MAX, &next, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    form, "surname", TEXT_MAX, &surname, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    form, "given_name", TEXT_MAX, &given, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    form, "organisation_name", TEXT_MAX, &org, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s  %-10s  %-10s  %s %s%s%s\n", id, state, next,
		    surname != NULL ? surname : "", given != NULL ? given : "",
		    org != NULL ? ", " : "", org != NULL ? org : "");
	}
	return e;
}

/* The page after the form `last` ("": the first one), whose own last form
 * `last` becomes. */
static enum err
print_page(struct cabinet *c, char last[ID_TEXT_SIZE], size_t *out_num,
    struct errinfo *ei)
{
	char path[PATH_MAX_LEN];
	struct json *answer = NULL;
	const struct json *forms = NULL, *form;
	const char *id = NULL;
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/my/forms%s%s",
	    last[0] != '\0' ? "?after=" : "", last);
	e = cabinet_call(c, "GET", path, SLICE_EMPTY, &answer, ei);
	if (e == ERR_OK) {
		e = json_get_array(answer, "forms", FORMS_MAX, &forms, ei);
	}
	*out_num = e == ERR_OK ? json_array_len(forms) : 0;
	for (size_t i = 0; e == ERR_OK && i < *out_num; i++) {
		e = json_item_object(forms, i, &form, ei);
		if (e == ERR_OK) {
			e = print_form_line(form, ei);
		}
		if (e == ERR_OK) {
			e = json_get_text(
			    form, "id", ID_TEXT_SIZE - 1, &id, ei);
		}
	}
	if (e == ERR_OK && id != NULL) {
		(void)snprintf(last, ID_TEXT_SIZE, "%s", id);
	}
	json_free(answer);
	return e;
}

static enum err
print_forms(struct cabinet *c, const char *word, struct errinfo *ei)
{
	char last[ID_TEXT_SIZE] = "";
	size_t num = 1;
	enum err e = ERR_OK;

	(void)word;
	if (cmd_json()) {
		return cmd_print_json(c, "/v1/my/forms", ei);
	}
	while (e == ERR_OK && num > 0) {
		e = print_page(c, last, &num, ei);
	}
	if (e == ERR_OK && last[0] == '\0') {
		cli_print("No forms: your service centre makes one when a "
			  "certificate was ordered.\n");
	}
	return e;
}

enum err
cmd_cabinet_forms(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	return do_act(&(struct act){argc, argv, usage, 0, print_forms}, ei);
}

static enum err
print_rows(const struct json *form, struct errinfo *ei)
{
	const struct json *rows, *row;
	const char *label, *value;
	enum err e = json_get_array(form, "rows", FORMS_MAX, &rows, ei);

	for (size_t i = 0; e == ERR_OK && i < json_array_len(rows); i++) {
		e = json_item_object(rows, i, &row, ei);
		if (e == ERR_OK) {
			e = json_get_text(row, "label", TEXT_MAX, &label, ei);
		}
		if (e == ERR_OK) {
			e = json_get_text_optional(
			    row, "value", TEXT_MAX, &value, ei);
		}
		if (e == ERR_OK) {
			cli_print(
			    "  %-20s  %s\n", label, value != NULL ? value : "");
		}
	}
	return e;
}

static enum err
print_form(struct cabinet *c, const char *id, struct errinfo *ei)
{
	char path[PATH_MAX_LEN];
	struct json *form = NULL;
	const struct json *support;
	const char *hash, *phone;
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/my/forms/%s", id);
	if (cmd_json()) {
		return cmd_print_json(c, path, ei);
	}
	e = cabinet_call(c, "GET", path, SLICE_EMPTY, &form, ei);
	if (e == ERR_OK) {
		e = print_rows(form, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(form, "data_hash", TEXT_MAX, &hash, ei);
	}
	if (e == ERR_OK) {
		e = json_get_object(form, "support", &support, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    support, "phone", TEXT_MAX, &phone, ei);
	}
	if (e == ERR_OK) {
		cli_print("\nFound a mistake? Ask your service centre: %s\n"
			  "These data are: %s\n",
		    phone != NULL ? phone : "", hash);
	}
	json_free(form);
	return e;
}

enum err
cmd_cabinet_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	return do_act(&(struct act){argc, argv, usage, 1, print_form}, ei);
}

static enum err
apply(struct cabinet *c, const char *form, struct errinfo *ei)
{
	char path[PATH_MAX_LEN];
	struct json *answer = NULL;
	const char *id;
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/my/forms/%s/application", form);
	e = cabinet_call(c, "POST", path, SLICE_EMPTY, &answer, ei);
	if (e == ERR_OK) {
		e = json_get_text(answer, "id", TEXT_MAX, &id, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s\n", id);
	}
	json_free(answer);
	return e;
}

enum err
cmd_cabinet_apply(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	return do_act(&(struct act){argc, argv, usage, 1, apply}, ei);
}
