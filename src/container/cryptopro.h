/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_CRYPTOPRO_H
#define SURGUCH_CONTAINER_CRYPTOPRO_H
/*
 * Key containers of CryptoPro's form: a folder (usually xxxxxxxx.000) of six
 * DER files, which the tools that people already have read and write.
 *
 *	header.key			what key it is, the certificate, flags
 *	masks.key, primary.key		the key, under a mask and the password
 *	masks2.key, primary2.key	the same again, in reserve
 *	name.key			what people call it
 *
 * No standard describes the form; it is what others found in such containers
 * (npm node-gost-crypto among them, with which the tests compare).  Keys are
 * GOST R 34.10-2012 of 256 or 512 bits; older ones are refused by name.  A
 * container may hold a second key, which is not read.
 *
 * Its protection is weaker than that of our own containers
 * (container/container.h): a password is 2,000 rounds of a hash, and whether a
 * key may leave is a flag under a MAC without a key.  The flag is honoured
 * here, and is no more than a wish.
 *
 * An object is for one thread; the private key in it may be shared.  Needs
 * crypto_init().
 */
#include <stdbool.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "container/container.h"

struct cryptopro;
struct privkey;

enum cryptopro_file {
	CRYPTOPRO_HEADER,
	CRYPTOPRO_MASKS,
	CRYPTOPRO_PRIMARY,
	CRYPTOPRO_MASKS2,
	CRYPTOPRO_PRIMARY2,
	CRYPTOPRO_NAME,
	CRYPTOPRO_FILES
};

/* "header.key" */
const char *cryptopro_file_name(enum cryptopro_file file);
/* Bytes that one may have; what is larger is ERR_LIMIT for its reader. */
size_t cryptopro_file_max(enum cryptopro_file file);

/* The files' content, wherever they lie; an empty slice is a file that is not
 * there. */
struct cryptopro_parts {
	struct slice file[CRYPTOPRO_FILES];
};

struct cryptopro_info {
	/* UTF-8; "" when there is none, or none that can be shown.  Nothing
	 * protects it. */
	char name[CONTAINER_LABEL_MAX + 1];
	char spec[CONTAINER_SPEC_SIZE]; /* "gost2012-256:A" */
	bool has_password;
	bool has_cert;
	bool exportable; /* its maker let the key leave */
	bool has_second; /* another key, which stays where it is */
};

/* Is there a header.key?  Nothing of it is read. */
bool cryptopro_is_folder(const char *path);

/*
 * What can be told without the password; out_cert (NULL: not wanted) gets the
 * certificate appended, nothing when there is none.
 * ERR_NOTFOUND "container.none" / "container.cryptopro.no_key"; ERR_CRYPTO
 * "container.damaged" with errinfo.object = the file; ERR_UNSUPPORTED
 * "container.cryptopro.2001", "container.cryptopro.kind", "key.parameters";
 * ERR_FORMAT "container.cryptopro.form" (whole, and of another form);
 * ERR_LIMIT and what files say.
 */
ATTR_MUST_USE enum err cryptopro_peek(const char *path,
    struct cryptopro_info *out, struct buf *out_cert, struct errinfo *ei);

/*
 * Open it; the caller owns *out.  Beside the errors of cryptopro_peek():
 * ERR_STATE "container.password.needed" / "container.password.none"; ERR_CRYPTO
 * "container.password" (wrong); ERR_CONFLICT "container.cert.key" (the
 * certificate in it is of another key).  When the first copy of the key is
 * damaged the reserve is taken, and cryptopro_reserve() says so.
 */
ATTR_MUST_USE enum err cryptopro_open(const char *path, struct slice password,
    struct cryptopro **out, struct errinfo *ei);
ATTR_MUST_USE enum err cryptopro_open_parts(const struct cryptopro_parts *parts,
    struct slice password, struct cryptopro **out, struct errinfo *ei);
void cryptopro_free(struct cryptopro *c); /* NULL allowed */

/* Borrowed, live as long as c. */
const struct cryptopro_info *cryptopro_info(const struct cryptopro *c);
struct privkey *cryptopro_privkey(struct cryptopro *c);
struct slice cryptopro_cert(const struct cryptopro *c); /* or empty */
/* Why the reserve copy had to be used; NULL: the first one is well. */
const struct errinfo *cryptopro_reserve(const struct cryptopro *c);

/* The key, to be written somewhere else.  ERR_POLICY
 * "container.cryptopro.not_exportable". */
ATTR_MUST_USE enum err cryptopro_privkey_to_copy(
    struct cryptopro *c, struct privkey **out_borrowed, struct errinfo *ei);

/*
 * Put the certificate into header.key, in the place of an earlier one; whatever
 * else stands there stays.  One file is replaced, whole or not at all.  That it
 * is of this key its caller has seen.  The errors of cryptopro_peek(), and what
 * files say.
 */
ATTR_MUST_USE enum err cryptopro_put_cert(
    const char *path, struct slice cert, struct errinfo *ei);

struct cryptopro_options {
	struct privkey *key; /* GOST R 34.10-2012, and it can leave its place */
	struct slice cert;   /* of this key; empty: none */
	const char *name;    /* clean UTF-8, not empty */
	struct slice password;
	/* Needed when the password is empty, which has to be said aloud. */
	bool insecure_no_password;
	bool exportable;
};

/*
 * The six files.  ERR_POLICY "container.password.empty"; ERR_FORMAT
 * "container.label"; ERR_CONFLICT "container.cert.key"; ERR_UNSUPPORTED
 * "key.algorithm", "key.not_exportable".  The bufs are the caller's to clear,
 * with buf_wipe(), whatever comes of it.
 */
ATTR_MUST_USE enum err cryptopro_build(const struct cryptopro_options *o,
    struct buf out[CRYPTOPRO_FILES], struct errinfo *ei);
/*
 * The same into a folder, made with mode 0700, and read back as a check.
 * ERR_CONFLICT "container.exists" when any of the files is there.
 */
ATTR_MUST_USE enum err cryptopro_write(
    const char *path, const struct cryptopro_options *o, struct errinfo *ei);

#endif
