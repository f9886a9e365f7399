/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust install, remove, distrust, undo: roots of a list in this
 * machine's own stores. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/text.h"
#include "certstores/anchors.h"
#include "cli/cmd_trust.h"
#include "cli/commands.h"
#include "cli/password.h"
#include "os/file.h"
#include "trust/disallowed.h"
#include "workstation/home.h"
#include "x509/chain.h"
#include "json/writer.h"

#define STATE_OF_ROOT "/var/lib/surguch/anchors"

enum {
	INSTALL_OPTIONS = TRUST_OPTIONS + 4,
	NAME_BYTES = 4096,
	LABEL_DIGITS = 8, /* of a thumbprint, behind a name */
};

/* --- which store
 * -------------------------------------------------------------- */

static const struct store_word {
	const char *word;
	const char *place; /* when none is given; NULL: one must be */
	enum anchors_kind kind;
	/* A second place of the same system, which can refuse what others
	 * bring; ANCHORS_KIND_MAX_: it has none. */
	enum anchors_kind refuses;
	bool pem;
	bool for_servers; /* its users take any root for web servers */
} store_words[] = {
    {"debian", "/", ANCHORS_DEBIAN, ANCHORS_DEBIAN_OWN, false, true},
    {"fedora", "/", ANCHORS_FEDORA, ANCHORS_FEDORA_BLOCKED, false, true},
    {"java", NULL, ANCHORS_JAVA, ANCHORS_KIND_MAX_, false, true},
    {"nss", NULL, ANCHORS_NSS, ANCHORS_KIND_MAX_, false, true},
    {"dir", NULL, ANCHORS_DIR, ANCHORS_KIND_MAX_, false, false},
    {"pem", NULL, ANCHORS_DIR, ANCHORS_KIND_MAX_, true, false},
};

struct install {
	struct trust_words words;
	bool all;
	const char *state_word;
	const char *password_file;
	struct secret password;
	const struct store_word *word;
	char place[PATH_TEXT_SIZE];
	char state[PATH_TEXT_SIZE];
	struct anchors_store store;
};

static enum err
bad_store(struct errinfo *ei)
{
	(void)err_set(ei, ERR_FORMAT, "cli.words", NULL,
	    "STORE is debian or fedora, debian:ROOT or fedora:ROOT, "
	    "java:FILE, nss:DIRECTORY, dir:DIRECTORY or pem:DIRECTORY");
	return err_object(ei, ERR_FORMAT, "STORE");
}

/* Where the way back is kept; a journal for each store. */
static enum err
find_state(struct install *in, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE];
	enum err e;

	if (in->state_word != NULL) {
		return path_absolute(in->state, in->state_word, ei);
	}
	if (geteuid() == 0) {
		(void)snprintf(in->state, sizeof(in->state), STATE_OF_ROOT);
		return ERR_OK;
	}
	e = home_dir(home, sizeof(home), ei);
	return e == ERR_OK ? path_join(in->state, home, "anchors", ei) : e;
}

/* Java's stores have one, which is a secret only where somebody chose it. */
static enum err
find_password(struct install *in, struct errinfo *ei)
{
	enum err e;

	if (in->password_file == NULL) {
		return ERR_OK;
	}
	if (in->store.kind != ANCHORS_JAVA) {
		(void)err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "only a store of Java has a password");
		return err_object(ei, ERR_FORMAT, "--password-file");
	}
	e = cli_password(in->password_file, false, &in->password, ei);
	in->store.password = secret_slice(&in->password);
	return e;
}

static enum err
find_store(struct install *in, const char *word, struct errinfo *ei)
{
	size_t len = strcspn(word, ":");
	const char *place = word[len] == ':' ? word + len + 1 : NULL;
	enum err e;

	for (size_t i = 0; i < ARRAY_LEN(store_words); i++) {
		if (strlen(store_words[i].word) == len &&
		    strncmp(store_words[i].word, word, len) == 0) {
			in->word = &store_words[i];
		}
	}
	if (in->word == NULL) {
		return bad_store(ei);
	}
	if (place == NULL) {
		place = in->word->place;
	}
	if (place == NULL || place[0] == '\0') {
		return bad_store(ei);
	}
	if ((e = path_absolute(in->place, place, ei)) != ERR_OK ||
	    (e = find_state(in, ei)) != ERR_OK) {
		return e;
	}
	in->store.kind = in->word->kind;
	in->store.pem = in->word->pem;
	in->store.place = in->place;
	in->store.state = in->state;
	return find_password(in, ei);
}

/* --- which certificates
 * -------------------------------------------------------- */

struct chosen {
	struct anchor *list;
	struct buf *labels; /* of these */
	size_t num;
};

static void
chosen_clear(struct chosen *c)
{
	for (size_t i = 0; i < c->num; i++) {
		buf_clear(&c->labels[i]);
	}
	free(c->list);
	free(c->labels);
}

static enum err
chosen_room(struct chosen *c, size_t num, struct errinfo *ei)
{
	c->list = calloc(num + 1, sizeof(*c->list));
	c->labels = calloc(num + 1, sizeof(*c->labels));
	return c->list != NULL && c->labels != NULL ? ERR_OK : err_nomem(ei);
}

static void
choose(struct chosen *c, const struct trust_cert *cert,
    const struct trust_row *row)
{
	struct buf *label = &c->labels[c->num];
	struct anchor *a = &c->list[c->num++];

	buf_init(label, NAME_BYTES);
	if (row != NULL) {
		trust_row_name(row, label);
	} else {
		trust_cert_put_name(cert, label);
	}
	/* Names are not unique, and NSS wants them so for each subject. */
	buf_add_str(label, " (");
	text_hex(label, slice_make(cert->sha1, LABEL_DIGITS / 2));
	buf_add_str(label, ")");
	a->der = cert->der;
	memcpy(a->sha1, cert->sha1, sizeof(a->sha1));
	a->label = buf_cstr(label);
}

/* What a store that knows neither uses nor dates would make of them. */
static void
tell_left_out(const struct trust_rows *before, const struct trust_filter *f)
{
	size_t counts[ROOT_TRUST_MAX_] = {0};

	for (size_t i = 0; i < before->num; i++) {
		counts[root_trusted(&before->at[i].root, f->purpose, f->at)]++;
	}
	(void)fprintf(stderr,
	    "surguch: %zu of %zu roots are trusted for this use now; left "
	    "out, because a store of this kind knows neither uses nor dates: "
	    "%zu not for this use, %zu refused for it, %zu disabled, %zu "
	    "limited to older certificates; --all takes them too\n",
	    counts[ROOT_TRUSTED], before->num, counts[ROOT_NOT_FOR],
	    counts[ROOT_REFUSED], counts[ROOT_DISABLED],
	    counts[ROOT_NOT_BEFORE]);
}

/* For web servers, now, unless something else was said (facts of the lists:
 * weaker is a named option). */
static void
narrow(const struct install *in, struct trust_case *c, struct trust_rows *rows)
{
	struct trust_filter f = {.has_at = true, .at = c->now};

	if (in->all || !rows->said || c->filter.has_at) {
		return;
	}
	f.purpose = c->filter.purpose;
	if (f.purpose.len == 0 && in->word->for_servers &&
	    !chain_purpose_find("server", &f.purpose)) {
		f.purpose = SLICE_EMPTY;
	}
	tell_left_out(rows, &f);
	trust_rows_filter(rows, &f);
}

static enum err
choose_roots(const struct install *in, struct trust_case *c, bool narrowed,
    struct chosen *out, struct errinfo *ei)
{
	const struct trust_part *part = NULL;
	struct trust_rows rows = {.num = 0};
	enum err e = trust_case_roots(c, &part, ei);

	if (e == ERR_OK) {
		e = trust_case_rows(c, part, &rows, ei);
	}
	if (e == ERR_OK && narrowed) {
		narrow(in, c, &rows);
	}
	if (e == ERR_OK) {
		e = chosen_room(out, rows.num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < rows.num; i++) {
		if (rows.at[i].cert == NULL && narrowed) {
			e = err_set(ei, ERR_NOTFOUND, "trust.missing", NULL,
			    "certificates are not at hand; --certs names a "
			    "directory or file that has them, such as a "
			    "mirror");
		} else if (rows.at[i].cert != NULL) {
			choose(out, rows.at[i].cert, &rows.at[i]);
		}
	}
	if (e == ERR_OK && out->num == 0) {
		e = err_set(ei, ERR_NOTFOUND, "trust.none", NULL,
		    "none of its roots is as was asked");
	}
	trust_rows_clear(&rows);
	return e;
}

/* --- telling
 * ------------------------------------------------------------------ */

static enum err
tell(const struct install *in, const struct anchors_report *r,
    struct errinfo *ei)
{
	struct buf out = BUF_INIT(NAME_BYTES);
	struct json_writer w;

	if (cmd_json()) {
		json_writer_init(&w, &out);
		json_open_object(&w, NULL);
		json_put_bool(&w, "dry_run", in->store.dry_run);
		json_put_int(&w, "added", (int64_t)r->added);
		json_put_int(&w, "there", (int64_t)r->there);
		json_put_int(&w, "removed", (int64_t)r->removed);
		json_put_int(&w, "absent", (int64_t)r->absent);
		json_put_int(&w, "still", (int64_t)r->still);
		json_close(&w);
		return cli_write_json(&w, &out, ei);
	}
	buf_printf(&out,
	    "%s%zu added, %zu there already, %zu taken out, %zu not there\n",
	    in->store.dry_run ? "would be: " : "", r->added, r->there,
	    r->removed, r->absent);
	if (r->still > 0) {
		buf_printf(&out,
		    "%zu of them are trusted still, because the distribution "
		    "or an administrator brings them: trust distrust\n",
		    r->still);
	}
	return cli_write_buf(&out, ei);
}

/* --- install, remove
 * ------------------------------------------------------------ */

typedef enum err change(const struct anchors_store *s,
    const struct anchor *list, size_t num, struct anchors_report *out,
    struct errinfo *ei);

static enum err
change_store(struct install *in, const char *path, bool narrowed, change *act,
    struct errinfo *ei)
{
	struct anchors_report report = {0};
	struct chosen chosen = {.num = 0};
	struct trust_case c;
	enum err e = trust_case_open(&c, path, &in->words, ei);

	if (e == ERR_OK) {
		e = trust_case_verdict(&c, ei);
	}
	if (e == ERR_OK) {
		trust_case_warn(&c);
		e = choose_roots(in, &c, narrowed, &chosen, ei);
	}
	if (e == ERR_OK) {
		e = act(&in->store, chosen.list, chosen.num, &report, ei);
	}
	chosen_clear(&chosen);
	trust_case_clear(&c);
	return e == ERR_OK ? tell(in, &report, ei) : e;
}

static void
install_options(struct install *in, struct cli_option out[INSTALL_OPTIONS])
{
	const struct cli_option own[] = {
	    {"--state", &in->state_word, NULL},
	    {"--password-file", &in->password_file, NULL},
	    {"--dry-run", NULL, &in->store.dry_run},
	    {"--all", NULL, &in->all},
	};

	trust_options(&in->words, out);
	memcpy(out + TRUST_OPTIONS, own, sizeof(own));
}

static enum err
run(int argc, char **argv, const char *usage, struct install *in,
    const struct cli_option *options, size_t num, struct cli_args *args,
    struct errinfo *ei)
{
	enum err e = cli_parse(argc, argv, options, num, 2, 2, usage, args, ei);

	return e == ERR_OK ? find_store(in, args->at[1], ei) : e;
}

enum err
cmd_trust_install(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_option options[INSTALL_OPTIONS];
	struct install in = {.all = false};
	struct cli_args args;
	enum err e;

	install_options(&in, options);
	e = run(argc, argv, usage, &in, options, INSTALL_OPTIONS, &args, ei);
	if (e == ERR_OK) {
		e = change_store(&in, args.at[0], true, anchors_put, ei);
	}
	secret_clear(&in.password);
	return e;
}

static void
remove_options(struct install *in, struct cli_option out[INSTALL_OPTIONS - 1])
{
	const struct cli_option own[] = {
	    {"--state", &in->state_word, NULL},
	    {"--password-file", &in->password_file, NULL},
	    {"--dry-run", NULL, &in->store.dry_run},
	};

	trust_options(&in->words, out);
	memcpy(out + TRUST_OPTIONS, own, sizeof(own));
}

enum err
cmd_trust_remove(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_option options[INSTALL_OPTIONS - 1];
	struct install in = {.all = true};
	struct cli_args args;
	enum err e;

	remove_options(&in, options);
	e = run(
	    argc, argv, usage, &in, options, INSTALL_OPTIONS - 1, &args, ei);
	if (e == ERR_OK) {
		e = change_store(&in, args.at[0], false, anchors_take, ei);
	}
	secret_clear(&in.password);
	return e;
}

/* --- distrust
 * ------------------------------------------------------------------- */

struct gather {
	struct trust_certs *certs;
	enum err e;
	struct errinfo *ei;
};

static void
gather_one(void *arg, struct slice der)
{
	struct gather *g = arg;

	if (g->e == ERR_OK) {
		g->e = trust_certs_add(g->certs, der, NULL, g->ei);
	}
}

/* A list names what it disallows by hashes alone: these are looked for among
 * the certificates at hand and those of the store. */
static enum err
gather_all(const struct anchors_store *stores, size_t num, struct trust_case *c,
    struct errinfo *ei)
{
	struct gather g = {.certs = c->file.certs, .ei = ei};

	for (size_t i = 0; g.e == ERR_OK && i < num; i++) {
		enum err e = anchors_each(&stores[i], gather_one, &g, ei);

		g.e = g.e == ERR_OK ? e : g.e;
	}
	for (size_t i = 0;
	     g.e == ERR_OK && c->has_more && i < trust_certs_num(c->more.certs);
	     i++) {
		gather_one(&g, trust_certs_at(c->more.certs, i)->der);
	}
	return g.e;
}

static const struct stl *
disallowed_list(const struct trust_case *c)
{
	for (size_t i = 0; i < c->file.num; i++) {
		const struct trust_part *p = &c->file.parts[i];

		if (p->content == TRUST_LIST &&
		    p->list.kind == STL_DISALLOWED) {
			return &p->list;
		}
	}
	return NULL;
}

static enum err
choose_disallowed(const struct anchors_store *stores, size_t num,
    struct trust_case *c, struct chosen *out, struct errinfo *ei)
{
	const struct stl *l = disallowed_list(c);
	enum err e = gather_all(stores, num, c, ei);

	if (e == ERR_OK) {
		e = chosen_room(out, trust_certs_num(c->file.certs), ei);
	}
	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(c->file.certs);
	     i++) {
		const struct trust_cert *cert =
		    trust_certs_at(c->file.certs, i);

		if (trust_disallowed(l, cert) != NULL) {
			choose(out, cert, NULL);
		}
	}
	return e;
}

static void
add_report(struct anchors_report *sum, const struct anchors_report *r)
{
	sum->added += r->added;
	sum->there += r->there;
	sum->removed += r->removed;
	sum->absent += r->absent;
	sum->still = r->still; /* as the last of the stores left it */
}

/* A system has two places: ours, and that where its own are refused. */
static size_t
stores_of(const struct install *in, struct anchors_store out[2])
{
	out[0] = in->store;
	out[1] = in->store;
	out[1].kind = in->word->refuses;
	return in->word->refuses != ANCHORS_KIND_MAX_ ? 2 : 1;
}

static enum err
distrust(struct install *in, struct trust_case *c, struct errinfo *ei)
{
	struct anchors_report sum = {0}, report;
	struct anchors_store stores[2];
	struct chosen chosen = {.num = 0};
	size_t num = stores_of(in, stores);
	enum err e = disallowed_list(c) != NULL
			 ? choose_disallowed(stores, num, c, &chosen, ei)
			 : choose_roots(in, c, false, &chosen, ei);

	for (size_t i = num; e == ERR_OK && i > 0; i--) {
		report = (struct anchors_report){0};
		e = anchors_take(
		    &stores[i - 1], chosen.list, chosen.num, &report, ei);
		add_report(&sum, &report);
	}
	chosen_clear(&chosen);
	if (e == ERR_OK && num == 1) {
		(void)fprintf(stderr,
		    "surguch: warning: a store of this kind cannot refuse a "
		    "certificate: it was taken out, and trusted again by "
		    "whoever puts it back [anchors.distrust]\n");
	}
	return e == ERR_OK ? tell(in, &sum, ei) : e;
}

/* A list says whom to trust: who gives one here has hardly meant all of it. */
static enum err
check_meant(const struct trust_case *c, struct errinfo *ei)
{
	const struct trust_part *part = NULL;
	struct trust_rows rows = {.num = 0};
	enum err e = ERR_OK;

	if (disallowed_list(c) != NULL || c->filter.sha1s.len > 0) {
		return ERR_OK;
	}
	e = trust_case_roots(c, &part, ei);
	if (e == ERR_OK) {
		e = trust_case_rows(c, part, &rows, ei);
	}
	if (e == ERR_OK && rows.said) {
		e = err_set(ei, ERR_POLICY, "trust.meant", NULL,
		    "the file says which roots are to be trusted; to distrust "
		    "one of them name it (--thumbprint SHA1), and all that are "
		    "chosen with --all");
	}
	trust_rows_clear(&rows);
	return e;
}

enum err
cmd_trust_distrust(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_option options[INSTALL_OPTIONS];
	struct install in = {.all = false};
	struct trust_case c;
	struct cli_args args;
	enum err e;

	install_options(&in, options);
	e = run(argc, argv, usage, &in, options, INSTALL_OPTIONS, &args, ei);
	if (e != ERR_OK) {
		secret_clear(&in.password);
		return e;
	}
	e = trust_case_open(&c, args.at[0], &in.words, ei);
	if (e == ERR_OK) {
		e = trust_case_verdict(&c, ei);
	}
	if (e == ERR_OK && !in.all) {
		e = check_meant(&c, ei);
	}
	if (e == ERR_OK) {
		trust_case_warn(&c);
		in.all = true;
		e = distrust(&in, &c, ei);
	}
	trust_case_clear(&c);
	secret_clear(&in.password);
	return e;
}

/* --- undo
 * ---------------------------------------------------------------------- */

/* The last change, of both places if it was a distrust. */
static enum err
undo(struct install *in, struct errinfo *ei)
{
	struct anchors_report sum = {0}, report = {0};
	struct anchors_store stores[2];
	size_t num = stores_of(in, stores);
	struct errinfo none = {0};
	enum err e = anchors_undo(&stores[0], &sum, ei);
	enum err own =
	    num > 1 ? anchors_undo(&stores[1], &report, &none) : ERR_NOTFOUND;

	if (own != ERR_OK && own != ERR_NOTFOUND) {
		*ei = none;
		return own;
	}
	if (own == ERR_OK) {
		add_report(&sum, &report);
		e = e == ERR_NOTFOUND ? ERR_OK : e;
	}
	return e == ERR_OK ? tell(in, &sum, ei) : e;
}

enum err
cmd_trust_undo(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct install in = {.all = false};
	const struct cli_option options[] = {
	    {"--state", &in.state_word, NULL},
	    {"--password-file", &in.password_file, NULL},
	    {"--dry-run", NULL, &in.store.dry_run},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = find_store(&in, args.at[0], ei);
	}
	if (e == ERR_OK) {
		e = undo(&in, ei);
	}
	secret_clear(&in.password);
	return e;
}
