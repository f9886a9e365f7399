/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "container/container.h"
#include "container/pfx_file.h"
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

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
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

/* abcdefgh.000, and .001 where two would be called the same. */
static bool
is_cryptopro_name(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && name[len - 4] == '.' && is_digit(name[len - 3]) &&
	       is_digit(name[len - 2]) && is_digit(name[len - 1]);
}

static bool
is_outside_name(const char *name)
{
	return is_cryptopro_name(name) || pfx_file_is_name(name);
}

static bool
any_name(const char *name)
{
	(void)name;
	return true;
}

static enum err
list(const char *dir, bool (*is_wanted)(const char *name), size_t names_max,
    struct container_entry **out, size_t *out_num, struct errinfo *ei)
{
	struct container_entry *entries = NULL;
	char **names = NULL;
	size_t num_names = 0, num = 0, i;
	enum err e;

	e = dir_list(dir, NULL, names_max, &names, &num_names, ei);
	if (e != ERR_OK) {
		return e;
	}
	entries = calloc(num_names + 1, sizeof(*entries));
	if (entries == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	for (i = 0; i < num_names; i++) {
		if (is_wanted(names[i]) &&
		    look_at(dir, names[i], &entries[num])) {
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

enum err
container_list(const char *dir, struct container_entry **out, size_t *out_num,
    struct errinfo *ei)
{
	return list(dir, any_name, CONTAINERS_MAX, out, out_num, ei);
}

enum err
container_list_outside(const char *dir, struct container_entry **out,
    size_t *out_num, struct errinfo *ei)
{
	return list(dir, is_outside_name, DISK_NAMES_MAX, out, out_num, ei);
}
