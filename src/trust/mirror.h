/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_MIRROR_H
#define SURGUCH_TRUST_MIRROR_H
/*
 * A directory of Microsoft's lists and their certificates, in the layout of
 * certutil -syncWithWU, from which Windows takes them: authrootstl.cab,
 * disallowedcertstl.cab, pinrulesstl.cab, disallowedcert.sst, pinrules.sst and
 * <thumbprint>.crt for each root.
 *
 * Whoever reads it at any moment finds a whole and verified state.  Everything
 * is fetched and judged before anything is replaced; then come certificates,
 * then lists, each file at once; a list never names a certificate that is not
 * there.  What was replaced is kept in .previous, for the way back.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/judge.h"

struct trust_source {
	/* Append the file of this name to out.  ERR_NOTFOUND: it has none. */
	enum err (*get)(const void *arg, const char *name, size_t max,
	    struct buf *out, struct errinfo *ei);
	const void *arg;
};
/* Files of a directory, their names in any case of letters; loose lists and
 * certificates too.  dir is borrowed. */
struct trust_source trust_source_dir(const char *dir);

enum trust_mirror_file {
	MIRROR_ROOTS,
	MIRROR_DISALLOWED,
	MIRROR_PINS,
	MIRROR_FILES
};
const char *trust_mirror_name(enum trust_mirror_file f); /* "authrootstl.cab" */

struct trust_mirror_rules {
	const struct trust_anchors *anchors;
	int64_t now;
	bool old;          /* lists over SHA-1 count */
	bool strict;       /* a signer that has expired does not */
	bool new_only;     /* refuse where a list is already */
	bool older;        /* an older list may replace a newer one */
	bool remove_stale; /* certificates that no list names any more */
	bool stores;       /* the source's count where the list is the same */
	/* The sequence number that the source's list of roots must have,
	 * because somebody has looked at that one; no bytes: any. */
	struct slice number;
};

/* What a sync did, or would do. */
struct trust_mirror_report {
	struct {
		bool there;    /* in the mirror now */
		bool changed;  /* replaced, or new */
		bool restored; /* its store alone, which was not there */
		int64_t of;    /* the list's date */
		size_t entries;
		bool signer_expired;
	} lists[MIRROR_FILES];
	size_t certs;   /* that the list of roots names */
	size_t added;   /* of these, new here */
	size_t stale;   /* named by no list any more, and kept */
	size_t removed; /* the same, moved to .previous */
};

/*
 * Bring the directory up to the source.  It must be there, and nobody else may
 * write to it.  ERR_NOTFOUND "mirror.directory", "mirror.list" (the source has
 * no list of roots), "mirror.certificate"; ERR_CONFLICT "mirror.exists"
 * (new_only), "mirror.older", "mirror.number" (another list of the same
 * number), "mirror.changed" (another number than the rules'), "file.locked";
 * ERR_FORMAT "mirror.kind", "mirror.certificate" (a certificate is not the one
 * that its name or the list says), "mirror.store"; what trust_judge() tells of
 * a list that is refused; the readers' errors.
 */
ATTR_MUST_USE enum err trust_mirror_sync(const char *dir,
    const struct trust_source *source, const struct trust_mirror_rules *rules,
    struct trust_mirror_report *out, struct errinfo *ei);
/* Is it there, and does nobody else write to it?  As trust_mirror_sync(). */
ATTR_MUST_USE enum err trust_mirror_check_dir(
    const char *dir, struct errinfo *ei);
/* Is somebody at it?  What stands there then may be of two states.  False where
 * that cannot be found out: the lock is its owner's. */
bool trust_mirror_is_changing(const char *dir);
/* Where files go: begin() once, when everything is verified, then each. */
struct trust_sink {
	enum err (*begin)(void *arg, const struct trust_mirror_report *what,
	    struct errinfo *ei);
	enum err (*put)(void *arg, const char *name, struct slice content,
	    struct errinfo *ei);
	void *arg;
};
/*
 * All files of a mirror of this source, verified as by trust_mirror_sync():
 * certificates in the order of the list, then stores and lists.  Nothing that
 * no list names.  Errors as there, and the sink's.
 */
ATTR_MUST_USE enum err trust_mirror_gather(const struct trust_source *source,
    const struct trust_mirror_rules *rules, const struct trust_sink *to,
    struct trust_mirror_report *out, struct errinfo *ei);
/* In a mirror's directory: the state before. */
#define TRUST_MIRROR_PREVIOUS ".previous"
/* Go back to what was there before the last sync that changed something; once
 * more goes forward again.  ERR_NOTFOUND "mirror.previous". */
ATTR_MUST_USE enum err trust_mirror_back(const char *dir,
    const struct trust_mirror_rules *rules, struct trust_mirror_report *out,
    struct errinfo *ei);

#endif
