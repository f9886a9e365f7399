/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_MEDIA_H
#define SURGUCH_WORKSTATION_MEDIA_H
/*
 * Where a person's key containers can lie (A6): the registry, which is a folder
 * of the profile, and removable disks.  A medium's id stays the same wherever
 * it is put in; its name is what stands on it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "container/container.h"
#include "os/file.h"

enum {
	MEDIUM_ID_SIZE = 80,
	MEDIUM_NAME_SIZE = 128,
	MEDIUM_SERIAL_SIZE = 64,
};

enum medium_kind {
	MEDIUM_REGISTRY,
	MEDIUM_DISK,
	MEDIUM_KIND_MAX_
};

struct medium {
	char id[MEDIUM_ID_SIZE]; /* "registry", "disk:1A2B-3C4D" */
	enum medium_kind kind;
	char name[MEDIUM_NAME_SIZE];
	char serial[MEDIUM_SERIAL_SIZE]; /* "" */
	char folder[PATH_TEXT_SIZE];     /* of its containers; may not exist */
	bool writable;
	uint64_t free_bytes; /* of disks */
};

const char *medium_kind_name(enum medium_kind kind); /* "registry", "disk" */

/* home: home_dir().  At most MEDIA_MAX. */
ATTR_MUST_USE enum err media_list(const char *home,
    struct medium out[MEDIA_MAX], size_t *out_num, struct errinfo *ei);
/* ERR_NOTFOUND "agent.medium" with errinfo.object "medium". */
ATTR_MUST_USE enum err media_find(
    const char *home, const char *id, struct medium *out, struct errinfo *ei);

/* A container's place. */
struct kept {
	struct medium medium;
	char path[PATH_TEXT_SIZE];
	struct container_info info;
};
/* On any medium; ERR_NOTFOUND "agent.container", errinfo.object
 * "container". */
ATTR_MUST_USE enum err media_find_container(
    const char *home, const char *id, struct kept *out, struct errinfo *ei);
/* The containers of a medium, as container_list(); none when it has no
 * folder for them. */
ATTR_MUST_USE enum err media_containers(const struct medium *m,
    struct container_entry **out, size_t *out_num, struct errinfo *ei);
/* The path for a new container, in a folder that is made if need be.
 * ERR_DENIED "agent.medium.read_only". */
ATTR_MUST_USE enum err media_new_path(
    const struct medium *m, char out[PATH_TEXT_SIZE], struct errinfo *ei);

#endif
