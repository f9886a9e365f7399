/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PIN of a token (A8): asked for in pinentry alone; how many tries are left
 * is looked up before each question; the last one is spent only when the
 * person says so; a factory PIN is spoken of once.
 */
#include "agent/work_pin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/work_priv.h"
#include "base/text.h"

enum {
	DESCRIPTION_SIZE = 800,
	NAME_SHOWN = 60,
	NEW_PIN_TRIES = 3,
	SERIALS_MAX = 32,
	QUESTIONS_MAX = 20,
};

static const char factory_pin[] = "12345678";

struct pins {
	char later[SERIALS_MAX][TOKEN_SERIAL_SIZE];
	size_t num;
};

enum err
pins_new(struct pins **out, struct errinfo *ei)
{
	struct pins *p = calloc(1, sizeof(*p));

	if (p == NULL) {
		return err_nomem(ei);
	}
	*out = p;
	return ERR_OK;
}

void
pins_free(struct pins *p)
{
	free(p);
}

static bool
said_later(const struct pins *p, const char *serial)
{
	for (size_t i = 0; i < p->num; i++) {
		if (strcmp(p->later[i], serial) == 0) {
			return true;
		}
	}
	return false;
}

static void
note_later(struct pins *p, const char *serial)
{
	if (p->num < SERIALS_MAX && !said_later(p, serial)) {
		(void)snprintf(
		    p->later[p->num++], TOKEN_SERIAL_SIZE, "%.16s", serial);
	}
}

/* --- words ---------------------------------------------------------------- */

static void
put_name(const struct work *w, struct buf *b, const struct medium *m)
{
	buf_add_str(b, work_word(w, WORD_TOKEN));
	text_escape(b, slice_str(m->name), NAME_SHOWN);
	buf_add_str(b, ", № ");
	text_escape(b, slice_str(m->serial), NAME_SHOWN);
	buf_add_str(b, ". ");
}

static void
put_tries(const struct work *w, struct buf *b, const struct token_seen *seen)
{
	if (seen->tries_left > 0 && seen->pin != TOKEN_PIN_OK) {
		buf_printf(
		    b, "%s%u. ", work_word(w, WORD_PIN_LEFT), seen->tries_left);
	} else if (seen->pin == TOKEN_PIN_LAST) {
		buf_add_str(b, work_word(w, WORD_PIN_LEFT_ONE));
	} else if (seen->pin == TOKEN_PIN_LOW) {
		buf_add_str(b, work_word(w, WORD_PIN_LOW));
	}
}

static void
describe(const struct work *w, char out[DESCRIPTION_SIZE],
    const struct medium *m, const struct token_seen *seen)
{
	struct buf b = BUF_INIT(DESCRIPTION_SIZE - 1);

	put_name(w, &b, m);
	put_tries(w, &b, seen);
	if (strncmp(seen->model, "Rutoken", strlen("Rutoken")) == 0 &&
	    seen->pin == TOKEN_PIN_OK) {
		buf_printf(
		    &b, "%s%s. ", work_word(w, WORD_PIN_FACTORY), factory_pin);
	}
	buf_add_str(&b, work_word(w, WORD_NO_WAY_BACK));
	(void)snprintf(out, DESCRIPTION_SIZE, "%s", buf_cstr(&b));
	buf_clear(&b);
}

/* --- the last try, and none -------------------------------------------------
 */

static enum err
may_ask(struct work *w, const struct medium *m, const struct token_seen *seen,
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(DESCRIPTION_SIZE - 1);
	enum err e;

	if (seen->pin == TOKEN_PIN_LOCKED) {
		return err_set(ei, ERR_DENIED, "token.pin.locked", NULL,
		    "the token's PIN is locked after too many wrong ones; "
		    "whoever has its administrator's PIN can set a new one "
		    "with the maker's tool");
	}
	if (seen->pin == TOKEN_PIN_UNSET) {
		return err_set(ei, ERR_STATE, "token.pin.unset", NULL,
		    "the token has no PIN yet; set one with the maker's tool");
	}
	if (seen->pin != TOKEN_PIN_LAST) {
		return ERR_OK;
	}
	put_name(w, &b, m);
	buf_add_str(&b, work_word(w, WORD_PIN_LAST));
	e = pinentry_confirm(&w->o->pinentry, w->stop, buf_cstr(&b),
	    work_word(w, WORD_PIN_LAST_YES), work_word(w, WORD_CANCEL), ei);
	buf_clear(&b);
	return e;
}

/* --- changing it
 * -------------------------------------------------------------- */

/* Typed twice, until it is one that the token may have. */
static enum err
new_pin(struct work *w, const struct medium *m, struct secret *out,
    struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";
	struct buf b = BUF_INIT(DESCRIPTION_SIZE - 1);

	put_name(w, &b, m);
	buf_printf(&b, "%s%u – %u. %s", work_word(w, WORD_PIN_NEW_RULE),
	    m->token.pin_min, m->token.pin_max, work_word(w, WORD_NO_WAY_BACK));
	(void)snprintf(description, sizeof(description), "%s", buf_cstr(&b));
	buf_clear(&b);
	for (int i = 0; i < NEW_PIN_TRIES; i++) {
		bool same;
		enum err e = work_type_twice(
		    w, description, WORD_PIN_NEW, error, out, &same, ei);

		if (e != ERR_OK) {
			return e;
		}
		if (same && out->len >= m->token.pin_min && out->len > 0 &&
		    (m->token.pin_max == 0 || out->len <= m->token.pin_max) &&
		    !slice_eq_str(secret_slice(out), factory_pin)) {
			return ERR_OK;
		}
		secret_clear(out);
		error = work_word(w, same ? WORD_PIN_UNFIT : WORD_PINS_DIFFER);
	}
	return err_set(
	    ei, ERR_DENIED, "agent.refused", NULL, "no new PIN was typed");
}

/* «На токене заводской PIN»: now, or later.  Only a token that went away or
 * fails ends the operation. */
static enum err
offer_change(struct work *w, const struct medium *m, struct token *t,
    struct slice pin, struct errinfo *ei)
{
	struct secret new = SECRET_EMPTY;
	enum err e;

	if (said_later(w->o->pins, m->serial)) {
		return ERR_OK;
	}
	e = pinentry_confirm(&w->o->pinentry, w->stop,
	    work_word(w, WORD_PIN_CHANGE), work_word(w, WORD_PIN_CHANGE_YES),
	    work_word(w, WORD_LATER), ei);
	if (e == ERR_OK) {
		e = new_pin(w, m, &new, ei);
	}
	if (e == ERR_OK) {
		e = token_set_pin(t, pin, secret_slice(&new), ei);
	}
	secret_clear(&new);
	if (e == ERR_DENIED || e == ERR_STATE || e == ERR_FORMAT) {
		note_later(w->o->pins, m->serial);
		return ERR_OK;
	}
	return e;
}

/* --- logging in -------------------------------------------------------------
 */

/* One question.  *out_wrong: ask again. */
static enum err
ask_once(struct work *w, const struct medium *m, struct token *t,
    const char *error, bool *out_wrong, struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	struct secret pin = SECRET_EMPTY;
	struct token_seen seen;
	enum err e = token_look(t, &seen, ei);

	*out_wrong = false;
	if (e == ERR_OK) {
		e = may_ask(w, m, &seen, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	describe(w, description, m, &seen);
	e = pinentry_ask(&w->o->pinentry, w->stop, description,
	    work_word(w, WORD_PIN), error, &pin, ei);
	if (e == ERR_OK) {
		e = token_login(
		    t, secret_slice(&pin), seen.pin == TOKEN_PIN_LAST, ei);
	}
	*out_wrong = e != ERR_OK && ei != NULL &&
		     (strcmp(ei->rule, "token.pin") == 0 ||
			 strcmp(ei->rule, "token.pin.length") == 0 ||
			 strcmp(ei->rule, "token.pin.last") == 0);
	if (e == ERR_OK &&
	    (seen.factory || slice_eq_str(secret_slice(&pin), factory_pin))) {
		e = offer_change(w, m, t, secret_slice(&pin), ei);
	}
	secret_clear(&pin);
	return e;
}

enum err
work_login(struct work *w, const struct medium *m, struct token **out,
    struct errinfo *ei)
{
	struct token *t = NULL;
	const char *error = "";
	bool wrong = true;
	enum err e = media_token(m, &t, ei);

	w->step(w->arg, true, "pin");
	for (int i = 0; e == ERR_OK && wrong; i++) {
		e = ask_once(w, m, t, error, &wrong, ei);
		error = work_word(w, WORD_PIN_WRONG);
		/* The token counts, but not what it does not take for a PIN. */
		e = wrong && i < QUESTIONS_MAX ? ERR_OK : e;
	}
	if (e != ERR_OK) {
		token_free(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}
