/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust show: whose list it is, and what it says. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/commands.h"
#include "crypto/hash.h"
#include "trust/disallowed.h"
#include "trust/export.h"
#include "trust/report.h"
#include "x509/cert.h"
#include "x509/name.h"
#include "json/writer.h"

enum {
	NAME_BYTES = 4096,
};

/* --- a part, for each form of output ----------------------------------------
 */

struct shown {
	const struct trust_case *c;
	const struct trust_part *part;
	const struct trust_judgement *judged; /* NULL: no list */
	bool has_rows;
	struct trust_rows rows;
};

static const char *
title_of(const struct trust_part *p)
{
	static const char *const lists[STL_KIND_MAX_] = {
	    [STL_OTHER] = "certificate trust list",
	    [STL_ROOTS] = "list of trusted roots",
	    [STL_DISALLOWED] = "list of disallowed certificates",
	    [STL_PINS] = "list of pin rules",
	};

	switch (p->content) {
	case TRUST_LIST:
		return lists[p->list.kind];
	case TRUST_STORE:
		return "serialized store";
	case TRUST_CERTS:
		break;
	}
	return "certificates";
}

/* --- a table ---------------------------------------------------------------
 */

static void
put_field(struct buf *out, const char *name)
{
	buf_printf(out, "  %-12s ", name);
}

static void
put_subject(struct buf *out, const struct cert *c)
{
	name_print(cert_subject(c), out);
}

static void
put_verdict(struct buf *out, const struct trust_judgement *j)
{
	put_field(out, "signature");
	if (j->result == ERR_OK || j->over_sha1) {
		buf_add_str(out, "good");
	} else if (j->v.signed_by_signer) {
		buf_add_str(out, "good, but its chain is not");
	} else {
		buf_add_str(out, "REFUSED");
	}
	if (j->v.hash == HASH_SHA1) {
		buf_add_str(out, ", over SHA-1");
	}
	if (j->over_sha1) {
		buf_add_str(out, ": counts only with --old");
	}
	buf_add_u8(out, '\n');
	if (j->v.signer != NULL) {
		put_field(out, "signer");
		put_subject(out, j->v.signer);
		buf_add_str(out, j->signer_expired ? ", ended " : ", until ");
		trust_put_day(out, j->signer_ends);
		buf_add_u8(out, '\n');
	}
	if (j->v.chain.status == CHAIN_GOOD && j->v.chain.num > 0) {
		put_field(out, "root");
		put_subject(out, j->v.chain.path[j->v.chain.num - 1]);
		buf_add_u8(out, '\n');
	}
}

static void
put_head(struct buf *out, const struct stl *l)
{
	char text[TIME_TEXT_SIZE];

	if (l->identifier.len > 0) {
		put_field(out, "name");
		root_put_text(out, l->identifier);
		buf_add_u8(out, '\n');
	}
	put_field(out, "of");
	time_text(l->this_update, text);
	buf_printf(out, "%s\n", text);
	if (l->has_next_update) {
		put_field(out, "next");
		time_text(l->next_update, text);
		buf_printf(out, "%s\n", text);
	}
	if (l->sequence.len > 0) {
		put_field(out, "number");
		text_hex(out, l->sequence);
		buf_add_u8(out, '\n');
	}
}

static void
put_count(struct buf *out, const struct shown *s)
{
	size_t disabled = 0, limited = 0,
	       all = s->part->content == TRUST_LIST ? s->part->list.num
						    : s->rows.num;

	put_field(out, "entries");
	if (!s->has_rows) {
		buf_printf(out, "%zu\n", all);
		return;
	}
	for (size_t i = 0; i < s->rows.num; i++) {
		const struct root *r = &s->rows.at[i].root;

		disabled += trust_date_set(&r->disabled);
		limited += !trust_date_set(&r->disabled) &&
			   trust_date_set(&r->not_before);
	}
	if (s->rows.num != all) {
		buf_printf(out, "%zu of %zu", s->rows.num, all);
	} else {
		buf_printf(out, "%zu", all);
	}
	if (s->rows.said) {
		buf_printf(out,
		    ": %zu disabled, %zu limited to older "
		    "certificates, %zu without limits",
		    disabled, limited, s->rows.num - disabled - limited);
	}
	if (trust_num_missing(&s->rows) > 0 && s->rows.num > 0) {
		buf_printf(out, "; certificates of %zu not at hand",
		    trust_num_missing(&s->rows));
	}
	buf_add_u8(out, '\n');
}

static void
put_row(struct buf *out, const struct trust_row *row, bool said)
{
	text_hex(out, row->root.sha1);
	buf_add_str(out, "  ");
	trust_row_name(row, out);
	if (said) {
		buf_add_str(out, "  [");
		trust_put_state(out, &row->root);
		buf_add_str(out, "; ");
		trust_put_uses(out, &row->root);
		buf_add_u8(out, ']');
	}
	buf_add_u8(out, '\n');
}

/* An entry of a list that names no roots; certificates at hand that it
 * means. */
static void
put_entry(struct buf *out, const struct shown *s, const struct stl_entry *e)
{
	if (s->part->list.kind == STL_PINS) {
		text_escape(out, e->id, NAME_BYTES);
	} else {
		text_hex(out, e->id);
	}
	if (s->part->list.kind == STL_DISALLOWED) {
		buf_printf(out, "  %s", trust_disallowed_kind(e->id));
	}
	buf_add_u8(out, '\n');
}

static void
put_meant(struct buf *out, const struct shown *s, const struct trust_certs *c)
{
	for (size_t i = 0; i < trust_certs_num(c); i++) {
		const struct trust_cert *one = trust_certs_at(c, i);

		if (trust_disallowed(&s->part->list, one) == NULL) {
			continue;
		}
		buf_add_str(out, "disallowed: ");
		text_hex(out, slice_make(one->sha1, sizeof(one->sha1)));
		buf_add_str(out, "  ");
		trust_cert_put_subject(one, out);
		buf_add_u8(out, '\n');
	}
}

static void
put_others(struct buf *out, const struct shown *s)
{
	for (size_t i = 0; i < s->part->list.num; i++) {
		put_entry(out, s, &s->part->list.entries[i]);
	}
	if (s->part->list.kind == STL_DISALLOWED) {
		put_meant(out, s, s->c->file.certs);
		if (s->c->has_more) {
			put_meant(out, s, s->c->more.certs);
		}
	}
}

static void
put_table(struct buf *out, const struct shown *s)
{
	if (s->part->name[0] != '\0') {
		text_escape(out, slice_str(s->part->name), NAME_BYTES);
		buf_add_str(out, ": ");
	}
	buf_printf(out, "%s\n", title_of(s->part));
	if (s->judged != NULL) {
		put_head(out, &s->part->list);
		put_verdict(out, s->judged);
	} else {
		put_field(out, "signature");
		buf_add_str(out, "none: this form has none\n");
	}
	if (s->part->content == TRUST_STORE && s->part->store.cut) {
		put_field(out, "form");
		buf_add_str(out, "its end record is missing\n");
	}
	put_count(out, s);
	buf_add_u8(out, '\n');
	for (size_t i = 0; i < s->rows.num; i++) {
		put_row(out, &s->rows.at[i], s->rows.said);
	}
	if (!s->has_rows) {
		put_others(out, s);
	}
}

static void
put_certutil(struct buf *out, const struct shown *s)
{
	if (s->part->content == TRUST_LIST) {
		trust_certutil_list(out, &s->part->list,
		    s->has_rows ? &s->rows : NULL, s->judged->signer_ends,
		    s->c->now);
	} else {
		trust_certutil_rows(out, &s->rows);
	}
}

/* --- JSON ------------------------------------------------------------------
 */

static void
json_oids(struct json_writer *w, const char *field, struct slice oids)
{
	struct slice oid;

	json_open_array(w, field);
	while (root_next_oid(&oids, &oid)) {
		struct buf text = BUF_INIT(NAME_BYTES);

		trust_put_purpose(&text, oid);
		json_put_slice(w, NULL, buf_slice(&text));
		buf_clear(&text);
	}
	json_close(w);
}

static void
json_date(struct json_writer *w, const char *field, const struct trust_date *d)
{
	if (trust_date_set(d)) {
		json_put_time(w, field, d->at);
	}
}

static void
json_cert(struct json_writer *w, const struct trust_cert *c)
{
	struct buf subject = BUF_INIT(NAME_BYTES);
	uint8_t sha256[SHA256_SIZE];

	if (sha256_of(c->der, sha256, NULL) == ERR_OK) {
		json_put_hex(w, "sha256", slice_make(sha256, sizeof(sha256)));
	}
	trust_cert_put_subject(c, &subject);
	json_put_slice(w, "subject", buf_slice(&subject));
	if (c->parsed != NULL) {
		json_put_time(w, "valid_from", cert_not_before(c->parsed));
		json_put_time(w, "valid_until", cert_not_after(c->parsed));
	}
	buf_clear(&subject);
}

static void
json_row(struct json_writer *w, const struct trust_row *row, bool said)
{
	const struct root *r = &row->root;
	struct buf name = BUF_INIT(NAME_BYTES);

	trust_row_name(row, &name);
	json_open_object(w, NULL);
	json_put_hex(w, "sha1", r->sha1);
	json_put_slice(w, "name", buf_slice(&name));
	if (said) {
		json_put_bool(w, "all_uses", r->all_purposes);
		json_oids(w, "uses", r->purposes);
		json_oids(w, "refused_uses", r->refused);
		json_date(w, "disabled", &r->disabled);
		json_date(w, "not_before", &r->not_before);
		json_oids(w, "not_before_uses", r->not_before_for);
	}
	json_put_bool(w, "at_hand", row->cert != NULL);
	if (row->cert != NULL) {
		json_cert(w, row->cert);
	} else if (r->sha256.len > 0) {
		json_put_hex(w, "sha256", r->sha256);
	}
	json_close(w);
	buf_clear(&name);
}

static void
json_verdict(struct json_writer *w, const struct trust_judgement *j)
{
	json_open_object(w, "signature");
	json_put_bool(w, "accepted", j->result == ERR_OK);
	json_put_bool(w, "good", j->v.signed_by_signer);
	json_put_bool(w, "over_sha1", j->v.hash == HASH_SHA1);
	if (j->result != ERR_OK) {
		json_put_text(w, "rule", j->why.rule);
		json_put_text(w, "detail", j->why.text);
	}
	if (j->signer_ends != 0) {
		json_put_time(w, "signer_until", j->signer_ends);
		json_put_bool(w, "signer_expired", j->signer_expired);
	}
	json_close(w);
}

static void
json_list(struct json_writer *w, const struct shown *s)
{
	const struct stl *l = &s->part->list;

	json_put_text(w, "kind", stl_kind_name(l->kind));
	json_put_hex(w, "sequence", l->sequence);
	json_put_time(w, "this_update", l->this_update);
	if (l->has_next_update) {
		json_put_time(w, "next_update", l->next_update);
	}
	json_verdict(w, s->judged);
	if (s->has_rows) {
		return;
	}
	json_open_array(w, "entries");
	for (size_t i = 0; i < l->num; i++) {
		if (l->kind == STL_PINS) {
			json_put_slice(w, NULL, l->entries[i].id);
		} else {
			json_put_hex(w, NULL, l->entries[i].id);
		}
	}
	json_close(w);
}

static void
put_json(struct json_writer *w, const struct shown *s)
{
	json_open_object(w, NULL);
	json_put_text(w, "name", s->part->name);
	json_put_text(w, "content", title_of(s->part));
	if (s->judged != NULL) {
		json_list(w, s);
	}
	if (s->has_rows) {
		json_open_array(w, "roots");
		for (size_t i = 0; i < s->rows.num; i++) {
			json_row(w, &s->rows.at[i], s->rows.said);
		}
		json_close(w);
	}
	json_close(w);
}

/* --- the command -----------------------------------------------------------
 */

static enum err
open_part(
    struct shown *s, const struct trust_case *c, size_t i, struct errinfo *ei)
{
	const struct trust_part *p = &c->file.parts[i];

	*s = (struct shown){.c = c, .part = p};
	if (p->content == TRUST_LIST) {
		s->judged = &c->judged[i];
	}
	s->has_rows = p->content != TRUST_LIST || p->list.kind == STL_ROOTS;
	return s->has_rows ? trust_case_rows(c, p, &s->rows, ei) : ERR_OK;
}

static enum err
show(const struct trust_case *c, bool certutil, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	struct json_writer w;
	enum err e = ERR_OK;

	json_writer_init(&w, &out);
	if (cmd_json()) {
		json_open_object(&w, NULL);
		json_put_text(&w, "form", trust_form_name(c->file.form));
		json_open_array(&w, "parts");
	}
	for (size_t i = 0; e == ERR_OK && i < c->file.num; i++) {
		struct shown s;

		e = open_part(&s, c, i, ei);
		if (e == ERR_OK && cmd_json()) {
			put_json(&w, &s);
		} else if (e == ERR_OK) {
			buf_add_str(&out, i > 0 ? "\n" : "");
			(certutil ? put_certutil : put_table)(&out, &s);
		}
		trust_rows_clear(&s.rows);
	}
	if (e != ERR_OK) {
		buf_clear(&out);
		return e;
	}
	if (cmd_json()) {
		json_close(&w);
		json_close(&w);
		return cli_write_json(&w, &out, ei);
	}
	return cli_write_buf(&out, ei);
}

/* What is refused is shown all the same, and then an error. */
static enum err
show_case(const struct trust_case *c, bool certutil, struct errinfo *ei)
{
	enum err e = show(c, certutil, ei);

	if (e == ERR_OK) {
		trust_case_warn(c);
		e = trust_case_verdict(c, ei);
	}
	return e;
}

enum err
cmd_trust_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_option options[TRUST_OPTIONS + 1];
	struct trust_words w = {0};
	const char *format = "table";
	struct trust_case c = {.now = 0};
	struct cli_args args;
	bool certutil;
	enum err e;

	trust_options(&w, options);
	options[TRUST_OPTIONS] = (struct cli_option){"--format", &format, NULL};
	e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);
	if (e != ERR_OK) {
		return e;
	}
	certutil = strcmp(format, "certutil") == 0;
	if (!certutil && strcmp(format, "table") != 0) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "--format wants table or certutil");
	}
	e = trust_case_open(&c, args.at[0], &w, ei);
	if (e == ERR_OK) {
		e = show_case(&c, certutil, ei);
	}
	trust_case_clear(&c);
	return e;
}
