/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/run.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "os/file.h"
#include "os/memfd.h"

struct run {
	atomic_uint refs;
	int fd;
	struct slice der;
};

enum err
run_take(int fd, struct run **out, struct errinfo *ei)
{
	struct run *r = calloc(1, sizeof(*r));
	enum err err = r == NULL ? err_nomem(ei) : memfd_seal(fd, ei);

	if (err == ERR_OK) {
		err = memfd_map(fd, CRL_BYTES_MAX, &r->der, ei);
	}
	if (err != ERR_OK) {
		fd_close(fd);
		free(r);
		return err;
	}
	atomic_init(&r->refs, 1);
	r->fd = fd;
	*out = r;
	return ERR_OK;
}

struct run *
run_ref(struct run *r)
{
	(void)atomic_fetch_add(&r->refs, 1);
	return r;
}

void
run_unref(struct run *r)
{
	if (r != NULL && atomic_fetch_sub(&r->refs, 1) == 1) {
		memfd_unmap(r->der);
		fd_close(r->fd);
		free(r);
	}
}

struct slice
run_der(const struct run *r)
{
	return r->der;
}

enum err
run_file(const struct run *r, struct slice part, int *out_fd, int *own,
    struct errinfo *ei)
{
	enum err err = ERR_OK;

	*own = -1;
	if (part.len != r->der.len) {
		err = memfd_of("crl-entries", part, own, ei);
	}
	*out_fd = *own >= 0 ? *own : r->fd;
	return err;
}
