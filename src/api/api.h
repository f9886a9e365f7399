/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_API_H
#define SURGUCH_API_API_H
/*
 * The JSON API, version 1: the cabinet's (/v1/my, by session cookie) and the
 * operators' (by bearer token).  docs/api/openapi.json describes it for those
 * who call; a test compares that file with the table of routes here.
 */
#include <stddef.h>

#include "api/health.h"
#include "base/clock.h"
#include "http/router.h"

struct ca;
struct events;
struct idem;
struct issuing;
struct operators;
struct page_orders;
struct publisher;
struct otp;
struct notices;
struct rate;
struct registry;
struct sessions;
struct accreditation;
struct static_files;
struct store;

/* What the handlers work with; everything is borrowed and shared by all
 * worker threads.  It is the `arg` of the HTTP server. */
struct api {
	struct store *store;
	struct registry *registry;
	struct sessions *sessions;
	struct otp *otp;
	struct operators *operators;
	struct idem *idem;
	struct ca *ca;
	struct issuing *issuing;
	struct publisher *publisher;
	struct events *events;
	struct notices *notices;
	struct rate *rate; /* of what anybody may ask, by address */
	/* Of orders without a session: of one address, and together. */
	struct rate *order_rate;
	struct rate *order_rate_all;
	struct page_orders *page_orders; /* NULL: no agent is ordered */
	const struct clock *clock;
	const char *centre_name;
	const char *support_phone; /* "": none is known */
	const char *support_hours;
	const struct accreditation *accreditation;
	const char *public_url;           /* where CRLs and CA files are */
	const struct static_files *pages; /* NULL: none */
	readiness_fn *readiness;
	void *readiness_arg;
	const char *origin; /* as browsers see us; "": https and their Host */
};

enum {
	API_RATE_PER_MIN = 60,
	API_ORDER_RATE_PER_MIN = 5,
	API_ORDER_RATE_ALL_PER_MIN = 20, /* a third of the signer's ceiling */
};

/* Cookies that clients know. */
#define API_SESSION_COOKIE "surguch_session"
#define API_DEVICE_COOKIE  "surguch_device"

struct json_writer;
/* "support": {"phone", "hours"}, as a member; nothing when none is known. */
void support_put(struct json_writer *w, const struct api *api);

/* The table of routes; static. */
const struct route *api_routes(size_t *out_num);

#endif
