/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "failing.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int left = -1; /* calls until one fails; -1: none does */
static atomic_int armed;

void
failing_arm(enum failing kind, int n)
{
	atomic_store(&armed, (int)kind);
	atomic_store(&left, n);
}

bool
failing_disarm(void)
{
	return atomic_exchange(&left, -1) < 0;
}

/* Only the one that takes it from 0 to -1 fails. */
bool
failing_now(enum failing kind)
{
	return atomic_load(&left) >= 0 && atomic_load(&armed) == (int)kind &&
	       atomic_fetch_sub(&left, 1) == 0;
}

static bool
fails_with(int error)
{
	if (!failing_now(FAILING_FILE)) {
		return false;
	}
	errno = error;
	return true;
}

unsigned
failing_each(enum failing kind, enum err want,
    enum err (*act)(struct errinfo *ei), void (*after)(enum err got))
{
	struct errinfo ei = {0};
	bool failed = true;
	unsigned n;
	enum err err;

	for (n = 0; failed; n++) {
		ei = (struct errinfo){0};
		failing_arm(kind, (int)n);
		err = act(&ei);
		failed = failing_disarm();
		if (!failed ||
		    (err != ERR_OK && want != ERR_OK && err != want)) {
			assert_ok(err, &ei);
		}
		assert_true(err == ERR_OK || ei.text[0] != '\0');
		if (after != NULL) {
			after(err);
		}
	}
	print_message("%u calls failed in turn\n", n - 1);
	return n - 1;
}

/* --- memory -------------------------------------------------------------- */

void *__real_malloc(size_t len);
void *__real_calloc(size_t num, size_t len);
void *__real_realloc(void *p, size_t len);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t num, size_t len);
void *__wrap_realloc(void *p, size_t len);

void *
__wrap_malloc(size_t len)
{
	return failing_now(FAILING_ALLOC) ? NULL : __real_malloc(len);
}

void *
__wrap_calloc(size_t num, size_t len)
{
	return failing_now(FAILING_ALLOC) ? NULL : __real_calloc(num, len);
}

void *
__wrap_realloc(void *p, size_t len)
{
	return failing_now(FAILING_ALLOC) ? NULL : __real_realloc(p, len);
}

/* --- files --------------------------------------------------------------- */

ssize_t __real_write(int fd, const void *p, size_t len);
ssize_t __real_pwrite64(int fd, const void *p, size_t len, off_t at);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_rename(const char *old, const char *new);
ssize_t __wrap_write(int fd, const void *p, size_t len);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t len, off_t at);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_rename(const char *old, const char *new);
int __real_link(const char *old, const char *new);
int __wrap_link(const char *old, const char *new);

/* Half of it is written before the disk is full. */
ssize_t
__wrap_write(int fd, const void *p, size_t len)
{
	if (fails_with(ENOSPC)) {
		(void)!__real_write(fd, p, len / 2);
		errno = ENOSPC;
		return -1;
	}
	return __real_write(fd, p, len);
}

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t len, off_t at)
{
	if (fails_with(ENOSPC)) {
		(void)!__real_pwrite64(fd, p, len / 2, at);
		errno = ENOSPC;
		return -1;
	}
	return __real_pwrite64(fd, p, len, at);
}

int
__wrap_fsync(int fd)
{
	return fails_with(EIO) ? -1 : __real_fsync(fd);
}

int
__wrap_fdatasync(int fd)
{
	return fails_with(EIO) ? -1 : __real_fdatasync(fd);
}

int
__wrap_rename(const char *old, const char *new)
{
	return fails_with(ENOSPC) ? -1 : __real_rename(old, new);
}

int
__wrap_link(const char *old, const char *new)
{
	return fails_with(ENOSPC) ? -1 : __real_link(old, new);
}
