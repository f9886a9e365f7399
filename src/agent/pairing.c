/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pairing.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/question.h"
#include "agent/trust.h"
#include "agent/window.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/random.h"

enum {
	TOKEN_BYTES = 32,
	ID_BYTES = 16,
	CODES = 1000000,
	CODE_HALF = 3,
};

struct token {
	uint8_t sha256[SHA256_SIZE];
	char trust[TRUST_ID_SIZE]; /* whose it is */
	int64_t until;             /* 0: the place is free */
};

struct pairings {
	struct window *window;
	const struct clock *clock;
	pthread_mutex_t lock;
	struct token tokens[AGENT_TOKENS_MAX];
	/* The one that is open, or whose end was not told yet. */
	struct pairing now;
	char trust[TRUST_ID_SIZE];
	enum pairing_state state;
	bool told; /* nobody asks about it any more */
	pthread_t asker;
	bool has_asker; /* to be joined */
	pthread_cond_t answered;
	atomic_bool stop;
	struct question question;
};

const char *
pairing_state_name(enum pairing_state state)
{
	static const char *const names[PAIRING_STATE_MAX_] = {
	    [PAIRING_WAITING] = "waiting",
	    [PAIRING_REFUSED] = "refused",
	    [PAIRING_EXPIRED] = "expired",
	    [PAIRING_PAIRED] = "paired",
	};

	return names[state];
}

enum err
pairings_new(struct window *window, const struct clock *clock,
    struct pairings **out, struct errinfo *ei)
{
	struct pairings *p = calloc(1, sizeof(*p));

	if (p == NULL || pthread_mutex_init(&p->lock, NULL) != 0) {
		free(p);
		return err_nomem(ei);
	}
	if (pthread_cond_init(&p->answered, NULL) != 0) {
		(void)pthread_mutex_destroy(&p->lock);
		free(p);
		return err_nomem(ei);
	}
	p->window = window;
	p->clock = clock;
	p->told = true;
	*out = p;
	return ERR_OK;
}

static void
join_asker(struct pairings *p)
{
	if (p->has_asker) {
		(void)pthread_join(p->asker, NULL);
		p->has_asker = false;
	}
}

void
pairings_free(struct pairings *p)
{
	if (p == NULL) {
		return;
	}
	atomic_store(&p->stop, true);
	join_asker(p);
	question_clear(&p->question);
	secret_wipe(p->tokens, sizeof(p->tokens));
	(void)pthread_cond_destroy(&p->answered);
	(void)pthread_mutex_destroy(&p->lock);
	free(p);
}

/* --- asking ------------------------------------------------------------- */

static void *
ask(void *arg)
{
	struct pairings *p = arg;
	struct errinfo ei = {0};
	enum err e = window_confirm(p->window, &p->question,
	    (int64_t)PAIRING_LIFE_SEC * 1000, &p->stop, &ei);

	const enum pairing_state state = e == ERR_OK        ? PAIRING_PAIRED
					 : e == ERR_TIMEOUT ? PAIRING_EXPIRED
							    : PAIRING_REFUSED;

	(void)pthread_mutex_lock(&p->lock);
	p->state = state;
	(void)pthread_cond_broadcast(&p->answered);
	(void)pthread_mutex_unlock(&p->lock);
	log_event(LOG_INFO, "agent.pairing",
	    L_STR("state", pairing_state_name(state)),
	    L_STR("rule", e == ERR_OK ? "" : ei.rule));
	return NULL;
}

/* Six digits, all equally likely. */
static enum err
draw_code(char out[PAIRING_CODE_SIZE], struct errinfo *ei)
{
	const uint32_t fair = UINT32_MAX - UINT32_MAX % CODES;
	uint32_t n = 0;
	enum err e;

	do {
		e = random_bytes(&n, sizeof(n), ei);
	} while (e == ERR_OK && n >= fair);
	(void)snprintf(out, PAIRING_CODE_SIZE, "%06u", (unsigned)(n % CODES));
	return e;
}

static enum err
draw_id(char out[PAIRING_ID_SIZE], struct errinfo *ei)
{
	struct buf hex = BUF_INIT(PAIRING_ID_SIZE);
	uint8_t bytes[ID_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	buf_add_str(&hex, "p_");
	text_hex(&hex, slice_make(bytes, sizeof(bytes)));
	if (e == ERR_OK) {
		e = buf_err(&hex, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out, PAIRING_ID_SIZE, "%s", buf_cstr(&hex));
	}
	buf_clear(&hex);
	return e;
}

static void
put_question(struct pairings *p, const struct centre_trust *centre)
{
	char code[PAIRING_CODE_SIZE + 1];
	struct question *q = &p->question;

	(void)snprintf(code, sizeof(code), "%.3s %.3s", p->now.code,
	    p->now.code + CODE_HALF);
	question_clear(q);
	question_init(q, window_language(p->window), WORD_PAIR, WORD_PAIR_YES);
	question_line(q, WORD_SITE, slice_str(centre->origin));
	question_line(q, WORD_CENTRE, slice_str(centre->name));
	question_line(q, WORD_CODE, slice_str(code));
	question_note(q, WORD_PAIR_NOTE);
}

static bool
is_open(const struct pairings *p)
{
	return p->has_asker && p->state == PAIRING_WAITING;
}

/* A page that was loaded again knows nothing of the question that it left in
 * the window: the question makes room. */
static enum err
make_room(
    struct pairings *p, const struct centre_trust *centre, struct errinfo *ei)
{
	while (is_open(p) && strcmp(p->trust, centre->id) == 0) {
		atomic_store(&p->stop, true);
		(void)pthread_cond_wait(&p->answered, &p->lock);
	}
	if (is_open(p)) {
		return err_set(ei, ERR_CONFLICT, "agent.pairing.open", NULL,
		    "another site's pairing waits for its answer in the "
		    "agent's window");
	}
	join_asker(p);
	atomic_store(&p->stop, false);
	return ERR_OK;
}

static enum err
begin(struct pairings *p, const struct centre_trust *centre, struct errinfo *ei)
{
	enum err e = make_room(p, centre, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = draw_id(p->now.id, ei);
	if (e == ERR_OK) {
		e = draw_code(p->now.code, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	put_question(p, centre);
	(void)snprintf(p->trust, sizeof(p->trust), "%s", centre->id);
	p->now.expires_at = clock_utc_sec(p->clock) + PAIRING_LIFE_SEC;
	p->state = PAIRING_WAITING;
	p->told = false;
	if (pthread_create(&p->asker, NULL, ask, p) != 0) {
		p->told = true;
		return err_nomem(ei);
	}
	p->has_asker = true;
	return ERR_OK;
}

enum err
pairing_begin(struct pairings *p, const struct centre_trust *centre,
    struct pairing *out, struct errinfo *ei)
{
	enum err e;

	(void)pthread_mutex_lock(&p->lock);
	e = begin(p, centre, ei);
	if (e == ERR_OK) {
		*out = p->now;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return e;
}

/* --- tokens ------------------------------------------------------------- */

/* A free place, or the one that ends first. */
static struct token *
place_for_token(struct pairings *p)
{
	struct token *best = &p->tokens[0];

	for (size_t i = 0; i < ARRAY_LEN(p->tokens); i++) {
		if (p->tokens[i].until < best->until) {
			best = &p->tokens[i];
		}
	}
	return best;
}

static enum err
make_token(struct pairings *p, char token[PAIRING_TOKEN_SIZE],
    int64_t *out_expires_at, struct errinfo *ei)
{
	struct token *t = place_for_token(p);
	struct buf text = BUF_INIT(PAIRING_TOKEN_SIZE);
	uint8_t bytes[TOKEN_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	text_base64url(&text, slice_make(bytes, sizeof(bytes)));
	if (e == ERR_OK) {
		e = sha256_of_buf(&text, t->sha256, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(
		    token, PAIRING_TOKEN_SIZE, "%s", buf_cstr(&text));
		(void)snprintf(t->trust, sizeof(t->trust), "%s", p->trust);
		t->until = clock_utc_sec(p->clock) + PAIRING_TOKEN_SEC;
		*out_expires_at = t->until;
	}
	secret_wipe(bytes, sizeof(bytes));
	buf_wipe(&text);
	return e;
}

enum err
pairing_look(struct pairings *p, const struct centre_trust *centre,
    const char *id, enum pairing_state *out_state,
    char token[PAIRING_TOKEN_SIZE], int64_t *out_expires_at, struct errinfo *ei)
{
	enum err e = ERR_OK;

	(void)pthread_mutex_lock(&p->lock);
	if (p->told || strcmp(id, p->now.id) != 0 ||
	    strcmp(centre->id, p->trust) != 0) {
		e = err_set(ei, ERR_NOTFOUND, "agent.pairing", NULL,
		    "there is no such pairing, or its end has been told");
	} else if (p->state == PAIRING_PAIRED) {
		e = make_token(p, token, out_expires_at, ei);
	}
	if (e == ERR_OK) {
		*out_state = p->state;
		p->told = p->state != PAIRING_WAITING;
	}
	(void)pthread_mutex_unlock(&p->lock);
	return e;
}

static struct token *
find_token(struct pairings *p, const char *token)
{
	uint8_t sha[SHA256_SIZE];
	struct token *found = NULL;

	if (token == NULL || sha256_of(slice_str(token), sha, NULL) != ERR_OK) {
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(p->tokens); i++) {
		struct token *t = &p->tokens[i];

		if (t->until > clock_utc_sec(p->clock) &&
		    secret_eq(slice_make(sha, sizeof(sha)),
			slice_make(t->sha256, sizeof(t->sha256)))) {
			found = t;
		}
	}
	return found;
}

enum err
pairing_check(struct pairings *p, const struct centre_trust *centre,
    const char *token, struct errinfo *ei)
{
	const struct token *t;
	bool good;

	(void)pthread_mutex_lock(&p->lock);
	t = find_token(p, token);
	good = t != NULL && strcmp(t->trust, centre->id) == 0;
	(void)pthread_mutex_unlock(&p->lock);
	return good ? ERR_OK
		    : err_set(ei, ERR_DENIED, "agent.token", NULL,
			  "the page is not paired with this agent (any more)");
}

enum err
pairing_end(struct pairings *p, const char *token, struct errinfo *ei)
{
	struct token *t;

	(void)pthread_mutex_lock(&p->lock);
	t = find_token(p, token);
	if (t != NULL) {
		*t = (struct token){0};
	}
	(void)pthread_mutex_unlock(&p->lock);
	return t != NULL ? ERR_OK
			 : err_set(ei, ERR_DENIED, "agent.token", NULL,
			       "there is no such token");
}
