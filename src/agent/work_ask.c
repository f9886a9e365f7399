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
};

/* Who wants what for whom: the head of each question. */
void
work_put_head(struct work *w, struct buf *b, const char *what)
{
	buf_printf(b, "%s\n", what);
	window_put_line(b, "Центр", slice_str(w->centre));
	window_put_line(b, "Сайт", slice_str(w->origin));
	window_put_line(b, "Для кого", w->order->person);
}

/* Which key it is about. */
void
work_put_place(struct buf *b, const struct kept *k)
{
	window_put_line(b, "Контейнер", slice_str(k->info.label));
	window_put_line(b, "Носитель", slice_str(k->medium.name));
}

/* Takes the text. */
enum err
work_consent(struct work *w, struct buf *text, struct errinfo *ei)
{
	enum err e = buf_err(text, ei);

	w->step(w->arg, true, "consent");
	if (e == ERR_OK) {
		e = window_confirm(w->o->window, buf_slice(text),
		    OPERATION_ASK_MS, w->stop, ei);
	}
	buf_clear(text);
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

/* Typed twice, until both are the same; empty: no password. */
static enum err
new_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";

	describe(description,
	    "Новый пароль контейнера. Восстановить утерянный пароль "
	    "невозможно. Пустой: без пароля. ",
	    label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		struct secret again = SECRET_EMPTY;
		enum err e = pinentry_ask(
		    &w->o->pinentry, description, "Пароль:", error, out, ei);
		bool same;

		if (e == ERR_OK) {
			e = pinentry_ask(&w->o->pinentry, description,
			    "Ещё раз:", "", &again, ei);
		}
		if (e != ERR_OK) {
			secret_clear(out);
			return e;
		}
		same = secret_eq(secret_slice(out), secret_slice(&again));
		secret_clear(&again);
		if (same) {
			return ERR_OK;
		}
		secret_clear(out);
		error = "Пароли не совпали.";
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

	if (!k->info.has_password) {
		return container_open(k->path, SLICE_EMPTY, out, ei);
	}
	describe(description, "Пароль контейнера ", k->info.label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		struct secret password = SECRET_EMPTY;

		e = pinentry_ask(&w->o->pinentry, description, "Пароль:", error,
		    &password, ei);
		if (e == ERR_OK) {
			e = container_open(
			    k->path, secret_slice(&password), out, ei);
		}
		secret_clear(&password);
		if (e != ERR_CRYPTO ||
		    strcmp(ei->rule, "container.password") != 0) {
			return e;
		}
		error = "Пароль не подошёл.";
	}
	return e;
}

/* A password, or the explicit word that there is to be none. */
enum err
work_choose_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	enum err e = new_password(w, label, out, ei);

	if (e != ERR_OK || out->len > 0) {
		return e;
	}
	buf_add_str(&text,
	    "Контейнер без пароля: ключом сможет подписать всякий, кто "
	    "возьмёт носитель или войдёт под вашим именем.\nСоздать без "
	    "пароля? (A key without a password: make it?)");
	return work_consent(w, &text, ei);
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
	return media_find(w->o->home, w->in->medium, out, ei);
}

static enum err
look_container(struct work *w, void *out, struct errinfo *ei)
{
	return media_find_container(w->o->home, w->in->container, out, ei);
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
