/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_OPTIONS_H
#define SURGUCH_ROLES_OPTIONS_H
/* The command line of the programs that are no commands of people: options of
 * one letter, from a table, and nothing else. */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

enum {
	ROLE_OPTIONS_MAX = 16
};

struct role_option {
	char letter;
	bool required;
	const char *word;   /* its value, for people: "DIR"; NULL: a switch */
	const char **value; /* where its value goes */
	bool *on;           /* where a switch goes */
};

/* False, with the usage on standard error, when there is an option too many
 * or too few. */
ATTR_MUST_USE bool role_options(
    int argc, char **argv, const struct role_option *options, size_t num);

#endif
