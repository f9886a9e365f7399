/* SPDX-License-Identifier: Apache-2.0 */
#include "os/seam.h"

#ifdef SURGUCH_TEST_SEAMS
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

static int
seam_fd(void)
{
	const char *text = getenv("SURGUCH_SEAM_FD");
	char *end;
	long fd;

	if (text == NULL || *text == '\0') {
		return -1;
	}
	fd = strtol(text, &end, 10);
	return *end == '\0' && fd >= 0 && fd <= 1024 ? (int)fd : -1;
}

/*
 * All roles inherit one open socket, so only one may be waiting for its byte:
 * threads take turns by the mutex, processes by a record lock, which the
 * kernel drops when the test kills its holder.
 */
static void
lock(int fd, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET};

	while (fcntl(fd, F_SETLKW, &l) != 0 && errno == EINTR) {
		continue;
	}
}

/* An answer names whom it is for: one that came too late for a process that
 * was killed must not let the next asker go. */
static void
wait_answer(int fd)
{
	char answer[SEAM_ANSWER_SIZE + 1];
	size_t len = 0;
	ssize_t n;

	for (;;) {
		n = read(fd, answer + len, SEAM_ANSWER_SIZE - len);
		if (n == 0 || (n < 0 && errno != EINTR)) {
			return; /* nobody is there to hold us */
		}
		len += n > 0 ? (size_t)n : 0;
		if (len < SEAM_ANSWER_SIZE) {
			continue;
		}
		answer[len] = '\0';
		len = 0;
		if (strtol(answer, NULL, 10) == (long)getpid()) {
			return;
		}
	}
}

void
seam(const char *name)
{
	char line[96];
	int fd = seam_fd();
	int len;

	if (fd < 0) {
		return;
	}
	len = snprintf(line, sizeof(line), "%s %ld\n", name, (long)getpid());
	if (len <= 0 || (size_t)len >= sizeof(line)) {
		return;
	}
	pthread_mutex_lock(&asking);
	lock(fd, F_WRLCK);
	if (write(fd, line, (size_t)len) == len) {
		wait_answer(fd);
	}
	lock(fd, F_UNLCK);
	pthread_mutex_unlock(&asking);
}

int
seam_wall_off(const char *wall)
{
	const char *off = getenv("SURGUCH_TEST_WALL_OFF");

	return off != NULL && strcmp(off, wall) == 0;
}

int
seam_sync_off(const char *site)
{
	const char *off = getenv("SURGUCH_TEST_SYNC_OFF");

	return off != NULL && strcmp(off, site) == 0;
}

int
seam_plain_disk(const char *path)
{
	const char *disk = getenv("SURGUCH_TEST_PLAIN_DISK");

	return disk != NULL && strncmp(path, disk, strlen(disk)) == 0;
}

/* Descriptor of PATH.synced, or -1 when nobody asked for it. */
static int
open_synced(const char *path, int flags)
{
	char name[1100];

	if (getenv("SURGUCH_TEST_SYNCED") == NULL) {
		return -1;
	}
	(void)snprintf(name, sizeof(name), "%s.synced", path);
	return open(name, flags | O_CLOEXEC, 0600);
}

void
seam_synced(const char *path, uint64_t size)
{
	int fd = open_synced(path, O_WRONLY | O_CREAT);

	if (fd >= 0) {
		(void)!pwrite(fd, &size, sizeof(size), 0);
		(void)close(fd);
	}
}

/* Some of the bytes behind `size` had reached the disk, in any order. */
static off_t
cut_somewhere(int fd, off_t size, off_t end)
{
	uint16_t chance[2] = {0};
	static const char zeros[512];
	off_t kept, hole;

	(void)!getrandom(chance, sizeof(chance), 0);
	kept = size + chance[0] % (end - size + 1);
	hole = size + chance[1] % (end - size + 1);
	if (hole + (off_t)sizeof(zeros) <= kept) {
		(void)!pwrite(fd, zeros, sizeof(zeros), hole);
	}
	return kept;
}

void
seam_power_cut(int fd, const char *path)
{
	const char *asked = getenv("SURGUCH_TEST_SYNCED");
	off_t end = lseek(fd, 0, SEEK_END);
	int note = open_synced(path, O_RDONLY);
	uint64_t size = 0;

	if (asked == NULL || end < 0) {
		return;
	}
	if (note < 0) { /* the first time: what is there is durable */
		seam_synced(path, (uint64_t)end);
		return;
	}
	if (pread(note, &size, sizeof(size), 0) == sizeof(size) &&
	    (uint64_t)end > size) {
		(void)!ftruncate(fd, strcmp(asked, "some") == 0
					 ? cut_somewhere(fd, (off_t)size, end)
					 : (off_t)size);
	}
	(void)close(note);
}
#else
/* ISO C wants a declaration in every unit. */
typedef int seam_is_absent;
#endif
