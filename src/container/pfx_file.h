/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_PFX_FILE_H
#define SURGUCH_CONTAINER_PFX_FILE_H
/*
 * A PFX file where somebody put it (crypto/pfx.h), as the containers of ours
 * are seen: container_peek(), container_open() and container_list_outside()
 * know it by its name.  It is read and never written.
 */
#include <stdbool.h>

#include "container/container.h"
#include "crypto/pfx.h"

/* Is it called .pfx or .p12, in any case? */
bool pfx_file_is_name(const char *name);
/* Is it so called, and no folder? */
bool pfx_file_is(const char *path);

/*
 * Open it.  out_spec: what key it is, known only now.  The caller ends with
 * pfx_clear().  ERR_UNSUPPORTED "key.spec" of a kind that no container of ours
 * holds; the errors of file_read() and pfx_open().
 */
ATTR_MUST_USE enum err pfx_file_open(const char *path, struct slice password,
    struct pfx *out, char out_spec[CONTAINER_SPEC_SIZE], struct errinfo *ei);

#endif
