/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/window.h"

#include <pthread.h>
#include <stdlib.h>

#include "agent/question.h"
#include "agent/window_priv.h"
#include "os/terminal.h"

struct window {
	struct window_options o;
	pthread_mutex_t one; /* question at a time */
};

static bool
is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

enum window_kind
window_kind_here(void)
{
	if (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")) {
		return WINDOW_GTK;
	}
	return terminal_is_interactive() ? WINDOW_TERMINAL : WINDOW_NONE;
}

enum err
window_open(
    const struct window_options *o, struct window **out, struct errinfo *ei)
{
	struct window *w = calloc(1, sizeof(*w));

	if (w == NULL || pthread_mutex_init(&w->one, NULL) != 0) {
		free(w);
		return err_nomem(ei);
	}
	w->o = *o;
	*out = w;
	return ERR_OK;
}

void
window_free(struct window *w)
{
	if (w != NULL) {
		(void)pthread_mutex_destroy(&w->one);
		free(w);
	}
}

const char *
window_name(const struct window *w)
{
	static const char *const names[] = {
	    [WINDOW_NONE] = "none",
	    [WINDOW_TERMINAL] = "terminal",
	    [WINDOW_GTK] = "gtk",
	};

	return names[w->o.kind];
}

enum language
window_language(const struct window *w)
{
	return w->o.language;
}

static enum err
ask(struct window *w, struct slice question, int64_t timeout_ms,
    const atomic_bool *stop, struct errinfo *ei)
{
	switch (w->o.kind) {
	case WINDOW_TERMINAL:
		return window_ask_terminal(question, timeout_ms, stop, ei);
	case WINDOW_GTK:
		return window_ask_program(
		    w->o.program, question, timeout_ms, stop, ei);
	case WINDOW_NONE:
		break;
	}
	return err_set(ei, ERR_STATE, "agent.window", NULL,
	    "the agent has neither a display nor a terminal to ask at");
}

enum err
window_confirm(struct window *w, struct question *q, int64_t timeout_ms,
    const atomic_bool *stop, struct errinfo *ei)
{
	struct slice bytes;
	enum err e = question_done(q, &bytes, ei);

	if (e == ERR_OK) {
		(void)pthread_mutex_lock(&w->one);
		e = ask(w, bytes, timeout_ms, stop, ei);
		(void)pthread_mutex_unlock(&w->one);
	}
	return e;
}
