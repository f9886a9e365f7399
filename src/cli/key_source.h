/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_KEY_SOURCE_H
#define SURGUCH_CLI_KEY_SOURCE_H
/*
 * A key and its certificate, out of whatever lies at a path: a container of
 * ours or of CryptoPro's form, or a PFX file.
 */
#include <stdbool.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "container/container.h"
#include "crypto/pfx.h"

struct cryptopro;
struct privkey;

enum key_form {
	KEY_FORM_FOLDER,    /* container/container.h */
	KEY_FORM_CRYPTOPRO, /* container/cryptopro.h */
	KEY_FORM_PFX,       /* crypto/pfx.h */
	KEY_FORM_MAX_
};

/* "folder", "cryptopro", "pfx" */
const char *key_form_name(enum key_form form);

/* What can be told of it without the password: of a PFX file nothing, but that
 * it has one. */
struct key_place {
	enum key_form form;
	struct container_info info; /* id "" and created 0: it has none */
	bool exportable;
	bool has_second; /* another key beside it, which is not read */
};
/* out_cert (NULL: not wanted) gets the certificate, if any, appended.
 * ERR_NOTFOUND "container.none"; the rest as container_peek() and
 * cryptopro_peek(). */
struct buf;
ATTR_MUST_USE enum err key_place_look(const char *path, struct key_place *out,
    struct buf *out_cert, struct errinfo *ei);

/* Zero to begin with; key_source_clear() at the end, whatever came of it. */
struct key_source {
	struct key_place place;
	struct privkey *key; /* borrowed, as the next */
	struct slice cert;   /* or empty */
	struct container *own;
	struct cryptopro *cryptopro;
	struct pfx pfx;
};
/* Open it, asking for its password when it has one (password_file: as
 * cli_password()).  What ought to be known of it is said on standard error. */
ATTR_MUST_USE enum err key_source_open(struct key_source *s, const char *path,
    const char *password_file, struct errinfo *ei);
/* The same with a password that the caller has asked for. */
ATTR_MUST_USE enum err key_source_open_with(struct key_source *s,
    const char *path, struct slice password, struct errinfo *ei);
void key_source_clear(struct key_source *s);
/* May it be written somewhere else?  ERR_POLICY
 * "container.cryptopro.not_exportable". */
ATTR_MUST_USE enum err key_source_may_leave(
    struct key_source *s, struct errinfo *ei);

#endif
