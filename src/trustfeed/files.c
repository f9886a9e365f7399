/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/files.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/buf.h"

enum err
feed_files_new(size_t num, struct feed_files *out, struct errinfo *ei)
{
	*out = (struct feed_files){.num = 0};
	out->at = calloc(num + 1, sizeof(*out->at));
	return out->at == NULL ? err_nomem(ei) : ERR_OK;
}

void
feed_files_clear(struct feed_files *f)
{
	free(f->at);
	*f = (struct feed_files){.num = 0};
}

static int
find_name(const void *name, const void *at)
{
	const struct feed_file *f = at;

	return strcasecmp(name, f->name);
}

const struct feed_file *
feed_files_find(const struct feed_files *f, const char *name)
{
	/* bsearch() takes no NULL, which an empty one may hold. */
	return f->num == 0
		   ? NULL
		   : bsearch(name, f->at, f->num, sizeof(*f->at), find_name);
}

bool
feed_name_is_good(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len < FEED_NAME_SIZE && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == len;
}

enum err
feed_files_digest(
    const struct feed_files *f, uint8_t out[SHA256_SIZE], struct errinfo *ei)
{
	struct buf all = BUF_INIT(FEED_BYTES_MAX);
	enum err e;

	for (size_t i = 0; i < f->num; i++) {
		/* With the NUL: no two lists run together alike. */
		buf_add(
		    &all, slice_make(f->at[i].name, strlen(f->at[i].name) + 1));
		buf_add(&all, slice_make(f->at[i].sha256, SHA256_SIZE));
	}
	e = buf_err(&all, ei);
	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&all), out, ei);
	}
	buf_clear(&all);
	return e;
}
