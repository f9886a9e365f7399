/* SPDX-License-Identifier: Apache-2.0 */
#include "os/mounts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/slice.h"

enum {
	LINE_SIZE = 4096,
	NUMBER_SIZE = 64,
};

static const char *const places[] = {"/media/", "/run/media/"};

/* \040 and the like, as proc(5) writes spaces in paths. */
static void
unescape(char *s)
{
	char *to = s;

	while (*s != '\0') {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
				       (s[3] - '0'));
			s += 4;
		} else {
			*to++ = *s++;
		}
	}
	*to = '\0';
}

/* Of the device, or of the disk that it is a part of. */
static bool
says_removable(unsigned major, unsigned minor)
{
	static const char *const files[] = {"removable", "../removable"};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		char path[NUMBER_SIZE + 32];
		FILE *f;
		int c;

		(void)snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s",
		    major, minor, files[i]);
		f = fopen(path, "re");
		if (f == NULL) {
			continue;
		}
		c = fgetc(f);
		(void)fclose(f);
		if (c == '1') {
			return true;
		}
	}
	return false;
}

/* The name under /dev/disk/by-uuid that is this device. */
static void
find_serial(dev_t dev, char out[MOUNT_SERIAL_SIZE])
{
	static const char dir[] = "/dev/disk/by-uuid";
	DIR *d = opendir(dir);
	const struct dirent *entry;

	out[0] = '\0';
	while (d != NULL && (entry = readdir(d)) != NULL) {
		char path[PATH_TEXT_SIZE];
		size_t size = strlen(entry->d_name) + 1;
		struct stat st;

		if (path_join(path, dir, entry->d_name, NULL) == ERR_OK &&
		    size <= MOUNT_SERIAL_SIZE && stat(path, &st) == 0 &&
		    S_ISBLK(st.st_mode) && st.st_rdev == dev) {
			memcpy(out, entry->d_name, size);
			break;
		}
	}
	if (d != NULL) {
		(void)closedir(d);
	}
}

static bool
is_place(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		if (strncmp(path, places[i], strlen(places[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* Takes the number in front, and the one octet behind it. */
static unsigned long
take_number(char **at)
{
	char *end;
	unsigned long n = strtoul(*at, &end, 10);

	*at = *end != '\0' ? end + 1 : end;
	return n;
}

/* Ends the word in front, and goes behind it. */
static char *
take_word(char **at)
{
	char *word = *at;
	size_t len = strcspn(word, " \n");

	*at = word + len + (word[len] != '\0');
	word[len] = '\0';
	return word;
}

/* "id parent major:minor root path options ..." (proc(5)); false when it is
 * none for us. */
static bool
read_line(char *line, struct mount *out)
{
	unsigned major, minor;
	const char *root, *name;
	char *path;

	(void)take_number(&line);
	(void)take_number(&line);
	major = (unsigned)take_number(&line);
	minor = (unsigned)take_number(&line);
	root = take_word(&line);
	path = take_word(&line);
	unescape(path);
	if (strcmp(root, "/") != 0 || path[0] != '/' ||
	    strlen(path) >= sizeof(out->path) ||
	    (!is_place(path) && !says_removable(major, minor)) ||
	    access(path, R_OK | X_OK) != 0) {
		return false;
	}
	name = strrchr(path, '/') + 1;
	*out = (struct mount){.writable = access(path, W_OK) == 0};
	(void)snprintf(out->path, sizeof(out->path), "%s", path);
	(void)snprintf(out->label, sizeof(out->label), "%.127s",
	    name[0] != '\0' ? name : path);
	find_serial(makedev(major, minor), out->serial);
	return true;
}

enum err
mounts_removable(
    struct mount *out, size_t max, size_t *out_num, struct errinfo *ei)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[LINE_SIZE];
	size_t num = 0;

	if (f == NULL) {
		return err_sys(ei, "mounts.list", "/proc/self/mountinfo");
	}
	while (num < max && fgets(line, sizeof(line), f) != NULL) {
		if (read_line(line, &out[num])) {
			num++;
		}
	}
	(void)fclose(f);
	*out_num = num;
	return ERR_OK;
}
