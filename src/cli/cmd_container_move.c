/* SPDX-License-Identifier: Apache-2.0 */
/* surguch container: keys from one place to another. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/key_source.h"
#include "cli/password.h"
#include "container/cryptopro.h"
#include "crypto/pfx.h"
#include "os/file.h"
#include "os/systime.h"
#include "json/writer.h"

enum {
	OUT_MAX = 16384,
	FILE_MODE = 0600
};

struct move {
	const char *from;
	const char *to;
	const char *label;
	const char *password_file;
	const char *new_password_file;
	bool insecure_no_password;
	bool not_exportable;
	enum key_form form; /* of the new place */
	struct secret new_password;
};

static void
say(const char *what)
{
	(void)fprintf(stderr, "%s\n", what);
}

static enum err
ask_new_password(struct move *m, struct errinfo *ei)
{
	if (m->insecure_no_password && m->new_password_file != NULL) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--new-password-file or --insecure-no-password, not both");
	}
	if (m->insecure_no_password) {
		say("The key will lie there without a password: whoever "
		    "copies it can sign as you.");
		return ERR_OK;
	}
	if (m->new_password_file == NULL) {
		say("A password for the new place of the key:");
	}
	return cli_password(m->new_password_file, true, &m->new_password, ei);
}

static const char *
label_of(const struct move *m, const struct key_source *s)
{
	return m->label != NULL              ? m->label
	       : s->place.info.label[0] != 0 ? s->place.info.label
					     : "surguch";
}

/* --- where to --------------------------------------------------------------
 */

static enum err
print_moved(const struct move *m, const struct key_source *s, const char *id,
    const char *form, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct json_writer w;

	if (!cmd_json()) {
		cli_print("%s%s%s  %s\n", id, id[0] != '\0' ? "  " : "",
		    s->place.info.spec, m->to);
		return ERR_OK;
	}
	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_put_text(&w, "from", key_form_name(s->place.form));
	json_put_text(&w, "form", form);
	json_put_text_optional(&w, "id", id[0] != '\0' ? id : NULL);
	json_put_text(&w, "key", s->place.info.spec);
	json_put_text(&w, "label", label_of(m, s));
	json_put_bool(&w, "password", !m->insecure_no_password);
	json_put_bool(&w, "certificate", s->cert.len != 0);
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

static enum err
to_folder(struct move *m, struct key_source *s, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	const struct container_options o = {
	    .spec = s->place.info.spec,
	    .key = s->key,
	    .label = label_of(m, s),
	    .password = secret_slice(&m->new_password),
	    .insecure_no_password = m->insecure_no_password,
	    .created = clock_utc_sec(&clock),
	};
	struct container *c = NULL;
	enum err e = container_create(m->to, &o, &c, ei);

	if (e == ERR_OK && s->cert.len != 0) {
		e = container_install_cert(c, s->cert, ei);
	}
	if (e == ERR_OK) {
		e = print_moved(m, s, container_info(c)->id,
		    key_form_name(KEY_FORM_FOLDER), ei);
	}
	container_free(c);
	return e;
}

static enum err
to_cryptopro(struct move *m, struct key_source *s, struct errinfo *ei)
{
	const struct cryptopro_options o = {
	    .key = s->key,
	    .cert = s->cert,
	    .name = label_of(m, s),
	    .password = secret_slice(&m->new_password),
	    .insecure_no_password = m->insecure_no_password,
	    .exportable = !m->not_exportable,
	};
	enum err e = cryptopro_write(m->to, &o, ei);

	return e == ERR_OK ? print_moved(m, s, "",
				 key_form_name(KEY_FORM_CRYPTOPRO), ei)
			   : e;
}

static enum err
to_pfx(struct move *m, struct key_source *s, struct errinfo *ei)
{
	const struct pfx_options o = {
	    .key = s->key,
	    .cert = s->cert,
	    .name = label_of(m, s),
	    .password = secret_slice(&m->new_password),
	};
	struct buf der = BUF_INIT(PFX_BYTES_MAX);
	enum err e = pfx_build(&o, &der, ei);

	if (e == ERR_OK && (e = file_write_new(m->to, buf_slice(&der),
				FILE_MODE, ei)) == ERR_OK) {
		e = print_moved(m, s, "", key_form_name(KEY_FORM_PFX), ei);
	}
	buf_clear(&der);
	return e;
}

static enum err
put(struct move *m, struct key_source *s, struct errinfo *ei)
{
	switch (m->form) {
	case KEY_FORM_CRYPTOPRO:
		return to_cryptopro(m, s, ei);
	case KEY_FORM_PFX:
		return to_pfx(m, s, ei);
	case KEY_FORM_FOLDER:
	case KEY_FORM_MAX_:
		break;
	}
	return to_folder(m, s, ei);
}

static enum err
move(struct move *m, struct errinfo *ei)
{
	struct key_source s = {0};
	enum err e = key_source_open(&s, m->from, m->password_file, ei);

	if (e == ERR_OK && (e = key_source_may_leave(&s, ei)) == ERR_OK &&
	    (e = ask_new_password(m, ei)) == ERR_OK) {
		say("Writing the key and its certificate ...");
		e = put(m, &s, ei);
	}
	if (e == ERR_OK && s.cert.len == 0) {
		say("There was no certificate with the key.");
	}
	secret_clear(&m->new_password);
	key_source_clear(&s);
	return e;
}

/* --- commands ---------------------------------------------------------------
 */

enum err
cmd_container_import(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct move m = {0};
	const struct cli_option options[] = {
	    {"--label", &m.label, NULL},
	    {"--password-file", &m.password_file, NULL},
	    {"--new-password-file", &m.new_password_file, NULL},
	    {"--insecure-no-password", NULL, &m.insecure_no_password},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 2, 2, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	m.from = args.at[0];
	m.to = args.at[1];
	return move(&m, ei);
}

enum err
cmd_container_export(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *cryptopro = NULL, *pfx = NULL;
	struct move m = {0};
	const struct cli_option options[] = {
	    {"--pfx", &pfx, NULL},
	    {"--cryptopro", &cryptopro, NULL},
	    {"--label", &m.label, NULL},
	    {"--password-file", &m.password_file, NULL},
	    {"--new-password-file", &m.new_password_file, NULL},
	    {"--insecure-no-password", NULL, &m.insecure_no_password},
	    {"--not-exportable", NULL, &m.not_exportable},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	m.from = args.at[0];
	if ((pfx == NULL) == (cryptopro == NULL)) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--pfx FILE or --cryptopro FOLDER (usage: %s)", usage);
	}
	if (pfx != NULL && (m.insecure_no_password || m.not_exportable)) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "a PFX file has a password, and its key can be exported");
	}
	m.to = pfx != NULL ? pfx : cryptopro;
	m.form = pfx != NULL ? KEY_FORM_PFX : KEY_FORM_CRYPTOPRO;
	return move(&m, ei);
}
