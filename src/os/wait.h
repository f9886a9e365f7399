/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_WAIT_H
#define SURGUCH_OS_WAIT_H
/*
 * Waiting with a limit.  Condition variables made here count on the monotonic
 * clock, so that setting the wall clock neither ends nor prolongs a wait.
 */
#include <pthread.h>

void sleep_ms(unsigned ms); /* goes on after signals */

void cond_init_monotonic(pthread_cond_t *c);
/* Waits until it is signalled or ms are over; may also wake for nothing. */
void cond_wait_ms(pthread_cond_t *c, pthread_mutex_t *m, unsigned ms);

#endif
