/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "container/container.h"
#include "os/file.h"

void
container_list_free(struct container_entry *entries, size_t num)
{
	size_t i;

	for (i = 0; i < num; i++) {
		free(entries[i].name);
	}
	free(entries);
}

/* False: no container under this name. */
static bool
look_at(const char *dir, const char *name, struct container_entry *out)
{
	char path[PATH_TEXT_SIZE];
	struct container_entry entry = {0};
	enum err e;

	if (path_join(path, dir, name, &entry.problem) == ERR_OK) {
		e = container_peek(path, &entry.info, &entry.problem);
		if (e == ERR_NOTFOUND || e == ERR_SYS) {
			return false; /* not a folder, or without meta.json */
		}
	}
	*out = entry;
	return true;
}

enum err
container_list(const char *dir, struct container_entry **out, size_t *out_num,
    struct errinfo *ei)
{
	struct container_entry *entries = NULL;
	char **names = NULL;
	size_t num_names = 0, num = 0, i;
	enum err e;

	e = dir_list(dir, NULL, CONTAINERS_MAX, &names, &num_names, ei);
	if (e != ERR_OK) {
		return e;
	}
	entries = calloc(num_names + 1, sizeof(*entries));
	if (entries == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	for (i = 0; i < num_names; i++) {
		if (look_at(dir, names[i], &entries[num])) {
			entries[num++].name = names[i];
			names[i] = NULL;
		}
	}
	*out = entries;
	*out_num = num;
out:
	dir_list_free(names, num_names);
	return e;
}
