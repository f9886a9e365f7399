/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WINDOW_H
#define SURGUCH_AGENT_WINDOW_H
/*
 * Where the agent asks its person: one question at a time, each thread in its
 * turn.  Either in a window of the desktop, which another program shows
 * (surguch-window, over a pair of sockets; question.h has what goes through
 * it), or at the terminal, where the answer is typed.
 */
#include <stdatomic.h>
#include <stdint.h>

#include "agent/words.h"
#include "base/attr.h"
#include "base/err.h"

struct question;
struct window;

enum window_kind {
	WINDOW_NONE, /* nobody can be asked: every question fails */
	WINDOW_TERMINAL,
	WINDOW_GTK,
};
/* What there is here: a display, or else a terminal. */
enum window_kind window_kind_here(void);

/* Borrowed. */
struct window_options {
	enum window_kind kind;
	enum language language;
	const char *program; /* surguch-window's path */
};
ATTR_MUST_USE enum err window_open(
    const struct window_options *o, struct window **out, struct errinfo *ei);
void window_free(struct window *w); /* NULL is fine */
/* "gtk", "terminal", "none" */
const char *window_name(const struct window *w);
enum language window_language(const struct window *w);

/*
 * Yes or no; no answer is no.  *stop ends it early.  The question stays the
 * caller's.  ERR_DENIED "agent.refused"; ERR_TIMEOUT "agent.timeout";
 * ERR_STATE "agent.cancelled", "agent.window" (it cannot be shown, or ended
 * without an answer); what question_done() says.
 */
ATTR_MUST_USE enum err window_confirm(struct window *w, struct question *q,
    int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei);

#endif
