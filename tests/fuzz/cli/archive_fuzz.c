/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A backup's archive from anywhere: what is taken leads nowhere outside, and
 * is written again as the same members.
 */
#include <string.h>

#include "base/bounds.h"
#include "cli/archive.h"
#include "crypto/init.h"
#include "os/file.h"
#include "os/memfd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
same_header(const struct tar_entry *e)
{
	uint8_t block[TAR_BLOCK];
	struct tar_entry back;
	bool end = true;

	ensure(tar_name_safe(e->name));
	/* The slash of a directory may be one byte too much. */
	if (tar_header_put(e, block, NULL) != ERR_OK) {
		ensure(e->dir);
		return;
	}
	ensure(tar_header_get(block, &back, &end, NULL) == ERR_OK && !end);
	ensure(strcmp(back.name, e->name) == 0 && back.dir == e->dir);
	ensure(back.size == e->size && back.mode == e->mode);
	ensure(back.uid == e->uid && back.gid == e->gid);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct errinfo ei = {0};
	struct tar_entry e;
	struct archive a;
	bool end;
	int fd;

	ensure(crypto_init(NULL) == ERR_OK);
	if (size >= TAR_BLOCK &&
	    tar_header_get(data, &e, &end, NULL) == ERR_OK && !end) {
		same_header(&e);
	}
	ensure(memfd_new("fuzz", &fd, NULL) == ERR_OK);
	ensure(fd_write_all(fd, slice_make(data, size), NULL) == ERR_OK);
	if (archive_open(fd, ARCHIVE_BACKUP, &a, &ei) == ERR_OK) {
		for (size_t i = 0; i < a.num; i++) {
			same_header(&a.members[i].entry);
		}
	} else {
		ensure(ei.rule[0] != '\0');
	}
	archive_clear(&a);
	fd_close(fd);
	return 0;
}
