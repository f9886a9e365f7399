/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/org.h"

#include "base/attr.h"

#define RULE_NAMED(name, member, form, needed)                                 \
	{                                                                      \
		name, offsetof(struct org_data, member), form, needed          \
	}
#define RULE(member, form, needed) RULE_NAMED(#member, member, form, needed)

/* In the order of ORG_INSERT and ORG_GET. */
static const struct field_rule rules[] = {
    RULE_NAMED("organisation_name", name, FIELD_ORG_NAME, true),
    RULE_NAMED("organisation_inn", inn, FIELD_INN10, true),
    RULE(kpp, FIELD_KPP, false),
    RULE(ogrn, FIELD_OGRN, true),
    RULE(fss_number, FIELD_FSS, false),
    RULE(region, FIELD_REGION, true),
    RULE(locality, FIELD_LINE, true),
    RULE(street, FIELD_LINE, true),
};

const struct record_kind org_kind = {
    .rules = rules,
    .num = ARRAY_LEN(rules),
    .insert = ST_ORG_INSERT,
    .update = ST_ORG_UPDATE,
    .get = ST_ORG_GET,
    .page = ST_ORG_PAGE,
    .prefix = ORG_PREFIX,
    .none = "organisation.none",
    .noun = "organisation",
    .created = "org.create",
    .updated = "org.update",
};
