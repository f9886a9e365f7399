/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_HEALTH_H
#define SURGUCH_API_HEALTH_H
/*
 * GET /healthz: the centre lives.  GET /readyz: it can do its work; else 503,
 * and why, which is for a client on this machine only.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct request;
struct response;

enum {
	READINESS_REASONS_MAX = 8,
	READINESS_TEXT_SIZE = 160
};

/* What keeps the centre from its work; nothing when it is ready. */
struct readiness {
	char reasons[READINESS_REASONS_MAX][READINESS_TEXT_SIZE];
	size_t num;
};
/* One more; those that do not fit are left out. */
void readiness_add(struct readiness *r, const char *fmt, ...) ATTR_PRINTF(2, 3);

/* Fills *out; called from any thread, and may take a second. */
typedef void readiness_fn(void *arg, struct readiness *out);

void readiness_answer(const struct readiness *ready, const struct request *r,
    struct response *resp);

#endif
