/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/window_priv.h"

#include <string.h>

#include "agent/question.h"
#include "base/bounds.h"
#include "os/terminal.h"

enum {
	SHOWN_MAX = 2 * QUESTION_BYTES_MAX, /* a mark before each line */
	ANSWER_SIZE = 64,
};

/* The whole word: what is pressed by chance is no consent. */
static bool
is_yes(const char *answer)
{
	return strcmp(answer, "yes") == 0 || strcmp(answer, "да") == 0;
}

static enum err
translate(enum err e, const struct errinfo *own, struct errinfo *ei)
{
	switch ((int)e) {
	case ERR_TIMEOUT:
		return err_set(ei, ERR_TIMEOUT, "agent.timeout", NULL,
		    "nobody answered in the agent's window");
	case ERR_DENIED:
		return err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the person did not agree");
	case ERR_STATE:
		if (strcmp(own->rule, "terminal.stopped") == 0) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the question was taken back");
		}
		return err_set(ei, ERR_STATE, "agent.window", NULL,
		    "the agent has no terminal to ask at");
	default:
		if (ei != NULL) {
			*ei = *own;
		}
		return e;
	}
}

static void
put_lines(struct buf *b, const char *mark, struct slice lines)
{
	while (lines.len > 0) {
		const uint8_t *end = memchr(lines.p, '\n', lines.len);
		size_t len = end != NULL ? (size_t)(end - lines.p) : lines.len;

		buf_add_str(b, mark);
		buf_add(b, slice_make(lines.p, len));
		buf_add_u8(b, '\n');
		len += end != NULL;
		lines.p += len;
		lines.len -= len;
	}
}

static void
put_part(struct buf *b, const struct question_part *part)
{
	switch (part->kind) {
	case QUESTION_HEADING:
	case QUESTION_NOTE:
		put_lines(b, "", part->text);
		break;
	case QUESTION_NAME:
		buf_add_str(b, "  ");
		buf_add(b, part->text);
		break;
	case QUESTION_VALUE:
		buf_add_str(b, ": ");
		buf_add(b, part->text);
		buf_add_u8(b, '\n');
		break;
	case QUESTION_QUOTE:
		put_lines(b, "  | ", part->text);
		break;
	case QUESTION_YES:
	case QUESTION_NO:
		break; /* of buttons; here a word is typed */
	}
}

enum err
window_ask_terminal(struct slice question, int64_t timeout_ms,
    const atomic_bool *stop, struct errinfo *ei)
{
	struct buf shown = BUF_INIT(SHOWN_MAX);
	struct slice parts = question_parts(question);
	struct question_part part;
	char answer[ANSWER_SIZE] = "";
	struct errinfo own = {0};
	enum err e;

	buf_add_str(&shown, "\n--- surguch-agent ---\n");
	while (question_next(&parts, &part)) {
		put_part(&shown, &part);
	}
	buf_add_str(&shown, "\nyes / да: ");
	e = buf_err(&shown, ei);
	if (e == ERR_OK) {
		e = terminal_ask_text(buf_slice(&shown), timeout_ms, stop,
		    answer, sizeof(answer), &own);
		if (e == ERR_OK && !is_yes(answer)) {
			e = ERR_DENIED;
		}
		if (e != ERR_OK) {
			e = translate(e, &own, ei);
		}
	}
	buf_clear(&shown);
	return e;
}
