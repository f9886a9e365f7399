/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_CONTROL_H
#define SURGUCH_ROLES_FRONT_CONTROL_H
/*
 * The control socket of front: surguchctl's verbs.  Who may call is root and
 * the uid that the centre was made for, as the kernel tells it; a client that
 * sends anything malformed is dropped, and nobody else notices.
 */
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"

struct ca;
struct control;
struct issuing;
struct operators;
struct store;

struct control_options {
	int listen_fd; /* taken on success */
	uid_t also_allowed;
	struct operators *operators;
	struct store *store;
	struct ca *ca;
	struct issuing *issuing;
	const struct clock *clock;
	/* After `reconcile` has been answered: front is to be started anew. */
	void (*reconciled)(void *arg);
	void *arg;
};

ATTR_MUST_USE enum err control_start(
    const struct control_options *o, struct control **out, struct errinfo *ei);
void control_stop(struct control *c); /* NULL is fine */

#endif
