/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_SECRET_H
#define SURGUCH_BASE_SECRET_H
/*
 * Bytes that must not outlive their use: cleared before they are freed,
 * compared in constant time, never in a log or an errinfo.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct secret {
	uint8_t *p;
	size_t len;
};

#define SECRET_EMPTY ((struct secret){NULL, 0})

ATTR_MUST_USE enum err secret_init(
    struct secret *s, size_t len, struct errinfo *ei); /* zero bytes */
ATTR_MUST_USE enum err secret_copy(
    struct secret *out, struct slice from, struct errinfo *ei);
void secret_clear(struct secret *s);
struct slice secret_slice(const struct secret *s);
/*
 * What is done with the memory of each secret from now on, before anything is
 * in it (os/memory.h locks it).  Before other threads are started.
 */
void secret_set_keeper(void (*keep)(void *p, size_t len));
/* Constant time in the content; lengths are not secret. */
bool secret_eq(struct slice a, struct slice b);
/* Overwrite memory that the compiler may not leave alone. */
void secret_wipe(void *p, size_t len);

#endif
