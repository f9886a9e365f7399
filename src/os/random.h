/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_RANDOM_H
#define SURGUCH_OS_RANDOM_H
/*
 * Random octets from the kernel's generator, seeded before the first answer.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"

/* ERR_SYS when the kernel has no generator; never short. */
ATTR_MUST_USE enum err random_bytes(void *p, size_t len, struct errinfo *ei);
/* A new id: now and 80 random bits. */
ATTR_MUST_USE enum err id_new(
    const struct clock *clock, struct id *out, struct errinfo *ei);

#endif
