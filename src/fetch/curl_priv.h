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

/* What both protocols ask of a connection; 0 takes the limit above.  A server
 * is believed by its certificate only. */
static inline void
curl_set_common(
    CURL *curl, unsigned connect_ms, unsigned total_ms, bool *failed)
{
	SET(curl, *failed, CURLOPT_CONNECTTIMEOUT_MS,
	    connect_ms > 0 ? (long)connect_ms : FETCH_CONNECT_TIMEOUT_MS);
	SET(curl, *failed, CURLOPT_TIMEOUT_MS,
	    total_ms > 0 ? (long)total_ms : FETCH_TIMEOUT_MS);
	SET(curl, *failed, CURLOPT_NOSIGNAL, 1L);
	SET(curl, *failed, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(curl, *failed, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(curl, *failed, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(curl, *failed, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
}

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
