/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_RECENT_H
#define SURGUCH_CA_RECENT_H
/* The last certificates of a CA, as its signer's journal has them. */
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct authority;

enum {
	CA_RECENT_MAX = 1000,
	CA_RECENT_LOOK = 100000 /* records that are looked at for them */
};

/* The certificate's DER; anything but ERR_OK ends the walk. */
typedef enum err ca_recent_fn(void *arg, struct slice cert, struct errinfo *ei);

/* The newest first, at most num (to CA_RECENT_MAX) issued under this profile.
 * The signer's errors. */
ATTR_MUST_USE enum err ca_recent(const struct authority *a, const char *profile,
    size_t num, ca_recent_fn *fn, void *arg, struct errinfo *ei);

#endif
