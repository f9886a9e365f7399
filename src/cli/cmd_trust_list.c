/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust list: an organisation's own list of roots, or of what it
 * disallows, signed by itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/cmd_trust_sign.h"
#include "cli/commands.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/systime.h"
#include "trust/cab.h"
#include "trust/draft.h"
#include "trust/export.h"
#include "trust/stl_build.h"
#include "x509/chain.h"

enum {
	FILE_MODE_PUBLIC = 0644,
	NAME_SIZE = 64,
	LIST_OPTIONS = TRUST_OPTIONS + 12,
	FILES_MAX = 32,
	DAYS_MAX = 3660,
	USES_BYTES = 1024,
};

enum list_form {
	FORM_STL,
	FORM_CAB,
	FORM_SST,
	FORM_P7B,
	FORM_DIR, /* the list, loose and in a cabinet, and its certificates */
};

/* The names that a mirror has, and what people unpack of it. */
static const struct {
	const char *stl;
	const char *cab;
	const char *sst;
} names[] = {
    [STL_ROOTS] = {"authroot.stl", "authrootstl.cab", NULL},
    [STL_DISALLOWED] = {"disallowedcert.stl", "disallowedcertstl.cab",
	"disallowedcert.sst"},
};

struct order {
	struct trust_words words;
	const char *to;
	const char *key;
	const char *cert;
	const char *password_file;
	const char *remove;
	const char *uses_word;
	const char *by_word;
	const char *after;
	const char *days_word;
	const char *identifier;
	bool disallowed;
	bool skip_missing;

	enum stl_kind kind;
	enum list_form form;
	enum trust_draft_by by;
	struct buf uses; /* content of a SEQUENCE OF OID */
	int64_t days;
	int64_t now;
};

/* --- the words --------------------------------------------------------------
 */

static bool
is_directory(const char *path)
{
	char inside[PATH_TEXT_SIZE];

	return path_join(inside, path, ".", NULL) == ERR_OK &&
	       file_exists(inside);
}

static enum err
read_form(struct order *o, struct errinfo *ei)
{
	static const struct {
		const char *end;
		enum list_form form;
	} ends[] = {{".stl", FORM_STL}, {".cab", FORM_CAB}, {".sst", FORM_SST},
	    {".p7b", FORM_P7B}};
	const char *dot = o->to != NULL ? strrchr(o->to, '.') : NULL;

	if (o->to != NULL && is_directory(o->to)) {
		o->form = FORM_DIR;
		return ERR_OK;
	}
	for (size_t i = 0; dot != NULL && i < ARRAY_LEN(ends); i++) {
		if (strcasecmp(dot, ends[i].end) == 0) {
			o->form = ends[i].form;
			return ERR_OK;
		}
	}
	return cli_bad_word(ei, "--output",
	    "a file that ends in .stl, .cab, .sst or .p7b, or a directory "
	    "that is there");
}

/* "server,email" */
static enum err
read_uses(struct order *o, struct errinfo *ei)
{
	const char *at = o->uses_word;
	char word[OID_TEXT_MAX];

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, ",");
		struct slice purpose;

		if (len == 0 || len >= sizeof(word)) {
			return cli_bad_word(
			    ei, "--for", "purposes, commas between");
		}
		memcpy(word, at, len);
		word[len] = '\0';
		if (!chain_purpose_find(word, &purpose)) {
			return cli_bad_word(ei, "--for",
			    "server, client, email, code, ocsp, timestamp or "
			    "known OIDs, commas between");
		}
		trust_draft_put_use(&o->uses, purpose);
		at += len + (at[len] == ',');
	}
	return buf_err(&o->uses, ei);
}

static enum err
read_words(struct order *o, struct errinfo *ei)
{
	uint64_t days = 0;
	enum err e = read_form(o, ei);

	if (e == ERR_OK) {
		e = read_uses(o, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	o->kind = o->disallowed ? STL_DISALLOWED : STL_ROOTS;
	if (o->by_word != NULL && strcmp(o->by_word, "certificate") == 0) {
		o->by = DRAFT_BY_CERTIFICATE;
	} else if (o->by_word != NULL && strcmp(o->by_word, "key") != 0) {
		return cli_bad_word(ei, "--by", "key or certificate");
	}
	if (o->days_word != NULL &&
	    (!text_to_u64(slice_str(o->days_word), &days) || days == 0 ||
		days > DAYS_MAX)) {
		return cli_bad_word(
		    ei, "--days", "a number of days, at most 3660");
	}
	o->days = (int64_t)days;
	if (o->key == NULL && o->form != FORM_SST && o->form != FORM_P7B) {
		return cli_bad_word(ei, "--key",
		    "the key that signs the list; a store (.sst) and a bag "
		    "(.p7b) are not signed");
	}
	return ERR_OK;
}

/* --- what comes in
 * ------------------------------------------------------------
 */

static bool
says_nothing(const struct trust_part *p, const struct trust_rows *rows)
{
	return p->content == TRUST_CERTS ||
	       (p->content == TRUST_STORE && !rows->said);
}

/* A choice is one among what lists say; bare certificates were chosen by being
 * named. */
static enum err
add_roots(struct trust_draft *d, const struct order *o,
    const struct trust_case *c, const struct trust_part *p, struct errinfo *ei)
{
	struct trust_rows rows = {.num = 0};
	enum err e = trust_rows_of(
	    &c->file, p, c->has_more ? c->more.certs : NULL, &rows, ei);

	if (e == ERR_OK && !says_nothing(p, &rows)) {
		trust_rows_filter(&rows, &c->filter);
	}
	if (e == ERR_OK) {
		e = trust_draft_add_rows(d, &rows, buf_slice(&o->uses), ei);
	}
	trust_rows_clear(&rows);
	return e;
}

static bool
has_list(const struct trust_file *f, enum stl_kind kind, bool of_kind)
{
	for (size_t i = 0; i < f->num; i++) {
		if (f->parts[i].content == TRUST_LIST &&
		    (f->parts[i].list.kind == kind) == of_kind) {
			return true;
		}
	}
	return false;
}

static enum err
add_certs(struct trust_draft *d, const struct trust_certs *certs, bool meant,
    enum trust_draft_by by, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(certs); i++) {
		const struct trust_cert *cert = trust_certs_at(certs, i);

		if (!meant || trust_draft_means(d, cert)) {
			e = trust_draft_add_disallowed(d, cert, by, ei);
		}
	}
	return e;
}

/* Beside a disallowed list lie certificates that it means, and others: a mirror
 * has every root there.  Where there is no list, each is disallowed. */
static enum err
add_disallowed(struct trust_draft *d, const struct order *o,
    const struct trust_case *c, struct errinfo *ei)
{
	const bool listed = has_list(&c->file, STL_DISALLOWED, true);
	enum err e = ERR_OK;

	if (!listed && has_list(&c->file, STL_DISALLOWED, false)) {
		return err_set(ei, ERR_CONFLICT, "stl.kind", NULL,
		    "a list of roots says nothing of what is disallowed");
	}
	for (size_t i = 0; e == ERR_OK && i < c->file.num; i++) {
		const struct trust_part *p = &c->file.parts[i];

		if (p->content == TRUST_LIST &&
		    p->list.kind == STL_DISALLOWED) {
			e = trust_draft_add_list(d, &p->list, ei);
		}
	}
	if (e == ERR_OK) {
		e = add_certs(d, c->file.certs, listed, o->by, ei);
	}
	if (e == ERR_OK && c->has_more) {
		e = add_certs(d, c->more.certs, true, o->by, ei);
	}
	return e;
}

/* Of a mirror its list of roots: what else lies there is anything but that. */
static enum err
add_parts(struct trust_draft *d, const struct order *o,
    const struct trust_case *c, struct errinfo *ei)
{
	const bool listed = has_list(&c->file, STL_ROOTS, true);
	enum err e = ERR_OK;

	if (o->kind == STL_DISALLOWED) {
		return add_disallowed(d, o, c, ei);
	}
	if (!listed && has_list(&c->file, STL_ROOTS, false)) {
		return err_set(ei, ERR_CONFLICT, "stl.kind", NULL,
		    "a list of something else says nothing of roots");
	}
	for (size_t i = 0; e == ERR_OK && i < c->file.num; i++) {
		const struct trust_part *p = &c->file.parts[i];

		if (!listed ||
		    (p->content == TRUST_LIST && p->list.kind == STL_ROOTS)) {
			e = add_roots(d, o, c, p, ei);
		}
	}
	return e;
}

/* A file, or an identifier in hexadecimal digits. */
static enum err
take_out(struct trust_draft *d, const struct order *o, struct errinfo *ei)
{
	uint8_t id[HASH_SIZE_MAX];
	const struct slice word = slice_str(o->remove);
	struct trust_file f = {.num = 0};
	size_t num = 0, all = 0;
	enum err e = ERR_OK;

	if (word.len % 2 == 0 && word.len <= 2 * sizeof(id) &&
	    text_unhex(word, id, word.len / 2)) {
		num = trust_draft_remove_id(d, slice_make(id, word.len / 2));
	} else {
		e = trust_file_load(o->remove, &f, ei);
		all = e == ERR_OK ? trust_certs_num(f.certs) : 0;
	}
	for (size_t i = 0; i < all; i++) {
		num += trust_draft_remove_cert(d, trust_certs_at(f.certs, i));
	}
	trust_file_clear(&f);
	if (e == ERR_OK && num == 0) {
		(void)err_set(ei, ERR_NOTFOUND, "trust.none", NULL,
		    "nothing of it is in the list that is made");
		e = err_object(ei, ERR_NOTFOUND, o->remove);
	}
	if (e == ERR_OK) {
		(void)fprintf(stderr, "surguch: %zu entries taken out\n", num);
	}
	return e;
}

static enum err
add_file(struct trust_draft *d, const struct order *o, const char *path,
    struct errinfo *ei)
{
	struct trust_case *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL) {
		return err_nomem(ei);
	}
	e = trust_case_open(c, path, &o->words, ei);
	if (e == ERR_OK) {
		e = trust_case_verdict(c, ei);
	}
	if (e == ERR_OK) {
		trust_case_warn(c);
		e = add_parts(d, o, c, ei);
	}
	trust_case_clear(c);
	free(c);
	return e == ERR_OK || ei->object[0] != '\0' ? e
						    : err_object(ei, e, path);
}

/* --- the list that is replaced
 * ------------------------------------------------
 */

/* The one that is named, or lies already where the new one is to be. */
static enum err
find_before(const struct order *o, char path[PATH_TEXT_SIZE], bool *out_there,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	*out_there = o->after != NULL;
	if (o->after != NULL) {
		(void)snprintf(path, PATH_TEXT_SIZE, "%s", o->after);
	} else if (o->form == FORM_DIR) {
		e = path_join(path, o->to, names[o->kind].cab, ei);
		*out_there = e == ERR_OK && file_exists(path);
	} else if (o->form == FORM_STL || o->form == FORM_CAB) {
		(void)snprintf(path, PATH_TEXT_SIZE, "%s", o->to);
		*out_there = file_exists(path);
	}
	return e;
}

static enum err
number_after(const struct order *o, const struct trust_case *c,
    struct buf *number, struct errinfo *ei)
{
	enum err e = trust_case_verdict(c, ei);

	for (size_t i = 0; e == ERR_OK && i < c->file.num; i++) {
		const struct trust_part *p = &c->file.parts[i];

		if (p->content == TRUST_LIST && p->list.kind == o->kind) {
			return stl_next_number(
			    o->kind, o->now, &p->list, number, ei);
		}
	}
	return e == ERR_OK
		   ? err_set(ei, ERR_CONFLICT, "stl.kind", NULL,
			 "no list of %s is in it", stl_kind_name(o->kind))
		   : e;
}

static enum err
make_number(const struct order *o, struct buf *number, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct trust_case *c;
	bool there = false;
	enum err e = find_before(o, path, &there, ei);

	if (e != ERR_OK || !there) {
		return e == ERR_OK
			   ? stl_next_number(o->kind, o->now, NULL, number, ei)
			   : e;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	e = trust_case_open(c, path, &o->words, ei);
	if (e == ERR_OK) {
		e = number_after(o, c, number, ei);
	}
	trust_case_clear(c);
	free(c);
	return e == ERR_OK || ei->object[0] != '\0' ? e
						    : err_object(ei, e, path);
}

/* --- signing
 * -------------------------------------------------------------------
 */

/* What our own reader would refuse is not written.  Without an anchor nobody
 * here knows the root that clients will ask for. */
static enum err
check_made(const struct order *o, struct slice der, struct errinfo *ei)
{
	struct trust_anchors anchors = {.num = 0};
	const struct trust_policy policy = {
	    .anchors = &anchors, .now = o->now, .strict = true};
	struct trust_judgement j = {.result = ERR_OK};
	struct stl l = {.num = 0};
	enum err e = stl_parse(der, &l, ei);

	if (e == ERR_OK && o->words.anchor != NULL) {
		e = trust_read_anchors(o->words.anchor, &anchors, ei);
		if (e == ERR_OK) {
			e = trust_judge(&l, &policy, &j, ei);
		}
		if (e == ERR_OK && j.result != ERR_OK) {
			*ei = j.why;
			e = j.result;
		}
	}
	trust_judgement_clear(&j);
	stl_clear(&l);
	trust_anchors_clear(&anchors);
	return e;
}

static enum err
sign(const struct order *o, struct trust_draft *d, struct buf *out,
    struct errinfo *ei)
{
	struct buf number = BUF_INIT(STL_SEQUENCE_MAX + 1);
	struct trust_draft_head head = {.identifier = o->identifier,
	    .this_update = o->now,
	    .next_update =
		o->days > 0 ? o->now + o->days * (int64_t)DAY_SEC : 0};
	struct list_signer who = {.key = NULL};
	struct stl l;
	enum err e = make_number(o, &number, ei);

	head.sequence = buf_slice(&number);
	if (e == ERR_OK) {
		e = list_signer_open(
		    &who, o->key, o->cert, o->password_file, ei);
	}
	if (e == ERR_OK) {
		e = trust_draft_list(d, &head, &l, ei);
	}
	if (e == ERR_OK) {
		e = stl_sign(&l, &who.signer, out, ei);
	}
	list_signer_clear(&who);
	buf_clear(&number);
	return e == ERR_OK ? check_made(o, buf_slice(out), ei) : e;
}

/* --- what goes out
 * --------------------------------------------------------------
 */

/* Those that are at hand as rows: a disallowed list names hashes alone. */
static enum err
make_rows(const struct order *o, const struct trust_draft *d,
    struct trust_rows *out, struct errinfo *ei)
{
	const struct trust_cert **certs = NULL;
	size_t num = 0, missing = 0;
	enum err e;

	if (o->kind == STL_ROOTS) {
		return trust_draft_rows(d, out, ei);
	}
	e = trust_draft_certs(d, &certs, &num, &missing, ei);
	if (e != ERR_OK) {
		return e;
	}
	out->at = calloc(num + 1, sizeof(*out->at));
	if (out->at == NULL) {
		e = err_nomem(ei);
		num = 0;
	}
	for (size_t i = 0; i < num; i++) {
		struct slice sha1 = slice_make(certs[i]->sha1, ROOT_SHA1);

		out->at[i].root.sha1 = sha1;
		out->at[i].entry.id = sha1;
		out->at[i].cert = certs[i];
	}
	out->num = num;
	free((void *)certs);
	if (e == ERR_OK && missing > 0) {
		(void)fprintf(stderr,
		    "surguch: warning: of %zu of %zu entries no certificate is "
		    "at hand; a store has those alone that are\n",
		    missing, trust_draft_num(d));
	}
	return e;
}

static enum err
pack(const struct order *o, struct slice list, struct buf *out,
    struct errinfo *ei)
{
	return cab_build(names[o->kind].stl, o->now, list, out, ei);
}

static enum err
write_in(const struct order *o, const char *name, struct slice content,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, o->to, name, ei);

	return e == ERR_OK
		   ? file_write_atomic(path, content, FILE_MODE_PUBLIC, ei)
		   : e;
}

/* <thumbprint>.crt of each root, as mirrors have them. */
static enum err
write_certs(
    const struct order *o, const struct trust_rows *rows, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < rows->num; i++) {
		struct buf name = BUF_INIT(NAME_SIZE);

		if (rows->at[i].cert != NULL) {
			text_hex(&name, rows->at[i].root.sha1);
			buf_add_str(&name, ".crt");
			e = write_in(
			    o, buf_cstr(&name), rows->at[i].cert->der, ei);
		}
		buf_clear(&name);
	}
	return e;
}

/* Certificates, then the list that names them. */
static enum err
write_dir(const struct order *o, const struct trust_rows *rows,
    struct slice list, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	enum err e = ERR_OK;

	if (o->kind == STL_ROOTS) {
		e = write_certs(o, rows, ei);
	} else {
		e = trust_export_sst(rows, true, &out, ei);
		if (e == ERR_OK) {
			e = write_in(
			    o, names[o->kind].sst, buf_slice(&out), ei);
		}
		buf_reset(&out);
	}
	if (e == ERR_OK) {
		e = pack(o, list, &out, ei);
	}
	if (e == ERR_OK) {
		e = write_in(o, names[o->kind].stl, list, ei);
	}
	if (e == ERR_OK) {
		e = write_in(o, names[o->kind].cab, buf_slice(&out), ei);
	}
	buf_clear(&out);
	return e;
}

static enum err
write_file(const struct order *o, const struct trust_rows *rows,
    struct slice list, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	enum err e = ERR_OK;

	switch (o->form) {
	case FORM_STL:
		buf_add(&out, list);
		break;
	case FORM_CAB:
		e = pack(o, list, &out, ei);
		break;
	case FORM_SST:
		e = trust_export_sst(rows, o->skip_missing, &out, ei);
		break;
	case FORM_P7B:
		e = trust_export_p7b(rows, o->skip_missing, &out, ei);
		break;
	case FORM_DIR:
		return write_dir(o, rows, list, ei);
	}
	if (e == ERR_OK) {
		e = buf_err(&out, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(
		    o->to, buf_slice(&out), FILE_MODE_PUBLIC, ei);
	}
	buf_clear(&out);
	return e;
}

static enum err
publish(const struct order *o, struct trust_draft *d, struct errinfo *ei)
{
	struct buf list = BUF_INIT(STL_BYTES_MAX);
	struct trust_rows rows = {.num = 0};
	enum err e = ERR_OK;

	if (trust_draft_num(d) == 0) {
		e = err_set(ei, ERR_NOTFOUND, "trust.none", NULL,
		    "the list would be empty");
	}
	if (e == ERR_OK) {
		e = make_rows(o, d, &rows, ei);
	}
	if (e == ERR_OK && o->kind == STL_ROOTS && o->form == FORM_DIR) {
		e = trust_export_check(&rows, o->skip_missing, ei);
	}
	if (e == ERR_OK && o->form != FORM_SST && o->form != FORM_P7B) {
		e = sign(o, d, &list, ei);
	}
	if (e == ERR_OK) {
		e = write_file(o, &rows, buf_slice(&list), ei);
	}
	if (e == ERR_OK) {
		(void)fprintf(stderr, "surguch: a list of %zu entries\n",
		    trust_draft_num(d));
	}
	trust_rows_clear(&rows);
	buf_clear(&list);
	return e;
}

/* --- the command -----------------------------------------------------------
 */

static enum err
make(const struct order *o, const struct cli_args *args, struct errinfo *ei)
{
	struct trust_draft *d = NULL;
	enum err e = trust_draft_new(o->kind, &d, ei);

	for (size_t i = 0; e == ERR_OK && i < args->num; i++) {
		e = add_file(d, o, args->at[i], ei);
	}
	if (e == ERR_OK && o->remove != NULL) {
		e = take_out(d, o, ei);
	}
	if (e == ERR_OK) {
		e = publish(o, d, ei);
	}
	trust_draft_free(d);
	return e;
}

static void
list_options(struct order *o, struct cli_option out[LIST_OPTIONS])
{
	const struct cli_option own[LIST_OPTIONS - TRUST_OPTIONS] = {
	    {"--output", &o->to, NULL},
	    {"--key", &o->key, NULL},
	    {"--cert", &o->cert, NULL},
	    {"--password-file", &o->password_file, NULL},
	    {"--remove", &o->remove, NULL},
	    {"--for", &o->uses_word, NULL},
	    {"--disallowed", NULL, &o->disallowed},
	    {"--by", &o->by_word, NULL},
	    {"--after", &o->after, NULL},
	    {"--days", &o->days_word, NULL},
	    {"--identifier", &o->identifier, NULL},
	    {"--skip-missing", NULL, &o->skip_missing},
	};

	trust_options(&o->words, out);
	memcpy(out + TRUST_OPTIONS, own, sizeof(own));
}

enum err
cmd_trust_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct order o = {
	    .now = clock_utc_sec(&clock), .uses = BUF_INIT(USES_BYTES)};
	struct cli_option options[LIST_OPTIONS];
	struct cli_args args;
	enum err e;

	list_options(&o, options);
	e = cli_parse(
	    argc, argv, options, LIST_OPTIONS, 1, FILES_MAX, usage, &args, ei);
	if (e == ERR_OK) {
		e = read_words(&o, ei);
	}
	if (e == ERR_OK) {
		e = make(&o, &args, ei);
	}
	buf_clear(&o.uses);
	return e;
}
