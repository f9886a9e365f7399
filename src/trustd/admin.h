/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_ADMIN_H
#define SURGUCH_TRUSTD_ADMIN_H
/*
 * The administrator's door, apart from the one that clients fetch at: over TLS,
 * signed in with a key (admins.h).  What lies in the mirrors, what has changed
 * and what would, who fetched what, and two acts: take over what another mirror
 * has, and go back to the state before.  JSON below /v1, and the page that
 * shows it (web/mirror).
 */
#include <stddef.h>

#include "base/clock.h"
#include "http/router.h"
#include "trust/judge.h"
#include "trustd/admin_session.h"
#include "trustd/clients.h"
#include "trustd/promoter.h"
#include "trustd/service.h"

struct trustd_settings;
struct rate;
struct static_files;

enum {
	ADMIN_TRIES_PER_MIN = 10, /* sign-ins of one address */
};

/* Everything is borrowed and outlives the server. */
struct trustd_admin {
	const struct trustd *served;
	const struct trustd_settings *settings; /* whose mirrors these are */
	const struct trust_anchors *anchors;
	struct admin_sessions *sessions;
	struct rate *tries;
	struct promoter *promoter;
	struct clients *clients;
	struct static_files *pages; /* NULL: JSON alone */
	const struct clock *clock;
};

extern const struct route admin_routes[];
extern const size_t admin_num_routes;

#endif
