/* SPDX-License-Identifier: Apache-2.0 */
/* surguch container: is a key well, is it kept, and its end. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/key_source.h"
#include "cli/password.h"
#include "container/remove.h"
#include "os/file.h"
#include "os/systime.h"
#include "os/terminal.h"
#include "workstation/archive.h"
#include "workstation/home.h"
#include "workstation/media.h"
#include "workstation/trial.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "json/writer.h"

enum {
	HOME_MODE = 0700,
	OUT_MAX = 65536,
	LIST_OUT_MAX = 1024 * 1024
};

/* --- check -----------------------------------------------------------------
 */

static enum err
print_tried(bool decrypts, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct json_writer w;

	if (!cmd_json()) {
		cli_print("signature   good\ndecryption  %s\n",
		    decrypts ? "good"
			     : "cannot be tried: the key is for signatures "
			       "alone");
		return ERR_OK;
	}
	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_put_bool(&w, "signature", true);
	if (decrypts) {
		json_put_bool(&w, "decryption", true);
	} else {
		json_put_null(&w, "decryption");
	}
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

enum err
cmd_container_check(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	const char *password_file = NULL;
	const struct cli_option options[] = {
	    {"--password-file", &password_file, NULL},
	};
	struct key_source s = {0};
	bool decrypts = false;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = key_source_open(&s, args.at[0], password_file, ei);
	}
	if (e == ERR_OK && (e = key_trial(s.key, s.cert, clock_utc_sec(&clock),
				&decrypts, ei)) == ERR_OK) {
		e = print_tried(decrypts, ei);
	}
	key_source_clear(&s);
	return e;
}

/* --- archive ----------------------------------------------------------------
 */

struct archive {
	const char *from;
	const char *password_file;
	int64_t now;
	struct medium to;
	struct json_writer w;
	size_t num;     /* that were copied */
	size_t num_bad; /* that could not be */
};

/* Is it one that is due: its certificate has expired? */
static bool
is_due(const struct archive *a, const char *path, struct buf *out_cert)
{
	struct key_place place = {0};

	return key_place_look(path, &place, out_cert, NULL) == ERR_OK &&
	       place.form != KEY_FORM_PFX &&
	       archive_is_due(buf_slice(out_cert), a->now);
}

static enum err
archive_one(
    struct archive *a, const char *path, bool *out_decrypts, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct key_source s = {0};
	enum err e = key_place_look(path, &s.place, NULL, ei);

	if (e == ERR_OK && s.place.info.has_password) {
		e = cli_password(a->password_file, false, &password, ei);
	}
	if (e == ERR_OK &&
	    (e = key_source_open_with(&s, path, secret_slice(&password), ei)) ==
		ERR_OK &&
	    (e = key_source_may_leave(&s, ei)) == ERR_OK) {
		const struct archive_item item = {.key = s.key,
		    .cert = s.cert,
		    .spec = s.place.info.spec,
		    .label = s.place.info.label,
		    .password = secret_slice(&password)};

		e = archive_keep(&a->to, &item, a->now, out_decrypts, ei);
	}
	secret_clear(&password);
	key_source_clear(&s);
	return e;
}

/* What became of one, as it happens and in the end. */
static void
tell(struct archive *a, const char *name, const char *what,
    const struct errinfo *why)
{
	(void)fprintf(stderr, "%s: %s\n", name, why != NULL ? why->text : what);
	json_open_object(&a->w, NULL);
	json_put_text(&a->w, "name", name);
	json_put_text(&a->w, "result", what);
	json_put_text_optional(
	    &a->w, "problem", why != NULL ? why->rule : NULL);
	json_close(&a->w);
}

static void
archive_name(struct archive *a, const char *name)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	struct errinfo why = {0};
	bool decrypts = false;

	if (path_join(path, a->from, name, NULL) != ERR_OK ||
	    !is_due(a, path, &cert)) {
		buf_clear(&cert);
		return;
	}
	if (archive_has(&a->to, buf_slice(&cert))) {
		tell(a, name, "kept already", NULL);
	} else if (archive_one(a, path, &decrypts, &why) == ERR_OK) {
		a->num++;
		tell(a, name,
		    decrypts ? "copied, signs and decrypts" : "copied, signs",
		    NULL);
	} else {
		a->num_bad++;
		tell(a, name, "not copied", &why);
	}
	buf_clear(&cert);
}

static enum err
archive_all(struct archive *a, struct errinfo *ei)
{
	struct buf out = BUF_INIT(LIST_OUT_MAX);
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(a->from, NULL, CONTAINERS_MAX, &names, &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	json_writer_init(&a->w, &out);
	json_open_object(&a->w, NULL);
	json_open_array(&a->w, "containers");
	for (size_t i = 0; i < num; i++) {
		archive_name(a, names[i]);
	}
	json_close(&a->w);
	json_close(&a->w);
	dir_list_free(names, num);
	if (cmd_json()) {
		e = cli_write_json(&a->w, &out, ei);
	} else {
		cli_print("%zu copied\n", a->num);
		buf_clear(&out);
	}
	if (e == ERR_OK && a->num_bad != 0) {
		e = err_set(ei, ERR_STATE, "container.archive", NULL,
		    "%zu expired containers could not be copied; keep their "
		    "medium",
		    a->num_bad);
	}
	return e;
}

enum err
cmd_container_archive(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct archive a = {.now = clock_utc_sec(&clock)};
	const struct cli_option options[] = {
	    {"--password-file", &a.password_file, NULL},
	};
	char home[PATH_TEXT_SIZE];
	const struct media_options media_options = {
	    .home = home, .folders_only = true};
	struct media *media = NULL;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	a.from = args.at[0];
	if ((e = home_dir(home, sizeof(home), ei)) == ERR_OK &&
	    (e = dir_make(home, HOME_MODE, ei)) == ERR_OK &&
	    (e = media_open(&media_options, &media, ei)) == ERR_OK &&
	    (e = media_find(media, "registry", &a.to, ei)) == ERR_OK) {
		e = archive_all(&a, ei);
	}
	media_close(media);
	return e;
}

/* --- delete -----------------------------------------------------------------
 */

/* What will be gone, before anything is. */
static enum err
warn(const struct key_place *place, struct slice der, const char *path,
    struct errinfo *ei)
{
	struct buf subject = BUF_INIT(OUT_MAX);
	struct cert *c = NULL;
	enum err e = der.len != 0 ? cert_parse(der, &c, ei) : ERR_OK;

	if (e != ERR_OK) {
		return e;
	}
	if (c != NULL) {
		name_print(cert_subject(c), &subject);
	}
	(void)fprintf(stderr,
	    "%s holds the key %s, \"%s\".\n"
	    "%s%s%s"
	    "Deleted, it cannot be brought back: nothing more can be signed "
	    "with it, and what was encrypted to its certificate can never be "
	    "read again, unless there is a copy.\n",
	    path, place->info.spec, place->info.label,
	    c != NULL ? "Its certificate is of " : "It has no certificate",
	    c != NULL ? buf_cstr(&subject) : "", ".\n");
	cert_free(c);
	buf_clear(&subject);
	return ERR_OK;
}

/* The id; of a container that has none the name of its folder. */
static enum err
confirm(const struct key_place *place, const char *path, struct errinfo *ei)
{
	const char *slash = strrchr(path, '/');
	const char *want = place->info.id[0] != '\0' ? place->info.id
			   : slash != NULL           ? slash + 1
						     : path;
	char typed[PATH_TEXT_SIZE];
	enum err e;

	(void)fprintf(stderr, "To delete it, type: %s\n", want);
	e = terminal_ask("> ", typed, sizeof(typed), ei);
	if (e == ERR_OK && strcmp(typed, want) != 0) {
		e = err_set(ei, ERR_DENIED, "terminal.no", NULL,
		    "that is not it; nothing was deleted");
	}
	return e;
}

enum err
cmd_container_delete(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool yes = false;
	const struct cli_option options[] = {{"--yes", NULL, &yes}};
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct key_place place = {0};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = key_place_look(args.at[0], &place, &der, ei);
	}
	if (e == ERR_OK && place.form == KEY_FORM_PFX) {
		e = err_set(ei, ERR_UNSUPPORTED, "container.pfx", NULL,
		    "that is a file and no container; remove it as any other");
	}
	if (e == ERR_OK) {
		e = warn(&place, buf_slice(&der), args.at[0], ei);
	}
	if (e == ERR_OK && !yes) {
		e = confirm(&place, args.at[0], ei);
	}
	if (e == ERR_OK) {
		e = container_remove(args.at[0], ei);
	}
	buf_clear(&der);
	return e;
}
