/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WINDOW_PRIV_H
#define SURGUCH_AGENT_WINDOW_PRIV_H
/* The two forms of a window; of agent/window*.c only.  Both say what
 * window_confirm() says. */
#include "agent/window.h"
#include "base/slice.h"

/* question: as question_done() gives it. */
ATTR_MUST_USE enum err window_ask_terminal(struct slice question,
    int64_t timeout_ms, const atomic_bool *stop, struct errinfo *ei);
ATTR_MUST_USE enum err window_ask_program(const char *program,
    struct slice question, int64_t timeout_ms, const atomic_bool *stop,
    struct errinfo *ei);

#endif
