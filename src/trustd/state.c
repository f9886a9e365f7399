/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "http/date.h"
#include "http/etag.h"
#include "trustfeed/document.h"

enum {
	/* Lists and stores, not certificates (1 KiB): see http/ready.h. */
	IN_FILE_MIN = 16 * 1024,
};

struct loading {
	struct state *state;
	const struct look *look;
	const struct state *before;
	const char *own;
	int64_t now;
};

/* Of what Windows' own servers and mirrors in the wild have been seen to say;
 * Windows takes any. */
static const struct {
	const char *ending;
	const char *type;
} types[] = {
    {".cab", "application/vnd.ms-cab-compressed"},
    {".crt", "application/x-x509-ca-cert"},
    {".sst", "application/vnd.ms-pki.certstore"},
    {".json", "application/json"},
};

static const char *
type_of(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending != NULL && i < ARRAY_LEN(types); i++) {
		if (strcmp(types[i].ending, ending) == 0) {
			return types[i].type;
		}
	}
	return "application/octet-stream";
}

/*
 * A file's own date, but never in the future (RFC 9110 8.8.2.1), and never one
 * at which another content was served under the name: a mirror that went back
 * must not be taken for what a client has.
 */
static int64_t
modified_of(const struct loading *l, const struct state_file *f)
{
	const struct look_file *file = look_find(l->look, f->name);
	const struct state_file *old =
	    l->before != NULL ? state_find(l->before, f->name) : NULL;
	/* One that was made of a loose list has no file of its own. */
	int64_t at = file != NULL ? file->mtime_sec : l->now;

	if (old != NULL && memcmp(old->sha256, f->sha256, SHA256_SIZE) == 0) {
		return old->modified;
	}
	if (at > l->now) {
		at = l->now;
	}
	if (old != NULL && at <= old->modified) {
		at = l->now > old->modified ? l->now : old->modified + 1;
	}
	return at;
}

static enum err
make_ready(struct state_file *f, const char *own, struct slice bytes,
    struct errinfo *ei)
{
	char etag[ETAG_SIZE], date[HTTP_DATE_SIZE];
	const struct ready_header headers[] = {
	    {"ETag", etag},
	    {"Last-Modified", date},
	    {"Accept-Ranges", "bytes"},
	    /* Kept by whoever likes, used when it was asked for again: a list
	     * that has been replaced must not live on in a proxy. */
	    {"Cache-Control", "no-cache"},
	};

	etag_text(f->sha256, etag);
	http_date(f->modified, date);
	return bytes.len >= IN_FILE_MIN
		   ? ready_new_in_file(own, bytes, type_of(f->name), headers,
			 ARRAY_LEN(headers), &f->ready, ei)
		   : ready_new(bytes, type_of(f->name), headers,
			 ARRAY_LEN(headers), &f->ready, ei);
}

static enum err
grow(struct state *s, struct errinfo *ei)
{
	size_t room = s->room == 0 ? 512 : 2 * s->room;
	struct state_file *at;

	if (s->num < s->room) {
		return ERR_OK;
	}
	at = realloc(s->at, room * sizeof(*at));
	if (at == NULL) {
		return err_nomem(ei);
	}
	s->at = at;
	s->room = room;
	return ERR_OK;
}

/* It has been verified, all of it. */
static enum err
begin(void *arg, const struct trust_mirror_report *what, struct errinfo *ei)
{
	(void)arg;
	(void)what;
	(void)ei;
	return ERR_OK;
}

static enum err
take(void *arg, const char *name, struct slice bytes, struct errinfo *ei)
{
	const struct loading *l = arg;
	struct state *s = l->state;
	struct state_file *f;
	enum err e;

	if (bytes.len > TRUSTD_BYTES_MAX - s->bytes) {
		return err_set(ei, ERR_LIMIT, "trustd.size", NULL,
		    "the mirror holds more than %d bytes", TRUSTD_BYTES_MAX);
	}
	if ((e = grow(s, ei)) != ERR_OK) {
		return e;
	}
	f = &s->at[s->num];
	*f = (struct state_file){.size = bytes.len};
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	if ((e = sha256_of(bytes, f->sha256, ei)) != ERR_OK) {
		return e;
	}
	f->modified = modified_of(l, f);
	e = make_ready(f, l->own, bytes, ei);
	if (e == ERR_OK && strcmp(name, trust_mirror_name(MIRROR_ROOTS)) == 0) {
		buf_add(&s->roots, bytes);
		e = buf_err(&s->roots, ei);
	}
	if (e == ERR_OK) {
		s->num++;
		s->bytes += bytes.len;
	}
	return e;
}

static int
compare(const void *a, const void *b)
{
	const struct state_file *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
lower(const char *name, char out[STATE_NAME_SIZE])
{
	size_t i = 0;

	for (; name[i] != '\0' && i < STATE_NAME_SIZE - 1; i++) {
		char c = name[i];

		if (c >= 'A' && c <= 'Z') {
			c = (char)(c + 'a' - 'A');
		}
		out[i] = c;
	}
	out[i] = '\0';
}

/* Clients that still have an older list may ask for them. */
static enum err
take_unlisted(struct loading *l, struct errinfo *ei)
{
	const struct trust_source from = look_source(l->look);
	struct state *s = l->state;
	const size_t listed = s->num;
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	enum err e = ERR_OK;

	/* Those that come stand behind what is searched. */
	qsort(s->at, s->num, sizeof(*s->at), compare);
	for (size_t i = 0; e == ERR_OK && i < l->look->num; i++) {
		char name[STATE_NAME_SIZE];

		lower(l->look->at[i].name, name);
		if (!trust_mirror_is_cert(l->look->at[i].name) ||
		    state_find(&(struct state){.at = s->at, .num = listed},
			name) != NULL) {
			continue;
		}
		buf_reset(&der);
		e = trust_mirror_read_cert(&from, name, &der, ei);
		if (e == ERR_OK) {
			e = take(l, name, buf_slice(&der), ei);
		} else if (e != ERR_NOMEM) {
			s->left_out++;
			e = ERR_OK;
		}
	}
	qsort(s->at, s->num, sizeof(*s->at), compare);
	buf_clear(&der);
	return e;
}

static struct state *
state_new(void)
{
	struct state *s = calloc(1, sizeof(*s));

	if (s != NULL) {
		atomic_init(&s->refs, 1);
		buf_init(&s->roots, CAB_BYTES_MAX);
	}
	return s;
}

enum err
state_load(const struct look *look, const struct trust_mirror_rules *rules,
    const struct state *before, const char *own, struct state **out,
    struct errinfo *ei)
{
	const struct trust_source from = look_source(look);
	struct state *s = state_new();
	struct loading l = {s, look, before, own, rules->now};
	const struct trust_sink sink = {begin, take, &l};
	enum err e;

	if (s == NULL) {
		return err_nomem(ei);
	}
	e = trust_mirror_gather(&from, rules, &sink, &s->report, ei);
	if (e == ERR_OK) {
		e = take_unlisted(&l, ei);
	}
	if (e != ERR_OK) {
		state_unref(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

struct state *
state_ref(struct state *s)
{
	(void)atomic_fetch_add_explicit(&s->refs, 1, memory_order_relaxed);
	return s;
}

void
state_unref(struct state *s)
{
	if (s == NULL || atomic_fetch_sub(&s->refs, 1) != 1) {
		return;
	}
	for (size_t i = 0; i < s->num; i++) {
		ready_unref(s->at[i].ready);
	}
	ready_unref(s->feed.ready);
	ready_unref(s->feed_sig.ready);
	buf_clear(&s->roots);
	free(s->at);
	free(s);
}

static int
find_name(const void *name, const void *at)
{
	const struct state_file *f = at;

	return strcasecmp(name, f->name);
}

const struct state_file *
state_find(const struct state *s, const char *name)
{
	/* bsearch() takes no NULL, which an empty one may hold. */
	return s->num == 0
		   ? NULL
		   : bsearch(name, s->at, s->num, sizeof(*s->at), find_name);
}

bool
state_same(const struct state *a, const struct state *b)
{
	if (a->num != b->num) {
		return false;
	}
	for (size_t i = 0; i < a->num; i++) {
		if (strcmp(a->at[i].name, b->at[i].name) != 0 ||
		    memcmp(a->at[i].sha256, b->at[i].sha256, SHA256_SIZE) !=
			0) {
			return false;
		}
	}
	return true;
}

/* --- what the server says of it ----------------------------------------------
 */

enum err
state_again(const struct state *s, struct state **out, struct errinfo *ei)
{
	struct state *t = state_new();

	if (t != NULL) {
		t->at = calloc(s->num + 1, sizeof(*t->at));
		buf_add(&t->roots, buf_slice(&s->roots));
	}
	if (t == NULL || t->at == NULL || t->roots.err != ERR_OK) {
		state_unref(t);
		return err_nomem(ei);
	}
	for (size_t i = 0; i < s->num; i++) {
		t->at[i] = s->at[i];
		(void)ready_ref(t->at[i].ready);
	}
	t->num = s->num;
	t->room = s->num + 1;
	t->bytes = s->bytes;
	t->left_out = s->left_out;
	t->report = s->report;
	*out = t;
	return ERR_OK;
}

static enum err
put_own(struct state_file *f, const char *name, struct slice bytes, int64_t now,
    struct errinfo *ei)
{
	*f = (struct state_file){.size = bytes.len, .modified = now};
	(void)snprintf(f->name, sizeof(f->name), "%s", name);
	if (sha256_of(bytes, f->sha256, ei) != ERR_OK) {
		return ei->kind;
	}
	return make_ready(f, NULL, bytes, ei);
}

enum err
state_put_feed(struct state *s, struct slice text, struct slice signature,
    int64_t now, struct errinfo *ei)
{
	enum err e = put_own(&s->feed, FEED_DOCUMENT, text, now, ei);

	return e == ERR_OK
		   ? put_own(&s->feed_sig, FEED_SIGNATURE, signature, now, ei)
		   : e;
}

const struct state_file *
state_find_any(const struct state *s, const char *name)
{
	const struct state_file *const own[] = {&s->feed, &s->feed_sig};

	for (size_t i = 0; i < ARRAY_LEN(own); i++) {
		if (own[i]->ready != NULL &&
		    strcasecmp(own[i]->name, name) == 0) {
			return own[i];
		}
	}
	return state_find(s, name);
}
