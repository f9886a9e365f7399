/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl person, organisation, phone-change. */
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

enum err
ctl_phone_change_list(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *state = NULL, *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--state", &state, NULL},
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "phone-change", "list", 0, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_phone_change_withdraw(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *reason = NULL;
	const struct cli_option options[] = {{"--reason", &reason, NULL}};
	const struct ctl_command c = {
	    "phone-change", "withdraw", 1, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}
