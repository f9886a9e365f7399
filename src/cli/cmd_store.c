/* SPDX-License-Identifier: Apache-2.0 */
/* surguch store: CA certificates in the person's stores and browsers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/terminal.h"
#include "workstation/home.h"
#include "workstation/stores.h"
#include "x509/bundle.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	FILE_MAX = 1024 * 1024,
	NAME_MAX_LEN = 4096,
	LINE_MAX_LEN = 8192,
};

/* What files gave; owned. */
struct batch {
	struct buf der[STORE_ITEMS_MAX];
	struct store_item items[STORE_ITEMS_MAX];
	size_t num;
};

static void
batch_free(struct batch *b)
{
	for (size_t i = 0; b != NULL && i < b->num; i++) {
		buf_clear(&b->der[i]);
	}
	free(b);
}

/* --- reading files ---------------------------------------------------------
 */

static enum err
add_cert(void *arg, struct slice der, struct errinfo *ei)
{
	struct batch *b = arg;
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	cert_free(cert);
	if (e == ERR_OK && b->num == STORE_ITEMS_MAX) {
		e = err_set(ei, ERR_LIMIT, "certstores.number", NULL,
		    "more than %d certificates at once", (int)STORE_ITEMS_MAX);
	}
	if (e == ERR_OK) {
		struct buf *own = &b->der[b->num];

		buf_init(own, CERT_BYTES_MAX);
		buf_add(own, der);
		b->items[b->num++] = (struct store_item){
		    stores_is_root(der) ? STORE_ROOT : STORE_AUTHORITY,
		    buf_slice(own)};
		e = buf_err(own, ei);
	}
	return e;
}

static enum err
add_file(struct batch *b, const char *path, struct errinfo *ei)
{
	const struct bundle_taker taker = {add_cert, NULL, b};
	struct buf file = BUF_INIT(FILE_MAX);
	size_t before = b->num;
	enum err e = file_read(path, FILE_MAX, &file, ei);

	if (e == ERR_OK) {
		e = bundle_read(buf_slice(&file), &taker, ei);
	}
	if (e == ERR_OK && b->num == before) {
		e = err_set(ei, ERR_FORMAT, "certstores.none_in_file", NULL,
		    "there is no certificate in this file");
	}
	buf_clear(&file);
	return e == ERR_OK ? e : err_object(ei, e, path);
}

/* --- asking and telling -----------------------------------------------------
 */

static void
put_name(struct buf *line, struct slice der)
{
	struct buf name = BUF_INIT(NAME_MAX_LEN);
	struct cert *cert = NULL;

	if (cert_parse(der, &cert, NULL) == ERR_OK) {
		name_print(cert_subject(cert), &name);
	}
	text_escape(line, buf_slice(&name), NAME_MAX_LEN);
	cert_free(cert);
	buf_clear(&name);
}

static enum err
put_fingerprint(struct buf *line, struct slice der, struct errinfo *ei)
{
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(der, sha, ei);

	if (e == ERR_OK) {
		text_hex(line, slice_make(sha, sizeof(sha)));
	}
	return e;
}

/* Trust by the word of whoever gave the fingerprint, or of the person. */
static enum err
confirm_root(struct slice der, const uint8_t *fingerprint, struct errinfo *ei)
{
	struct buf name = BUF_INIT(LINE_MAX_LEN);
	struct buf hex = BUF_INIT(2 * SHA256_SIZE + 1);
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(der, sha, ei);

	if (e == ERR_OK) {
		text_hex(&hex, slice_make(sha, sizeof(sha)));
	}
	if (e == ERR_OK && fingerprint != NULL) {
		e = memcmp(fingerprint, sha, sizeof(sha)) == 0
			? ERR_OK
			: err_set(ei, ERR_DENIED, "certstores.fingerprint",
			      NULL,
			      "the file's root has another fingerprint: %s",
			      buf_cstr(&hex));
	} else if (e == ERR_OK) {
		put_name(&name, der);
		(void)fprintf(stderr,
		    "A root certificate:\n  %s\n  SHA-256 %s\n"
		    "Everything that it signs will be believed. Compare the "
		    "fingerprint with what the centre gave you on paper.\n",
		    buf_cstr(&name), buf_cstr(&hex));
		e = terminal_confirm("Trust this root?", ei);
	}
	buf_clear(&name);
	buf_clear(&hex);
	return e;
}

static void
print_state(const struct store_state *s)
{
	cli_print("%s%s%s: %zu roots, %zu authorities", s->kind,
	    s->name[0] != '\0' ? " " : "", s->name, s->num[STORE_ROOT],
	    s->num[STORE_AUTHORITY]);
	for (size_t i = 0; i < s->num_notes; i++) {
		cli_print(" [%s]", s->notes[i]);
	}
	if (s->problem.rule[0] != '\0') {
		cli_print(" failed: %s [%s]", s->problem.text, s->problem.rule);
	}
	cli_print("\n");
}

/* --- the commands -----------------------------------------------------------
 */

static enum err
homes(
    char home[PATH_TEXT_SIZE], char person[PATH_TEXT_SIZE], struct errinfo *ei)
{
	enum err e = home_dir(home, PATH_TEXT_SIZE, ei);

	return e != ERR_OK ? e : stores_person(person, ei);
}

static enum err
install(struct batch *b, const uint8_t *fingerprint, struct errinfo *ei)
{
	struct store_state states[STORES_MAX];
	char home[PATH_TEXT_SIZE], person[PATH_TEXT_SIZE];
	size_t num = 0;
	enum err e = homes(home, person, ei);

	for (size_t i = 0; e == ERR_OK && i < b->num; i++) {
		if (b->items[i].role == STORE_ROOT) {
			e = confirm_root(b->items[i].der, fingerprint, ei);
		}
	}
	if (e == ERR_OK) {
		e = dir_make(home, 0700, ei);
	}
	if (e == ERR_OK) {
		e = stores_put(
		    home, person, b->items, b->num, states, &num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		print_state(&states[i]);
		if (states[i].problem.rule[0] != '\0') {
			cli_exit_with(CLI_FAILED);
		}
	}
	return e;
}

enum err
cmd_store_install(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *given = NULL;
	const struct cli_option options[] = {{"--fingerprint", &given, NULL}};
	uint8_t fingerprint[SHA256_SIZE];
	struct batch *b = calloc(1, sizeof(*b));
	struct cli_args args;
	enum err e = b == NULL
			 ? err_nomem(ei)
			 : cli_parse(argc, argv, options, ARRAY_LEN(options), 1,
			       ARRAY_LEN(args.at), usage, &args, ei);

	if (e == ERR_OK && given != NULL) {
		e = cli_fingerprint(given, fingerprint, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < args.num; i++) {
		e = add_file(b, args.at[i], ei);
	}
	if (e == ERR_OK) {
		e = install(b, given == NULL ? NULL : fingerprint, ei);
	}
	batch_free(b);
	return e;
}

static void
print_held(void *arg, const struct store_held *held)
{
	static const char *const roles[STORE_ROLE_MAX_] = {
	    "personal", "authority", "root"};
	struct buf line = BUF_INIT(LINE_MAX_LEN);

	(void)arg;
	if (put_fingerprint(&line, held->der, NULL) == ERR_OK) {
		buf_printf(&line, " %s%s ", roles[held->role],
		    held->has_key ? " with its key" : "");
		put_name(&line, held->der);
		cli_print("%s%s%s %s\n", held->kind,
		    held->name[0] != '\0' ? " " : "", held->name,
		    buf_cstr(&line));
	}
	buf_clear(&line);
}

enum err
cmd_store_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE], person[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 0, 0, usage, &args, ei);

	if (e == ERR_OK) {
		e = homes(home, person, ei);
	}
	return e != ERR_OK ? e
			   : stores_each(home, person, print_held, NULL, ei);
}

enum err
cmd_store_remove(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE];
	uint8_t sha[SHA256_SIZE];
	struct cli_args args;
	size_t num = 0;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = cli_fingerprint(args.at[0], sha, ei);
	}
	if (e == ERR_OK) {
		e = home_dir(home, sizeof(home), ei);
	}
	if (e == ERR_OK) {
		e = stores_take_back(home, sha, &num, ei);
	}
	if (e == ERR_OK && num == 0) {
		e = err_set(ei, ERR_NOTFOUND, "certstores.none", NULL,
		    "nothing of ours has this fingerprint");
	}
	if (e == ERR_OK) {
		cli_print("%zu\n", num);
	}
	return e;
}
