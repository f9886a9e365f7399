/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CONTAINER_REMOVE_H
#define SURGUCH_CONTAINER_REMOVE_H
/* The end of a container in a folder: of ours, or of CryptoPro's form. */
#include "base/err.h"

/*
 * Remove its files, and the folder if nothing else is in it.  What makes it a
 * container goes first, so that one whose removal was broken off is none.  What
 * a disk keeps of removed files is not overwritten.  ERR_NOTFOUND
 * "container.none"; ERR_SYS "container.remove".
 */
ATTR_MUST_USE enum err container_remove(const char *path, struct errinfo *ei);

#endif
