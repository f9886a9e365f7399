/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_CONTROL_H
#define SURGUCH_ROLES_FRONT_CONTROL_H
/*
 * The control socket of front: surguchctl's verbs (roles/front_verbs.h).  Who
 * may call, as the kernel tells it, is root and the uid that the centre was
 * made for, for everything, and those whom the settings give a role; a client
 * that sends anything malformed is dropped, and nobody else notices.
 */
#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/err.h"
#include "identity/scope.h"
#include "roles/settings.h"

struct ca;
struct control;
struct idem;
struct issuing;
struct metrics;
struct operators;
struct publisher;
struct registry;
struct renewing;
struct store;

struct control_peer {
	uid_t uid;
	enum operator_role role;
};
struct control_peers {
	struct control_peer at[SETTINGS_CONTROL_MAX];
	size_t num;
};
/* Users' names into uids: before the walls are up.  ERR_NOTFOUND. */
ATTR_MUST_USE enum err control_peers_load(
    const struct settings *s, struct control_peers *out, struct errinfo *ei);

/* All but the descriptor is borrowed. */
struct control_options {
	int listen_fd; /* taken on success */
	uid_t also_allowed;
	struct control_peers peers;
	struct operators *operators;
	struct store *store;
	struct registry *registry;
	struct ca *ca;
	struct idem *idem;
	struct issuing *issuing;
	struct publisher *publisher;
	struct metrics *metrics;
	const struct settings_messages *messages; /* what they may cost */
	struct renewing *renewing;
	bool has_pages; /* people come by a browser */
	const struct clock *clock;
	/* After `reconcile` has been answered: front is to be started anew. */
	void (*reconciled)(void *arg);
	void *arg;
};

ATTR_MUST_USE enum err control_start(
    const struct control_options *o, struct control **out, struct errinfo *ei);
void control_stop(struct control *c); /* NULL is fine */

#endif
