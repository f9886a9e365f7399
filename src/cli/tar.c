/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tar.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Where a field stands in the block. */
struct field {
	size_t at;
	size_t len;
};

static const struct field f_name = {0, 100}, f_mode = {100, 8},
			  f_uid = {108, 8}, f_gid = {116, 8},
			  f_size = {124, 12}, f_mtime = {136, 12},
			  f_sum = {148, 8}, f_magic = {257, 8},
			  f_prefix = {345, 155};

enum {
	TYPE_AT = 156,
	TYPE_FILE = '0',
	TYPE_DIR = '5',
	MODE_MASK = 07777
};

/* With the version; some write NUL and "00" behind it. */
static const char magic[] = "ustar";

uint64_t
tar_padded(uint64_t size)
{
	return (size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;
}

static bool
part_safe(const char *p, size_t len)
{
	return len > 0 && !(len == 1 && p[0] == '.') &&
	       !(len == 2 && p[0] == '.' && p[1] == '.');
}

bool
tar_name_safe(const char *name)
{
	const char *at = name;

	if (!text_is_clean(slice_str(name))) {
		return false;
	}
	for (;;) {
		size_t len = strcspn(at, "/");

		if (!part_safe(at, len)) {
			return false;
		}
		if (at[len] == '\0') {
			return true;
		}
		at += len + 1;
	}
}

/* --- writing ------------------------------------------------------------ */

/* Octal digits and a NUL; false when they do not fit. */
static bool
put_number(uint8_t *block, struct field f, uint64_t v)
{
	for (size_t i = f.len - 1; i-- > 0;) {
		block[f.at + i] = (uint8_t)('0' + (v & 7));
		v >>= 3;
	}
	return v == 0;
}

/* A long name has its front in another field, split at a slash. */
static bool
put_name(uint8_t *block, const struct tar_entry *e)
{
	char whole[TAR_NAME_SIZE + 1];
	size_t len, at = 0;

	(void)snprintf(
	    whole, sizeof(whole), "%s%s", e->name, e->dir ? "/" : "");
	len = strlen(whole);
	if (len > f_name.len) {
		at = len - f_name.len - 1;
		at += strcspn(whole + at, "/");
		if (at == 0 || at + 1 >= len || at > f_prefix.len) {
			return false;
		}
		memcpy(block + f_prefix.at, whole, at);
		at++;
	}
	memcpy(block + f_name.at, whole + at, len - at);
	return true;
}

static unsigned
sum_of(const uint8_t *block)
{
	unsigned sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++) {
		bool own = i >= f_sum.at && i < f_sum.at + f_sum.len;

		sum += own ? ' ' : block[i];
	}
	return sum;
}

enum err
tar_header_put(
    const struct tar_entry *e, uint8_t block[TAR_BLOCK], struct errinfo *ei)
{
	memset(block, 0, TAR_BLOCK);
	if (!tar_name_safe(e->name)) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "tar.name", NULL,
			"the name cannot stand in an archive"),
		    e->name);
	}
	if (!put_name(block, e)) {
		return err_object(ei,
		    err_set(ei, ERR_LIMIT, "tar.name", NULL,
			"the name is too long for an archive"),
		    e->name);
	}
	(void)put_number(block, f_mode, e->mode & MODE_MASK);
	if (!put_number(block, f_uid, e->uid) ||
	    !put_number(block, f_gid, e->gid) ||
	    !put_number(block, f_size, e->dir ? 0 : e->size) ||
	    !put_number(
		block, f_mtime, e->mtime < 0 ? 0 : (uint64_t)e->mtime)) {
		return err_object(ei,
		    err_set(ei, ERR_LIMIT, "tar.size", NULL,
			"it is 8 GiB or more, or its owner's number is too "
			"large, for an archive"),
		    e->name);
	}
	block[TYPE_AT] = e->dir ? TYPE_DIR : TYPE_FILE;
	memcpy(block + f_magic.at, "ustar\00000", f_magic.len);
	(void)put_number(block, f_sum, sum_of(block));
	return ERR_OK;
}

/* --- reading ------------------------------------------------------------ */

/* Octal digits, then NULs or spaces. */
static bool
get_number(const uint8_t *block, struct field f, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	while (i < f.len && block[f.at + i] == ' ') {
		i++;
	}
	for (; i < f.len && block[f.at + i] >= '0' && block[f.at + i] <= '7';
	     i++) {
		v = v << 3 | (uint64_t)(block[f.at + i] - '0');
	}
	for (; i < f.len; i++) {
		if (block[f.at + i] != '\0' && block[f.at + i] != ' ') {
			return false;
		}
	}
	*out = v;
	return true;
}

static void
get_text(const uint8_t *block, struct field f, char *out)
{
	memcpy(out, block + f.at, f.len);
	out[f.len] = '\0';
}

static void
get_name(const uint8_t *block, struct tar_entry *e)
{
	size_t len = 0;

	get_text(block, f_prefix, e->name);
	if (e->name[0] != '\0') {
		len = strlen(e->name);
		e->name[len++] = '/';
	}
	get_text(block, f_name, e->name + len);
	len = strlen(e->name);
	if (e->dir && len > 0 && e->name[len - 1] == '/') {
		e->name[len - 1] = '\0';
	}
}

static bool
is_zero(const uint8_t *block)
{
	for (size_t i = 0; i < TAR_BLOCK; i++) {
		if (block[i] != 0) {
			return false;
		}
	}
	return true;
}

static enum err
bad_header(struct errinfo *ei, const char *what)
{
	return err_set(ei, ERR_FORMAT, "tar.header", NULL,
	    "a header of the archive is damaged: %s", what);
}

enum err
tar_header_get(const uint8_t block[TAR_BLOCK], struct tar_entry *out,
    bool *out_end, struct errinfo *ei)
{
	struct tar_entry e = {.dir = block[TYPE_AT] == TYPE_DIR};
	uint64_t mode, mtime, sum;

	if (is_zero(block)) {
		*out_end = true;
		return ERR_OK;
	}
	if (!get_number(block, f_sum, &sum) || sum != sum_of(block)) {
		return bad_header(ei, "its sum is wrong");
	}
	if (memcmp(block + f_magic.at, magic, sizeof(magic) - 1) != 0 ||
	    !get_number(block, f_mode, &mode) || mode > MODE_MASK ||
	    !get_number(block, f_uid, &e.uid) ||
	    !get_number(block, f_gid, &e.gid) ||
	    !get_number(block, f_size, &e.size) ||
	    !get_number(block, f_mtime, &mtime) || (e.dir && e.size != 0)) {
		return bad_header(ei, "a field is not as it should be");
	}
	if (!e.dir && block[TYPE_AT] != TYPE_FILE) {
		return err_set(ei, ERR_UNSUPPORTED, "tar.type", NULL,
		    "the archive holds something that is neither a file nor a "
		    "directory");
	}
	e.mode = (unsigned)mode;
	e.mtime = (int64_t)mtime;
	get_name(block, &e);
	if (!tar_name_safe(e.name)) {
		return err_set(ei, ERR_FORMAT, "tar.name", NULL,
		    "the archive holds a name that leads elsewhere");
	}
	*out = e;
	*out_end = false;
	return ERR_OK;
}
