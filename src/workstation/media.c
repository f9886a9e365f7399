/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/media.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "os/mounts.h"
#include "os/process.h"
#include "os/random.h"
#include "os/systime.h"

enum {
	DIR_MODE = 0700,
	NAME_BYTES = 8,
};

/* What was counted on a token. */
struct counted {
	char serial[TOKEN_SERIAL_SIZE];
	size_t num;
	int64_t at_ms; /* of the monotonic clock */
};

struct media {
	const char *home;
	const char *registry_name;
	pthread_mutex_t lock; /* of what follows */
	struct media_module modules[MEDIA_MODULES_MAX];
	struct tokens *tokens[MEDIA_MODULES_MAX]; /* never changed once there */
	size_t num_modules;
	bool usual; /* one of a usual place is among them, or none is wanted */
	struct counted counted[MEDIA_MAX];
	size_t num_counted;
};

static const char disk_folder[] = "surguch";

const char *
medium_kind_name(enum medium_kind kind)
{
	static const char *const names[MEDIUM_KIND_MAX_] = {
	    [MEDIUM_REGISTRY] = "registry",
	    [MEDIUM_DISK] = "disk",
	    [MEDIUM_TOKEN] = "token",
	};

	return names[kind];
}

/* --- the modules ---------------------------------------------------------- */

/* Where the maker's packages put Rutoken's module.  The first is what the
 * page names when none is there. */
static const char *const usual_places[] = {
    "/usr/lib/librtpkcs11ecp.so",
    "/usr/lib64/librtpkcs11ecp.so",
    "/usr/lib/x86_64-linux-gnu/librtpkcs11ecp.so",
    "/opt/aktivco/rutokenecp/x86_64/librtpkcs11ecp.so",
    "/opt/aktivco/rutokenecp/amd64/librtpkcs11ecp.so",
};

static void
lock(struct media *m)
{
	ensure(pthread_mutex_lock(&m->lock) == 0);
}

static void
unlock(struct media *m)
{
	ensure(pthread_mutex_unlock(&m->lock) == 0);
}

/* The lock is held, or nobody else knows m. */
static enum err
add_module(struct media *m, const char *path, struct errinfo *ei)
{
	size_t at = m->num_modules;
	struct errinfo own = {0};
	enum err e;

	if (at == MEDIA_MODULES_MAX) {
		return ERR_OK;
	}
	e = tokens_new(path, &m->tokens[at], &own);
	if (e != ERR_OK && e != ERR_FORMAT) {
		*ei = own;
		return e;
	}
	(void)snprintf(
	    m->modules[at].path, sizeof(m->modules[at].path), "%s", path);
	(void)snprintf(m->modules[at].problem, sizeof(m->modules[at].problem),
	    "%s", e == ERR_OK ? "" : own.rule);
	m->num_modules++;
	return ERR_OK;
}

/* It may be installed at any time.  Those of the other places are the same
 * one, or links to it. */
static enum err
look_in_usual_places(struct media *m, struct errinfo *ei)
{
	enum err e = ERR_OK;

	lock(m);
	for (size_t i = 0;
	     i < ARRAY_LEN(usual_places) && !m->usual && e == ERR_OK; i++) {
		if (file_exists(usual_places[i])) {
			e = add_module(m, usual_places[i], ei);
			m->usual = e == ERR_OK;
		}
	}
	unlock(m);
	return e;
}

enum err
media_open(
    const struct media_options *o, struct media **out, struct errinfo *ei)
{
	struct media *m = calloc(1, sizeof(*m));
	enum err e = ERR_OK;

	if (m == NULL) {
		return err_nomem(ei);
	}
	m->home = o->home;
	m->registry_name =
	    o->registry_name != NULL ? o->registry_name : "Registry";
	m->usual = o->folders_only;
	ensure(pthread_mutex_init(&m->lock, NULL) == 0);
	for (size_t i = 0; i < o->num_modules && e == ERR_OK; i++) {
		e = add_module(m, o->modules[i], ei);
	}
	if (e != ERR_OK) {
		media_close(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

void
media_close(struct media *m)
{
	if (m != NULL) {
		for (size_t i = 0; i < m->num_modules; i++) {
			tokens_free(m->tokens[i]);
		}
		(void)pthread_mutex_destroy(&m->lock);
		free(m);
	}
}

size_t
media_modules(struct media *m, struct media_module out[MEDIA_MODULES_MAX])
{
	size_t num;

	lock(m);
	num = m->num_modules;
	for (size_t i = 0; i < num; i++) {
		out[i] = m->modules[i];
	}
	unlock(m);
	if (num == 0) {
		out[num++] = (struct media_module){.problem = "library.load"};
		(void)snprintf(
		    out->path, sizeof(out->path), "%s", usual_places[0]);
	}
	return num;
}

/* --- the media -------------------------------------------------------------
 */

/* Where CryptoPro's program keeps a person's containers under Linux. */
static void
put_hdimage(char out[PATH_TEXT_SIZE])
{
	char user[USER_NAME_SIZE];

	if (process_own_name(user, NULL) == ERR_OK) {
		(void)snprintf(
		    out, PATH_TEXT_SIZE, "/var/opt/cprocsp/keys/%s", user);
	}
}

static enum err
fill_registry(const struct media *m, struct medium *out, struct errinfo *ei)
{
	*out = (struct medium){
	    .id = "registry",
	    .kind = MEDIUM_REGISTRY,
	    .writable = true,
	};
	(void)snprintf(out->name, sizeof(out->name), "%s", m->registry_name);
	put_hdimage(out->outside);
	return path_join(out->folder, m->home, "containers", ei);
}

static enum err
fill_disk(const struct mount *from, struct medium *out, struct errinfo *ei)
{
	*out = (struct medium){
	    .kind = MEDIUM_DISK,
	    .writable = from->writable,
	};
	/* Without a serial number its name has to do. */
	(void)snprintf(out->id, sizeof(out->id), "disk:%.70s",
	    from->serial[0] != '\0' ? from->serial : from->label);
	(void)snprintf(out->name, sizeof(out->name), "%s", from->label);
	(void)snprintf(out->serial, sizeof(out->serial), "%s", from->serial);
	(void)snprintf(out->outside, sizeof(out->outside), "%s", from->path);
	if (disk_left(from->path, &out->free_bytes, NULL) != ERR_OK) {
		out->free_bytes = 0;
	}
	return path_join(out->folder, from->path, disk_folder, ei);
}

static void
fill_token(
    const struct token_seen *from, struct tokens *module, struct medium *out)
{
	*out = (struct medium){
	    .kind = MEDIUM_TOKEN,
	    .writable = from->writable,
	    .token = *from,
	    .module = module,
	};
	(void)snprintf(out->id, sizeof(out->id), "token:%s", from->serial);
	(void)snprintf(out->name, sizeof(out->name), "%.*s", TOKEN_LABEL_SIZE,
	    from->label[0] != '\0'   ? from->label
	    : from->model[0] != '\0' ? from->model
				     : from->serial);
	(void)snprintf(out->serial, sizeof(out->serial), "%s", from->serial);
}

/* Is it there already?  Two modules may show one token. */
static bool
is_listed(const struct medium *list, size_t num, const char *serial)
{
	for (size_t i = 0; i < num; i++) {
		if (list[i].kind == MEDIUM_TOKEN &&
		    strcmp(list[i].serial, serial) == 0) {
			return true;
		}
	}
	return false;
}

/* A module that fails now may answer the next time. */
static void
add_tokens(
    struct media *m, size_t at, struct medium out[MEDIA_MAX], size_t *num)
{
	struct token_seen seen[MEDIA_MAX];
	struct errinfo ei = {0};
	size_t num_seen = 0;
	enum err e;

	if (m->tokens[at] == NULL) {
		return; /* no path of a library */
	}
	e = tokens_list(m->tokens[at], seen, MEDIA_MAX, &num_seen, &ei);
	lock(m);
	m->modules[at].found = e == ERR_OK || e == ERR_AGAIN;
	(void)snprintf(m->modules[at].problem, sizeof(m->modules[at].problem),
	    "%s", e == ERR_OK ? "" : ei.rule);
	unlock(m);
	for (size_t i = 0; i < num_seen && *num < MEDIA_MAX; i++) {
		if (!is_listed(out, *num, seen[i].serial)) {
			fill_token(&seen[i], m->tokens[at], &out[(*num)++]);
		}
	}
}

/* What is out is counted anew when it is in again. */
static void
forget_absent(struct media *m, const struct medium *list, size_t num)
{
	size_t kept = 0;

	lock(m);
	for (size_t i = 0; i < m->num_counted; i++) {
		if (is_listed(list, num, m->counted[i].serial)) {
			m->counted[kept++] = m->counted[i];
		}
	}
	m->num_counted = kept;
	unlock(m);
}

enum err
media_list(struct media *m, struct medium out[MEDIA_MAX], size_t *out_num,
    struct errinfo *ei)
{
	struct mount mounts[MEDIA_MAX - 1];
	size_t num = 0;
	enum err e = fill_registry(m, &out[0], ei);

	if (e == ERR_OK) {
		e = mounts_removable(mounts, ARRAY_LEN(mounts), &num, ei);
	}
	*out_num = 1;
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		/* A name that JSON cannot carry is no name to choose by. */
		if (text_is_clean(slice_str(mounts[i].label))) {
			e = fill_disk(&mounts[i], &out[(*out_num)++], ei);
		}
	}
	if (e == ERR_OK) {
		e = look_in_usual_places(m, ei);
	}
	lock(m);
	num = m->num_modules; /* which only grows */
	unlock(m);
	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		add_tokens(m, i, out, out_num);
	}
	if (e == ERR_OK) {
		forget_absent(m, out, *out_num);
	}
	return e;
}

enum err
media_find(
    struct media *m, const char *id, struct medium *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(m, all, &num, ei);

	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		if (strcmp(all[i].id, id) == 0) {
			*out = all[i];
			return ERR_OK;
		}
	}
	return e != ERR_OK ? e
			   : err_object(ei,
				 err_set(ei, ERR_NOTFOUND, "agent.medium", NULL,
				     "this medium is not in the computer"),
				 "medium");
}

/* --- containers ------------------------------------------------------------
 */

bool
medium_has_pin(const struct medium *m)
{
	return m->kind == MEDIUM_TOKEN;
}

enum err
media_token(const struct medium *m, struct token **out, struct errinfo *ei)
{
	return token_open(m->module, m->serial, out, ei);
}

static enum err
list_token(const struct medium *m, struct container_entry **out,
    size_t *out_num, struct errinfo *ei)
{
	struct token *t = NULL;
	enum err e = media_token(m, &t, ei);

	if (e == ERR_OK) {
		e = pair_list(t, out, out_num, ei);
	}
	token_free(t);
	return e;
}

/* Those of CryptoPro's form and PFX files at a disk's top, behind our own.  A
 * top that cannot be read takes nothing else away. */
static enum err
add_outside(const struct medium *m, struct container_entry **list, size_t *num,
    struct errinfo *ei)
{
	struct container_entry *theirs = NULL, *both;
	size_t num_theirs = 0;

	if (m->outside[0] == '\0' || container_list_outside(m->outside, &theirs,
					 &num_theirs, NULL) != ERR_OK) {
		return ERR_OK;
	}
	both = calloc(*num + num_theirs + 1, sizeof(*both));
	if (both == NULL) {
		container_list_free(theirs, num_theirs);
		container_list_free(*list, *num);
		*list = NULL;
		*num = 0;
		return err_nomem(ei);
	}
	for (size_t i = 0; i < *num; i++) {
		both[i] = (*list)[i];
	}
	for (size_t i = 0; i < num_theirs; i++) {
		both[*num + i] = theirs[i];
		both[*num + i].is_outside = true;
	}
	free(*list);
	free(theirs);
	*list = both;
	*num += num_theirs;
	return ERR_OK;
}

enum err
media_containers(const struct medium *m, struct container_entry **out,
    size_t *out_num, struct errinfo *ei)
{
	*out = NULL;
	*out_num = 0;
	if (m->kind == MEDIUM_TOKEN) {
		return list_token(m, out, out_num, ei);
	}
	if (file_exists(m->folder)) {
		enum err e = container_list(m->folder, out, out_num, ei);

		if (e != ERR_OK) {
			return e;
		}
	}
	return add_outside(m, out, out_num, ei);
}

/* False: not counted, or too long ago. */
static bool
counted_of(struct media *m, const char *serial, int64_t now, size_t *out_num)
{
	bool known = false;

	lock(m);
	for (size_t i = 0; i < m->num_counted && !known; i++) {
		const struct counted *c = &m->counted[i];

		known = strcmp(c->serial, serial) == 0 &&
			now - c->at_ms < MEDIA_COUNT_MS;
		if (known) {
			*out_num = c->num;
		}
	}
	unlock(m);
	return known;
}

static void
keep_count(struct media *m, const char *serial, int64_t now, size_t num)
{
	size_t at = 0;

	lock(m);
	while (
	    at < m->num_counted && strcmp(m->counted[at].serial, serial) != 0) {
		at++;
	}
	if (at < MEDIA_MAX) {
		m->counted[at] = (struct counted){.num = num, .at_ms = now};
		(void)snprintf(m->counted[at].serial,
		    sizeof(m->counted[at].serial), "%s", serial);
		m->num_counted += at == m->num_counted;
	}
	unlock(m);
}

enum err
media_count(struct media *m, const struct medium *one, size_t *out_num,
    struct errinfo *ei)
{
	struct container_entry *list = NULL;
	struct clock clock = system_clock();
	int64_t now = clock_mono_ms(&clock);
	enum err e;

	*out_num = 0;
	if (one->kind == MEDIUM_TOKEN &&
	    counted_of(m, one->token.serial, now, out_num)) {
		return ERR_OK;
	}
	e = media_containers(one, &list, out_num, ei);
	container_list_free(list, *out_num);
	if (e == ERR_OK && one->kind == MEDIUM_TOKEN) {
		keep_count(m, one->token.serial, now, *out_num);
	}
	return e;
}

void
media_changed(struct media *m)
{
	lock(m);
	m->num_counted = 0;
	unlock(m);
}

enum err
media_kept(const struct medium *m, const struct container_entry *entry,
    struct kept *out, struct errinfo *ei)
{
	out->medium = *m;
	out->info = entry->info;
	if (m->kind == MEDIUM_TOKEN) {
		(void)snprintf(
		    out->place, sizeof(out->place), "%s", entry->name);
		return ERR_OK;
	}
	return path_join(out->place, entry->is_outside ? m->outside : m->folder,
	    entry->name, ei);
}

enum err
media_peek_cert(const struct kept *k, struct buf *out_cert, struct errinfo *ei)
{
	struct container_info info;
	struct token *t = NULL;
	enum err e;

	if (k->medium.kind != MEDIUM_TOKEN) {
		return container_peek_cert(k->place, out_cert, ei);
	}
	e = media_token(&k->medium, &t, ei);
	if (e == ERR_OK) {
		e = pair_peek(t, k->place, &info, out_cert, ei);
	}
	token_free(t);
	return e;
}

enum err
media_peek(struct kept *k, struct buf *out_cert, struct errinfo *ei)
{
	struct token *t = NULL;
	enum err e;

	if (k->medium.kind != MEDIUM_TOKEN) {
		e = container_peek(k->place, &k->info, ei);
		return e != ERR_OK ? e : media_peek_cert(k, out_cert, ei);
	}
	e = media_token(&k->medium, &t, ei);
	if (e == ERR_OK) {
		e = pair_peek(t, k->place, &k->info, out_cert, ei);
	}
	token_free(t);
	return e;
}

/* ERR_NOTFOUND without words when it is not there. */
static enum err
find_on(const struct medium *m, const char *id, struct kept *out,
    struct errinfo *ei)
{
	struct container_entry *list = NULL;
	size_t num = 0;
	enum err e = media_containers(m, &list, &num, ei);
	bool found = false;

	for (size_t i = 0; i < num && e == ERR_OK && !found; i++) {
		found = strcmp(list[i].info.id, id) == 0 && id[0] != '\0';
		if (found) {
			e = media_kept(m, &list[i], out, ei);
		}
	}
	container_list_free(list, num);
	/* A token that fails has not got it for now. */
	if (e != ERR_OK && m->kind == MEDIUM_TOKEN) {
		return ERR_NOTFOUND;
	}
	return e == ERR_OK && !found ? ERR_NOTFOUND : e;
}

enum err
media_find_container(
    struct media *m, const char *id, struct kept *out, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	struct errinfo mine;
	enum err failed = ERR_NOTFOUND;
	size_t num = 0;
	enum err e = media_list(m, all, &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = ERR_NOTFOUND;
	for (size_t i = 0; i < num && e != ERR_OK; i++) {
		e = find_on(&all[i], id, out, &mine);
		if (e != ERR_OK && failed == ERR_NOTFOUND) {
			failed = e;
			if (ei != NULL) {
				*ei = mine;
			}
		}
	}
	if (e != ERR_OK) {
		e = failed;
	}
	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "agent.container", NULL,
			"this container is on no medium in the computer"),
		    "container");
	}
	return e;
}

static enum err
new_path(const struct medium *m, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	struct buf name = BUF_INIT(2 * NAME_BYTES + 1);
	uint8_t bytes[NAME_BYTES];
	enum err e = dir_make(m->folder, DIR_MODE, ei);

	if (e == ERR_OK) {
		e = random_bytes(bytes, sizeof(bytes), ei);
	}
	if (e == ERR_OK) {
		text_hex(&name, slice_make(bytes, sizeof(bytes)));
		e = buf_err(&name, ei);
	}
	if (e == ERR_OK) {
		e = path_join(out, m->folder, buf_cstr(&name), ei);
	}
	buf_clear(&name);
	return e;
}

enum err
media_new_place(const struct medium *m, bool pair, char out[PATH_TEXT_SIZE],
    struct errinfo *ei)
{
	char place[PAIR_PLACE_SIZE];
	enum err e;

	if (!m->writable) {
		return err_object(ei,
		    err_set(ei, ERR_DENIED, "agent.medium.read_only", NULL,
			"the medium %s cannot be written to", m->name),
		    "medium");
	}
	if (m->kind != MEDIUM_TOKEN) {
		return new_path(m, out, ei);
	}
	e = pair_place_new(pair, place, ei);
	if (e == ERR_OK) {
		(void)snprintf(out, PATH_TEXT_SIZE, "%s", place);
	}
	return e;
}

enum err
media_create(const char *place, struct token *take,
    const struct container_options *o, struct container **out,
    struct errinfo *ei)
{
	return take != NULL ? pair_create(take, place, o, out, ei)
			    : container_create(place, o, out, ei);
}

enum err
media_open_container(const char *place, struct token *take,
    struct slice password, struct container **out, struct errinfo *ei)
{
	return take != NULL ? pair_open(take, place, password, out, ei)
			    : container_open(place, password, out, ei);
}
