/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_FETCH_CURL_PRIV_H
#define SURGUCH_FETCH_CURL_PRIV_H
/* Shared by fetch.c and smtp.c. */
#include <stdbool.h>
#include <stdint.h>

#include <curl/curl.h>

#include "base/slice.h"

enum {
	FETCH_CONNECT_TIMEOUT_MS = 5000,
	FETCH_TIMEOUT_MS = 20000,
};

/* libcurl's options are variadic; one that is refused fails the call. */
#define SET(curl, failed, option, value)                                       \
	((failed) |= curl_easy_setopt((curl), (option), (value)) != CURLE_OK)

/* Trust these (PEM) instead of the system's; empty: nothing is changed.  They
 * have to live as long as the call. */
static inline void
curl_set_roots(CURL *curl, struct slice pem, bool *failed)
{
	struct curl_blob roots = {
	    .data = (void *)(uintptr_t)pem.p,
	    .len = pem.len,
	    .flags = CURL_BLOB_NOCOPY,
	};

	if (pem.len > 0) {
		SET(curl, *failed, CURLOPT_CAINFO_BLOB, &roots);
		/* Else the system's would be trusted beside them. */
		SET(curl, *failed, CURLOPT_CAPATH, NULL);
	}
}

#endif
