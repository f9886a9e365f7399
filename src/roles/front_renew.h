/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_RENEW_H
#define SURGUCH_ROLES_FRONT_RENEW_H
/*
 * The centre's own certificates, renewed when two thirds of their life are
 * over: those of the OCSP responders, which get theirs over the channel and go
 * on, and the API's, when it stands in front's own directory.  A CA that is
 * revoked at its root certifies nothing more, its responder neither; the API
 * gets a certificate of another.
 */
#include <pthread.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"

struct ca;
struct page_orders;
struct settings;

struct renewing {
	struct ca *ca;
	struct page_orders *page_orders; /* NULL: none */
	const struct settings *settings;
	const struct clock *clock;
	/* The API's chain is another one: serve it from now on. */
	enum err (*tls)(void *arg, struct errinfo *ei);
	void *arg;
	pthread_mutex_t lock; /* one at a time */
};

/* Renew what is due; *out_num counts.  The first error, after all were
 * tried. */
ATTR_MUST_USE enum err front_renew(
    struct renewing *r, size_t *out_num, struct errinfo *ei);
/* The revoked CA that the API's own certificate is of; NULL when it is of
 * another. */
const char *front_renew_revoked(struct renewing *r);

#endif
