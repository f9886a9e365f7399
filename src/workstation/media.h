/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_MEDIA_H
#define SURGUCH_WORKSTATION_MEDIA_H
/*
 * Where a person's key containers can lie (A6): the registry, which is a folder
 * of the profile, removable disks, and tokens behind PKCS#11 modules.  A
 * medium's id stays the same wherever it is put in; its name is what stands
 * on it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "container/container.h"
#include "container/pair.h"
#include "crypto/token.h"
#include "os/file.h"

enum {
	MEDIUM_ID_SIZE = 80,
	MEDIUM_NAME_SIZE = 128,
	MEDIUM_SERIAL_SIZE = 64,
	MEDIA_MODULES_MAX = 8,
	MEDIA_COUNT_MS = 30000,
};

enum medium_kind {
	MEDIUM_REGISTRY,
	MEDIUM_DISK,
	MEDIUM_TOKEN,
	MEDIUM_KIND_MAX_
};

struct medium {
	char id[MEDIUM_ID_SIZE]; /* "registry", "disk:1A2B-3C4D", "token:..." */
	enum medium_kind kind;
	char name[MEDIUM_NAME_SIZE];
	char serial[MEDIUM_SERIAL_SIZE]; /* "" */
	char folder[PATH_TEXT_SIZE];     /* of its containers; may not exist */
	/* Where other people's programs keep theirs; "" nowhere. */
	char outside[PATH_TEXT_SIZE];
	bool writable;
	uint64_t free_bytes; /* of disks */
	/* Of tokens: */
	struct token_seen token;
	struct tokens *module; /* borrowed from the media */
};

const char *medium_kind_name(enum medium_kind kind); /* "registry", "disk" */

/* --- the modules ---------------------------------------------------------- */

struct media;

struct media_options {
	const char *home; /* home_dir(); borrowed */
	/* What the registry is called; borrowed; NULL: "Registry". */
	const char *registry_name;
	/* For whoever holds a container's path: no module is looked for, so
	 * none that hangs holds the caller. */
	bool folders_only;
	/* Absolute paths of more modules, borrowed until media_open() is
	 * over. */
	const char *const *modules;
	size_t num_modules;
};

/* A module as the workplace shows it. */
struct media_module {
	char path[PATH_TEXT_SIZE];
	bool found;       /* loaded, whether or not it answers */
	char problem[64]; /* the rule why it gives no tokens; "" */
};

/*
 * The modules that were named, and the one that stands in a usual place, which
 * is looked for at each media_list() until it is there.  None is loaded here,
 * so none that hangs holds the caller (crypto/token.h); one that cannot be
 * loaded does not keep the others from working: media_modules() says so.
 * Afterwards any thread may call.
 */
ATTR_MUST_USE enum err media_open(
    const struct media_options *o, struct media **out, struct errinfo *ei);
void media_close(struct media *m); /* NULL allowed */
/* As the last media_list() found them: at least one, found or not. */
size_t media_modules(
    struct media *m, struct media_module out[MEDIA_MODULES_MAX]);

/* --- the media -------------------------------------------------------------
 */

/* At most MEDIA_MAX.  A module that fails gives no tokens. */
ATTR_MUST_USE enum err media_list(struct media *m, struct medium out[MEDIA_MAX],
    size_t *out_num, struct errinfo *ei);
/* ERR_NOTFOUND "agent.medium" with errinfo.object "medium". */
ATTR_MUST_USE enum err media_find(
    struct media *m, const char *id, struct medium *out, struct errinfo *ei);

/* --- containers ------------------------------------------------------------
 */

/* A container's place. */
struct kept {
	struct medium medium;
	char place[PATH_TEXT_SIZE]; /* a path; on a token container/pair.h's */
	struct container_info info;
};
/*
 * On any medium: one that cannot be read hides no other's, and its error is
 * the answer only when none has it.  ERR_NOTFOUND "agent.container",
 * errinfo.object "container".
 */
ATTR_MUST_USE enum err media_find_container(
    struct media *m, const char *id, struct kept *out, struct errinfo *ei);
/*
 * How many containers a medium has, for whoever looks all the time: a token is
 * asked only when it was out, after media_changed(), and each
 * MEDIA_COUNT_MS, because that takes a session with it.
 */
ATTR_MUST_USE enum err media_count(struct media *m, const struct medium *one,
    size_t *out_num, struct errinfo *ei);
/* Somebody of this process wrote to a medium. */
void media_changed(struct media *m);
/* The containers of a medium, as container_list(); none when it has no
 * folder for them. */
ATTR_MUST_USE enum err media_containers(const struct medium *m,
    struct container_entry **out, size_t *out_num, struct errinfo *ei);
/* One of these as a struct kept. */
ATTR_MUST_USE enum err media_kept(const struct medium *m,
    const struct container_entry *entry, struct kept *out, struct errinfo *ei);
/* As it is now: k->info, and the certificate appended. */
ATTR_MUST_USE enum err media_peek(
    struct kept *k, struct buf *out_cert, struct errinfo *ei);
/* The certificate alone, also of a container that is damaged otherwise. */
ATTR_MUST_USE enum err media_peek_cert(
    const struct kept *k, struct buf *out_cert, struct errinfo *ei);

/* Is this a token's, whose PIN opens it? */
bool medium_has_pin(const struct medium *m);
/* Open the token, for token_login().  ERR_NOTFOUND "token.absent". */
ATTR_MUST_USE enum err media_token(
    const struct medium *m, struct token **out, struct errinfo *ei);

/*
 * A place for a new container, in a folder that is made if need be; pair: on a
 * token, for a key that the token makes.  ERR_DENIED "agent.medium.read_only".
 */
ATTR_MUST_USE enum err media_new_place(const struct medium *m, bool pair,
    char out[PATH_TEXT_SIZE], struct errinfo *ei);
/* Make it there, open it there.  take: the token, logged in to, NULL of other
 * media; taken, also when it fails. */
ATTR_MUST_USE enum err media_create(const char *place, struct token *take,
    const struct container_options *o, struct container **out,
    struct errinfo *ei);
ATTR_MUST_USE enum err media_open_container(const char *place,
    struct token *take, struct slice password, struct container **out,
    struct errinfo *ei);

#endif
