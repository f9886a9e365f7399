/* SPDX-License-Identifier: Apache-2.0 */
#include "container/remove.h"

#include <errno.h>
#include <stdio.h>

#include "container/cryptopro.h"
#include "os/file.h"

/* One that is not there is removed. */
static enum err
remove_file(const char *path, const char *name, struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE];
	enum err e = path_join(file, path, name, ei);

	if (e == ERR_OK && remove(file) != 0 && errno != ENOENT) {
		(void)err_sys(ei, "container.remove",
		    "%s of the container cannot be removed", name);
		return err_object(ei, ERR_SYS, file);
	}
	return e;
}

enum err
container_remove(const char *path, struct errinfo *ei)
{
	static const char *const ours[] = {
	    "meta.json", "key.p8", "key.next", "cert.der"};
	char meta[PATH_TEXT_SIZE];
	enum err e = path_join(meta, path, ours[0], ei);

	if (e != ERR_OK) {
		return e;
	}
	if (cryptopro_is_folder(path)) {
		for (unsigned i = 0; e == ERR_OK && i < CRYPTOPRO_FILES; i++) {
			e = remove_file(path, cryptopro_file_name(i), ei);
		}
	} else if (file_exists(meta)) {
		for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(ours); i++) {
			e = remove_file(path, ours[i], ei);
		}
	} else {
		return err_set(ei, ERR_NOTFOUND, "container.none", NULL,
		    "there is no key container in %s", path);
	}
	if (e == ERR_OK) {
		(void)remove(path); /* unless something else is in it */
	}
	return e;
}
