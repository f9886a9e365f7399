/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/stores.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "certstores/nssdb.h"
#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "workstation/certstore.h"
#include "workstation/placed.h"
#include "x509/cert.h"

enum {
	LABEL_SIZE = 32,
	LABEL_BYTES = 8,
	DIR_MODE = 0700,
};

enum err
stores_person(char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	const char *home = getenv("HOME");

	if (home == NULL || home[0] != '/' || strlen(home) >= PATH_TEXT_SIZE) {
		return err_set(ei, ERR_STATE, "home.none", NULL,
		    "HOME does not say where browsers keep their things");
	}
	(void)snprintf(out, PATH_TEXT_SIZE, "%s", home);
	return ERR_OK;
}

/* --- what a certificate is ------------------------------------------------ */

static bool
is_gost(struct slice der)
{
	struct cert *cert = NULL;
	struct pubkey *key = NULL;
	bool gost = false;

	if (cert_parse(der, &cert, NULL) == ERR_OK &&
	    pubkey_parse(cert_spki(cert), &key, NULL) == ERR_OK) {
		gost = pubkey_alg(key) == KEY_GOST256 ||
		       pubkey_alg(key) == KEY_GOST512;
	}
	pubkey_free(key);
	cert_free(cert);
	return gost;
}

bool
stores_is_root(struct slice der)
{
	struct cert *cert = NULL;
	struct pubkey *key = NULL;
	bool root = false;

	if (cert_parse(der, &cert, NULL) == ERR_OK &&
	    slice_eq(cert_subject_der(cert), cert_issuer_der(cert)) &&
	    pubkey_parse(cert_spki(cert), &key, NULL) == ERR_OK) {
		root = cert_verify(cert, key, NULL) == ERR_OK;
	}
	pubkey_free(key);
	cert_free(cert);
	return root;
}

static const enum certstore_kind own_kind[STORE_ROLE_MAX_] = {
    [STORE_PERSONAL] = CERTSTORE_PERSONAL,
    [STORE_AUTHORITY] = CERTSTORE_AUTHORITIES,
    [STORE_ROOT] = CERTSTORE_ROOTS,
};

static void
note(struct store_state *s, const char *rule)
{
	for (size_t i = 0; i < s->num_notes; i++) {
		if (strcmp(s->notes[i], rule) == 0) {
			return;
		}
	}
	s->notes[s->num_notes++] = rule;
}

/* How a browser is to hold it, and what has to be said about that. */
static enum nss_held
held_as(struct store_state *s, const struct store_item *item)
{
	if (is_gost(item->der)) {
		note(s, "certstores.gost");
		return NSS_ABSENT;
	}
	if (item->role == STORE_PERSONAL) {
		note(s, "certstores.key.outside");
	}
	return item->role == STORE_ROOT ? NSS_TRUSTED : NSS_HELD;
}

/* --- putting in ----------------------------------------------------------- */

struct putting {
	const char *home;
	const struct store_item *items;
	size_t num;
	struct placed *placed;
};

static enum err
put_own(const struct putting *p, struct store_state *s, struct errinfo *ei)
{
	enum err e = ERR_OK;

	(void)snprintf(s->kind, sizeof(s->kind), "surguch");
	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		e = certstore_put(
		    p->home, own_kind[p->items[i].role], p->items[i].der, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		e = certstore_has(
		    p->home, own_kind[p->items[i].role], p->items[i].der, ei);
		s->num[p->items[i].role] += e == ERR_OK;
	}
	return e;
}

static enum err
label_of(struct slice der, char label[LABEL_SIZE], uint8_t sha[SHA256_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(LABEL_SIZE - 1);
	enum err e = sha256_of(der, sha, ei);

	if (e == ERR_OK) {
		buf_add_str(&b, "surguch ");
		text_hex(&b, slice_make(sha, LABEL_BYTES));
		(void)snprintf(label, LABEL_SIZE, "%s", buf_cstr(&b));
	}
	buf_clear(&b);
	return e;
}

/* Noted before it is done: what was not done is nothing to take back. */
static enum err
put_one(struct putting *p, struct nss *nss, const char *dir,
    const struct store_item *item, struct store_state *s, struct errinfo *ei)
{
	char label[LABEL_SIZE];
	uint8_t sha[SHA256_SIZE];
	enum nss_held before = NSS_ABSENT;
	enum nss_held as = held_as(s, item);
	enum err e = label_of(item->der, label, sha, ei);

	if (e == ERR_OK) {
		e = nss_look(nss, item->der, &before, ei);
	}
	if (e != ERR_OK || before >= as) {
		return e;
	}
	e = placed_note(p->placed, dir, sha, before == NSS_HELD, ei);
	if (e == ERR_OK) {
		e = placed_save(p->home, p->placed, ei);
	}
	return e != ERR_OK ? e : nss_put(nss, item->der, label, as, ei);
}

static enum err
put_all(struct putting *p, struct nss *nss, const char *dir,
    struct store_state *s, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		e = put_one(p, nss, dir, &p->items[i], s, ei);
	}
	nss_close(nss);
	return e;
}

/* Opened again: what is in the file, not in the library's memory. */
static enum err
count_back(const struct putting *p, const char *dir, struct store_state *s,
    struct errinfo *ei)
{
	struct nss *nss = NULL;
	enum err e = nss_open(dir, &nss, ei);

	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		const struct store_item *item = &p->items[i];
		enum nss_held held = NSS_ABSENT;

		e = nss_look(nss, item->der, &held, ei);
		if (held == NSS_ABSENT) {
			continue;
		}
		s->num[item->role == STORE_ROOT && held != NSS_TRUSTED
			   ? STORE_AUTHORITY
			   : item->role]++;
	}
	nss_close(nss);
	return e;
}

static void
put_browser(struct putting *p, const struct browser *b, struct store_state *s)
{
	struct nss *nss = NULL;
	enum err e;

	(void)snprintf(
	    s->kind, sizeof(s->kind), "%s", browser_kind_name(b->kind));
	(void)snprintf(s->name, sizeof(s->name), "%s", b->name);
	e = nss_open(b->dir, &nss, &s->problem);
	if (e == ERR_OK) {
		e = put_all(p, nss, b->dir, s, &s->problem);
	}
	/* Also where some of it failed. */
	(void)count_back(p, b->dir, s, e == ERR_OK ? &s->problem : NULL);
}

static enum err
make_dirs(const char *path, struct errinfo *ei)
{
	char part[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	(void)snprintf(part, sizeof(part), "%s", path);
	for (char *at = strchr(part + 1, '/'); e == ERR_OK && at != NULL;
	     at = strchr(at + 1, '/')) {
		*at = '\0';
		if (!file_exists(part)) {
			e = dir_make(part, DIR_MODE, ei);
		}
		*at = '/';
	}
	return e != ERR_OK || file_exists(path) ? e
						: dir_make(path, DIR_MODE, ei);
}

/* For a browser that was never started: it takes what it finds there. */
static enum err
begin_chromium(const char *person, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	struct nss *nss = NULL;
	enum err e = ERR_OK;

	if (browsers_lack_chromium(person, dir)) {
		e = make_dirs(dir, ei);
		if (e == ERR_OK) {
			e = nss_create(dir, &nss, ei);
		}
		nss_close(nss);
	}
	return e;
}

enum err
stores_put(const char *home, const char *person, const struct store_item *items,
    size_t num, struct store_state *out, size_t *out_num, struct errinfo *ei)
{
	struct putting p = {.home = home, .items = items, .num = num};
	struct browser browsers[BROWSERS_MAX];
	size_t num_browsers = 0;
	enum err e = placed_load(home, &p.placed, ei);

	memset(out, 0, STORES_MAX * sizeof(*out));
	if (e == ERR_OK) {
		e = put_own(&p, &out[0], ei);
	}
	if (e == ERR_OK) {
		e = begin_chromium(person, ei);
	}
	if (e == ERR_OK) {
		e = browsers_list(person, browsers, &num_browsers, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num_browsers; i++) {
		put_browser(&p, &browsers[i], &out[i + 1]);
	}
	placed_free(p.placed);
	if (e == ERR_OK) {
		*out_num = num_browsers + 1;
	}
	return e;
}

/* --- taking back -----------------------------------------------------------
 */

struct wanted {
	const uint8_t *sha256;
	uint8_t *der; /* owned; NULL: not found */
	size_t len;
};

static void
compare(void *arg, const struct nss_entry *entry)
{
	struct wanted *w = arg;
	uint8_t sha[SHA256_SIZE];

	if (w->der == NULL && sha256_of(entry->der, sha, NULL) == ERR_OK &&
	    memcmp(sha, w->sha256, sizeof(sha)) == 0) {
		w->der = slice_dup(entry->der);
		w->len = entry->der.len;
	}
}

static enum err
take_one_back(const struct placed_one *one, struct errinfo *ei)
{
	struct wanted w = {.sha256 = one->sha256};
	struct nss *nss = NULL;
	enum err e = nss_open(one->dir, &nss, ei);

	if (e == ERR_NOTFOUND) {
		return ERR_OK; /* the browser's profile is gone */
	}
	if (e == ERR_OK) {
		e = nss_each(nss, compare, &w, ei);
	}
	if (e == ERR_OK && w.der != NULL) {
		e = nss_take_back(nss, slice_make(w.der, w.len),
		    one->was_there ? NSS_HELD : NSS_ABSENT, ei);
	}
	nss_close(nss);
	free(w.der);
	return e;
}

/* Whatever fails stays noted, and the rest goes on; the first failure is
 * told. */
static enum err
take_all_back(const char *home, struct placed *placed, const uint8_t sha256[32],
    size_t *changed, struct errinfo *ei)
{
	enum err first = ERR_OK;

	for (size_t i = 0; i < placed->num;) {
		enum err e = ERR_OK;

		if (memcmp(placed->at[i].sha256, sha256, PLACED_SHA) != 0) {
			i++;
			continue;
		}
		e = take_one_back(&placed->at[i], first == ERR_OK ? ei : NULL);
		if (e == ERR_OK) {
			placed_drop(placed, i);
			(*changed)++;
		} else {
			first = first == ERR_OK ? e : first;
			i++;
		}
	}
	if (*changed > 0) {
		enum err e =
		    placed_save(home, placed, first == ERR_OK ? ei : NULL);

		first = first == ERR_OK ? e : first;
	}
	return first;
}

enum err
stores_take_back(const char *home, const uint8_t sha256[32], size_t *out_num,
    struct errinfo *ei)
{
	struct placed *placed = NULL;
	size_t changed = 0;
	enum err e = placed_load(home, &placed, ei);

	if (e == ERR_OK) {
		e = take_all_back(home, placed, sha256, &changed, ei);
	}
	if (e == ERR_OK) {
		e = certstore_remove(home, sha256, &changed, ei);
	}
	placed_free(placed);
	if (e == ERR_OK) {
		*out_num = changed;
	}
	return e;
}

/* --- what is there ----------------------------------------------------------
 */

struct telling {
	struct store_held held;
	stores_tell *tell;
	void *arg;
};

static void
tell_own(void *arg, enum certstore_kind kind, struct slice der)
{
	static const enum store_role roles[CERTSTORE_KIND_MAX_] = {
	    [CERTSTORE_PERSONAL] = STORE_PERSONAL,
	    [CERTSTORE_AUTHORITIES] = STORE_AUTHORITY,
	    [CERTSTORE_ROOTS] = STORE_ROOT,
	};
	struct telling *t = arg;

	t->held.role = roles[kind];
	t->held.der = der;
	t->tell(t->arg, &t->held);
}

static bool
is_authority(struct slice der)
{
	struct cert *cert = NULL;
	bool authority = false;

	if (cert_parse(der, &cert, NULL) == ERR_OK) {
		authority = cert_is_ca(cert);
	}
	cert_free(cert);
	return authority;
}

static void
tell_entry(void *arg, const struct nss_entry *entry)
{
	struct telling *t = arg;

	t->held.role = entry->held == NSS_TRUSTED ? STORE_ROOT
		       : !entry->has_key && is_authority(entry->der)
			   ? STORE_AUTHORITY
			   : STORE_PERSONAL;
	t->held.der = entry->der;
	t->held.has_key = entry->has_key;
	t->tell(t->arg, &t->held);
}

enum err
stores_each(const char *home, const char *person, stores_tell *tell, void *arg,
    struct errinfo *ei)
{
	struct telling t = {.held = {.kind = "surguch", .name = ""}};
	struct browser browsers[BROWSERS_MAX];
	size_t num = 0;
	enum err e;

	t.tell = tell;
	t.arg = arg;
	e = certstore_each(home, tell_own, &t, ei);
	if (e == ERR_OK) {
		e = browsers_list(person, browsers, &num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		struct nss *nss = NULL;

		t.held = (struct store_held){
		    .kind = browser_kind_name(browsers[i].kind),
		    .name = browsers[i].name,
		};
		e = nss_open(browsers[i].dir, &nss, ei);
		if (e == ERR_OK) {
			e = nss_each(nss, tell_entry, &t, ei);
		}
		nss_close(nss);
	}
	return e;
}
