/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust sst, p7b, pem, crt: roots of a list as files for others. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/commands.h"
#include "os/file.h"
#include "trust/export.h"
#include "trust/report.h"

enum {
	FILE_MODE_PUBLIC = 0644,
	DIR_MODE_PUBLIC = 0755,
	NAME_SIZE = 64,
	EXPORT_OPTIONS = TRUST_OPTIONS + 2,
};

typedef enum err make_form(
    const struct trust_rows *r, bool skip, struct buf *out, struct errinfo *ei);

/* A form that roots are written in. */
struct form {
	make_form *make;  /* NULL: a file for each */
	const char *lost; /* its name, where it cannot hold uses and dates */
};

/* Limits that the form cannot hold are said aloud, never dropped silently. */
static void
warn_of_loss(const struct trust_rows *r, const char *form)
{
	size_t limited = 0;

	if (form == NULL) {
		return;
	}
	for (size_t i = 0; i < r->num; i++) {
		const struct root *root = &r->at[i].root;

		limited += !root->all_purposes || root->refused.len > 0 ||
			   root->disabled.there || root->not_before.there;
	}
	if (limited > 0) {
		(void)fprintf(stderr,
		    "surguch: warning: %s cannot hold uses and dates: those of "
		    "%zu roots are lost; choose roots by --use and "
		    "--trusted-at, or write a serialized store (trust sst)\n",
		    form, limited);
	}
}

/* <thumbprint>.crt, as a mirror has them. */
static enum err
write_one(const struct trust_row *row, const char *dir, struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_SIZE);
	char path[PATH_TEXT_SIZE];
	enum err e;

	text_hex(&name, row->root.sha1);
	buf_add_str(&name, ".crt");
	e = path_join(path, dir, buf_cstr(&name), ei);
	buf_clear(&name);
	return e != ERR_OK ? e
			   : file_write_atomic(
				 path, row->cert->der, FILE_MODE_PUBLIC, ei);
}

static enum err
write_each(
    const struct trust_rows *r, bool skip, const char *to, struct errinfo *ei)
{
	enum err e = trust_export_check(r, skip, ei);

	if (e == ERR_OK && !file_exists(to)) {
		e = dir_make(to, DIR_MODE_PUBLIC, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < r->num; i++) {
		if (r->at[i].cert != NULL) {
			e = write_one(&r->at[i], to, ei);
		}
	}
	return e;
}

static enum err
write_one_file(const struct trust_rows *r, make_form *make, bool skip,
    const char *to, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	enum err e = make(r, skip, &out, ei);

	if (e == ERR_OK) {
		e = cli_write_to(to, buf_slice(&out), ei);
	}
	buf_clear(&out);
	return e;
}

/* What was asked for. */
struct order {
	struct trust_words words;
	const char *to; /* NULL: standard output */
	bool skip_missing;
};

static enum err
export_case(const struct trust_case *c, const struct order *o,
    const struct form *form, struct errinfo *ei)
{
	const struct trust_part *part = NULL;
	struct trust_rows rows = {.num = 0};
	enum err e = trust_case_verdict(c, ei);

	if (e == ERR_OK) {
		e = trust_case_roots(c, &part, ei);
	}
	if (e == ERR_OK) {
		e = trust_case_rows(c, part, &rows, ei);
	}
	if (e == ERR_OK && rows.num == 0) {
		e = err_set(ei, ERR_NOTFOUND, "trust.none", NULL,
		    "none of its roots is as was asked");
	}
	if (e == ERR_OK) {
		trust_case_warn(c);
		e = form->make != NULL
			? write_one_file(
			      &rows, form->make, o->skip_missing, o->to, ei)
			: write_each(&rows, o->skip_missing, o->to, ei);
	}
	if (e == ERR_OK) {
		warn_of_loss(&rows, form->lost);
		(void)fprintf(stderr, "surguch: %zu of %zu roots written\n",
		    rows.num - trust_num_missing(&rows), rows.num);
	}
	trust_rows_clear(&rows);
	return e;
}

static void
export_options(struct order *o, struct cli_option out[EXPORT_OPTIONS])
{
	const struct cli_option own[] = {
	    {"--output", &o->to, NULL},
	    {"--skip-missing", NULL, &o->skip_missing},
	};

	trust_options(&o->words, out);
	memcpy(out + TRUST_OPTIONS, own, sizeof(own));
}

static enum err
export_roots(const struct order *o, const char *path, const struct form *form,
    struct errinfo *ei)
{
	struct trust_case c;
	enum err e;

	if (form->make == NULL && (o->to == NULL || strcmp(o->to, "-") == 0)) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "files of certificates go to a directory: --output "
		    "DIRECTORY");
	}
	e = trust_case_open(&c, path, &o->words, ei);
	if (e == ERR_OK) {
		e = export_case(&c, o, form, ei);
	}
	trust_case_clear(&c);
	return e;
}

static enum err
run(int argc, char **argv, const char *usage, const struct form *form,
    const struct cli_option *options, struct order *o, struct errinfo *ei)
{
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, EXPORT_OPTIONS, 1, 1, usage, &args, ei);

	return e == ERR_OK ? export_roots(o, args.at[0], form, ei) : e;
}

enum err
cmd_trust_sst(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const struct form form = {trust_export_sst, NULL};
	struct cli_option options[EXPORT_OPTIONS];
	struct order o = {.to = NULL};

	export_options(&o, options);
	return run(argc, argv, usage, &form, options, &o, ei);
}

enum err
cmd_trust_p7b(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const struct form form = {trust_export_p7b, "a PKCS#7 bag"};
	struct cli_option options[EXPORT_OPTIONS];
	struct order o = {.to = NULL};

	export_options(&o, options);
	return run(argc, argv, usage, &form, options, &o, ei);
}

enum err
cmd_trust_pem(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const struct form form = {trust_export_pem, "PEM"};
	struct cli_option options[EXPORT_OPTIONS];
	struct order o = {.to = NULL};

	export_options(&o, options);
	return run(argc, argv, usage, &form, options, &o, ei);
}

enum err
cmd_trust_crt(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const struct form form = {NULL, "a file of a certificate"};
	struct cli_option options[EXPORT_OPTIONS];
	struct order o = {.to = NULL};

	export_options(&o, options);
	return run(argc, argv, usage, &form, options, &o, ei);
}
