/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl person and organisation: find. */
#include <string.h>

#include "api/list_json.h"
#include "base/text.h"
#include "registry/org.h"
#include "registry/person.h"
#include "registry/search.h"
#include "roles/front_verbs.h"

enum {
	SHOWN_MAX = 400, /* of one text */
	LINE_FIELDS = 4
};

/* A kind as it is shown: which of its texts stand in a line, and the name of
 * its list. */
struct shown {
	const struct record_kind *kind;
	const char *list;
	const char *fields[LINE_FIELDS];
};

static const struct shown persons = {
    &person_kind, "persons", {"surname", "given_name", "patronymic", "snils"}};
static const struct shown organisations = {&org_kind, "organisations",
    {"organisation_name", "organisation_inn", "kpp", "ogrn"}};

static const char *
text_named(const struct record_kind *kind, const union record_data *data,
    const char *name)
{
	size_t i = 0;

	while (strcmp(kind->rules[i].name, name) != 0) {
		i++;
		ensure(i < kind->num);
	}
	return record_text(kind, data, i);
}

static void
put_line(struct buf *out, const struct shown *s, const struct record *row,
    const union record_data *data)
{
	char id[ID_TEXT_SIZE];

	id_text(&row->id, s->kind->prefix, id);
	buf_printf(out, "%s ", id);
	for (size_t i = 0; i < LINE_FIELDS; i++) {
		const char *text = text_named(s->kind, data, s->fields[i]);

		if (text != NULL) {
			buf_add_u8(out, ' ');
			text_escape(out, slice_str(text), SHOWN_MAX);
		}
	}
	buf_add_u8(out, '\n');
}

static void
put_lines(
    struct verb_call *v, const struct shown *s, const struct record_matches *m)
{
	struct record row;
	union record_data data;
	char id[ID_TEXT_SIZE];

	for (size_t i = 0; i < m->num; i++) {
		record_matches_at(m, i, &row, &data);
		put_line(v->out, s, &row, &data);
	}
	if (m->num == PAGE_ROWS_MAX) {
		id_text(&row.id, s->kind->prefix, id);
		buf_printf(v->out, "more: --after %s\n", id);
	}
}

static enum err
put_json(
    struct verb_call *v, const struct shown *s, const struct record_matches *m)
{
	struct json_writer w;

	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	record_matches_put(&w, s->list, m);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return json_writer_end(&w, v->ei);
}

static enum err
find(struct verb_call *v, const struct shown *s)
{
	const struct id *after = NULL;
	struct record_matches m;
	struct id last;
	enum err e = verb_id(v, "after", s->kind->prefix, &last, &after);

	if (e == ERR_OK) {
		e = record_search(
		    s->kind, v->o->registry, verb_word(v, 0), after, &m, v->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (verb_wants_json(v)) {
		e = put_json(v, s, &m);
	} else {
		put_lines(v, s, &m);
	}
	record_matches_clear(&m);
	return e;
}

static enum err
person_find_verb(struct verb_call *v)
{
	return find(v, &persons);
}

static enum err
organisation_find_verb(struct verb_call *v)
{
	return find(v, &organisations);
}

static const char *const find_options[] = {"after", NULL};

const struct verb verbs_registry[] = {
    {"person", "find", SCOPE_REGISTRY_READ, 1, find_options, person_find_verb},
    {"organisation", "find", SCOPE_REGISTRY_READ, 1, find_options,
	organisation_find_verb},
    {0},
};
