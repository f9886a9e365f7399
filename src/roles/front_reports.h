/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_REPORTS_H
#define SURGUCH_ROLES_FRONT_REPORTS_H
/*
 * The public port's door for reports of delivery:
 *
 *	GET  /delivery/REPORT?status=TEXT
 *	POST /delivery/REPORT		the body is the text
 *
 * 204 for one of ours, whatever it says, 404 for anything else.
 */
#include "http/router.h"

enum {
	REPORT_ROUTES = 2
};

/* Their arg, the outbox, has to be set in a copy. */
extern const struct route report_routes[REPORT_ROUTES];

#endif
