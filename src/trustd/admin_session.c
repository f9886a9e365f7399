/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/admin_session.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "os/random.h"

enum {
	TOKEN_BYTES = 32
};

struct place {
	bool taken;
	uint8_t hash[SHA256_SIZE];
	struct admin admin;
	int64_t opened_ms;
	int64_t used_ms;
};

struct admin_sessions {
	const char *path;
	const struct clock *clock;
	pthread_mutex_t lock;
	struct place places[ADMIN_SESSIONS_MAX];
};

enum err
admin_sessions_new(const char *path, const struct clock *clock,
    struct admin_sessions **out, struct errinfo *ei)
{
	struct admin_sessions *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		return err_nomem(ei);
	}
	s->path = path;
	s->clock = clock;
	ensure(pthread_mutex_init(&s->lock, NULL) == 0);
	*out = s;
	return ERR_OK;
}

void
admin_sessions_free(struct admin_sessions *s)
{
	if (s != NULL) {
		ensure(pthread_mutex_destroy(&s->lock) == 0);
		free(s);
	}
}

static bool
lives(const struct place *p, int64_t now)
{
	return p->taken &&
	       now - p->opened_ms < (int64_t)ADMIN_LIFE_SEC * 1000 &&
	       now - p->used_ms < (int64_t)ADMIN_IDLE_SEC * 1000;
}

/* Free, ended, or longest unused; under the lock. */
static struct place *
room(struct admin_sessions *s, int64_t now)
{
	struct place *best = &s->places[0];

	for (size_t i = 0; i < ARRAY_LEN(s->places); i++) {
		struct place *p = &s->places[i];

		if (!lives(p, now)) {
			return p;
		}
		if (p->used_ms < best->used_ms) {
			best = p;
		}
	}
	return best;
}

static enum err
make_token(
    char out[ADMIN_TOKEN_SIZE], uint8_t hash[SHA256_SIZE], struct errinfo *ei)
{
	struct buf text = BUF_INIT(ADMIN_TOKEN_SIZE);
	uint8_t bytes[TOKEN_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	if (e == ERR_OK) {
		text_base64url(&text, slice_make(bytes, sizeof(bytes)));
		e = sha256_of_buf(&text, hash, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out, ADMIN_TOKEN_SIZE, "%s", buf_cstr(&text));
	}
	secret_wipe(bytes, sizeof(bytes));
	buf_wipe(&text);
	return e;
}

enum err
admin_session_open(struct admin_sessions *s, struct slice key,
    char out_token[ADMIN_TOKEN_SIZE], struct admin *out, struct errinfo *ei)
{
	uint8_t hash[SHA256_SIZE];
	enum err e = admins_find(s->path, key, out, ei);

	if (e == ERR_OK) {
		e = make_token(out_token, hash, ei);
	}
	if (e == ERR_OK) {
		int64_t now = clock_mono_ms(s->clock);
		struct place *p;

		ensure(pthread_mutex_lock(&s->lock) == 0);
		p = room(s, now);
		*p = (struct place){.taken = true,
		    .admin = *out,
		    .opened_ms = now,
		    .used_ms = now};
		memcpy(p->hash, hash, sizeof(hash));
		ensure(pthread_mutex_unlock(&s->lock) == 0);
	}
	return e;
}

/* Under the lock; NULL: none that lives. */
static struct place *
find(struct admin_sessions *s, const uint8_t hash[SHA256_SIZE])
{
	int64_t now = clock_mono_ms(s->clock);

	for (size_t i = 0; i < ARRAY_LEN(s->places); i++) {
		struct place *p = &s->places[i];

		if (lives(p, now) &&
		    secret_eq(slice_make(hash, SHA256_SIZE),
			slice_make(p->hash, sizeof(p->hash)))) {
			p->used_ms = now;
			return p;
		}
	}
	return NULL;
}

enum err
admin_session_find(struct admin_sessions *s, struct slice token,
    struct admin *out, struct errinfo *ei)
{
	uint8_t hash[SHA256_SIZE];
	enum err e = sha256_of(token, hash, ei);
	struct place *p = NULL;

	if (e != ERR_OK) {
		return e;
	}
	ensure(pthread_mutex_lock(&s->lock) == 0);
	p = find(s, hash);
	if (p != NULL) {
		*out = p->admin;
	}
	ensure(pthread_mutex_unlock(&s->lock) == 0);
	if (p != NULL) {
		e = admins_still(s->path, out, ei);
		if (e != ERR_NOTFOUND) {
			return e;
		}
		admin_session_end(s, token);
	}
	return err_set(ei, ERR_DENIED, "session.none", NULL,
	    "sign in first: there is no session, or it has ended");
}

void
admin_session_end(struct admin_sessions *s, struct slice token)
{
	uint8_t hash[SHA256_SIZE];
	struct place *p;

	if (sha256_of(token, hash, NULL) != ERR_OK) {
		return;
	}
	ensure(pthread_mutex_lock(&s->lock) == 0);
	p = find(s, hash);
	if (p != NULL) {
		p->taken = false;
	}
	ensure(pthread_mutex_unlock(&s->lock) == 0);
}
