/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_BACKUP_H
#define SURGUCH_CLI_BACKUP_H
/*
 * `surguchctl backup` and `surguchctl restore`: everything that a centre is
 * made of in one file (archive.h), and back into a new directory.
 */
#include "base/err.h"

enum err backup_cmd(
    int argc, char **argv, const char *usage, struct errinfo *ei);
enum err restore_cmd(
    int argc, char **argv, const char *usage, struct errinfo *ei);

struct buf;
/* The certificate in a file, PEM or DER, as DER. */
ATTR_MUST_USE enum err backup_certificate(
    const char *path, struct buf *out, struct errinfo *ei);

/* The database of a centre that was copied while it ran; in front's directory,
 * where front makes it and we take it away. */
#define BACKUP_COPY "backup.db"
/* In front's directory: the centre was restored and is to be reconciled. */
#define RESTORED_MARK "restored"
/* The member that holds the keys: an archive of its own, sealed. */
#define KEYS_MEMBER "keys.p7m"

#endif
