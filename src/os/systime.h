/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_SYSTIME_H
#define SURGUCH_OS_SYSTIME_H
/*
 * The machine's clocks as a struct clock.  A build with -Dtest_seams=true
 * adds to the wall clock an offset in seconds, a native int64_t at the start
 * of the memfd that the environment's SURGUCH_CLOCK_FD names; a release has
 * no such code (a test looks).
 */
#include "base/clock.h"

/* Good for the whole life of the process, from any thread. */
struct clock system_clock(void);
/* Microseconds of the monotonic clock, for measuring. */
int64_t systime_us(void);

#endif
