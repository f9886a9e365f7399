/* SPDX-License-Identifier: Apache-2.0 */
/* surguch certificate: how one stands at the centre, and its end. */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "container/container.h"
#include "os/file.h"
#include "os/terminal.h"
#include "workstation/cabinet.h"
#include "workstation/standing.h"
#include "x509/cert.h"
#include "x509/pem.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	TEXT_MAX = 1024,
	OUT_MAX = 65536,
	LIST_MAX = 1000,
	CODE_MAX = 32,
	PATH_MAX_LEN = 256,
	FILE_MAX = 2 * CERT_BYTES_MAX, /* PEM, and text around it */
};

/* --- what an answer says ---------------------------------------------------
 */

/* These texts of it, those that there are, as lines or as one JSON object. */
static enum err
tell(const struct json *answer, const char *const *fields, struct errinfo *ei)
{
	struct buf lines = BUF_INIT(OUT_MAX), object = BUF_INIT(OUT_MAX);
	struct json_writer w;
	enum err e = ERR_OK;

	json_writer_init(&w, &object);
	json_open_object(&w, NULL);
	for (; e == ERR_OK && *fields != NULL; fields++) {
		const char *text = NULL;

		e = json_get_text_optional(
		    answer, *fields, TEXT_MAX, &text, ei);
		json_put_text_optional(&w, *fields, text);
		if (text != NULL) {
			buf_printf(&lines, "%-11s  ", *fields);
			text_escape(&lines, slice_str(text), TEXT_MAX);
			buf_add_u8(&lines, '\n');
		}
	}
	json_close(&w);
	if (e == ERR_OK) {
		e = cmd_json() ? cli_write_json(&w, &object, ei)
			       : cli_write_buf(&lines, ei);
	}
	buf_clear(&lines);
	buf_clear(&object);
	return e;
}

/* Scripts ask by the exit code: anything but "good" is an error, after it has
 * been shown. */
static enum err
judge(const struct json *answer, struct errinfo *ei)
{
	const char *status = NULL;
	enum err e = json_get_text(answer, "status", TEXT_MAX, &status, ei);

	if (e != ERR_OK || strcmp(status, "good") == 0) {
		return e;
	}
	if (strcmp(status, "unknown") == 0) {
		return err_set(ei, ERR_NOTFOUND, "certificate.none", NULL,
		    "this centre has issued no such certificate");
	}
	return err_set(ei, ERR_POLICY, "certificate.not_good", NULL,
	    "the certificate does not hold now: %.64s", status);
}

/* --- status ----------------------------------------------------------------
 */

static enum err
read_cert(const char *path, struct buf *der, struct errinfo *ei)
{
	struct buf file = BUF_INIT(FILE_MAX);
	struct cert *cert = NULL;
	enum err e = file_read(path, FILE_MAX, &file, ei);

	if (e == ERR_OK) {
		e = pem_or_der(buf_slice(&file), PEM_CERTIFICATE, der, ei);
	}
	if (e == ERR_OK) {
		e = cert_parse(buf_slice(der), &cert, ei);
	}
	cert_free(cert);
	buf_clear(&file);
	return e == ERR_OK ? ERR_OK : err_object(ei, e, path);
}

enum err
cmd_certificate_status(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const char *const fields[] = {"status", "ca", "not_before",
	    "not_after", "since", "reason", "checked_at", NULL};
	const char *serial = NULL;
	const struct cli_option options[] = {{"--serial", &serial, NULL}};
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct cabinet *c = NULL;
	struct json *answer = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 1, 0, 1, usage, &args, ei);

	if (e == ERR_OK && (args.num == 0) == (serial == NULL)) {
		e = err_set(ei, ERR_FORMAT, "cli.words", NULL,
		    "either a certificate's FILE or --serial NUMBER is wanted");
	}
	if (e == ERR_OK && args.num == 1) {
		e = read_cert(args.at[0], &der, ei);
	}
	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK) {
		e = standing_ask(c, buf_slice(&der), serial, &answer, ei);
	}
	if (e == ERR_OK) {
		e = tell(answer, fields, ei);
	}
	if (e == ERR_OK) {
		e = judge(answer, ei);
	}
	json_free(answer);
	cabinet_free(c);
	buf_clear(&der);
	return e;
}

/* --- the person's own ------------------------------------------------------
 */

static enum err
print_row(const struct json *row, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "id", "status", "not_after", "serial", "subject"};
	static const int widths[] = {31, 7, 20, 32, 0};
	struct buf line = BUF_INIT(OUT_MAX);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(fields); i++) {
		struct buf text = BUF_INIT(OUT_MAX);
		const char *value = NULL;

		e = json_get_text_optional(
		    row, fields[i], OUT_MAX - 1, &value, ei);
		text_escape(&text, slice_str(value), TEXT_MAX);
		buf_printf(&line, "%s%-*s", i > 0 ? "  " : "", widths[i],
		    buf_cstr(&text));
		buf_clear(&text);
	}
	buf_add_u8(&line, '\n');
	if (e == ERR_OK) {
		e = cli_write_buf(&line, ei);
	}
	buf_clear(&line);
	return e;
}

/* The page after this form ("": the first), and what the next is asked for
 * after. */
static enum err
print_page(struct cabinet *c, char after[TEXT_MAX], struct errinfo *ei)
{
	char path[PATH_MAX_LEN + TEXT_MAX];
	struct json *answer = NULL;
	const struct json *rows = NULL, *row = NULL;
	const char *next = NULL;
	enum err e;

	(void)snprintf(path, sizeof(path), "/v1/my/certificates%s%s",
	    after[0] != '\0' ? "?after=" : "", after);
	e = cabinet_call(c, "GET", path, SLICE_EMPTY, &answer, ei);
	if (e == ERR_OK) {
		e = json_get_array(answer, "certificates", LIST_MAX, &rows, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(rows); i++) {
		e = json_item_object(rows, i, &row, ei);
		if (e == ERR_OK) {
			e = print_row(row, ei);
		}
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    answer, "next", TEXT_MAX - 1, &next, ei);
	}
	(void)snprintf(after, TEXT_MAX, "%s", next != NULL ? next : "");
	json_free(answer);
	return e;
}

enum err
cmd_cabinet_certificates(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char after[TEXT_MAX] = "";
	struct cabinet *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 0, 0, usage, &args, ei);

	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK && cmd_json()) {
		e = cmd_print_json(c, "/v1/my/certificates", ei);
	} else if (e == ERR_OK) {
		do {
			e = print_page(c, after, ei);
		} while (e == ERR_OK && after[0] != '\0');
	}
	cabinet_free(c);
	return e;
}

/* --- its end ---------------------------------------------------------------
 */

static enum err
print_stopped(struct json *answer, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "id", "status", "revoked_at", NULL};

	return tell(answer, fields, ei);
}

/* In two commands, so that a script can: the code comes by SMS. */
static enum err
by_code(struct cabinet *c, const char *certificate, const char *code,
    const char *reason, struct errinfo *ei)
{
	char typed[CODE_MAX];
	struct json *answer = NULL;
	enum err e = ERR_OK;

	if (code == NULL) {
		e = standing_send_code(c, certificate, ei);
		if (e != ERR_OK) {
			return e;
		}
		(void)fprintf(stderr,
		    "The code comes by SMS.  The certificate ends with it at "
		    "once and for ever.\n");
		if (!terminal_is_interactive()) {
			(void)fprintf(stderr,
			    "Then: surguch cabinet stop %s --code CODE\n",
			    certificate);
			return ERR_OK;
		}
		e = terminal_ask(
		    "Code from the SMS: ", typed, sizeof(typed), ei);
		code = typed;
	}
	if (e == ERR_OK) {
		e = standing_stop_by_code(
		    c, certificate, code, reason, &answer, ei);
	}
	if (e == ERR_OK) {
		e = print_stopped(answer, ei);
	}
	json_free(answer);
	return e;
}

enum err
cmd_cabinet_stop(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *code = NULL, *reason = NULL;
	const struct cli_option options[] = {
	    {"--code", &code, NULL}, {"--reason", &reason, NULL}};
	struct cabinet *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 2, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK) {
		e = by_code(c, args.at[0], code, reason, ei);
	}
	cabinet_free(c);
	return e;
}

static enum err
by_key(struct cabinet *c, struct container *k, const char *reason, bool yes,
    struct errinfo *ei)
{
	struct standing_text text = {0};
	struct json *answer = NULL;
	enum err e = standing_get_text(c, container_cert(k), reason, &text, ei);

	if (e == ERR_OK) {
		(void)fprintf(stderr, "%s\n", text.text);
	}
	if (e == ERR_OK && !yes) {
		e = terminal_confirm(
		    "End this certificate for ever?  It cannot be undone.", ei);
	}
	if (e == ERR_OK) {
		e = standing_stop_by_key(c, k, &text, reason, &answer, ei);
	}
	if (e == ERR_OK) {
		e = print_stopped(answer, ei);
	}
	json_free(answer);
	standing_text_clear(&text);
	return e;
}

enum err
cmd_certificate_stop(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *reason = NULL, *password_file = NULL;
	bool yes = false;
	const struct cli_option options[] = {{"--reason", &reason, NULL},
	    {"--password-file", &password_file, NULL}, {"--yes", NULL, &yes}};
	struct container *k = NULL;
	struct cabinet *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, options, 3, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = cmd_open_cabinet(&c, ei);
	}
	if (e == ERR_OK) {
		e = cli_open_container(args.at[0], password_file, &k, ei);
	}
	if (e == ERR_OK && container_cert(k).len == 0) {
		e = err_set(ei, ERR_STATE, "container.cert.none", NULL,
		    "there is no certificate in this container");
	}
	if (e == ERR_OK) {
		e = by_key(c, k, reason, yes, ei);
	}
	container_free(k);
	cabinet_free(c);
	return e;
}
