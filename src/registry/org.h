/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ORG_H
#define SURGUCH_REGISTRY_ORG_H
/* Organisations as the registry knows them; see registry/record.h. */
#include "registry/record.h"

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

extern const struct record_kind org_kind;

#endif
