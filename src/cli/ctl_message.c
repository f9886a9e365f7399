/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl message list. */
#include <stddef.h>

#include "cli/ctl.h"

enum err
ctl_message_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "message", "list", 0, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}
