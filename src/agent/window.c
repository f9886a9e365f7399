/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/window.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "os/terminal.h"

enum {
	SHOWN_MAX = 2 * AGENT_TEXT_MAX,
	VALUE_CHARS_MAX = 400,
	LINE_CHARS_MAX = 2000,
	ANSWER_SIZE = 64,
};

struct window {
	pthread_mutex_t one; /* question at a time */
};

enum err
window_open(struct window **out, struct errinfo *ei)
{
	struct window *w = calloc(1, sizeof(*w));

	if (w == NULL || pthread_mutex_init(&w->one, NULL) != 0) {
		free(w);
		return err_nomem(ei);
	}
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
	(void)w;
	return "terminal";
}

void
window_put_line(struct buf *b, const char *name, struct slice value)
{
	buf_printf(b, "  %s: ", name);
	text_escape(b, value, VALUE_CHARS_MAX);
	buf_add_u8(b, '\n');
}

void
window_put_quoted(struct buf *b, struct slice lines)
{
	while (lines.len > 0) {
		const uint8_t *end = memchr(lines.p, '\n', lines.len);
		size_t len = end != NULL ? (size_t)(end - lines.p) : lines.len;

		buf_add_str(b, "  | ");
		text_escape(b, slice_make(lines.p, len), LINE_CHARS_MAX);
		buf_add_u8(b, '\n');
		len += end != NULL;
		lines.p += len;
		lines.len -= len;
	}
}

/* The whole word: what is pressed by chance is no consent. */
static bool
is_yes(const char *answer)
{
	return strcmp(answer, "yes") == 0 || strcmp(answer, "да") == 0;
}

static enum err
translate(enum err e, struct errinfo *ei)
{
	switch ((int)e) {
	case ERR_TIMEOUT:
		return err_set(ei, ERR_TIMEOUT, "agent.timeout", NULL,
		    "nobody answered in the agent's window");
	case ERR_DENIED:
		return err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the person did not agree");
	case ERR_STATE:
		if (strcmp(ei->rule, "terminal.stopped") == 0) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the question was taken back");
		}
		return err_set(ei, ERR_STATE, "agent.window", NULL,
		    "the agent has no terminal to ask at");
	default:
		return e;
	}
}

static enum err
ask(struct slice text, int64_t timeout_ms, const atomic_bool *stop,
    struct errinfo *ei)
{
	struct buf shown = BUF_INIT(SHOWN_MAX);
	char answer[ANSWER_SIZE];
	enum err e;

	buf_add_str(&shown, "\n--- surguch-agent ---\n");
	buf_add(&shown, text);
	buf_add_str(&shown, "\nyes / да: ");
	e = buf_err(&shown, ei);
	if (e == ERR_OK) {
		e = terminal_ask_text(buf_slice(&shown), timeout_ms, stop,
		    answer, sizeof(answer), ei);
	}
	buf_clear(&shown);
	if (e == ERR_OK && !is_yes(answer)) {
		e = err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the person did not agree");
	}
	return e;
}

enum err
window_confirm(struct window *w, struct slice text, int64_t timeout_ms,
    const atomic_bool *stop, struct errinfo *ei)
{
	struct errinfo own = {0};
	enum err e;

	(void)pthread_mutex_lock(&w->one);
	e = ask(text, timeout_ms, stop, &own);
	(void)pthread_mutex_unlock(&w->one);
	if (e != ERR_OK) {
		e = translate(e, &own);
		if (ei != NULL) {
			*ei = own;
		}
	}
	return e;
}
