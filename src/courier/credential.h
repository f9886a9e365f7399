/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_CREDENTIAL_H
#define SURGUCH_COURIER_CREDENTIAL_H
/* What a setting of courier.conf names a file for. */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "conf/conf.h"

/*
 * Those that settings name, if they do: `setting`, a line of text that nobody
 * but courier can read, without its line end; and "ca_file", roots in PEM. Read
 * before the walls are up.  FORMAT "courier.secret", "courier.ca_file", and
 * errors of file_read_secret() and file_read().
 */
ATTR_MUST_USE enum err credentials_read(struct conf_cursor c,
    const char *setting, struct secret *out, struct buf *out_roots,
    struct errinfo *ei);

#endif
