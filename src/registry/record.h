/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_RECORD_H
#define SURGUCH_REGISTRY_RECORD_H
/*
 * What people and organisations are to the registry: rows that are nothing
 * but texts, each with its normal form, which is what is stored.  A wrong one
 * is named in errinfo.object with the rule of its normaliser.
 *
 * The texts of a row stand in a struct of `const char *` of its own
 * (registry/person.h, registry/org.h), which every function here takes as
 * `data` and which has to be the kind's.  NULL and "" are absent.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "registry/registry.h"
#include "store/statement.h"

struct rows;

/* How a text is checked and brought to its normal form. */
enum field_form {
	FIELD_PERSON_NAME,
	FIELD_ORG_NAME,
	FIELD_LINE, /* PLACE_CHARS_MAX characters */
	FIELD_EMAIL,
	FIELD_REGION,
	FIELD_SNILS,
	FIELD_INN10,
	FIELD_INN12,
	FIELD_OGRN,
	FIELD_OGRNIP,
	FIELD_KPP,
	FIELD_FSS,
};

struct field_rule {
	const char *name; /* as subject/subject.h and the API call it */
	size_t offset;    /* of a const char * in the struct of the data */
	enum field_form form;
	bool needed;
};

struct record_kind {
	const struct field_rule *rules;
	size_t num;
	enum statement insert; /* id, the fields in their order, time */
	enum statement update; /* the same, and the version */
	enum statement get;    /* id, version, created_at, the fields */
	enum statement page;   /* the same columns */
	const char *prefix;    /* of the id */
	const char *none;      /* rule: there is no such row; */
	const char *noun;      /* the same in words */
	const char *created;   /* audit actions; */
	const char *updated;   /* this is also the name of `update` */
};

const char *record_text(
    const struct record_kind *kind, const void *data, size_t field);
void record_set_text(
    const struct record_kind *kind, void *data, size_t field, const char *text);

/* A row but for its texts. */
struct record {
	struct id id;
	int64_t version;
	int64_t created_at;
	struct rows *rows; /* owns the texts */
};

ATTR_MUST_USE enum err record_create(const struct record_kind *kind,
    struct registry *r, const struct act *act, const struct id *id,
    const void *data, struct errinfo *ei);
/* Replaces all texts of that version; ERR_NOTFOUND as record_get(). */
ATTR_MUST_USE enum err record_update(const struct record_kind *kind,
    struct registry *r, const struct act *act, const struct id *id,
    int64_t version, const void *data, struct errinfo *ei);
/* ERR_NOTFOUND "person.none", "organisation.none". */
ATTR_MUST_USE enum err record_get(const struct record_kind *kind,
    struct registry *r, const struct id *id, struct record *out, void *data,
    struct errinfo *ei);
void record_clear(struct record *rec);

/* A page by id: those after *after (NULL: from the first). */
struct record_list {
	const struct record_kind *kind;
	size_t num;
	struct rows *rows;
};
ATTR_MUST_USE enum err record_list(const struct record_kind *kind,
    struct registry *r, const struct id *after, size_t max,
    struct record_list *out, struct errinfo *ei);
/* One of them; its texts are the list's. */
void record_list_at(
    const struct record_list *l, size_t i, struct record *out, void *data);
void record_list_clear(struct record_list *l);

#endif
