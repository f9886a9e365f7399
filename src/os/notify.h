/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_NOTIFY_H
#define SURGUCH_OS_NOTIFY_H
/* The service manager's way of hearing from us (sd_notify(3)): one datagram to
 * the socket that the environment's NOTIFY_SOCKET names; and whether it is its
 * journal that we write to. */
#include <stdbool.h>

/* "READY=1".  Nothing happens where nobody listens. */
void service_notify(const char *state);

/* Is standard error the journal's (the environment's JOURNAL_STREAM)? */
bool service_has_journal(void);

#endif
