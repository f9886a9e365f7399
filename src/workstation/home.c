/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/home.h"

#include <stdio.h>
#include <stdlib.h>

enum err
home_dir(char *out, size_t size, struct errinfo *ei)
{
	const char *home = getenv("SURGUCH_HOME");
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *user = getenv("HOME");
	int len;

	if (home != NULL && home[0] != '\0') {
		len = snprintf(out, size, "%s", home);
	} else if (config != NULL && config[0] != '\0') {
		len = snprintf(out, size, "%s/surguch", config);
	} else if (user != NULL && user[0] != '\0') {
		len = snprintf(out, size, "%s/.config/surguch", user);
	} else {
		return err_set(ei, ERR_STATE, "home.none", NULL,
		    "neither SURGUCH_HOME nor HOME says where to keep "
		    "things");
	}
	if (len < 0 || (size_t)len >= size) {
		return err_set(ei, ERR_LIMIT, "home.length", NULL,
		    "the path of the home directory is too long");
	}
	return ERR_OK;
}
