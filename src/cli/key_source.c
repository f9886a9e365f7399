/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/key_source.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "cli/password.h"
#include "container/cryptopro.h"
#include "container/pfx_file.h"
#include "os/file.h"

const char *
key_form_name(enum key_form form)
{
	static const char *const names[KEY_FORM_MAX_] = {
	    [KEY_FORM_FOLDER] = "folder",
	    [KEY_FORM_CRYPTOPRO] = "cryptopro",
	    [KEY_FORM_PFX] = "pfx",
	};

	return names[form];
}

static enum err
look_cryptopro(const char *path, struct key_place *out, struct buf *out_cert,
    struct errinfo *ei)
{
	struct cryptopro_info info;
	enum err e = cryptopro_peek(path, &info, out_cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	*out = (struct key_place){
	    .form = KEY_FORM_CRYPTOPRO,
	    .info = {.has_password = info.has_password,
		.has_cert = info.has_cert},
	    .exportable = info.exportable,
	    .has_second = info.has_second,
	};
	memcpy(out->info.label, info.name, sizeof(out->info.label));
	memcpy(out->info.spec, info.spec, sizeof(out->info.spec));
	return ERR_OK;
}

/* A folder holds "." */
static bool
is_file(const char *path)
{
	char inside[PATH_TEXT_SIZE];

	return path_join(inside, path, ".", NULL) == ERR_OK &&
	       file_exists(path) && !file_exists(inside);
}

enum err
key_place_look(const char *path, struct key_place *out, struct buf *out_cert,
    struct errinfo *ei)
{
	struct key_place place = {.form = KEY_FORM_FOLDER, .exportable = true};
	enum err e;

	if (cryptopro_is_folder(path)) {
		return look_cryptopro(path, out, out_cert, ei);
	}
	if (is_file(path)) {
		*out = (struct key_place){.form = KEY_FORM_PFX,
		    .info = {.has_password = true},
		    .exportable = true};
		return ERR_OK;
	}
	e = container_peek(path, &place.info, ei);
	if (e == ERR_OK && out_cert != NULL) {
		e = container_peek_cert(path, out_cert, ei);
	}
	if (e == ERR_OK) {
		*out = place;
	}
	return e;
}

static void
say_of_cryptopro(const struct cryptopro *c)
{
	const struct errinfo *why = cryptopro_reserve(c);

	if (why != NULL) {
		(void)fprintf(stderr,
		    "%s of the CryptoPro container is damaged; the key was "
		    "taken from its reserve copy.  Make a new copy soon.\n",
		    why->object);
	}
	if (cryptopro_info(c)->has_second) {
		(void)fprintf(stderr,
		    "The CryptoPro container has a second key, which is not "
		    "read.\n");
	}
}

/* What the key is, is known now. */
static enum err
open_pfx(struct key_source *s, const char *path, struct slice password,
    struct errinfo *ei)
{
	struct container_info *info = &s->place.info;
	enum err e = pfx_file_open(path, password, &s->pfx, info->spec, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (s->pfx.num_others != 0) {
		(void)fprintf(stderr,
		    "%zu more certificates of the PFX file are left where "
		    "they are.\n",
		    s->pfx.num_others);
	}
	memcpy(info->label, s->pfx.name, sizeof(info->label));
	info->has_cert = s->pfx.cert.len != 0;
	s->key = s->pfx.key;
	s->cert = buf_slice(&s->pfx.cert);
	return ERR_OK;
}

static enum err
open_with(struct key_source *s, const char *path, struct slice password,
    struct errinfo *ei)
{
	enum err e;

	if (s->place.form == KEY_FORM_CRYPTOPRO) {
		e = cryptopro_open(path, password, &s->cryptopro, ei);
		if (e == ERR_OK) {
			say_of_cryptopro(s->cryptopro);
			s->key = cryptopro_privkey(s->cryptopro);
			s->cert = cryptopro_cert(s->cryptopro);
		}
		return e;
	}
	if (s->place.form == KEY_FORM_PFX) {
		return open_pfx(s, path, password, ei);
	}
	e = container_open(path, password, &s->own, ei);
	if (e == ERR_OK) {
		s->key = container_privkey(s->own);
		s->cert = container_cert(s->own);
	}
	return e;
}

enum err
key_source_open_with(struct key_source *s, const char *path,
    struct slice password, struct errinfo *ei)
{
	enum err e = key_place_look(path, &s->place, NULL, ei);

	return e == ERR_OK ? open_with(s, path, password, ei) : e;
}

enum err
key_source_open(struct key_source *s, const char *path,
    const char *password_file, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	enum err e = key_place_look(path, &s->place, NULL, ei);

	if (e == ERR_OK && s->place.info.has_password) {
		e = cli_password(password_file, false, &password, ei);
	}
	if (e == ERR_OK) {
		e = open_with(s, path, secret_slice(&password), ei);
	}
	secret_clear(&password);
	return e;
}

void
key_source_clear(struct key_source *s)
{
	container_free(s->own);
	cryptopro_free(s->cryptopro);
	pfx_clear(&s->pfx);
	*s = (struct key_source){0};
}

enum err
key_source_may_leave(struct key_source *s, struct errinfo *ei)
{
	struct privkey *skip;

	return s->cryptopro == NULL
		   ? ERR_OK
		   : cryptopro_privkey_to_copy(s->cryptopro, &skip, ei);
}
