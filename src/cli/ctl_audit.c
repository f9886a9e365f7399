/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl audit show. */
#include <stddef.h>

#include "cli/ctl.h"

enum err
ctl_audit_show(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *object = NULL, *actor = NULL, *action = NULL;
	const char *since = NULL, *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--object", &object, NULL},
	    {"--actor", &actor, NULL},
	    {"--action", &action, NULL},
	    {"--since", &since, NULL},
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "audit", "show", 0, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}
