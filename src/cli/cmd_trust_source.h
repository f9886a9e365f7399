/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_SOURCE_H
#define SURGUCH_CLI_CMD_TRUST_SOURCE_H
/* Where lists and roots come from: an address, "microsoft", a directory. */
#include <stdbool.h>

#include "base/err.h"
#include "fetch/fetch.h"
#include "trust/mirror.h"

struct remote_mirror {
	char url[FETCH_URL_MAX / 2];
	const char *proxy; /* NULL: none */
	const char *ca;    /* NULL: the system's roots */
};

bool trust_source_is_address(const char *word);
/* r is filled where the word is an address, and must outlive *out.  ERR_LIMIT
 * "mirror.address".  Its get() tells ERR_POLICY "mirror.redirect", ERR_AGAIN
 * "mirror.answer" and what fetch() does. */
ATTR_MUST_USE enum err trust_source_open(const char *word,
    struct remote_mirror *r, struct trust_source *out, struct errinfo *ei);

#endif
