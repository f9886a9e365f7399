/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WORK_H
#define SURGUCH_AGENT_WORK_H
/*
 * The operations themselves: ask the person, do it, write down what came of
 * it.  Blocking; one thread.
 */
#include <stdatomic.h>

#include "agent/input.h"
#include "agent/operation.h"
#include "json/writer.h"

struct work {
	const struct operation_options *o;
	const char *origin;
	const char *centre; /* its name, as the person confirmed it */
	const struct page_order *order; /* NULL: an operation without one */
	const struct input *in;
	const atomic_bool *stop;
	/* Where it is: a static word of the protocol; asking or working. */
	void (*step)(void *arg, bool asking, const char *step);
	void *arg;
	/* The result's members. */
	struct json_writer *out;
};

typedef enum err work_fn(struct work *w, struct errinfo *ei);
/* Of an operation that has been read out of an order. */
work_fn *work_of(enum page_operation operation);
/* Of one that needs none. */
work_fn *work_own(enum own_operation operation);

/* A container as the protocol shows it, a whole object; an empty certificate:
 * it has none. */
struct kept;
void work_put_container(struct json_writer *w, const char *field,
    const struct kept *k, struct slice certificate, const char *problem);

#endif
