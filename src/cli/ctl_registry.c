/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl person, organisation. */
#include <stddef.h>

#include "cli/ctl.h"

enum err
ctl_person_find(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "person", "find", 1, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_organisation_find(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "organisation", "find", 1, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}
