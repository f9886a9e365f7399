/* SPDX-License-Identifier: Apache-2.0 */
/* What doctor finds in the centre's files. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "cli/ctl.h"
#include "cli/doctor.h"
#include "os/file.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/crl_shard.h"
#include "x509/pem.h"

#define STATE    "var/lib/surguch"
#define LIST_END ".crl"

enum {
	FILES_MAX = 10000,
	LIST_SOON_PART = 4, /* of its life; half of what the publisher leaves */
	ROOT_LIST_SOON_PART = 3,
	ROOT_LIST_SOON_SEC = 30 * 86400,
	CHAIN_MAX = 65536,
	SIGNER_DIR_SIZE = 256,
	/* Of the room on a disk, in percent and in MiB. */
	ROOM_WARNING = 10,
	ROOM_CRITICAL = 2,
	ROOM_WARNING_MIB = 512,
	ROOM_CRITICAL_MIB = 64,
};

static const uint64_t MIB = 1048576;

static bool
ends_with(const char *s, const char *end)
{
	size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

/* --- modes and owners ------------------------------------------------------
 */

static void
mend_mode(struct doctor *d, const char *path, mode_t mode, mode_t want)
{
	char command[DOCTOR_TEXT];
	struct finding *f;

	(void)snprintf(command, sizeof(command), "chmod %04o '%.400s'",
	    (unsigned)want, path);
	f = doctor_find(d, DOCTOR_CRITICAL, path, command,
	    "has mode %04o: others could read or change it", (unsigned)mode);
	if (f != NULL && d->fix) {
		f->mended = chmod(path, want) == 0;
	}
}

static void
mend_owner(struct doctor *d, const char *path, const struct stat *st,
    const struct stat *dir)
{
	char command[DOCTOR_TEXT];
	struct finding *f;

	(void)snprintf(command, sizeof(command), "chown %lu:%lu '%.400s'",
	    (unsigned long)dir->st_uid, (unsigned long)dir->st_gid, path);
	f = doctor_find(d, DOCTOR_CRITICAL, path, command,
	    "belongs to uid %lu, its directory to %lu",
	    (unsigned long)st->st_uid, (unsigned long)dir->st_uid);
	if (f != NULL && d->fix) {
		f->mended = lchown(path, dir->st_uid, dir->st_gid) == 0;
	}
}

/* Keys, passphrases, the database: nobody but their owner. */
static bool
is_private(const char *name)
{
	static const char *const ends[] = {".key", ".p8", ".pass", ".pin",
	    "-key.pem", "journal", ".db", ".db-wal", ".db-shm"};

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		if (ends_with(name, ends[i])) {
			return true;
		}
	}
	return false;
}

/* One of the users that have a state directory of their own here. */
static bool
is_role(uid_t uid)
{
	char path[PATH_TEXT_SIZE], dir[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;
	bool found = false;
	struct stat st;

	if (path_join(path, ctl_centre, STATE, NULL) != ERR_OK ||
	    dir_list(path, NULL, FILES_MAX, &names, &num, NULL) != ERR_OK) {
		return false;
	}
	for (size_t i = 0; i < num && !found; i++) {
		found = path_join(dir, path, names[i], NULL) == ERR_OK &&
			lstat(dir, &st) == 0 && S_ISDIR(st.st_mode) &&
			st.st_uid == uid;
	}
	dir_list_free(names, num);
	return found;
}

/* Root may own what is no secret of the role's; among the settings, which are
 * root's, a secret belongs to the role that reads it. */
static bool
may_own(uid_t uid, const struct stat *dir, const char *name)
{
	if (uid == dir->st_uid) {
		return true;
	}
	return is_private(name) ? dir->st_uid == 0 && is_role(uid) : uid == 0;
}

static void
look_at_file(struct doctor *d, const char *dir_path, const struct stat *dir,
    const char *name)
{
	char path[PATH_TEXT_SIZE];
	struct stat st;
	mode_t mode, want;

	if (path_join(path, dir_path, name, NULL) != ERR_OK ||
	    lstat(path, &st) != 0 || !S_ISREG(st.st_mode)) {
		return;
	}
	mode = st.st_mode & 07777;
	want = mode & (mode_t) ~(is_private(name) ? 077 : 022);
	if (want != mode) {
		mend_mode(d, path, mode, want);
	}
	if (!may_own(st.st_uid, dir, name)) {
		mend_owner(d, path, &st, dir);
	}
}

/* A directory of one role, or one that all may read. */
static void
look_at_dir(struct doctor *d, const char *path, bool shared)
{
	char **names = NULL;
	struct stat st;
	size_t num = 0;
	mode_t mode, want;

	if (stat(path, &st) != 0 ||
	    dir_list(path, NULL, FILES_MAX, &names, &num, NULL) != ERR_OK) {
		(void)doctor_find(
		    d, DOCTOR_UNKNOWN, path, "", "cannot be read: run as root");
		return;
	}
	mode = st.st_mode & 07777;
	want = mode & (mode_t) ~(shared ? 022 : 077);
	if (mode != want) {
		mend_mode(d, path, mode, want);
	}
	for (size_t i = 0; i < num; i++) {
		look_at_file(d, path, &st, names[i]);
	}
	dir_list_free(names, num);
}

/* --- certificates ----------------------------------------------------------
 */

/* ours: the running centre renews it, when doctor asks; else whoever made
 * it. */
static void
look_at_cert(struct doctor *d, const char *what, struct slice der, bool ours)
{
	const char *command = ours ? DOCTOR_FIX
				   : "renew it where it was made, and install "
				     "it";
	char until[TIME_TEXT_SIZE];
	struct cert *cert = NULL;
	int64_t from, to;

	if (cert_parse(der, &cert, NULL) != ERR_OK) {
		(void)doctor_find(
		    d, DOCTOR_CRITICAL, what, "", "is no certificate");
		return;
	}
	from = cert_not_before(cert);
	to = cert_not_after(cert);
	time_text(to, until);
	if (to < d->now) {
		(void)doctor_find(d, DOCTOR_CRITICAL, what, command,
		    "the certificate has expired: %s", until);
		d->due = d->due || ours;
	} else if (d->now >= from + (to - from) / 3 * 2) {
		(void)doctor_find(d, DOCTOR_WARNING, what, command,
		    "two thirds of its life are over; it ends %s", until);
		d->due = d->due || ours;
	}
	cert_free(cert);
}

static void
look_at_cert_file(struct doctor *d, const char *path, bool ours)
{
	struct buf file = BUF_INIT(CHAIN_MAX), der = BUF_INIT(CERT_BYTES_MAX);
	struct slice text;

	if (file_read(path, CHAIN_MAX, &file, NULL) != ERR_OK) {
		return; /* not there, or already told of */
	}
	text = buf_slice(&file);
	if (pem_looks_like(text)) {
		if (pem_get(&text, PEM_CERTIFICATE, &der, NULL) == ERR_OK) {
			look_at_cert(d, path, buf_slice(&der), ours);
		}
	} else {
		look_at_cert(d, path, text, ours);
	}
	buf_clear(&file);
	buf_clear(&der);
}

/* How much is left when it is worth a word: of a list that is made by hand a
 * month, or a third of a short life. */
static int64_t
soon_sec(const struct crl *crl, int64_t next, bool ours)
{
	int64_t life = next - crl_this_update(crl);

	if (ours) {
		return life / LIST_SOON_PART;
	}
	return life / ROOT_LIST_SOON_PART < ROOT_LIST_SOON_SEC
		   ? life / ROOT_LIST_SOON_PART
		   : ROOT_LIST_SOON_SEC;
}

static void
look_at_list(struct doctor *d, const char *path, bool ours)
{
	const char *command =
	    ours ? DOCTOR_FIX
		 : "surguchctl ca ceremony crl FILE at the root's machine, "
		   "then surguchctl ca crl root.crl";
	struct buf file = BUF_INIT(CRL_BYTES_MAX);
	char until[TIME_TEXT_SIZE];
	struct crl *crl = NULL;
	int64_t next = 0;

	if (file_read(path, CRL_BYTES_MAX, &file, NULL) != ERR_OK ||
	    crl_parse(buf_slice(&file), &crl, NULL) != ERR_OK ||
	    !crl_next_update(crl, &next)) {
		(void)doctor_find(
		    d, DOCTOR_CRITICAL, path, command, "is no CRL");
		d->stale_crl = d->stale_crl || ours;
	} else if (next < d->now + soon_sec(crl, next, ours)) {
		time_text(next, until);
		(void)doctor_find(d,
		    next < d->now ? DOCTOR_CRITICAL : DOCTOR_WARNING, path,
		    command,
		    next < d->now ? "the list has ended: the next was due by %s"
				  : "the list is old: the next is due by %s",
		    until);
		d->stale_crl = d->stale_crl || ours;
	}
	crl_free(crl);
	buf_clear(&file);
}

static bool
is_signer(const char *name, size_t len)
{
	char dir[SIGNER_DIR_SIZE], path[PATH_TEXT_SIZE];

	(void)snprintf(dir, sizeof(dir), STATE "/signer-%.*s", (int)len, name);
	return path_join(path, ctl_centre, dir, NULL) == ERR_OK &&
	       file_exists(path);
}

/* Is it a list, or a shard of one, of a CA whose signer runs here?  The name
 * of a CA may itself end like a shard's. */
static bool
has_signer(const char *file)
{
	size_t len = strlen(file) - strlen(LIST_END);
	char shard[CRL_SHARD_TEXT_SIZE];
	struct crl_shard s;

	if (is_signer(file, len)) {
		return true;
	}
	if (!crl_shard_parse(slice_str(file), &s)) {
		return false;
	}
	crl_shard_text(s, shard);
	return is_signer(file, len - strlen(shard));
}

static void
look_at_public(struct doctor *d, const char *dir)
{
	char path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;

	if (dir_list(dir, NULL, FILES_MAX, &names, &num, NULL) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < num; i++) {
		if (path_join(path, dir, names[i], NULL) != ERR_OK) {
			continue;
		}
		if (ends_with(names[i], ".cer")) {
			look_at_cert_file(d, path, false);
		} else if (ends_with(names[i], LIST_END)) {
			look_at_list(d, path, has_signer(names[i]));
		}
	}
	dir_list_free(names, num);
}

/* --- room ------------------------------------------------------------------
 */

static void
look_at_room(struct doctor *d, const char *path)
{
	struct statvfs v;
	uint64_t free_mib, percent;

	if (statvfs(path, &v) != 0 || v.f_blocks == 0) {
		return;
	}
	free_mib = (uint64_t)v.f_bavail * v.f_frsize / MIB;
	percent = (uint64_t)v.f_bavail * 100 / v.f_blocks;
	if ((percent < ROOM_CRITICAL && free_mib < ROOM_WARNING_MIB) ||
	    free_mib < ROOM_CRITICAL_MIB) {
		(void)doctor_find(d, DOCTOR_CRITICAL, path, "make room",
		    "the disk is full: %llu MiB are left",
		    (unsigned long long)free_mib);
	} else if (percent < ROOM_WARNING && free_mib < ROOM_WARNING_MIB) {
		(void)doctor_find(d, DOCTOR_WARNING, path, "make room",
		    "the disk is nearly full: %llu MiB are left",
		    (unsigned long long)free_mib);
	}
}

/* --- all of it ---------------------------------------------------------------
 */

static void
look_at_state(struct doctor *d, const char *name)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct stat st;

	/* Beside the directories lies the record of ceremonies. */
	if (snprintf(path, sizeof(path), "%s/" STATE "/%s", ctl_centre, name) >=
		(int)sizeof(path) ||
	    (lstat(path, &st) == 0 && S_ISREG(st.st_mode))) {
		return;
	}
	memcpy(dir, path, sizeof(dir));
	look_at_room(d, dir);
	look_at_dir(d, dir, strcmp(name, "public") == 0);
	if (strcmp(name, "public") == 0) {
		look_at_public(d, dir);
	} else if (path_join(path, dir, "cert.der", NULL) == ERR_OK) {
		look_at_cert_file(d, path, true);
	}
	if (path_join(path, dir, "tls-chain.pem", NULL) == ERR_OK) {
		look_at_cert_file(d, path, true);
	}
}

void
doctor_files(struct doctor *d)
{
	static const char *const settings[] = {
	    "etc/surguch", "etc/surguch/profiles", "etc/surguch/ca"};
	char path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;

	(void)snprintf(path, sizeof(path), "%s/" STATE, ctl_centre);
	if (dir_list(path, NULL, FILES_MAX, &names, &num, NULL) != ERR_OK) {
		(void)doctor_find(d, DOCTOR_UNKNOWN, path, "",
		    "there is no centre here, or it cannot be read");
		return;
	}
	for (size_t i = 0; i < num; i++) {
		look_at_state(d, names[i]);
	}
	dir_list_free(names, num);
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		if (path_join(path, ctl_centre, settings[i], NULL) == ERR_OK) {
			look_at_dir(d, path, true);
		}
	}
}
