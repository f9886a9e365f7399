/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WORKPLACE_H
#define SURGUCH_AGENT_WORKPLACE_H
/* What is in the computer, as a page is told (docs/agent-protocol.md 5). */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct media;

struct workplace_agent {
	struct slice id;
	int64_t protocol;
	const char *window;
};

/* The whole answers, appended. */
ATTR_MUST_USE enum err workplace_put(struct media *media,
    const struct workplace_agent *about, struct buf *out, struct errinfo *ei);
/* medium NULL: of all.  ERR_NOTFOUND "agent.medium". */
ATTR_MUST_USE enum err workplace_put_containers(struct media *media,
    const char *medium, struct buf *out, struct errinfo *ei);

#endif
