/* SPDX-License-Identifier: Apache-2.0 */
/* surguch media: where keys can lie, tokens among them, and what is there. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "crypto/alg.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/random.h"
#include "os/systime.h"
#include "workstation/home.h"
#include "workstation/media.h"

enum {
	NAME_SHOWN = 200,
	PROOF_BYTES = 32,
};

static enum err
open_media(const char *module, char home[PATH_TEXT_SIZE], struct media **out,
    struct errinfo *ei)
{
	const struct media_options o = {
	    .home = home,
	    .modules = &module,
	    .num_modules = module != NULL ? 1 : 0,
	};
	enum err e = home_dir(home, PATH_TEXT_SIZE, ei);

	return e != ERR_OK ? e : media_open(&o, out, ei);
}

/* --- list ------------------------------------------------------------------
 */

static void
put_medium(struct buf *b, const struct medium *m)
{
	buf_printf(b, "%-24s  ", m->id);
	text_escape(b, slice_str(m->name), NAME_SHOWN);
	if (m->kind == MEDIUM_TOKEN) {
		buf_printf(b, "  (%s%s)",
		    m->token.active ? "makes keys" : "memory",
		    m->token.pin == TOKEN_PIN_LOCKED ? ", PIN locked"
		    : m->token.pin == TOKEN_PIN_LAST ? ", one try of the PIN "
						       "left"
		    : m->token.factory               ? ", factory PIN"
						     : "");
	}
	buf_add_str(b, "\n");
}

static void
put_container(struct buf *b, const struct container_entry *entry)
{
	const struct container_info *info = &entry->info;

	buf_printf(b, "  %-32s  %-16s  %-11s  ",
	    info->id[0] != '\0' ? info->id : entry->problem.rule, info->spec,
	    info->has_cert ? "certificate" : "");
	text_escape(b, slice_str(info->label), NAME_SHOWN);
	buf_add_str(b, "\n");
}

static enum err
list(struct media *media, struct buf *b, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(media, all, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		struct container_entry *entries = NULL;
		size_t num_entries = 0;

		put_medium(b, &all[i]);
		e = media_containers(&all[i], &entries, &num_entries, ei);
		for (size_t k = 0; e == ERR_OK && k < num_entries; k++) {
			put_container(b, &entries[k]);
		}
		container_list_free(entries, num_entries);
	}
	return e;
}

enum err
cmd_media_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *module = NULL;
	const struct cli_option options[] = {{"--module", &module, NULL}};
	struct buf b = BUF_INIT(HTTP_ANSWER_MAX);
	struct media *media = NULL;
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 0, 0, usage, &args, ei);

	if (e == ERR_OK) {
		e = open_media(module, home, &media, ei);
	}
	if (e == ERR_OK) {
		e = list(media, &b, ei);
	}
	media_close(media);
	if (e != ERR_OK) {
		buf_clear(&b);
		return e;
	}
	return cli_write_buf(&b, ei);
}

/* --- PIN or password ---------------------------------------------------------
 */

/* What opens it: a token's PIN, which logs in, or a container's password.  The
 * last try of a PIN is not spent here. */
static enum err
unlock(const struct medium *m, bool has_password, const char *file,
    struct token **out_token, struct secret *out_password, struct errinfo *ei)
{
	struct secret typed = SECRET_EMPTY;
	enum err e = ERR_OK;

	if (medium_has_pin(m) || has_password) {
		e = cli_password(file, false, &typed, ei);
	}
	if (e == ERR_OK && medium_has_pin(m)) {
		e = media_token(m, out_token, ei);
		if (e == ERR_OK) {
			e = token_login(
			    *out_token, secret_slice(&typed), false, ei);
		}
		secret_clear(&typed);
	}
	*out_password = typed;
	return e;
}

/* --- make: a key on a token
 * ---------------------------------------------------- */

struct making {
	const char *medium, *spec, *label, *password_file;
};

static enum err
make(struct media *media, const struct making *what, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct container_options o = {
	    .spec = what->spec,
	    .label = what->label,
	    .insecure_no_password = true, /* its PIN protects it */
	    .created = clock_utc_sec(&clock),
	};
	struct secret none = SECRET_EMPTY;
	struct container *c = NULL;
	struct token *t = NULL;
	char place[PATH_TEXT_SIZE];
	struct medium m;
	enum err e = media_find(media, what->medium, &m, ei);

	if (e == ERR_OK && !medium_has_pin(&m)) {
		e = err_set(ei, ERR_UNSUPPORTED, "media.token", NULL,
		    "this medium is no token: surguch container new makes a "
		    "container in a folder");
	}
	if (e == ERR_OK) {
		e = media_new_place(&m, m.token.active, place, ei);
	}
	if (e == ERR_OK) {
		e = unlock(&m, false, what->password_file, &t, &none, ei);
	}
	if (e == ERR_OK) {
		e = media_create(place, t, &o, &c, ei);
		t = NULL;
	}
	if (e == ERR_OK) {
		cli_print("%s  %s  %s\n", container_info(c)->id,
		    container_info(c)->spec, m.id);
	}
	token_free(t);
	container_free(c);
	return e;
}

enum err
cmd_media_make(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct making what = {.spec = "gost2012-256:A", .label = "surguch"};
	const char *module = NULL;
	const struct cli_option options[] = {
	    {"--module", &module, NULL},
	    {"--spec", &what.spec, NULL},
	    {"--label", &what.label, NULL},
	    {"--password-file", &what.password_file, NULL},
	};
	struct media *media = NULL;
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		what.medium = args.at[0];
		e = open_media(module, home, &media, ei);
	}
	if (e == ERR_OK) {
		e = make(media, &what, ei);
	}
	media_close(media);
	return e;
}

/* --- check: does its key sign?
 * --------------------------------------------------- */

static enum err
try_key(struct privkey *k, struct errinfo *ei)
{
	enum sig_alg alg = key_alg_default_sig(privkey_alg(k));
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	uint8_t text[PROOF_BYTES];
	enum err e = random_bytes(text, sizeof(text), ei);

	if (e == ERR_OK) {
		e = privkey_sign(
		    k, alg, slice_make(text, sizeof(text)), &sig, ei);
	}
	if (e == ERR_OK) {
		e = pubkey_verify(privkey_pubkey(k), alg,
		    slice_make(text, sizeof(text)), buf_slice(&sig), ei);
	}
	buf_clear(&sig);
	return e;
}

static enum err
check(struct media *media, const char *id, const char *password_file,
    struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct container *c = NULL;
	struct token *t = NULL;
	struct kept k;
	enum err e = media_find_container(media, id, &k, ei);

	if (e == ERR_OK) {
		e = unlock(&k.medium, k.info.has_password, password_file, &t,
		    &password, ei);
	}
	if (e == ERR_OK) {
		e = media_open_container(
		    k.place, t, secret_slice(&password), &c, ei);
		t = NULL;
	}
	secret_clear(&password);
	if (e == ERR_OK) {
		e = try_key(container_privkey(c), ei);
	}
	if (e == ERR_OK) {
		cli_print("%s  its key signs\n", id);
	}
	token_free(t);
	container_free(c);
	return e;
}

enum err
cmd_media_check(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *module = NULL, *password_file = NULL;
	const struct cli_option options[] = {
	    {"--module", &module, NULL},
	    {"--password-file", &password_file, NULL},
	};
	struct media *media = NULL;
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = open_media(module, home, &media, ei);
	}
	if (e == ERR_OK) {
		e = check(media, args.at[0], password_file, ei);
	}
	media_close(media);
	return e;
}
