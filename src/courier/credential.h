/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_CREDENTIAL_H
#define SURGUCH_COURIER_CREDENTIAL_H
/* What a setting of courier.conf names a file for. */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"

/* A line of text that nobody but courier can read, without its line end.
 * setting: what the file is called in messages.  FORMAT "courier.secret", and
 * errors of file_read_secret(). */
ATTR_MUST_USE enum err credential_read(const char *path, const char *setting,
    struct secret *out, struct errinfo *ei);

/* Roots in PEM, read before the walls are up.  FORMAT "courier.ca_file", and
 * errors of file_read(). */
ATTR_MUST_USE enum err credential_read_roots(
    const char *path, struct buf *out, struct errinfo *ei);

#endif
