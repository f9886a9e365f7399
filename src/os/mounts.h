/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_MOUNTS_H
#define SURGUCH_OS_MOUNTS_H
/*
 * Disks that a person has put in: what is mounted below /media or /run/media,
 * where desktops mount them, or lies on a device that the kernel calls
 * removable; and only what this process may enter.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "os/file.h"

enum {
	MOUNT_LABEL_SIZE = 128,
	MOUNT_SERIAL_SIZE = 64,
};

struct mount {
	char path[PATH_TEXT_SIZE];
	char label[MOUNT_LABEL_SIZE]; /* its folder's name: what people see */
	/* Of the file system ("1A2B-3C4D"); "" where it has none. */
	char serial[MOUNT_SERIAL_SIZE];
	bool writable;
};

/* At most max; what is more is not told.  ERR_SYS. */
ATTR_MUST_USE enum err mounts_removable(
    struct mount *out, size_t max, size_t *out_num, struct errinfo *ei);

#endif
