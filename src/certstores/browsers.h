/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CERTSTORES_BROWSERS_H
#define SURGUCH_CERTSTORES_BROWSERS_H
/*
 * Where a person's browsers keep certificates: Chromium one database for all
 * its kin, Firefox one for each profile, from packages of the distribution,
 * snap and Flatpak.  The places of the last two are as their makers name them;
 * they were not tried.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"
#include "os/file.h"

enum {
	BROWSER_NAME_SIZE = 96,
	BROWSERS_MAX = 24,
	PROFILES_BYTES_MAX = 65536,
};

enum browser_kind {
	BROWSER_CHROMIUM,
	BROWSER_FIREFOX,
};

struct browser {
	enum browser_kind kind;
	/* "Chromium", "Firefox: default-esr (snap)" */
	char name[BROWSER_NAME_SIZE];
	char dir[PATH_TEXT_SIZE]; /* of the database, which is there */
};

const char *browser_kind_name(enum browser_kind kind); /* "chromium" */

/* Those of this home directory, at most BROWSERS_MAX. */
ATTR_MUST_USE enum err browsers_list(const char *home,
    struct browser out[BROWSERS_MAX], size_t *out_num, struct errinfo *ei);

/* Is a browser of Chromium's kin installed that has no database yet?  Then out
 * is the directory that it will read; it may not exist. */
bool browsers_lack_chromium(const char *home, char out[PATH_TEXT_SIZE]);

/* Firefox's profiles.ini: each profile's name and directory (base: the file's).
 * What is no profile is passed over.  ERR_LIMIT "certstores.profiles". */
struct firefox_profile {
	char name[BROWSER_NAME_SIZE / 2];
	char dir[PATH_TEXT_SIZE];
};
ATTR_MUST_USE enum err firefox_profiles(struct slice ini, const char *base,
    struct firefox_profile *out, size_t max, size_t *out_num,
    struct errinfo *ei);

#endif
