/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_ROUTE_H
#define SURGUCH_COURIER_ROUTE_H
/*
 * The ways out, in the order of the configuration.  A message goes by the
 * first whose prefixes fit its number; when that one certainly did not send it
 * (it refused, said "later", could not be reached), by the next.  A way that
 * may have sent it (unclear) ends the walk: one code is one message.
 *
 * A way that failed ROUTE_FAILURES_MAX times in a row, or whose answer was
 * unclear once, cools down: for its cool_down_sec it is asked after all others
 * only.  So one that hangs costs one person their code, not everybody.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "conf/conf.h"
#include "courier/gateway.h"
#include "ipc/courier_msg.h"

struct routes; /* safe to use from several threads */

/* The top of courier.conf: `gateway`, or `gateways` when there are several;
 * and `mail` (courier/mailer.h). */
extern const struct conf_setting route_settings[];

/*
 * c: the root of courier.conf, which must outlive the routes; clock is copied.
 * Without any gateway there are no routes.  Errors: those of gateway_new();
 * FORMAT "conf.values" for both forms at once or a name used twice.
 */
ATTR_MUST_USE enum err routes_new(struct conf_cursor c,
    const struct clock *clock, struct conf_report *report, struct routes **out,
    struct errinfo *ei);
void routes_free(struct routes *routes); /* NULL is fine */
size_t routes_num(const struct routes *routes);
/* Their names, what their reports look like, and which cool down. */
void routes_tell(struct routes *routes, struct courier_routes *out);
/* Did one begin or end to cool down since this was asked last? */
bool routes_changed(struct routes *routes);

/*
 * Send one message: outcome, route, provider_id, tries and detail of *out; the
 * outbox id is left alone.  expires_sec and avoid as in struct
 * courier_deliver; the former is looked at before each try.  Blocks; any
 * thread.
 */
void routes_send(struct routes *routes, const struct gateway_message *message,
    int64_t expires_sec, const char *avoid, struct courier_result *out);

#endif
