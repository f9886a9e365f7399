/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_trust.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/commands.h"
#include "os/file.h"
#include "os/systime.h"
#include "trust/report.h"
#include "x509/chain.h"

void
trust_options(struct trust_words *w, struct cli_option out[TRUST_OPTIONS])
{
	const struct cli_option all[TRUST_OPTIONS] = {
	    {"--certs", &w->certs, NULL},
	    {"--anchor", &w->anchor, NULL},
	    {"--use", &w->use, NULL},
	    {"--trusted-at", &w->trusted_at, NULL},
	    {"--name", &w->name, NULL},
	    {"--thumbprint", &w->thumbprint, NULL},
	    {"--old", NULL, &w->old},
	    {"--strict", NULL, &w->strict},
	};

	memcpy(out, all, sizeof(all));
}

/* "now", a day, or a moment. */
static bool
read_time(const char *word, int64_t now, int64_t *out)
{
	char moment[TIME_TEXT_SIZE];

	*out = now;
	if (strcmp(word, "now") == 0) {
		return true;
	}
	(void)snprintf(moment, sizeof(moment), "%sT00:00:00Z", word);
	return time_from_text(slice_str(word), out) ||
	       (strlen(word) == strlen("2026-11-22") &&
		   time_from_text(slice_str(moment), out));
}

static enum err
read_filter(
    struct trust_case *c, const struct trust_words *w, struct errinfo *ei)
{
	struct trust_filter *f = &c->filter;

	if (w->use != NULL && !chain_purpose_find(w->use, &f->purpose)) {
		return cli_bad_word(ei, "--use",
		    "server, client, email, code, ocsp, timestamp or a known "
		    "OID");
	}
	f->has_at = w->trusted_at != NULL;
	if (f->has_at && !read_time(w->trusted_at, c->now, &f->at)) {
		return cli_bad_word(ei, "--trusted-at",
		    "now, a day like 2026-11-22 or a time like "
		    "2026-11-22T14:05:09Z");
	}
	f->name = w->name;
	if (w->thumbprint != NULL) {
		if (!text_unhex_apart(
			slice_str(w->thumbprint), c->sha1, sizeof(c->sha1))) {
			return cli_bad_word(ei, "--thumbprint",
			    "a SHA-1 of 40 hexadecimal digits");
		}
		f->sha1s = slice_make(c->sha1, sizeof(c->sha1));
	}
	return ERR_OK;
}

static enum err
judge(struct trust_case *c, const struct trust_words *w, struct errinfo *ei)
{
	const struct trust_policy policy = {
	    .anchors = &c->anchors,
	    .now = c->now,
	    .strict = w->strict,
	    .old = w->old,
	};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < c->file.num; i++) {
		if (c->file.parts[i].content == TRUST_LIST) {
			e = trust_judge(
			    &c->file.parts[i].list, &policy, &c->judged[i], ei);
		}
	}
	return e;
}

enum err
trust_case_open(struct trust_case *c, const char *path,
    const struct trust_words *w, struct errinfo *ei)
{
	struct clock clock = system_clock();
	enum err e;

	*c = (struct trust_case){.now = clock_utc_sec(&clock)};
	if ((e = read_filter(c, w, ei)) != ERR_OK ||
	    (e = trust_read_anchors(w->anchor, &c->anchors, ei)) != ERR_OK ||
	    (e = trust_file_load(path, &c->file, ei)) != ERR_OK) {
		return e;
	}
	if (w->certs != NULL) {
		c->has_more = true;
		e = trust_file_load(w->certs, &c->more, ei);
	}
	return e == ERR_OK ? judge(c, w, ei) : e;
}

void
trust_case_clear(struct trust_case *c)
{
	for (size_t i = 0; i < c->file.num; i++) {
		trust_judgement_clear(&c->judged[i]);
	}
	trust_file_clear(&c->file);
	trust_file_clear(&c->more);
	trust_anchors_clear(&c->anchors);
}

enum err
trust_case_verdict(const struct trust_case *c, struct errinfo *ei)
{
	for (size_t i = 0; i < c->file.num; i++) {
		const struct trust_judgement *j = &c->judged[i];

		if (j->result != ERR_OK) {
			*ei = j->why;
			return c->file.parts[i].name[0] == '\0'
				   ? j->result
				   : err_object(
					 ei, j->result, c->file.parts[i].name);
		}
	}
	return ERR_OK;
}

enum err
trust_case_rows(const struct trust_case *c, const struct trust_part *part,
    struct trust_rows *out, struct errinfo *ei)
{
	enum err e = trust_rows_of(
	    &c->file, part, c->has_more ? c->more.certs : NULL, out, ei);

	if (e == ERR_OK) {
		trust_rows_filter(out, &c->filter);
	}
	return e;
}

enum err
trust_case_roots(const struct trust_case *c, const struct trust_part **out,
    struct errinfo *ei)
{
	for (size_t i = 0; i < c->file.num; i++) {
		const struct trust_part *p = &c->file.parts[i];

		if (p->content != TRUST_LIST || p->list.kind == STL_ROOTS) {
			*out = p;
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_NOTFOUND, "trust.roots", NULL,
	    "no list of roots and no certificate is in it");
}

static void
warn_of(const struct trust_part *p, const struct trust_judgement *j)
{
	const char *name = p->name[0] != '\0' ? p->name : "the list";
	char day[TIME_TEXT_SIZE];

	if (j->result == ERR_OK && j->signer_expired) {
		time_text(j->signer_ends, day);
		(void)fprintf(stderr,
		    "surguch: warning: %s: its signer's certificate ended on "
		    "%.10s; that is usual, and --strict refuses it\n",
		    name, day);
	}
	if (j->overdue) {
		time_text(p->list.next_update, day);
		(void)fprintf(stderr,
		    "surguch: warning: %s: a newer one was due on %.10s\n",
		    name, day);
	}
	if (j->from_future) {
		time_text(p->list.this_update, day);
		(void)fprintf(stderr,
		    "surguch: warning: %s: it is of %.10s, which is to come; "
		    "look at this computer's clock\n",
		    name, day);
	}
}

void
trust_case_warn(const struct trust_case *c)
{
	for (size_t i = 0; i < c->file.num; i++) {
		if (c->file.parts[i].content == TRUST_LIST) {
			warn_of(&c->file.parts[i], &c->judged[i]);
		}
	}
}
