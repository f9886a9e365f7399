/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_FETCH_CURL_PRIV_H
#define SURGUCH_FETCH_CURL_PRIV_H
/* Shared by fetch.c and smtp.c. */
#include <curl/curl.h>

enum {
	FETCH_CONNECT_TIMEOUT_MS = 5000,
	FETCH_TIMEOUT_MS = 20000,
};

/* libcurl's options are variadic; one that is refused fails the call. */
#define SET(curl, failed, option, value)                                       \
	((failed) |= curl_easy_setopt((curl), (option), (value)) != CURLE_OK)

#endif
