/* SPDX-License-Identifier: Apache-2.0 */
#include "os/wait.h"

#include <errno.h>
#include <time.h>

#include "base/err.h"

enum {
	NS_PER_MS = 1000000,
	NS_PER_SEC = 1000000000
};

static struct timespec
in_ms(unsigned ms)
{
	struct timespec t;

	ensure(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * NS_PER_MS;
	if (t.tv_nsec >= NS_PER_SEC) {
		t.tv_nsec -= NS_PER_SEC;
		t.tv_sec++;
	}
	return t;
}

void
sleep_ms(unsigned ms)
{
	struct timespec until = in_ms(ms);

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) ==
	       EINTR) {
	}
}

void
cond_init_monotonic(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	ensure(pthread_condattr_init(&attr) == 0);
	ensure(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0);
	ensure(pthread_cond_init(c, &attr) == 0);
	(void)pthread_condattr_destroy(&attr);
}

void
cond_wait_ms(pthread_cond_t *c, pthread_mutex_t *m, unsigned ms)
{
	struct timespec until = in_ms(ms);

	(void)pthread_cond_timedwait(c, m, &until);
}
