/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "certstores/anchors_priv.h"

/* --- directories ------------------------------------------------------------
 */

static enum err
dir_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_absolute(o->dir, o->s->place, ei);

	o->pem = o->s->pem;
	return e != ERR_OK ? e : anchors_files_open(o, ei);
}

/* --- NSS --------------------------------------------------------------------
 */

static enum err
nss_kind_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e = path_absolute(o->dir, o->s->place, ei);

	if (e == ERR_OK && file_exists(o->dir)) {
		e = file_check_trusted(o->dir, geteuid(), ei);
	}
	return e != ERR_OK ? e : nss_open(o->dir, &o->nss, ei);
}

static enum err
nss_kind_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei)
{
	enum err e = nss_look(o->nss, a->der, held, ei);

	return e == ERR_OK ? nss_remember(o->nss, a->der, was, ei) : e;
}

static enum err
nss_kind_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	char name[2 * ANCHOR_SHA1_SIZE + 1];
	enum nss_held now = NSS_ABSENT;
	enum err e = nss_look(o->nss, a->der, &now, ei);

	if (e == ERR_OK && was.len > 0) {
		return nss_restore(o->nss, a->der, was, ei);
	}
	anchors_name(a, name);
	if (e != ERR_OK || now == to) {
		return e;
	}
	return now > to ? nss_take_back(o->nss, a->der, to, ei)
			: nss_put(o->nss, a->der,
			      a->label != NULL && a->label[0] != '\0' ? a->label
								      : name,
			      to, ei);
}

struct told {
	void (*tell)(void *arg, struct slice der);
	void *arg;
};

static void
tell_trusted(void *arg, const struct nss_entry *entry)
{
	const struct told *t = arg;

	if (entry->held == NSS_TRUSTED) {
		t->tell(t->arg, entry->der);
	}
}

static enum err
nss_kind_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	struct told t = {tell, arg};

	return nss_each(o->nss, tell_trusted, &t, ei);
}

static const struct anchors_ops dir_ops = {"dir", false, dir_open,
    anchors_files_look, anchors_files_set, anchors_files_each,
    anchors_no_finish, anchors_look_seen};
static const struct anchors_ops nss_ops = {"nss", false, nss_kind_open,
    nss_kind_look, nss_kind_set, nss_kind_each, anchors_no_finish,
    anchors_look_seen};

const struct anchors_ops *const anchors_kinds[ANCHORS_KIND_MAX_] = {
    [ANCHORS_DIR] = &dir_ops,
    [ANCHORS_DEBIAN] = &anchors_debian,
    [ANCHORS_DEBIAN_OWN] = &anchors_debian_own,
    [ANCHORS_FEDORA] = &anchors_fedora,
    [ANCHORS_FEDORA_BLOCKED] = &anchors_fedora_blocked,
    [ANCHORS_JAVA] = &anchors_java,
    [ANCHORS_NSS] = &nss_ops,
};
