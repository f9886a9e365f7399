/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CERTSTORES_ANCHORS_PRIV_H
#define SURGUCH_CERTSTORES_ANCHORS_PRIV_H
/* What each kind of store does: one table a kind. */
#include "base/bounds.h"
#include "base/buf.h"
#include "certstores/anchors.h"
#include "certstores/nssdb.h"
#include "os/file.h"

struct java;

struct anchors_open {
	const struct anchors_store *s;
	char dir[PATH_TEXT_SIZE]; /* where the certificates lie */
	const char *prefix;       /* of files' names */
	bool pem;                 /* how new files are written */
	struct nss *nss;
	struct java *java;
};

struct anchors_ops {
	const char *name;
	bool
	    refuses; /* what is taken out nobody may trust, whoever brings it */
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

extern const struct anchors_ops *const anchors_kinds[ANCHORS_KIND_MAX_];
extern const struct anchors_ops anchors_debian, anchors_debian_own;
extern const struct anchors_ops anchors_fedora, anchors_fedora_blocked;
extern const struct anchors_ops anchors_java;
void anchors_java_free(struct java *j); /* NULL is fine */

/* Directories that are not there yet. */
enum err anchors_make_dirs(const char *path, unsigned mode, struct errinfo *ei);
void anchors_name(const struct anchor *a, char out[2 * ANCHOR_SHA1_SIZE + 1]);

/* --- certificates in files: PREFIX SHA1.crt of o->dir ----------------------
 */

enum {
	ANCHOR_FILE_MAX = 2 * CERT_BYTES_MAX, /* PEM of the largest */
};
enum err anchors_files_open(struct anchors_open *o, struct errinfo *ei);
enum err anchors_files_look(struct anchors_open *o, const struct anchor *a,
    enum nss_held *held, struct buf *was, struct errinfo *ei);
enum err anchors_files_set(struct anchors_open *o, const struct anchor *a,
    enum nss_held to, struct slice was, struct errinfo *ei);
enum err anchors_files_each(struct anchors_open *o,
    void (*tell)(void *arg, struct slice der), void *arg, struct errinfo *ei);
enum err anchors_no_finish(struct anchors_open *o, struct errinfo *ei);
/* By what look() says: there is no other place. */
enum err anchors_look_seen(struct anchors_open *o, const struct anchor *list,
    size_t num, bool *seen, struct errinfo *ei);

/* The certificate of a file, DER or PEM; empty when it is neither. */
void anchors_file_der(struct buf *content, struct buf *der);
/* The next certificate behind *at, whose text it passes; false at the end or
 * where it is broken. */
bool anchors_pem_next(const char **at, struct buf *der);
/* Those of a bundle (PEM), which need not be there; and which of the list are
 * in the one below o's root. */
enum err anchors_bundle_each(const char *path,
    void (*tell)(void *arg, struct slice der), void *arg, struct errinfo *ei);
enum err anchors_bundle_seen(struct anchors_open *o, const char *below,
    const struct anchor *list, size_t num, bool *seen, struct errinfo *ei);

struct spawn_fd;
/* Run to its end; extra: one more "NAME=value" of its environment, or NULL. */
enum err anchors_spawn(const char *const *argv, const char *extra,
    const struct spawn_fd *fds, size_t num, bool *ok, struct errinfo *ei);
/* A program of the system, which is told only where it failed. */
enum err anchors_run(const char *const *argv, struct errinfo *ei);
enum err anchors_need_program(
    const char *path, const char *package, struct errinfo *ei);

/* --- the journal of a change ------------------------------------------------
 */

enum {
	ANCHORS_WAS_MAX = 2 * CERT_BYTES_MAX,
};
/* One certificate of a change: how it was. */
struct anchors_step {
	struct anchor a; /* borrowed of the list, or of own_der and own_label */
	struct buf was;
	struct buf own_der, own_label; /* of the journal */
	enum nss_held before;
};
struct anchors_steps {
	struct anchors_step *at;
	size_t num;
};
void anchors_steps_clear(struct anchors_steps *s);
/* place: that of the store, which tells journals apart. */
void anchors_journal_put(const struct anchors_steps *steps, const char *place,
    bool done, struct buf *out);
/* ERR_FORMAT "anchors.journal". */
enum err anchors_journal_parse(struct slice text, const char *place,
    struct anchors_steps *out, bool *done, struct errinfo *ei);

/* What `keytool -list -rfc` prints: each trusted certificate with its alias.
 * ERR_FORMAT "anchors.keytool", and what tell() returns. */
enum err anchors_java_listing(const char *text,
    enum err (*tell)(
	void *arg, struct slice alias, struct slice der, struct errinfo *ei),
    void *arg, struct errinfo *ei);

#endif
