/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_RESOLVER_H
#define SURGUCH_OS_RESOLVER_H
/*
 * Name resolution that stays within a role's walls.
 */
#include "base/err.h"

/*
 * From here on host names are looked up in /etc/hosts and by DNS alone,
 * whatever /etc/nsswitch.conf says: no module is loaded later and no cache
 * daemon is asked, either of which the walls would answer by killing the
 * process.  Before the first look-up.
 */
ATTR_MUST_USE enum err resolver_plain(struct errinfo *ei);

#endif
