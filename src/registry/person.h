/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_PERSON_H
#define SURGUCH_REGISTRY_PERSON_H
/* People as the registry knows them; see registry/record.h. */
#include "registry/record.h"

/* surname, given_name and snils are
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

extern const struct record_kind person_kind;

#endif
