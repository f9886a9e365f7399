/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_HOME_H
#define SURGUCH_WORKSTATION_HOME_H
/* Where things of the person lie. */
#include <stddef.h>

#include "base/err.h"

/* $SURGUCH_HOME, else $XDG_CONFIG_HOME/surguch, else ~/.config/surguch; it
 * need not be there yet.  ERR_STATE "home.none", ERR_LIMIT "home.length". */
ATTR_MUST_USE enum err home_dir(char *out, size_t size, struct errinfo *ei);

#endif
