/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/search.h"

#include <string.h>

#include "registry/registry_priv.h"

enum {
	FEW_ROWS = 2000
};

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

/* In the index: a word, or a prefix's end, and whose it is; the id is empty
 * before the first row. */
struct place {
	uint8_t word[WORD_BYTES_MAX + 1];
	size_t word_len;
	uint8_t id[sizeof(struct id)];
	size_t id_len;
};

struct search {
	const struct record_kind *kind;
	struct registry *registry;
	struct words asked;
	size_t rarest;  /* of them: the index is walked for it */
	bool is_common; /* even that: SEARCH_ROWS_MAX or more have it */
	struct place from, to;
	bool cut; /* more rows of the index begin so than `to` lets see */
};

/* Behind everything that begins so: no word holds an octet 0xff. */
static struct slice
end_of(const struct word *prefix, uint8_t out[WORD_BYTES_MAX + 1])
{
	memcpy(out, prefix->bytes, prefix->len);
	out[prefix->len] = 0xff;
	return slice_make(out, prefix->len + 1);
}

static void
set_place(struct place *p, struct slice word, struct slice id)
{
	memcpy(p->word, word.p, word.len);
	p->word_len = word.len;
	if (id.len > 0) {
		memcpy(p->id, id.p, id.len);
	}
	p->id_len = id.len;
}

static struct slice
place_word(const struct place *p)
{
	return slice_make(p->word, p->word_len);
}

static struct slice
place_id(const struct place *p)
{
	return slice_make(p->id, p->id_len);
}

/* How many rows begin so, counted up to `max`. */
static enum err
count(const struct search *s, const struct word *prefix, int64_t max,
    int64_t *out, struct errinfo *ei)
{
	uint8_t end[WORD_BYTES_MAX + 1];
	struct rows *rows = NULL;
	enum err err = store_query_one(s->registry->store, ST_WORD_COUNT, &rows,
	    ei, V_TEXT(s->kind->prefix), V_BLOB(word_slice(prefix)),
	    V_BLOB(end_of(prefix, end)), V_INT(max));

	if (err == ERR_OK) {
		*out = rows_int(rows, 0, 0);
		rows_free(rows);
	}
	return err;
}

/* Counting up to `max`; of those that so many have, the longest. */
static enum err
find_rarest(struct search *s, int64_t max, struct errinfo *ei)
{
	int64_t num, least = INT64_MAX;
	enum err err;

	for (size_t i = 0; i < s->asked.num; i++) {
		err = count(s, &s->asked.word[i], max, &num, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (num < least ||
		    (num == least &&
			s->asked.word[i].len > s->asked.word[s->rarest].len)) {
			s->rarest = i;
			least = num;
		}
	}
	s->is_common = least == max;
	return ERR_OK;
}

/* Few words are frequent, and mostly one of them is not: little is counted. */
static enum err
choose_word(struct search *s, struct errinfo *ei)
{
	enum err err;

	if (s->asked.num == 1) {
		return ERR_OK;
	}
	err = find_rarest(s, FEW_ROWS, ei);
	return err == ERR_OK && s->is_common
		   ? find_rarest(s, SEARCH_ROWS_MAX, ei)
		   : err;
}

static enum err
take_text(struct search *s, const char *text, struct errinfo *ei)
{
	uint8_t end[WORD_BYTES_MAX + 1];
	const struct word *prefix;
	enum err err = words_add(&s->asked, text, ei);

	if (err == ERR_OK && s->asked.num == 0) {
		(void)err_set(ei, ERR_FORMAT, "search.words", NULL,
		    "What is searched for has a letter or a digit.");
		err = err_object(ei, ERR_FORMAT, "search");
	}
	if (err == ERR_OK) {
		err = choose_word(s, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	prefix = &s->asked.word[s->rarest];
	set_place(&s->from, word_slice(prefix), SLICE_EMPTY);
	set_place(&s->to, end_of(prefix, end), SLICE_EMPTY);
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
		found =
		    words_find(&words, word_slice(&s->asked.word[s->rarest]));
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
	set_place(&s->from, word_slice(found), id_slice(after));
	return ERR_OK;
}

/* With several words the walk may find little; a long one is cut short. */
static enum err
limit_walk(struct search *s, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	if (!s->is_common) {
		return ERR_OK;
	}
	err = store_query(s->registry->store, ST_WORD_BEHIND, &rows, ei,
	    V_TEXT(s->kind->prefix), V_BLOB(place_word(&s->from)),
	    V_BLOB(place_id(&s->from)), V_BLOB(place_word(&s->to)),
	    V_INT(SEARCH_ROWS_MAX));
	if (err == ERR_OK && rows_num(rows) > 0) {
		s->cut = true;
		set_place(&s->to, rows_blob(rows, 0, 0), rows_blob(rows, 0, 1));
	}
	rows_free(rows);
	return err;
}

/* The n-th of the words beside the rarest; where there is none, that. */
static const struct word *
other(const struct search *s, size_t n)
{
	size_t i = n + (n >= s->rarest);

	return &s->asked.word[i < s->asked.num ? i : s->rarest];
}

static enum err
look_up(const struct search *s, struct rows **out, struct errinfo *ei)
{
	const struct word *a = other(s, 0), *b = other(s, 1);
	uint8_t end_a[WORD_BYTES_MAX + 1], end_b[WORD_BYTES_MAX + 1];

	return store_query(s->registry->store, ST_WORD_FIND, out, ei,
	    V_TEXT(s->kind->prefix), V_BLOB(place_word(&s->from)),
	    V_BLOB(place_id(&s->from)), V_BLOB(place_word(&s->to)),
	    V_BLOB(place_id(&s->to)),
	    V_BLOB(word_slice(&s->asked.word[s->rarest])),
	    V_BLOB(word_slice(a)), V_BLOB(end_of(a, end_a)),
	    V_BLOB(word_slice(b)), V_BLOB(end_of(b, end_b)),
	    V_INT(PAGE_ROWS_MAX));
}

/* Take a row that has all the words. */
static enum err
take_row(const struct search *s, const struct id *id,
    struct record_matches *out, struct errinfo *ei)
{
	struct words words;
	struct record row;
	enum err err = load(s, id, &row, &words, ei);

	if (err != ERR_OK) {
		/* Between two statements it may have got other words, but it
		 * is not taken away. */
		return err;
	}
	if (words_match(&words, &s->asked)) {
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
	struct id id;
	enum err err = look_up(s, &rows, ei);

	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0;
	     i < rows_num(rows) && out->num < PAGE_ROWS_MAX && err == ERR_OK;
	     i++) {
		id = rows_id(rows, i, 1);
		err = take_row(s, &id, out, ei);
		set_place(&s->from, rows_blob(rows, i, 0), id_slice(&id));
	}
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
	if (err == ERR_OK) {
		err = limit_walk(&s, ei);
	}
	while (err == ERR_OK && !end && found.num < PAGE_ROWS_MAX) {
		err = advance(&s, &found, &end, ei);
	}
	if (err == ERR_OK && s.cut && found.num < PAGE_ROWS_MAX) {
		(void)err_set(ei, ERR_LIMIT, "search.wide", NULL,
		    "Too many begin so and do not have the other "
		    "words; give more letters.");
		err = err_object(ei, ERR_LIMIT, "search");
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
