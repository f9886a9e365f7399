/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_DIARY_H
#define SURGUCH_AGENT_DIARY_H
/*
 * The agent's log as a file of the person's: HOME/agent.log, a line an event,
 * each with its time; a full one becomes agent.log.1, in the place of the one
 * before.  What a line may say is the log's own rule (base/log.h).
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct diary;

/* From here on every line of the log goes there too, once it is open.  clock
 * is borrowed.  max: octets of a file.  ERR_SYS when it cannot be written. */
ATTR_MUST_USE enum err diary_open(const char *home, int64_t max,
    const struct clock *clock, struct diary **out, struct errinfo *ei);
void diary_close(struct diary *d); /* NULL is fine */

#endif
