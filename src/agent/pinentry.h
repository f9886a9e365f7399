/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_PINENTRY_H
#define SURGUCH_AGENT_PINENTRY_H
/*
 * Passwords and PINs, in the desktop's own dialog (pinentry, over libassuan):
 * what is typed goes from there into a secret and nowhere else.
 */
#include <stdatomic.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"

struct pinentry_options {
	const char *program; /* its path; PATH is not searched */
	const char *ok;      /* what its buttons say */
	const char *cancel;
	int64_t timeout_ms; /* for each question */
};

/*
 * One dialog: a title, a description (both ours or escaped: one line of at
 * most 900 octets), a prompt, and why it is asked again ("" at first).  The
 * answer may be empty.  *stop, and the time that is up, close the window.
 * ERR_DENIED "agent.refused" when the person gives up; ERR_STATE
 * "agent.cancelled", and "agent.pinentry" when there is no such program or it
 * fails; ERR_TIMEOUT "agent.timeout".
 */
ATTR_MUST_USE enum err pinentry_ask(const struct pinentry_options *o,
    const atomic_bool *stop, const char *description, const char *prompt,
    const char *error, struct secret *out, struct errinfo *ei);

/* One question with two buttons, which bear these words.  ERR_OK: yes;
 * ERR_DENIED "agent.refused": no; the rest as pinentry_ask(). */
ATTR_MUST_USE enum err pinentry_confirm(const struct pinentry_options *o,
    const atomic_bool *stop, const char *description, const char *yes,
    const char *no, struct errinfo *ei);

#endif
