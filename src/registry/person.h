/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_PERSON_H
#define SURGUCH_REGISTRY_PERSON_H
/*
 * People as the registry knows them.  Field names are those of
 * subject/subject.h; a wrong one is named in errinfo.object with the rule of
 * its normaliser.  What is stored is the normal form.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "registry/registry.h"

struct rows;

/* Borrowed texts; NULL and "" are absent.  surname, given_name and snils are
 * always needed; the rest as the owner's kind needs it, which is checked when
 * a form is made and approved. */
struct person_data {
	const char *surname;
	const char *given_name;
	const char *patronymic;
	const char *snils;
	const char *inn;
	const char *ogrnip;
	const char *email;
	const char *region;
	const char *locality;
	const char *street;
};

struct person {
	struct id id;
	int64_t version;
	int64_t created_at;
	struct person_data data; /* absent fields are "" */
	struct rows *rows;       /* owns the texts */
};

ATTR_MUST_USE enum err person_create(struct registry *r, const struct act *act,
    const struct id *id, const struct person_data *data, struct errinfo *ei);
/* Replaces all fields. */
ATTR_MUST_USE enum err person_update(struct registry *r, const struct act *act,
    const struct id *id, int64_t version, const struct person_data *data,
    struct errinfo *ei);
/* ERR_NOTFOUND "person.none". */
ATTR_MUST_USE enum err person_get(struct registry *r, const struct id *id,
    struct person *out, struct errinfo *ei);
void person_clear(struct person *p);

/* A page by id: those after *after (NULL: from the first). */
struct person_list {
	struct person *at; /* texts owned by rows */
	size_t num;
	struct rows *rows;
};
ATTR_MUST_USE enum err person_list(struct registry *r, const struct id *after,
    size_t max, struct person_list *out, struct errinfo *ei);
void person_list_clear(struct person_list *l);

#endif
