/* SPDX-License-Identifier: Apache-2.0 */
/* surguch container: key containers, made and looked at. */
#include <stdio.h>

#include "base/clock.h"
#include "base/secret.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/key_source.h"
#include "cli/password.h"
#include "container/container.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/systime.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "json/writer.h"

enum {
	OUT_MAX = 65536,
	LIST_OUT_MAX = CONTAINERS_MAX * 2048
};

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
print_info(
    const char *name, const struct container_info *info, enum key_form form)
{
	char created[TIME_TEXT_SIZE] = "";

	if (form == KEY_FORM_FOLDER) {
		time_text(info->created, created);
	}
	cli_print("%-24s  %-16s  %-20s  %-8s  %-11s  %s%s\n", name, info->spec,
	    created, info->has_password ? "password" : "open",
	    info->has_cert ? "certificate" : "",
	    form == KEY_FORM_CRYPTOPRO ? "(CryptoPro) " : "", info->label);
}

/* What a container is, as members of the object that is open. */
static void
put_info(struct json_writer *w, const struct key_place *place)
{
	const struct container_info *info = &place->info;

	json_put_text(w, "form", key_form_name(place->form));
	if (place->form == KEY_FORM_FOLDER) {
		json_put_text(w, "id", info->id);
		json_put_time(w, "created", info->created);
	}
	json_put_text(w, "key", info->spec);
	json_put_text(w, "label", info->label);
	json_put_bool(w, "password", info->has_password);
	json_put_bool(w, "certificate", info->has_cert);
	json_put_bool(w, "exportable", place->exportable);
}

/* --- one -------------------------------------------------------------------
 */

static enum err
put_cert(struct json_writer *w, const struct cert *c, struct errinfo *ei)
{
	struct buf subject = BUF_INIT(OUT_MAX);
	uint8_t sha256[SHA256_SIZE];
	enum err e = sha256_of(cert_der(c), sha256, ei);

	name_print(cert_subject(c), &subject);
	if (e == ERR_OK && (e = buf_err(&subject, ei)) == ERR_OK) {
		json_put_slice(w, "subject", buf_slice(&subject));
		json_put_hex(w, "sha256", slice_make(sha256, sizeof(sha256)));
		json_put_time(w, "not_after", cert_not_after(c));
	}
	buf_clear(&subject);
	return e;
}

static enum err
show_json(
    const struct key_place *place, const struct cert *c, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUT_MAX);
	struct json_writer w;
	enum err e = ERR_OK;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	put_info(&w, place);
	if (c != NULL) {
		e = put_cert(&w, c, ei);
	}
	json_close(&w);
	if (e != ERR_OK) {
		buf_clear(&out);
		return e;
	}
	return cli_write_json(&w, &out, ei);
}

static enum err
show_lines(const char *path, const struct key_place *place,
    const struct cert *c, struct errinfo *ei)
{
	struct buf subject = BUF_INIT(OUT_MAX);
	char until[TIME_TEXT_SIZE];
	enum err e = ERR_OK;

	print_info(path, &place->info, place->form);
	if (c != NULL) {
		name_print(cert_subject(c), &subject);
		time_text(cert_not_after(c), until);
		if ((e = buf_err(&subject, ei)) == ERR_OK) {
			cli_print("%s\nuntil %s\n", buf_cstr(&subject), until);
		}
	}
	if (!place->exportable) {
		cli_print("the key is marked as one that does not leave\n");
	}
	buf_clear(&subject);
	return e;
}

enum err
cmd_container_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct key_place place = {0};
	struct cert *c = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = key_place_look(args.at[0], &place, &der, ei);
	}
	if (e == ERR_OK && place.form == KEY_FORM_PFX) {
		e = err_set(ei, ERR_UNSUPPORTED, "container.pfx", NULL,
		    "a PFX file shows nothing without its password; import it "
		    "into a container");
	}
	if (e == ERR_OK && der.len != 0) {
		e = cert_parse(buf_slice(&der), &c, ei);
	}
	if (e == ERR_OK) {
		e = cmd_json() ? show_json(&place, c, ei)
			       : show_lines(args.at[0], &place, c, ei);
	}
	cert_free(c);
	buf_clear(&der);
	return e;
}

/* --- all of a folder ---------------------------------------------------------
 */

static void
list_one(struct json_writer *w, const char *dir, const char *name)
{
	char path[PATH_TEXT_SIZE];
	struct key_place place = {0};
	struct errinfo why = {0};
	enum err e = path_join(path, dir, name, &why);

	if (e == ERR_OK) {
		e = key_place_look(path, &place, NULL, &why);
	}
	if (e == ERR_NOTFOUND || e == ERR_SYS || place.form == KEY_FORM_PFX) {
		return; /* no container, or no folder */
	}
	if (!cmd_json() && e == ERR_OK) {
		print_info(name, &place.info, place.form);
	} else if (!cmd_json()) {
		cli_print("%-24s  cannot be read: %s\n", name, why.text);
	} else {
		json_open_object(w, NULL);
		json_put_text(w, "name", name);
		if (e == ERR_OK) {
			put_info(w, &place);
		} else {
			json_put_text(w, "problem", why.rule);
		}
		json_close(w);
	}
}

enum err
cmd_container_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct buf out = BUF_INIT(LIST_OUT_MAX);
	struct json_writer w;
	struct cli_args args;
	char **names = NULL;
	size_t num = 0;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = dir_list(
		    args.at[0], NULL, CONTAINERS_MAX, &names, &num, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_open_array(&w, "containers");
	for (size_t i = 0; i < num; i++) {
		list_one(&w, args.at[0], names[i]);
	}
	dir_list_free(names, num);
	json_close(&w);
	json_close(&w);
	if (cmd_json()) {
		return cli_write_json(&w, &out, ei);
	}
	buf_clear(&out);
	return e;
}
