/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CERTSTORES_ANCHORS_H
#define SURGUCH_CERTSTORES_ANCHORS_H
/*
 * Sets of CA certificates in a machine's stores of trust: put in, taken out,
 * listed back, and the last change undone.
 *
 * Before the first change a journal with the state of each certificate as it
 * was is durable.  A run that was killed leaves an open journal; the next
 * change restores that state first, and anchors_undo() does only this.  What
 * was there before is never taken away by undo.  One run at a time, by a lock.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	ANCHOR_SHA1_SIZE = 20,
};

enum anchors_kind {
	/* A directory of SHA1.crt, as mirrors of Windows Update have. */
	ANCHORS_DIR,
	/* usr/local/share/ca-certificates/surguch below the root, in PEM, and
	 * update-ca-certificates afterwards.  Below another root than "/" the
	 * links that it makes name that root: the bundle is right, and the
	 * links are once `update-ca-certificates --fresh` ran within. */
	ANCHORS_DEBIAN,
	/* What Debian itself brings, selected in etc/ca-certificates.conf:
	 * taken out is deselected by a "!", as an administrator does, and so
	 * distrusted; put in is selected again.  ERR_UNSUPPORTED
	 * "anchors.distribution" to put in what it has not. */
	ANCHORS_DEBIAN_OWN,
	/* etc/pki/ca-trust/source/anchors below the root, as Fedora and RHEL
	 * have it, and update-ca-trust afterwards (below another root than "/"
	 * by chroot).  ERR_NOTFOUND "anchors.layout" on another system. */
	ANCHORS_FEDORA,
	/* The blocklist beside it: taken out is put in there, and so
	 * distrusted, whoever brings it; put in is no longer there. */
	ANCHORS_FEDORA_BLOCKED,
	/* A trust store of Java (cacerts), which exists, by keytool: that of
	 * the JDK that it is in, or /usr/bin/keytool.  Java trusts what is in
	 * it for everything. */
	ANCHORS_JAVA,
	/* A database of NSS, which exists; trusted for web servers. */
	ANCHORS_NSS,
	ANCHORS_KIND_MAX_
};

/* Paths are absolute.  What may be written by others is refused: ERR_DENIED
 * "file.trusted_mode". */
struct anchors_store {
	enum anchors_kind kind;
	const char *place;     /* the directory; of a system the root: "/" */
	struct slice password; /* ANCHORS_JAVA: empty for what all JDKs have */
	const char *state; /* directory of lock and journal; made if missing */
	bool pem;          /* ANCHORS_DIR: PEM and not DER */
	bool dry_run;      /* nothing is written; the report is the same */
};

/* Borrowed.  The store finds a file by sha1 and believes only the bytes. */
struct anchor {
	struct slice der;
	uint8_t sha1[ANCHOR_SHA1_SIZE]; /* of der, which the caller hashed */
	const char *label; /* UTF-8, for stores that have names; or NULL */
};

/* Each certificate counted once, however often the list has it. */
struct anchors_report {
	size_t added;
	size_t there; /* already */
	size_t removed;
	size_t absent; /* already */
	/* Of a system: taken out of ours, but in the bundle still, because
	 * the distribution or the administrator trusts it too. */
	size_t still;
};

/*
 * All of the list are in the store afterwards, and were listed back.
 * ERR_LIMIT "anchors.number", above ANCHORS_MAX; ERR_CONFLICT "anchors.name",
 * another certificate has the file's name; ERR_CONFLICT "file.locked";
 * ERR_STORE "anchors.missing", names the first that is not listed back;
 * ERR_STORE "anchors.trusted", the first that the system
 * trusts still although it is to refuse it; ERR_STORE "anchors.update", the
 * system's program failed; ERR_NOTFOUND
 * "anchors.program", there is none; ERR_DENIED "anchors.password" and ERR_STORE
 * "anchors.keytool" of ANCHORS_JAVA.  After an error undo, or repeat.
 */
ATTR_MUST_USE enum err anchors_put(const struct anchors_store *s,
    const struct anchor *list, size_t num, struct anchors_report *out,
    struct errinfo *ei);
/* None of the list is there afterwards: by their bytes, never by name.  The
 * same errors. */
ATTR_MUST_USE enum err anchors_take(const struct anchors_store *s,
    const struct anchor *list, size_t num, struct anchors_report *out,
    struct errinfo *ei);
/* As it was before the last change that changed something, once.  ERR_NOTFOUND
 * "anchors.undo" when there is none; ERR_FORMAT "anchors.journal". */
ATTR_MUST_USE enum err anchors_undo(const struct anchors_store *s,
    struct anchors_report *out, struct errinfo *ei);
/* Each certificate there (of ANCHORS_DEBIAN and ANCHORS_FEDORA: of ours),
 * borrowed for the call.
 */
ATTR_MUST_USE enum err anchors_each(const struct anchors_store *s,
    void (*tell)(void *arg, struct slice der), void *arg, struct errinfo *ei);

#endif
