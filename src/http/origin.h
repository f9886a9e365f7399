/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_ORIGIN_H
#define SURGUCH_HTTP_ORIGIN_H
/*
 * A browser sends cookies by itself, so a write by cookie must show that our
 * own page made it: by its Origin (RFC 6454 7), or, from what is no browser, by
 * a header that no foreign page can set without asking first.
 */
#include "base/err.h"

struct request;

#define ORIGIN_WRITE_HEADER "X-Surguch-Request"

/* own: "https://ca.example.ru"; "": https and the request's Host.  ERR_OK for
 * what only reads; ERR_DENIED "request.origin". */
ATTR_MUST_USE enum err origin_check(
    const struct request *r, const char *own, struct errinfo *ei);

#endif
