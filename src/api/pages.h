/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_PAGES_H
#define SURGUCH_API_PAGES_H
/* The cabinet's page (web/) as front serves it. */
#include "base/err.h"

struct static_files;

/* Read what the build of web/ left in dir, with the headers that its page is
 * served under.  Errors as static_files_load().  Free with
 * static_files_free(). */
ATTR_MUST_USE enum err pages_load(
    const char *dir, struct static_files **out, struct errinfo *ei);

#endif
