/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include <stdio.h>
#include <string.h>

#include "agent/window.h"
#include "base/text.h"
#include "os/wait.h"

enum {
	LABEL_SHOWN = 100,
	DESCRIPTION_SIZE = 800,
	PASSWORD_TRIES = 3,
	LOOK_MS = 500,
	ROUNDS_MAX = 10,
};

const char *
work_word(const struct work *w, enum word word)
{
	return word_in(window_language(w->o->window), word);
}

void
work_ask_for(struct work *w, struct question *q, enum word what, enum word yes)
{
	question_init(q, window_language(w->o->window), what, yes);
	question_line(q, WORD_CENTRE, slice_str(w->centre));
	question_line(q, WORD_SITE, slice_str(w->origin));
	if (w->order != NULL) {
		question_line(q, WORD_FOR_WHOM, w->order->person);
	}
}

/* Which key it is about. */
void
work_put_place(struct question *q, const struct kept *k)
{
	question_line(q, WORD_CONTAINER, slice_str(k->info.label));
	question_line(q, WORD_MEDIUM, slice_str(k->medium.name));
}

enum err
work_consent(struct work *w, struct question *q, struct errinfo *ei)
{
	enum err e;

	w->step(w->arg, true, "consent");
	e = window_confirm(w->o->window, q, OPERATION_ASK_MS, w->stop, ei);
	question_clear(q);
	return e;
}

static void
describe(char out[DESCRIPTION_SIZE], const char *what, const char *label)
{
	struct buf b = BUF_INIT(DESCRIPTION_SIZE - 1);

	buf_add_str(&b, what);
	text_escape(&b, slice_str(label), LABEL_SHOWN);
	(void)snprintf(out, DESCRIPTION_SIZE, "%s", buf_cstr(&b));
	buf_clear(&b);
}

enum err
work_type_twice(struct work *w, const char *description, enum word prompt,
    const char *error, struct secret *out, bool *out_same, struct errinfo *ei)
{
	struct secret again = SECRET_EMPTY;
	enum err e = pinentry_ask(&w->o->pinentry, w->stop, description,
	    work_word(w, prompt), error, out, ei);

	if (e == ERR_OK) {
		e = pinentry_ask(&w->o->pinentry, w->stop, description,
		    work_word(w, WORD_PASSWORD_AGAIN), "", &again, ei);
	}
	*out_same =
	    e == ERR_OK && secret_eq(secret_slice(out), secret_slice(&again));
	secret_clear(&again);
	if (!*out_same) {
		secret_clear(out);
	}
	return e;
}

/* Until both are the same; empty: no password. */
static enum err
new_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";

	describe(description, work_word(w, WORD_NEW_PASSWORD), label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		bool same;
		enum err e = work_type_twice(
		    w, description, WORD_PASSWORD, error, out, &same, ei);

		if (e != ERR_OK || same) {
			return e;
		}
		error = work_word(w, WORD_PASSWORDS_DIFFER);
	}
	return err_set(ei, ERR_DENIED, "agent.refused", NULL,
	    "two passwords that were to be the same never were");
}

/* An open container of this place. */
enum err
work_open_kept(struct work *w, const struct kept *k, struct container **out,
    struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";
	enum err e = ERR_OK;

	if (medium_has_pin(&k->medium)) {
		struct token *t = NULL;

		e = work_login(w, &k->medium, &t, ei);
		return e != ERR_OK ? e
				   : media_open_container(
					 k->place, t, SLICE_EMPTY, out, ei);
	}
	if (!k->info.has_password) {
		return media_open_container(
		    k->place, NULL, SLICE_EMPTY, out, ei);
	}
	describe(description, work_word(w, WORD_PASSWORD_OF), k->info.label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		struct secret password = SECRET_EMPTY;

		e = pinentry_ask(&w->o->pinentry, w->stop, description,
		    work_word(w, WORD_PASSWORD), error, &password, ei);
		if (e == ERR_OK) {
			e = media_open_container(
			    k->place, NULL, secret_slice(&password), out, ei);
		}
		secret_clear(&password);
		if (e != ERR_CRYPTO ||
		    strcmp(ei->rule, "container.password") != 0) {
			return e;
		}
		error = work_word(w, WORD_PASSWORD_WRONG);
	}
	return e;
}

/* A password, or the explicit word that there is to be none. */
enum err
work_choose_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	struct question q;
	enum err e = new_password(w, label, out, ei);

	if (e != ERR_OK || out->len > 0) {
		return e;
	}
	work_ask_for(w, &q, WORD_NO_PASSWORD, WORD_NO_PASSWORD_YES);
	question_note(&q, WORD_NO_PASSWORD_NOTE);
	return work_consent(w, &q, ei);
}

/* --- media that have to be put in ---------------------------------------- */

/* Wait while it is absent.  look gives ERR_NOTFOUND then. */
static enum err
wait_for(struct work *w,
    enum err (*look)(struct work *w, void *out, struct errinfo *ei), void *out,
    struct errinfo *ei)
{
	enum err e = look(w, out, ei);

	for (int64_t left = OPERATION_ASK_MS; e == ERR_NOTFOUND && left > 0;
	     left -= LOOK_MS) {
		w->step(w->arg, true, "medium");
		if (atomic_load(w->stop)) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the operation was taken back");
		}
		sleep_ms(LOOK_MS);
		e = look(w, out, ei);
	}
	return e;
}

static enum err
look_medium(struct work *w, void *out, struct errinfo *ei)
{
	return media_find(w->o->media, w->in->medium, out, ei);
}

static enum err
look_container(struct work *w, void *out, struct errinfo *ei)
{
	return media_find_container(w->o->media, w->in->container, out, ei);
}

enum err
work_wait_medium(struct work *w, struct medium *out, struct errinfo *ei)
{
	return wait_for(w, look_medium, out, ei);
}

enum err
work_wait_container(struct work *w, struct kept *out, struct errinfo *ei)
{
	return wait_for(w, look_container, out, ei);
}

enum err
work_open(
    struct work *w, struct kept *k, struct container **out, struct errinfo *ei)
{
	enum err e = work_wait_container(w, k, ei);

	return e == ERR_OK ? work_open_kept(w, k, out, ei) : e;
}

static bool
was_pulled_out(enum err e, const struct errinfo *ei)
{
	return e == ERR_NOTFOUND && strcmp(ei->rule, "token.absent") == 0;
}

enum err
work_do(struct work *w,
    enum err (*once)(struct work *w, void *arg, struct errinfo *ei), void *arg,
    struct errinfo *ei)
{
	bool pulled_out = false;
	enum err e = ERR_OK;

	for (int i = 0; i < ROUNDS_MAX; i++) {
		e = once(w, arg, ei);
		if (!was_pulled_out(e, ei)) {
			break;
		}
		pulled_out = true;
	}
	/* Whatever was looked for in vain: it was there before. */
	if (e == ERR_NOTFOUND && pulled_out) {
		e = err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "agent.medium", NULL,
			"the medium was pulled out and not put back"),
		    "medium");
	}
	return e;
}
