/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchctl profile: profiles as files.  No centre has to run; its
 * accreditation is read from its configuration where there is one.
 */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cli/ctl.h"
#include "conf/conf.h"
#include "os/file.h"
#include "profile/accreditation.h"
#include "profile/describe.h"
#include "profile/lint.h"
#include "profile/profile.h"
#include "json/writer.h"

enum {
	OUTPUT_MAX = 4 * 1024 * 1024
};

/* --- reading ---------------------------------------------------------------
 */

/* None where there is no configuration. */
static enum err
read_accreditation(struct accreditation *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	memset(out, 0, sizeof(*out));
	(void)snprintf(
	    path, sizeof(path), "%s/etc/surguch/surguch.conf", ctl_centre);
	e = accreditation_load(path, out, ei);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

/* A word with a slash or a suffix is a file, any other a profile of the
 * centre. */
static enum err
find_file(const char *name, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], file[PROFILE_NAME_SIZE + 8];

	if (strpbrk(name, "/.") != NULL || strlen(name) > PROFILE_NAME_MAX) {
		(void)snprintf(out, PATH_TEXT_SIZE, "%s", name);
		return ERR_OK;
	}
	(void)snprintf(dir, sizeof(dir), "%s/etc/surguch/profiles", ctl_centre);
	(void)snprintf(file, sizeof(file), "%s.conf", name);
	return path_join(out, dir, file, ei);
}

/* Everything that is wrong goes to standard error, a line each. */
static enum err
load(const char *path, const struct accreditation *a, struct profile **out,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct conf_report report;
	enum err e = file_read(path, CONF_BYTES_MAX, &text, ei);

	conf_report_init(&report);
	if (e == ERR_OK) {
		e = profile_parse(buf_slice(&text), path, a, &report, out, ei);
	}
	(void)fputs(conf_report_text(&report), stderr);
	conf_report_clear(&report);
	buf_clear(&text);
	return e;
}

enum err
ctl_profile_load(const char *path, struct profile **out, struct errinfo *ei)
{
	struct accreditation a;
	enum err e = read_accreditation(&a, ei);

	return e != ERR_OK ? e : load(path, &a, out, ei);
}

static enum err
describe(const char *name, struct facts *out, struct errinfo *ei)
{
	struct profile *p = NULL;
	char path[PATH_TEXT_SIZE];
	enum err e = find_file(name, path, ei);

	if (e == ERR_OK) {
		e = ctl_profile_load(path, &p, ei);
	}
	if (e == ERR_OK) {
		profile_describe(p, out);
		e = facts_err(out, ei);
	}
	profile_free(p);
	return e;
}

/* --- check -----------------------------------------------------------------
 */

/* The signer looks for NAME.conf, and must find NAME in it. */
static enum err
check_name(const char *path, const struct profile *p, struct errinfo *ei)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash != NULL ? slash + 1 : path;
	size_t len = strlen(profile_name(p));

	if (strncmp(file, profile_name(p), len) == 0 &&
	    strcmp(file + len, ".conf") == 0) {
		return ERR_OK;
	}
	(void)fprintf(stderr, "%s: a profile %s stands in a file %s.conf\n",
	    path, profile_name(p), profile_name(p));
	return err_set(ei, ERR_CONFLICT, "profile.file", NULL,
	    "%s is not called after its profile", path);
}

static enum err
check_file(const char *path, const struct accreditation *a, struct errinfo *ei)
{
	struct profile *p = NULL;
	enum err e = load(path, a, &p, ei);

	if (e == ERR_OK) {
		e = check_name(path, p, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s: right: %s\n", path, profile_title_en(p));
	}
	profile_free(p);
	return e;
}

enum err
ctl_profile_check(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct accreditation a;
	struct cli_args args;
	size_t num_wrong = 0;
	enum err e = cli_parse(
	    argc, argv, NULL, 0, 1, ARRAY_LEN(args.at), usage, &args, ei);
	enum err first = ERR_OK;

	if (e == ERR_OK) {
		e = read_accreditation(&a, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < args.num; i++) {
		struct errinfo mine;
		enum err one = check_file(args.at[i], &a, &mine);

		if (one != ERR_OK && num_wrong++ == 0) {
			first = one;
			*ei = mine;
		}
	}
	if (e == ERR_OK && num_wrong > 0 && args.num > 1) {
		return err_set(ei, first, "profile.check", NULL,
		    "%zu of %zu files are wrong", num_wrong, args.num);
	}
	return e != ERR_OK ? e : first;
}

/* --- show, diff ------------------------------------------------------------
 */

static enum err
show_json(const struct facts *f, struct errinfo *ei)
{
	struct buf b = BUF_INIT(OUTPUT_MAX);
	struct json_writer w;

	json_writer_init(&w, &b);
	json_open_object(&w, NULL);
	for (size_t i = 0; i < f->num; i++) {
		json_put_text(&w, f->at[i].key, f->at[i].value);
	}
	json_close(&w);
	return cli_write_json(&w, &b, ei);
}

static enum err
show_text(const struct facts *f, struct errinfo *ei)
{
	struct buf b = BUF_INIT(OUTPUT_MAX);

	for (size_t i = 0; i < f->num; i++) {
		buf_printf(&b, "%-41s %s\n", f->at[i].key, f->at[i].value);
	}
	return cli_write_buf(&b, ei);
}

enum err
ctl_profile_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool json = false;
	const struct cli_option own[] = {{"--json", NULL, &json}};
	struct facts facts = {0};
	struct cli_args args;
	enum err e =
	    cli_parse(argc, argv, own, ARRAY_LEN(own), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = describe(args.at[0], &facts, ei);
	}
	if (e == ERR_OK) {
		e = json ? show_json(&facts, ei) : show_text(&facts, ei);
	}
	facts_clear(&facts);
	return e;
}

static void
say_difference(void *arg, const char *key, const char *a, const char *b)
{
	struct buf *out = arg;

	if (b == NULL) {
		buf_printf(out, "%s is gone; it was: %s\n", key, a);
	} else if (a == NULL) {
		buf_printf(out, "%s is new: %s\n", key, b);
	} else {
		buf_printf(out, "%s was: %s\n%*s  is: %s\n", key, a,
		    (int)strlen(key), "", b);
	}
}

static void
put_difference(void *arg, const char *key, const char *a, const char *b)
{
	struct json_writer *w = arg;

	json_open_object(w, NULL);
	json_put_text(w, "rule", key);
	json_put_text(w, "a", a);
	json_put_text(w, "b", b);
	json_close(w);
}

static enum err
diff_json(const struct facts *a, const struct facts *b, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct json_writer w;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_open_array(&w, "differences");
	(void)facts_diff(a, b, put_difference, &w);
	json_close(&w);
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

static enum err
diff_text(const struct facts *a, const struct facts *b, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUTPUT_MAX);

	if (facts_diff(a, b, say_difference, &out) == 0) {
		buf_add_str(&out, "they say the same\n");
	}
	return cli_write_buf(&out, ei);
}

enum err
ctl_profile_diff(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool json = false;
	const struct cli_option own[] = {{"--json", NULL, &json}};
	struct facts a = {0}, b = {0};
	struct cli_args args;
	enum err e =
	    cli_parse(argc, argv, own, ARRAY_LEN(own), 2, 2, usage, &args, ei);

	if (e == ERR_OK) {
		e = describe(args.at[0], &a, ei);
	}
	if (e == ERR_OK) {
		e = describe(args.at[1], &b, ei);
	}
	if (e == ERR_OK) {
		e = json ? diff_json(&a, &b, ei) : diff_text(&a, &b, ei);
	}
	facts_clear(&a);
	facts_clear(&b);
	return e;
}

/* --- rules -----------------------------------------------------------------
 */

enum err
ctl_profile_rules(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct buf b = BUF_INIT(OUTPUT_MAX);
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 0, 0, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < lint_num_rules(); i++) {
		buf_printf(
		    &b, "%-36s %s\n", lint_rule_id(i), lint_rule_clause(i));
	}
	return cli_write_buf(&b, ei);
}
