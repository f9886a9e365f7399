/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BENCH_CPU_H
#define SURGUCH_BENCH_CPU_H
/* What a bench's program has had of the processors. */

/* Seconds of user and system time of this process, all of its threads. */
double own_cpu(void);

#endif
