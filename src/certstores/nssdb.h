/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CERTSTORES_NSSDB_H
#define SURGUCH_CERTSTORES_NSSDB_H
/*
 * A certificate database of NSS (cert9.db, "sql:"), as Chromium has one a
 * person and Firefox one a profile.
 *
 * Through libnss3 and not through its tools: a certificate is found, and read
 * back, by its very bytes, while certutil knows nicknames, which all
 * certificates of one subject share (each renewal has the same).  No other
 * module of the database is loaded, so nobody else's code comes with it.  The
 * library has one open database at a time; others wait their turn.
 */
#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct nss;

/* How a certificate is in there. */
enum nss_held {
	NSS_ABSENT,
	NSS_HELD,
	NSS_TRUSTED, /* as a root, for web servers */
};

/* dir: absolute.  ERR_NOTFOUND "certstores.none" when there is no database;
 * ERR_STORE "certstores.database" when it cannot be opened. */
ATTR_MUST_USE enum err nss_open(
    const char *dir, struct nss **out, struct errinfo *ei);
/* The same of a new one without a password, in a directory that is there.
 * ERR_CONFLICT "certstores.exists". */
ATTR_MUST_USE enum err nss_create(
    const char *dir, struct nss **out, struct errinfo *ei);
void nss_close(struct nss *n); /* NULL is fine */

ATTR_MUST_USE enum err nss_look(
    struct nss *n, struct slice der, enum nss_held *out, struct errinfo *ei);
/*
 * Put it in, under `label` unless its subject has a name there already; what
 * is there stays, and trust is only added.  ERR_DENIED "certstores.password"
 * when the person protects the database by a password, which trust needs;
 * ERR_FORMAT "certstores.certificate" for what NSS does not take.
 */
ATTR_MUST_USE enum err nss_put(struct nss *n, struct slice der,
    const char *label, enum nss_held as, struct errinfo *ei);
/* Take trust away (NSS_HELD), or the certificate too (NSS_ABSENT). */
ATTR_MUST_USE enum err nss_take_back(
    struct nss *n, struct slice der, enum nss_held to, struct errinfo *ei);

/* How it is in there, with its name and all that it is trusted for, appended as
 * text; nothing when it is not.  And make it so again: ERR_FORMAT
 * "certstores.remembered"; nss_put()'s errors. */
ATTR_MUST_USE enum err nss_remember(
    struct nss *n, struct slice der, struct buf *out, struct errinfo *ei);
ATTR_MUST_USE enum err nss_restore(struct nss *n, struct slice der,
    struct slice remembered, struct errinfo *ei);

struct nss_entry {
	struct slice der;
	const char *nickname; /* not checked: escape it */
	enum nss_held held;
	bool has_key;
};
/* Each certificate; what is told is borrowed for the call. */
ATTR_MUST_USE enum err nss_each(struct nss *n,
    void (*tell)(void *arg, const struct nss_entry *entry), void *arg,
    struct errinfo *ei);

#endif
