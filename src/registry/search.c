/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/search.h"

#include <string.h>

#include "registry/registry_priv.h"

static bool
is_searched(enum field_form form)
{
	switch (form) {
	case FIELD_PERSON_NAME:
	case FIELD_ORG_NAME:
	case FIELD_SNILS:
	case FIELD_INN10:
	case FIELD_INN12:
	case FIELD_OGRN:
	case FIELD_OGRNIP:
		return true;
	case FIELD_LINE:
	case FIELD_EMAIL:
	case FIELD_REGION:
	case FIELD_KPP:
	case FIELD_FSS:
		break;
	}
	return false;
}

enum err
search_words(const struct record_kind *kind, const void *data,
    struct words *out, struct errinfo *ei)
{
	enum err err = ERR_OK;

	out->num = 0;
	for (size_t i = 0; i < kind->num && err == ERR_OK; i++) {
		if (is_searched(kind->rules[i].form)) {
			err = words_add(out, record_text(kind, data, i), ei);
		}
	}
	return err;
}

enum err
search_add(struct unit *u, const struct record_kind *kind, const struct id *id,
    const void *data, struct errinfo *ei)
{
	struct words w;
	enum err err = search_words(kind, data, &w, ei);

	if (err != ERR_OK) {
		return err;
	}
	unit_add(u, ST_WORD_DROP, EXPECT_ANY, V_TEXT(kind->prefix), V_ID(id));
	for (size_t i = 0; i < w.num; i++) {
		unit_add(u, ST_WORD_ADD, EXPECT(1), V_TEXT(kind->prefix),
		    V_BLOB(word_slice(&w.word[i])), V_ID(id));
	}
	return ERR_OK;
}

/* --- searching ------------------------------------------------------------ */

struct search {
	const struct record_kind *kind;
	struct registry *registry;
	struct words asked;
	struct slice
	    prefix;       /* the longest of them: the index is asked for it */
	struct word from; /* the place in the index */
	uint8_t from_id[sizeof(struct id)];
	size_t from_id_len; /* 0 before the first row */
	size_t num_seen;
};

static enum err
take_text(struct search *s, const char *text, struct errinfo *ei)
{
	enum err err = words_add(&s->asked, text, ei);

	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < s->asked.num; i++) {
		if (s->asked.word[i].len > s->prefix.len) {
			s->prefix = word_slice(&s->asked.word[i]);
			s->from = s->asked.word[i];
		}
	}
	if (s->asked.num == 0) {
		(void)err_set(ei, ERR_FORMAT, "search.words", NULL,
		    "What is searched for has a letter or a digit.");
		return err_object(ei, ERR_FORMAT, "search");
	}
	return ERR_OK;
}

/* A row and its words. */
static enum err
load(const struct search *s, const struct id *id, struct record *row,
    struct words *words, struct errinfo *ei)
{
	const char *data[FIELDS_MAX];
	enum err err = record_get(s->kind, s->registry, id, row, data, ei);

	if (err != ERR_OK) {
		return err;
	}
	err = search_words(s->kind, data, words, ei);
	if (err != ERR_OK) {
		record_clear(row);
	}
	return err;
}

static void
go_to(struct search *s, struct slice word, const struct id *id)
{
	memcpy(s->from.bytes, word.p, word.len);
	s->from.len = word.len;
	memcpy(s->from_id, id->b, sizeof(id->b));
	s->from_id_len = sizeof(id->b);
}

static enum err
take_after(struct search *s, const struct id *after, struct errinfo *ei)
{
	const struct word *found = NULL;
	struct words words;
	struct record row;
	enum err err;

	if (after == NULL) {
		return ERR_OK;
	}
	err = load(s, after, &row, &words, ei);
	if (err == ERR_OK) {
		found = words_find(&words, s->prefix);
		record_clear(&row);
	}
	if (err != ERR_OK && err != ERR_NOTFOUND) {
		return err;
	}
	if (found == NULL) {
		(void)err_set(ei, ERR_FORMAT, "search.after", NULL,
		    "The last row of the page before is found no more; search "
		    "from the first page.");
		return err_object(ei, ERR_FORMAT, "after");
	}
	go_to(s, word_slice(found), after);
	return ERR_OK;
}

static enum err
look_up(const struct search *s, struct rows **out, struct errinfo *ei)
{
	uint8_t end[WORD_BYTES_MAX + 1];

	/* No word holds an octet 0xff. */
	memcpy(end, s->prefix.p, s->prefix.len);
	end[s->prefix.len] = 0xff;
	return store_query(s->registry->store, ST_WORD_FIND, out, ei,
	    V_TEXT(s->kind->prefix), V_BLOB(word_slice(&s->from)),
	    V_BLOB(slice_make(s->from_id, s->from_id_len)),
	    V_BLOB(slice_make(end, s->prefix.len + 1)), V_INT(PAGE_ROWS_MAX));
}

/* Take a row that has all the words, at the first of its words that begins
 * so: it comes once however many do. */
static enum err
take_row(const struct search *s, struct slice word, const struct id *id,
    struct record_matches *out, struct errinfo *ei)
{
	const struct word *first;
	struct words words;
	struct record row;
	enum err err = load(s, id, &row, &words, ei);

	if (err != ERR_OK) {
		/* Between two statements it may have got other words, but it
		 * is not taken away. */
		return err;
	}
	first = words_find(&words, s->prefix);
	if (first != NULL && slice_eq(word_slice(first), word) &&
	    words_match(&words, &s->asked)) {
		out->rows[out->num++] = row.rows;
	} else {
		record_clear(&row);
	}
	return ERR_OK;
}

/* One reading of the index; *end is set when there is no more. */
static enum err
advance(
    struct search *s, struct record_matches *out, bool *end, struct errinfo *ei)
{
	struct rows *rows = NULL;
	struct slice word;
	struct id id;
	enum err err = look_up(s, &rows, ei);
	size_t i;

	if (err != ERR_OK) {
		return err;
	}
	for (i = 0;
	     i < rows_num(rows) && out->num < PAGE_ROWS_MAX && err == ERR_OK;
	     i++) {
		word = rows_blob(rows, i, 0);
		id = rows_id(rows, i, 1);
		err = take_row(s, word, &id, out, ei);
		go_to(s, word, &id);
	}
	s->num_seen += i;
	*end = rows_num(rows) < PAGE_ROWS_MAX;
	rows_free(rows);
	return err;
}

enum err
record_search(const struct record_kind *kind, struct registry *r,
    const char *text, const struct id *after, struct record_matches *out,
    struct errinfo *ei)
{
	struct search s = {.kind = kind, .registry = r};
	struct record_matches found = {.kind = kind};
	bool end = false;
	enum err err = take_text(&s, text, ei);

	if (err == ERR_OK) {
		err = take_after(&s, after, ei);
	}
	while (err == ERR_OK && !end && found.num < PAGE_ROWS_MAX) {
		err = advance(&s, &found, &end, ei);
		if (err == ERR_OK && s.num_seen >= SEARCH_ROWS_MAX && !end &&
		    found.num < PAGE_ROWS_MAX) {
			(void)err_set(ei, ERR_LIMIT, "search.wide", NULL,
			    "Too many begin so and do not have the other "
			    "words; give more letters.");
			err = err_object(ei, ERR_LIMIT, "search");
		}
	}
	if (err != ERR_OK) {
		record_matches_clear(&found);
		return err;
	}
	*out = found;
	return ERR_OK;
}

void
record_matches_at(
    const struct record_matches *m, size_t i, struct record *out, void *data)
{
	ensure(i < m->num);
	record_read(m->kind, m->rows[i], 0, out, data);
}

void
record_matches_clear(struct record_matches *m)
{
	for (size_t i = 0; i < m->num; i++) {
		rows_free(m->rows[i]);
	}
	m->num = 0;
}
