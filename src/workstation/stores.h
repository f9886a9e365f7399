/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_STORES_H
#define SURGUCH_WORKSTATION_STORES_H
/*
 * Certificates into all of a person's stores at once, and out again: our own
 * directory (certstore.h) and the databases of their browsers
 * (certstores/nssdb.h).  What is told afterwards was read again.
 *
 * What a browser's store cannot do is a rule by name, never left out in
 * silence:
 *
 *	certstores.gost          NSS takes no certificate whose key is GOST
 *	certstores.key.outside   the certificate is seen there; its key stays in
 *	                         its container
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "certstores/browsers.h"

enum store_role {
	STORE_PERSONAL,
	STORE_AUTHORITY, /* helps to build chains; nothing trusts it */
	STORE_ROOT,      /* the person has confirmed its fingerprint */
	STORE_ROLE_MAX_
};
struct store_item {
	enum store_role role;
	struct slice der; /* has been parsed */
};

enum {
	STORES_MAX = BROWSERS_MAX + 1,
	STORE_ITEMS_MAX = 64, /* put in at once */
	STORE_NOTES_MAX = 3,
};
struct store_state {
	char kind[12];                /* "surguch", "chromium", "firefox" */
	char name[BROWSER_NAME_SIZE]; /* "" for ours */
	size_t num[STORE_ROLE_MAX_];  /* of what was asked, is there */
	const char *notes[STORE_NOTES_MAX];
	size_t num_notes;
	struct errinfo problem; /* rule "": none */
};

/* What the person's own home directory is; ERR_STATE "home.none". */
ATTR_MUST_USE enum err stores_person(
    char out[PATH_TEXT_SIZE], struct errinfo *ei);

/* Is it signed by its own key?  Then it is a root, to be confirmed. */
bool stores_is_root(struct slice der);

/*
 * home: home_dir(); person: stores_person().  A browser that fails is told of
 * in its state; our own store that fails is an error.  A Chromium that was
 * never started gets its database made.
 */
ATTR_MUST_USE enum err stores_put(const char *home, const char *person,
    const struct store_item *items, size_t num, struct store_state *out,
    size_t *out_num, struct errinfo *ei);

/* Take it out of every store: out of a browser only what we have put there,
 * and it is as it was before.  *out_num: stores that were changed. */
ATTR_MUST_USE enum err stores_take_back(const char *home,
    const uint8_t sha256[32], size_t *out_num, struct errinfo *ei);

/* What each store holds now. */
struct store_held {
	const char *kind;
	const char *name;
	enum store_role role;
	struct slice der;
	bool has_key;
};
typedef void stores_tell(void *arg, const struct store_held *held);
ATTR_MUST_USE enum err stores_each(const char *home, const char *person,
    stores_tell *tell, void *arg, struct errinfo *ei);

#endif
