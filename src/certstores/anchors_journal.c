/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a change, as text: a head line, a line with the place, "open"
 * or "done", and one a certificate: its SHA-1, how it was held, and in base64
 * behind a colon each its bytes, what restores it, its label.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "certstores/anchors_priv.h"

#define JOURNAL_HEAD "surguch anchors 1"

void
anchors_steps_clear(struct anchors_steps *s)
{
	for (size_t i = 0; i < s->num; i++) {
		buf_clear(&s->at[i].was);
		buf_clear(&s->at[i].own_der);
		buf_clear(&s->at[i].own_label);
	}
	free(s->at);
	*s = (struct anchors_steps){.num = 0};
}

void
anchors_journal_put(const struct anchors_steps *steps, const char *place,
    bool done, struct buf *out)
{
	char name[2 * ANCHOR_SHA1_SIZE + 1];

	buf_printf(
	    out, JOURNAL_HEAD "\n%s\n%s\n", place, done ? "done" : "open");
	for (size_t i = 0; i < steps->num; i++) {
		const struct anchors_step *s = &steps->at[i];

		anchors_name(&s->a, name);
		buf_printf(out, "%s %d:", name, (int)s->before);
		text_base64(out, s->a.der);
		buf_add_u8(out, ':');
		text_base64(out, buf_slice(&s->was));
		buf_add_u8(out, ':');
		text_base64(out, slice_str(s->a.label));
		buf_add_u8(out, '\n');
	}
}

static bool
next_part(struct slice *s, char end, struct slice *out)
{
	const uint8_t *at =
	    s->len == 0 ? NULL : memchr(s->p, (uint8_t)end, s->len);

	return at != NULL && slice_get_bytes(s, (size_t)(at - s->p), out) &&
	       slice_get_bytes(s, 1, &(struct slice){0});
}

static bool
read_step(struct slice line, struct anchors_step *s)
{
	struct slice part, sha, rest = line;
	bool ok;

	buf_init(&s->was, ANCHORS_WAS_MAX);
	buf_init(&s->own_der, ANCHORS_WAS_MAX);
	buf_init(&s->own_label, ANCHORS_WAS_MAX);
	ok = next_part(&rest, ' ', &sha) &&
	     text_unhex(sha, s->a.sha1, sizeof(s->a.sha1)) &&
	     next_part(&rest, ':', &part) && part.len == 1 &&
	     part.p[0] >= '0' && part.p[0] <= '0' + (int)NSS_TRUSTED;
	if (ok) {
		s->before = (enum nss_held)(part.p[0] - '0');
	}
	ok = ok && next_part(&rest, ':', &part) &&
	     text_unbase64(part, &s->own_der) && next_part(&rest, ':', &part) &&
	     text_unbase64(part, &s->was) && text_unbase64(rest, &s->own_label);
	s->a.der = buf_slice(&s->own_der);
	s->a.label = buf_cstr(&s->own_label);
	return ok && s->a.der.len > 0;
}

static bool
read_head(struct slice *text, const char *place, bool *done)
{
	struct slice line;

	if (!next_part(text, '\n', &line) ||
	    !slice_eq_str(line, JOURNAL_HEAD) ||
	    !next_part(text, '\n', &line) || !slice_eq_str(line, place) ||
	    !next_part(text, '\n', &line) ||
	    !(slice_eq_str(line, "done") || slice_eq_str(line, "open"))) {
		return false;
	}
	*done = slice_eq_str(line, "done");
	return true;
}

static size_t
num_lines(struct slice text)
{
	size_t num = 0;
	struct slice line;

	while (num < ANCHORS_MAX && next_part(&text, '\n', &line)) {
		num++;
	}
	return num;
}

enum err
anchors_journal_parse(struct slice text, const char *place,
    struct anchors_steps *out, bool *done, struct errinfo *ei)
{
	struct anchors_steps steps = {.num = 0};
	struct slice line, rest = text;
	size_t num;
	bool ok = read_head(&rest, place, done);

	num = num_lines(rest);
	steps.at = calloc(num + 1, sizeof(*steps.at));
	if (steps.at == NULL) {
		return err_nomem(ei);
	}
	while (ok && steps.num < num && next_part(&rest, '\n', &line)) {
		ok = read_step(line, &steps.at[steps.num++]);
	}
	if (!ok || rest.len > 0) {
		anchors_steps_clear(&steps);
		return err_set(ei, ERR_FORMAT, "anchors.journal", NULL,
		    "The journal is not one of this store. Compare the "
		    "store by hand, and move the file away.");
	}
	*out = steps;
	return ERR_OK;
}
