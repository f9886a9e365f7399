/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_UNLOCK_H
#define SURGUCH_CLI_UNLOCK_H
#include "base/err.h"
#include "base/slice.h"

/*
 * Give the signer NAME of the centre under `prefix` ("": the system's own)
 * what opens its key, over its own socket.  ERR_AGAIN "unlock.connect" when it
 * does not listen; what the signer says else.
 */
ATTR_MUST_USE enum err unlock_signer(const char *prefix, const char *name,
    struct slice secret, struct errinfo *ei);

#endif
