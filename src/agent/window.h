/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WINDOW_H
#define SURGUCH_AGENT_WINDOW_H
/*
 * Where the agent asks its person: one question at a time, each thread in its
 * turn.  This is the terminal form; the answer is typed.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct window;

/* Whether there is a terminal is seen at the first question. */
ATTR_MUST_USE enum err window_open(struct window **out, struct errinfo *ei);
void window_free(struct window *w);              /* NULL is fine */
const char *window_name(const struct window *w); /* "terminal" */

/*
 * Yes or no; no answer is no.  text: lines of UTF-8, shown after unsafe
 * characters were escaped, so that nothing in it moves the cursor or turns
 * the direction.  *stop ends it early.  ERR_DENIED "agent.refused";
 * ERR_TIMEOUT "agent.timeout"; ERR_STATE "agent.cancelled", "agent.window".
 */
ATTR_MUST_USE enum err window_confirm(struct window *w, struct slice text,
    int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei);

/* A line of a question: "Name: value", the value from outside. */
void window_put_line(struct buf *b, const char *name, struct slice value);
/* What a page or a document says, line by line, each marked as quoted. */
void window_put_quoted(struct buf *b, struct slice lines);

#endif
