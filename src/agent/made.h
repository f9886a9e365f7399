/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_MADE_H
#define SURGUCH_AGENT_MADE_H
/*
 * The request of the key that was made last (HOME/request.json): a browser that
 * is closed before the centre has it must not cost the key.  Nothing of it is
 * secret; the key itself lies in its container.  Any number of threads.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "container/container.h"

/* Borrowed. */
struct made {
	const char *origin; /* of the centre that ordered it */
	struct id application;
	const char *container; /* its id */
	struct slice pkcs10;   /* DER */
};

/* In the place of the one before; on disk when this returns. */
ATTR_MUST_USE enum err made_keep(
    const char *home, const struct made *made, struct errinfo *ei);

/*
 * That of this application of this centre; the request (DER, at most
 * CSR_BYTES_MAX) is appended.  ERR_NOTFOUND "agent.request": another key, or
 * none, was made last.
 */
ATTR_MUST_USE enum err made_find(const char *home, const char *origin,
    const struct id *application, char out_container[CONTAINER_ID_SIZE],
    struct buf *out_pkcs10, struct errinfo *ei);

#endif
