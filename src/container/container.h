/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_CONTAINER_H
#define SURGUCH_CONTAINER_CONTAINER_H
/*
 * A key container of the folder kind.  Ours is a directory of mode 0700 with
 *
 *	key.p8      the private key, PKCS#8; encrypted with the password
 *	cert.der    its certificate, once there is one
 *	meta.json   id, label, kind of key, and what protects all three files
 *
 * With a password everything is covered by a MAC whose key is derived from it,
 * so that a wrong password, a damaged file and a changed one are told apart.
 * Without a password the key is plain and only damage is noticed; meta.json
 * says so ("protection": "none").
 *
 * meta.json is written last: a folder without one is no container.  Installing
 * a certificate is atomic: after a crash the container opens with the old or
 * the new one.
 *
 * A folder of CryptoPro's form (container/cryptopro.h) is opened, looked at,
 * listed and given a certificate by the same functions; its mode is not asked
 * for, because whoever made it keeps it as they do.  Its id is made of its
 * mask, which stays as long as the folder is the same one.  So is a file that
 * is called .pfx or .p12, whose id is made of its bytes; what it holds is known
 * when it is open, and nothing is written into it ("container.pfx.install",
 * "container.pfx.password").
 *
 * An object is for one thread; the private key in it may be shared
 * (crypto/privkey.h).  Needs crypto_init().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct container;
struct privkey;
struct storage;

enum {
	CONTAINER_ID_SIZE = 33,
	CONTAINER_SPEC_SIZE = 32
};

enum container_form {
	CONTAINER_OURS,
	CONTAINER_CRYPTOPRO, /* container/cryptopro.h */
	CONTAINER_PAIR,      /* made by a token: container/pair.h */
	CONTAINER_PFX,       /* container/pfx_file.h: only to be copied */
	CONTAINER_FORM_MAX_
};
/* "surguch", "cryptopro", "token", "pfx" */
const char *container_form_name(enum container_form form);

struct container_info {
	enum container_form form;
	char id[CONTAINER_ID_SIZE]; /* 32 hex digits */
	char label[CONTAINER_LABEL_MAX + 1];
	char spec[CONTAINER_SPEC_SIZE]; /* "gost2012-256:A" */
	int64_t created;                /* seconds UTC; 0: nobody knows */
	bool has_password;
	bool has_cert;
	bool stays; /* its key cannot, or may not, be copied */
};

struct container_options {
	const char *spec; /* as privkey_generate() has it */
	/* A copy of this key, which stays the caller's; NULL: a new one. */
	struct privkey *key;
	const char *label; /* for people: clean UTF-8, not empty */
	/* Empty: the key is stored plain, which has to be said aloud. */
	struct slice password;
	bool insecure_no_password;
	/* PBKDF2 rounds; 0: what a person's password wants. */
	unsigned iterations;
	int64_t created;
};

/*
 * Make the folder and a key in it.  The caller owns *out, which is open.
 * ERR_CONFLICT "container.exists" when the folder has any of the files;
 * ERR_POLICY "container.password.empty"; ERR_FORMAT "container.label";
 * ERR_UNSUPPORTED "key.spec", "key.not_exportable"; what files and keys say.
 */
ATTR_MUST_USE enum err container_create(const char *path,
    const struct container_options *options, struct container **out,
    struct errinfo *ei);

/*
 * ERR_NOTFOUND "container.none"; ERR_DENIED "file.secret_mode" when others may
 * read it, ERR_POLICY "container.disk.modes" when it is plain and its disk
 * keeps no modes; ERR_STATE "container.password.needed" /
 * "container.password.none"; ERR_CRYPTO "container.password" (wrong),
 * "container.damaged" (with errinfo.object = the file), "container.changed"
 * (someone without the password wrote it); ERR_FORMAT, ERR_LIMIT of meta.json.
 */
ATTR_MUST_USE enum err container_open(const char *path, struct slice password,
    struct container **out, struct errinfo *ei);
void container_free(struct container *c); /* NULL allowed */

/* The same of files that lie elsewhere (container/storage.h); take `at`, also
 * when they fail. */
ATTR_MUST_USE enum err container_create_in(struct storage *at,
    const struct container_options *options, struct container **out,
    struct errinfo *ei);
ATTR_MUST_USE enum err container_open_in(struct storage *at,
    struct slice password, struct container **out, struct errinfo *ei);

/* Borrowed, live as long as c. */
const struct container_info *container_info(const struct container *c);
struct privkey *container_privkey(struct container *c);
/* The key, to be written somewhere else.  ERR_UNSUPPORTED "key.not_exportable"
 * of a pair; ERR_POLICY "container.cryptopro.not_exportable". */
ATTR_MUST_USE enum err container_privkey_to_copy(
    struct container *c, struct privkey **out_borrowed, struct errinfo *ei);
/* Empty when there is none; changes with container_install_cert(). */
struct slice container_cert(const struct container *c);

/*
 * Put the certificate of this key in, in the place of an earlier one.  Doing it
 * twice is doing it once.  ERR_CONFLICT "container.cert.key" when it is of
 * another key; ERR_FORMAT of the certificate.
 */
ATTR_MUST_USE enum err container_install_cert(
    struct container *c, struct slice cert_der, struct errinfo *ei);

struct container_password {
	struct slice password; /* empty: none, which has to be said aloud */
	bool insecure_no_password;
	unsigned iterations; /* 0: what a person's password wants */
};
/*
 * Another password for an open container of ours in a folder, which keeps its
 * id, key and certificate.  After a crash it opens with the old password or
 * with the new one, never with neither.  What a disk keeps of the replaced file
 * is not overwritten.  ERR_POLICY "container.password.empty"; ERR_UNSUPPORTED
 * "container.password.token" (a token has a PIN),
 * "container.cryptopro.password".
 */
ATTR_MUST_USE enum err container_set_password(struct container *c,
    const struct container_password *to, struct errinfo *ei);

/* What can be told without the password (and is not proved without it). */
ATTR_MUST_USE enum err container_peek(
    const char *path, struct container_info *out, struct errinfo *ei);

/* The certificate, the same way: empty when there is none. */
ATTR_MUST_USE enum err container_peek_cert(
    const char *path, struct buf *out_der, struct errinfo *ei);

/* The same of files that lie elsewhere; `at` stays the caller's. */
ATTR_MUST_USE enum err container_peek_in(
    struct storage *at, struct container_info *out, struct errinfo *ei);
ATTR_MUST_USE enum err container_peek_cert_in(
    struct storage *at, struct buf *out_der, struct errinfo *ei);

/* One entry of a folder of containers. */
struct container_entry {
	char *name; /* of its folder; its place on a token */
	bool
	    is_outside; /* media_containers(): not in the medium's own folder */
	struct container_info info;
	/* Not ERR_OK: it is there but cannot be read, and `info` is empty. */
	struct errinfo problem;
};

/*
 * The containers inside dir, by name; folders without meta.json are passed
 * over.  At most CONTAINERS_MAX names are looked at (ERR_LIMIT).  Free with
 * container_list_free().
 */
ATTR_MUST_USE enum err container_list(const char *dir,
    struct container_entry **out, size_t *out_num, struct errinfo *ei);
/* Only those of CryptoPro's form, by the names that its program gives them
 * (abcdefgh.000), in a folder with other things in it, such as the top of a
 * disk: at most DISK_NAMES_MAX. */
ATTR_MUST_USE enum err container_list_outside(const char *dir,
    struct container_entry **out, size_t *out_num, struct errinfo *ei);
void container_list_free(struct container_entry *entries, size_t num);

#endif
