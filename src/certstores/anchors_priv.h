/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CERTSTORES_ANCHORS_PRIV_H
#define SURGUCH_CERTSTORES_ANCHORS_PRIV_H
/* What each kind of store does: one table a kind. */
#include "base/buf.h"
#include "certstores/anchors.h"
#include "certstores/nssdb.h"
#include "os/file.h"

struct anchors_open {
	const struct anchors_store *s;
	char dir[PATH_TEXT_SIZE]; /* where the certificates lie */
	struct nss *nss;
};

struct anchors_ops {
	const char *name;
	enum err (*open)(struct anchors_open *o, struct errinfo *ei);
	/* How it is held; *was (appended) is what set() needs to restore it. */
	enum err (*look)(struct anchors_open *o, const struct anchor *a,
	    enum nss_held *held, struct buf *was, struct errinfo *ei);
	/* was: as look() gave it, or empty for a new one. */
	enum err (*set)(struct anchors_open *o, const struct anchor *a,
	    enum nss_held to, struct slice was, struct errinfo *ei);
	enum err (*each)(struct anchors_open *o,
	    void (*tell)(void *arg, struct slice der), void *arg,
	    struct errinfo *ei);
	/* After the changes: programs of the system. */
	enum err (*finish)(struct anchors_open *o, struct errinfo *ei);
	/* Is it where the system's programs read it? */
	enum err (*seen)(struct anchors_open *o, const struct anchor *list,
	    size_t num, bool *seen, struct errinfo *ei);
};

extern const struct anchors_ops anchors_kinds[ANCHORS_KIND_MAX_];

/* Directories that are not there yet. */
enum err anchors_make_dirs(const char *path, unsigned mode, struct errinfo *ei);
void anchors_name(const struct anchor *a, char out[2 * ANCHOR_SHA1_SIZE + 1]);

#endif
