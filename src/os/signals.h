/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_SIGNALS_H
#define SURGUCH_OS_SIGNALS_H
/*
 * Signals as something to wait for, beside descriptors.  After
 * signals_catch() they are blocked except inside signals_wait(), so no call
 * elsewhere is interrupted and none is lost.
 */
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum signal_set {
	SIGNAL_STOP = 1 << 0,   /* SIGTERM, SIGINT */
	SIGNAL_RELOAD = 1 << 1, /* SIGHUP */
	SIGNAL_CHILD = 1 << 2,  /* SIGCHLD */
};

/* Before any thread starts: threads inherit the blocked set.  SIGPIPE is
 * ignored from here on. */
ATTR_MUST_USE enum err signals_catch(struct errinfo *ei);
/*
 * Wait until one of the descriptors is ready, a caught signal has come, or
 * timeout_ms are over (< 0: for ever).  revents are set as poll() does;
 * *out_signals is the set that came since the last call.
 */
ATTR_MUST_USE enum err signals_wait(struct pollfd *fds, size_t num_fds,
    int timeout_ms, unsigned *out_signals, struct errinfo *ei);

#endif
