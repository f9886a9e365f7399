/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_TERMINAL_H
#define SURGUCH_OS_TERMINAL_H
/*
 * Asking the person at the terminal.  Everything goes through /dev/tty, so
 * that redirected output stays clean; without a terminal it is ERR_STATE
 * "terminal.none", and the message names the option to use instead.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

bool terminal_is_interactive(void);
/* One line without its end; ERR_LIMIT when longer than the buffer. */
ATTR_MUST_USE enum err terminal_ask(
    const char *prompt, char *out, size_t size, struct errinfo *ei);
/* The same without echo. */
ATTR_MUST_USE enum err terminal_ask_secret(
    const char *prompt, struct secret *out, struct errinfo *ei);
/* "y" or "yes"; anything else is ERR_DENIED "terminal.no". */
ATTR_MUST_USE enum err terminal_confirm(
    const char *question, struct errinfo *ei);

/*
 * Show a text, then wait for one line.  What was typed before it was shown
 * does not count.  *stop (may be NULL) is looked at a few times a second.
 * ERR_TIMEOUT "terminal.timeout", ERR_STATE "terminal.stopped".
 */
ATTR_MUST_USE enum err terminal_ask_text(struct slice text, int64_t timeout_ms,
    const atomic_bool *stop, char *out, size_t size, struct errinfo *ei);

#endif
