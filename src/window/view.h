/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WINDOW_VIEW_H
#define SURGUCH_WINDOW_VIEW_H
/*
 * The question on the screen.  Texts are set as texts, never as markup.
 */
#include "base/slice.h"

/* What the person did; once. */
typedef void view_answer(bool yes);

/* Show a checked question.  The refusal is the default, also of Escape and of
 * closing; what agrees takes no press in the first second, so that nobody
 * agrees to a window that came up under their fingers.  Borrowed for the
 * call. */
void view_show(struct slice question, view_answer *answer);

#endif
