/* SPDX-License-Identifier: Apache-2.0 */
#include "os/systime.h"

#include <stddef.h>
#include <time.h>

#include "base/err.h"

#ifdef SURGUCH_TEST_SEAMS
#include <stdlib.h>
#include <unistd.h>

/* Whole seconds that a test adds to the wall clock; read each time, because
 * the test may change it under a running process. */
static int64_t
offset_ms(void)
{
	const char *name = getenv("SURGUCH_CLOCK_FD");
	int64_t sec = 0;
	char *end;
	long fd;

	if (name == NULL || *name == '\0') {
		return 0;
	}
	fd = strtol(name, &end, 10);
	if (*end != '\0' || fd < 0 || fd > 1024 ||
	    pread((int)fd, &sec, sizeof(sec), 0) != (ssize_t)sizeof(sec)) {
		return 0;
	}
	return sec * 1000;
}
#else
static int64_t
offset_ms(void)
{
	return 0;
}
#endif

static int64_t
read_ms(clockid_t which)
{
	struct timespec now;

	ensure(clock_gettime(which, &now) == 0);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t
utc_ms(void *arg)
{
	(void)arg;
	return read_ms(CLOCK_REALTIME) + offset_ms();
}

static int64_t
mono_ms(void *arg)
{
	(void)arg;
	return read_ms(CLOCK_MONOTONIC);
}

int64_t
systime_us(void)
{
	struct timespec now;

	ensure(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct clock
system_clock(void)
{
	return (struct clock){.utc_ms = utc_ms, .mono_ms = mono_ms};
}
