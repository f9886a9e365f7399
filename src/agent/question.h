/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_QUESTION_H
#define SURGUCH_AGENT_QUESTION_H
/*
 * A question to the person: what is asked, by whom, for whom, on what.  The
 * agent writes it; the terminal form and surguch-window, which is another
 * process, show it, and so it is kept as it goes to that one:
 *
 *	"SGQ1", length of the parts (u32, big-endian), parts
 *	part: kind (u8), length (u32), text
 *
 * The heading, what agrees and what refuses come first, once each; then lines
 * (a name and a value), notes and quoted texts, in any number and order.  A
 * text is UTF-8 without control characters and what turns or hides writing; of
 * a quoted text and a note the lines end in LF.  It is never markup.
 *
 * The answer is "yes\n" or "no\n".  Whoever asked closes the channel when the
 * question is taken back, and the window then closes too.
 */
#include <stdbool.h>

#include "agent/words.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	QUESTION_HEAD_SIZE = 8,
};

enum question_kind {
	QUESTION_HEADING = 'H',
	QUESTION_YES = 'Y',
	QUESTION_NO = 'N',
	QUESTION_NAME = 'L',  /* of a line: its value is the next part */
	QUESTION_VALUE = 'V', /* may be empty */
	QUESTION_QUOTE = 'Q', /* somebody else's words */
	QUESTION_NOTE = 'T',  /* ours */
};

/* --- writing: the agent --------------------------------------------------- */

struct question {
	enum language language;
	struct buf bytes;
};
/* What is asked, and the words that agree. */
void question_init(struct question *q, enum language language,
    enum word heading, enum word yes);
void question_clear(struct question *q);
/* The value comes from outside: it is escaped, and cut at 400 characters. */
void question_line(struct question *q, enum word name, struct slice value);
/* Every line of it, whole; what is unsafe to show is escaped. */
void question_quote(struct question *q, struct slice text);
void question_note(struct question *q, enum word note);
/* The bytes, which die with q.  ERR_LIMIT above QUESTION_BYTES_MAX. */
ATTR_MUST_USE enum err question_done(
    struct question *q, struct slice *out, struct errinfo *ei);

/* --- reading: whoever shows it -------------------------------------------- */

/* How many octets follow a head of QUESTION_HEAD_SIZE.  ERR_FORMAT
 * "question.form", ERR_LIMIT "question.size". */
ATTR_MUST_USE enum err question_size(
    struct slice head, size_t *out, struct errinfo *ei);
/* Is the whole (with its head) a question?  ERR_FORMAT "question.form",
 * "question.text". */
ATTR_MUST_USE enum err question_check(struct slice bytes, struct errinfo *ei);

struct question_part {
	enum question_kind kind;
	struct slice text;
};
/* The parts of a checked question, one by one: begin with all its bytes. */
struct slice question_parts(struct slice bytes);
bool question_next(struct slice *parts, struct question_part *out);

#endif
