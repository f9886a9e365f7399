/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system store of p11-kit's layout (Fedora, RHEL and those made of them):
 * ours are anchors, and what is distrusted, whoever brought it, lies in the
 * blocklist, which p11-kit follows before anchors.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "certstores/anchors_priv.h"

#define UPDATE  "usr/bin/update-ca-trust"
#define CHROOT  "/usr/sbin/chroot"
#define SOURCE  "etc/pki/ca-trust/source"
#define BUNDLES "etc/pki/ca-trust/extracted/pem"
#define SERVERS BUNDLES "/tls-ca-bundle.pem"

static enum err
open_below(struct anchors_open *o, const char *below, struct errinfo *ei)
{
	char source[PATH_TEXT_SIZE];
	/* "/" would be there twice. */
	const char *root = strcmp(o->s->place, "/") == 0 ? "" : o->s->place;
	enum err e = path_join(source, root, SOURCE, ei);

	if (e == ERR_OK && !file_exists(source)) {
		e = err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "anchors.layout", NULL,
			"There is no such directory: this system keeps its "
			"roots in another way (debian?)."),
		    source);
	}
	if (e == ERR_OK) {
		e = path_join(o->dir, source, below, ei);
	}
	o->pem = true;
	/* The administrator's own files lie beside them. */
	o->prefix = "surguch-";
	return e == ERR_OK ? anchors_files_open(o, ei) : e;
}

static enum err
fedora_open(struct anchors_open *o, struct errinfo *ei)
{
	return open_below(o, "anchors", ei);
}

/* Its name until p11-kit 0.23, in releases of before 2021. */
static const char *
blocklist_name(const struct anchors_open *o)
{
	char now[PATH_TEXT_SIZE], before[PATH_TEXT_SIZE];

	return path_join(now, o->s->place, SOURCE "/blocklist", NULL) ==
			   ERR_OK &&
		       path_join(before, o->s->place, SOURCE "/blacklist",
			   NULL) == ERR_OK &&
		       !file_exists(now) && file_exists(before)
		   ? "blacklist"
		   : "blocklist";
}

static enum err
blocked_open(struct anchors_open *o, struct errinfo *ei)
{
	return open_below(o, blocklist_name(o), ei);
}

/* What is not blocked is taken for trusted: whether anybody trusts it only the
 * bundle says, and blocking what nobody trusts keeps it out for the future. */
static enum err
blocked_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei)
{
	enum nss_held file = NSS_ABSENT;
	enum err e = anchors_files_look(o, a, &file, was, ei);

	*held = file == NSS_ABSENT ? NSS_TRUSTED : NSS_ABSENT;
	return e;
}

static enum err
blocked_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	return anchors_files_set(
	    o, a, to == NSS_ABSENT ? NSS_TRUSTED : NSS_ABSENT, was, ei);
}

/* All that programs of the system trust for anything. */
static enum err
blocked_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	static const char *const below[] = {SERVERS,
	    BUNDLES "/email-ca-bundle.pem", BUNDLES "/objsign-ca-bundle.pem"};
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < 3; i++) {
		e = path_join(path, o->s->place, below[i], ei);
		if (e == ERR_OK) {
			e = anchors_bundle_each(path, tell, arg, ei);
		}
	}
	return e;
}

/* The program knows no root but its own. */
static enum err
fedora_finish(struct anchors_open *o, struct errinfo *ei)
{
	const char *const here[] = {"/" UPDATE, NULL};
	const char *const there[] = {CHROOT, o->s->place, "/" UPDATE, NULL};
	char program[PATH_TEXT_SIZE];
	enum err e = path_join(program, o->s->place, UPDATE, ei);

	if (e == ERR_OK) {
		e = anchors_need_program(program, "ca-certificates", ei);
	}
	return e != ERR_OK
		   ? e
		   : anchors_run(
			 strcmp(o->s->place, "/") == 0 ? here : there, ei);
}

static enum err
fedora_seen(struct anchors_open *o, const struct anchor *list, size_t num,
    bool *seen, struct errinfo *ei)
{
	return anchors_bundle_seen(o, SERVERS, list, num, seen, ei);
}

const struct anchors_ops anchors_fedora = {"fedora", false, fedora_open,
    anchors_files_look, anchors_files_set, anchors_files_each, fedora_finish,
    fedora_seen};
const struct anchors_ops anchors_fedora_blocked = {"fedora-blocked", true,
    blocked_open, blocked_look, blocked_set, blocked_each, fedora_finish,
    fedora_seen};
