/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/person.h"

#include "base/attr.h"

#define RULE(member, form, needed)                                             \
	{                                                                      \
#member, offsetof(struct person_data, member), form, needed    \
	}

/* In the order of PERSON_INSERT and PERSON_GET. */
static const struct field_rule rules[] = {
    RULE(surname, FIELD_PERSON_NAME, true),
    RULE(given_name, FIELD_PERSON_NAME, true),
    RULE(patronymic, FIELD_PERSON_NAME, false),
    RULE(snils, FIELD_SNILS, true),
    RULE(inn, FIELD_INN12, false),
    RULE(ogrnip, FIELD_OGRNIP, false),
    RULE(email, FIELD_EMAIL, false),
    RULE(region, FIELD_REGION, false),
    RULE(locality, FIELD_LINE, false),
    RULE(street, FIELD_LINE, false),
};

const struct record_kind person_kind = {
    .rules = rules,
    .num = ARRAY_LEN(rules),
    .insert = ST_PERSON_INSERT,
    .update = ST_PERSON_UPDATE,
    .get = ST_PERSON_GET,
    .page = ST_PERSON_PAGE,
    .prefix = PERSON_PREFIX,
    .none = "person.none",
    .noun = "person",
    .created = "person.create",
    .updated = "person.update",
};
