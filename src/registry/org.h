/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ORG_H
#define SURGUCH_REGISTRY_ORG_H
/*
 * Organisations as the registry knows them; see registry/person.h for the
 * common rules.  Errors name the fields of subject/subject.h
 * ("organisation_name", "organisation_inn").
 */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/id.h"
#include "registry/registry.h"

struct rows;

/* name, inn, ogrn, region, locality and street are needed. */
struct org_data {
	const char *name;
	const char *inn; /* 10 digits */
	const char *kpp;
	const char *ogrn;
	const char *fss_number;
	const char *region;
	const char *locality;
	const char *street;
};

struct org {
	struct id id;
	int64_t version;
	int64_t created_at;
	struct org_data data;
	struct rows *rows;
};

ATTR_MUST_USE enum err org_create(struct registry *r, const struct act *act,
    const struct id *id, const struct org_data *data, struct errinfo *ei);
ATTR_MUST_USE enum err org_update(struct registry *r, const struct act *act,
    const struct id *id, int64_t version, const struct org_data *data,
    struct errinfo *ei);
ATTR_MUST_USE enum err org_get(struct registry *r, const struct id *id,
    struct org *out, struct errinfo *ei);
void org_clear(struct org *o);

struct org_list {
	struct org *at;
	size_t num;
	struct rows *rows;
};
ATTR_MUST_USE enum err org_list(struct registry *r, const struct id *after,
    size_t max, struct org_list *out, struct errinfo *ei);
void org_list_clear(struct org_list *l);

#endif
