/* SPDX-License-Identifier: Apache-2.0 */
#include "os/memfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "os/file.h"

enum {
	ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
};

enum err
memfd_new(const char *name, int *out_fd, struct errinfo *ei)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0) {
		return err_sys(ei, "memfd.new", "No memory file can be made");
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
memfd_seal(int fd, struct errinfo *ei)
{
	if (fcntl(fd, F_ADD_SEALS, ALL_SEALS) != 0) {
		return err_sys(
		    ei, "memfd.seals", "The memory file cannot be sealed");
	}
	return ERR_OK;
}

enum err
memfd_of(
    const char *name, struct slice content, int *out_fd, struct errinfo *ei)
{
	enum err err;
	int fd;

	err = memfd_new(name, &fd, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = fd_write_all(fd, content, ei);
	if (err == ERR_OK) {
		err = memfd_seal(fd, ei);
	}
	if (err != ERR_OK) {
		fd_close(fd);
		return err;
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
memfd_map(int fd, size_t max, struct slice *out, struct errinfo *ei)
{
	struct stat st;
	int seals;
	void *p;

	/* Seals first: what they fix cannot change behind the later checks.
	 * EINVAL: not a memory file at all. */
	seals = fcntl(fd, F_GET_SEALS);
	if (seals < 0 || (seals & ALL_SEALS) != ALL_SEALS) {
		return err_set(ei, ERR_DENIED, "memfd.seals", NULL,
		    "The body is not a memory file sealed against writing, "
		    "growing, shrinking and further seals.");
	}
	if (fstat(fd, &st) != 0) {
		return err_sys(
		    ei, "memfd.map", "The memory file cannot be examined");
	}
	if (st.st_size < 0 || (uint64_t)st.st_size > max) {
		return err_set(ei, ERR_LIMIT, "memfd.size", NULL,
		    "The body has %lld bytes; at most %zu are allowed.",
		    (long long)st.st_size, max);
	}
	if (st.st_size == 0) {
		*out = SLICE_EMPTY;
		return ERR_OK;
	}
	/* All of it is read, so not page by page. */
	p = mmap(NULL, (size_t)st.st_size, PROT_READ,
	    MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED) {
		return err_sys(
		    ei, "memfd.map", "The memory file cannot be mapped");
	}
	*out = slice_make(p, (size_t)st.st_size);
	return ERR_OK;
}

void
memfd_unmap(struct slice s)
{
	if (s.len > 0) {
		ensure(munmap((void *)(uintptr_t)s.p, s.len) == 0);
	}
}
