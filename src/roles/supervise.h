/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_SUPERVISE_H
#define SURGUCH_ROLES_SUPERVISE_H
/*
 * Keeps the roles of a plan running: starts them all, starts again what ends
 * (after 100 ms, doubling up to 10 s while it keeps ending), stops them in
 * order.
 *
 *	SIGTERM, SIGINT	front is told to end and waited for, then the others
 *	SIGHUP		the same, and all are started again
 */
#include "base/clock.h"
#include "base/err.h"

struct plan;

struct supervise_options {
	struct clock clock;
	/* Called once, when every role has said that it is ready. */
	void (*ready)(void *arg);
	void *arg;
};

/*
 * Runs until it is told to stop (ERR_OK).  ERR_STATE "supervise.start" when a
 * role ended before all were ready for the first time: then the mistake is
 * more likely in the settings than in the role.
 */
ATTR_MUST_USE enum err supervise(const struct plan *p,
    const struct supervise_options *o, struct errinfo *ei);

#endif
