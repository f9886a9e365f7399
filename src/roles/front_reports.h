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
	PUBLIC_ROUTES_MAX = 8
};

struct outbox;

#define REPORT_ROUTE "/delivery/{report}"
/* How much of a path of this route is for a log: the message, not the secret
 * that makes a report of it. */
size_t report_path_shown(const char *path);

/* The table of the public port: protocol/crl/files.h, and these; how many. */
size_t report_add_routes(struct outbox *b, struct route out[PUBLIC_ROUTES_MAX]);

#endif
