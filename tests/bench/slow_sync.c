/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For LD_PRELOAD: an ordinary disk, on which each sync takes a millisecond
 * longer than on this one.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

enum {
	DELAY_NS = 1000000
};

static int
slowly(const char *name, int fd)
{
	const struct timespec t = {.tv_nsec = DELAY_NS};
	int (*real)(int);

	*(void **)&real = dlsym(RTLD_NEXT, name);
	(void)nanosleep(&t, NULL);
	return real(fd);
}

int
fsync(int fd)
{
	return slowly("fsync", fd);
}

int
fdatasync(int fd)
{
	return slowly("fdatasync", fd);
}
