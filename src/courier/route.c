/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/route.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/sms.h"
#include "courier/mailer.h"

struct route {
	const char *name; /* the configuration's */
	struct conf_cursor conf;
	struct gateway *gateway;
	unsigned failures; /* in a row */
	int64_t cool_until_ms;
};

struct routes {
	struct clock clock;
	pthread_mutex_t lock; /* guards failures, cool_until_ms, changed */
	bool changed;
	struct route route[COURIER_ROUTES_MAX];
	size_t num;
};

const struct conf_setting route_settings[] = {
    {.name = "gateway", .type = CONF_GROUP, .members = gateway_settings},
    {.name = "gateways",
	.type = CONF_GROUPS,
	.min = 1,
	.max = COURIER_ROUTES_MAX,
	.members = gateway_settings},
    {.name = "mail", .type = CONF_GROUP, .members = mail_settings},
    {0},
};

/* --- loading ---------------------------------------------------------------
 */

static void
check_name(const struct routes *r, struct conf_cursor c,
    struct conf_report *report, bool *out_bad)
{
	const char *name = conf_text(c, "name");

	for (size_t i = 0; i < r->num; i++) {
		if (strcmp(r->route[i].name, name) == 0) {
			conf_complain(report, c, "name",
			    "is another gateway's too; give each its own");
			*out_bad = true;
		}
	}
}

static enum err
add(struct routes *r, struct conf_cursor c, struct conf_report *report,
    struct errinfo *ei)
{
	struct route *route = &r->route[r->num];
	struct conf_report mine;
	bool bad = false;
	enum err e;

	conf_report_init(&mine);
	check_name(r, c, &mine, &bad);
	e = bad ? conf_report_err(&mine, ei) : ERR_OK;
	if (report != NULL) {
		report->num_lines += mine.num_lines;
		buf_add(&report->text, buf_slice(&mine.text));
	}
	conf_report_clear(&mine);
	if (e == ERR_OK) {
		e = gateway_new(c, report, &route->gateway, ei);
	}
	if (e == ERR_OK) {
		route->name = conf_text(c, "name");
		route->conf = c;
		r->num++;
	}
	return e;
}

static enum err
add_all(struct routes *r, struct conf_cursor c, struct conf_report *report,
    struct errinfo *ei)
{
	bool one = conf_has(c, "gateway");
	size_t num = conf_len(c, "gateways");
	enum err e = ERR_OK;

	if (one && num > 0) {
		return err_set(ei, ERR_FORMAT, "conf.values", NULL,
		    "courier.conf holds gateway and gateways; put all into "
		    "gateways");
	}
	if (one) {
		return add(r, conf_group(c, "gateway"), report, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = add(r, conf_group_at(c, "gateways", i), report, ei);
	}
	return e;
}

enum err
routes_new(struct conf_cursor c, const struct clock *clock,
    struct conf_report *report, struct routes **out, struct errinfo *ei)
{
	struct routes *r = calloc(1, sizeof(*r));
	enum err e;

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->clock = *clock;
	(void)pthread_mutex_init(&r->lock, NULL);
	e = add_all(r, c, report, ei);
	if (e != ERR_OK) {
		routes_free(r);
		return e;
	}
	*out = r;
	return ERR_OK;
}

void
routes_free(struct routes *routes)
{
	if (routes == NULL) {
		return;
	}
	for (size_t i = 0; i < routes->num; i++) {
		gateway_free(routes->route[i].gateway);
	}
	(void)pthread_mutex_destroy(&routes->lock);
	free(routes);
}

size_t
routes_num(const struct routes *routes)
{
	return routes->num;
}

void
routes_tell(struct routes *routes, struct courier_routes *out)
{
	int64_t now_ms = clock_mono_ms(&routes->clock);
	int64_t now = clock_utc_sec(&routes->clock);

	(void)pthread_mutex_lock(&routes->lock);
	out->num = routes->num;
	for (size_t i = 0; i < routes->num; i++) {
		int64_t left_ms = routes->route[i].cool_until_ms - now_ms;

		gateway_reports(routes->route[i].gateway, &out->at[i]);
		out->at[i].cool_until =
		    left_ms > 0 ? now + (left_ms + 999) / 1000 : 0;
	}
	(void)pthread_mutex_unlock(&routes->lock);
}

bool
routes_changed(struct routes *routes)
{
	bool changed;

	(void)pthread_mutex_lock(&routes->lock);
	changed = routes->changed;
	routes->changed = false;
	(void)pthread_mutex_unlock(&routes->lock);
	return changed;
}

/* --- which, and in what order ----------------------------------------------
 */

static bool
fits(const struct route *route, const char *to)
{
	size_t num = conf_len(route->conf, "prefixes");

	for (size_t i = 0; i < num; i++) {
		const char *prefix = conf_text_at(route->conf, "prefixes", i);

		if (strncmp(to, prefix, strlen(prefix)) == 0) {
			return true;
		}
	}
	return num == 0;
}

/* Is the name one of "main spare"? */
static bool
is_among(const char *name, const char *names)
{
	size_t len = strlen(name);
	const char *at = names;

	while ((at = strstr(at, name)) != NULL) {
		if ((at == names || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0')) {
			return true;
		}
		at += len;
	}
	return false;
}

/* Those that fit, the ones that cool down last: better than nothing. */
static size_t
choose(struct routes *r, const char *to, const char *avoid,
    struct route *out[COURIER_ROUTES_MAX])
{
	int64_t now = clock_mono_ms(&r->clock);
	size_t num = 0;

	(void)pthread_mutex_lock(&r->lock);
	for (int cooling = 0; cooling <= 1; cooling++) {
		for (size_t i = 0; i < r->num; i++) {
			struct route *route = &r->route[i];
			bool cools = now < route->cool_until_ms;

			if (cools == (cooling == 1) && fits(route, to) &&
			    !is_among(route->name, avoid)) {
				out[num++] = route;
			}
		}
	}
	(void)pthread_mutex_unlock(&r->lock);
	return num;
}

/* A refusal is about the message; the others are about the way. */
static void
note(struct routes *r, struct route *route, enum courier_outcome outcome)
{
	int64_t cool_ms = conf_int(route->conf, "cool_down_sec") * 1000;

	(void)pthread_mutex_lock(&r->lock);
	if (outcome == COURIER_RETRY || outcome == COURIER_UNCLEAR) {
		route->failures++;
		if (outcome == COURIER_UNCLEAR ||
		    route->failures >= ROUTE_FAILURES_MAX) {
			route->cool_until_ms =
			    clock_mono_ms(&r->clock) + cool_ms;
			r->changed = true;
		}
	} else {
		r->changed = r->changed || route->cool_until_ms > 0;
		route->failures = 0;
		route->cool_until_ms = 0;
	}
	(void)pthread_mutex_unlock(&r->lock);
}

/* --- sending ----------------------------------------------------------------
 */

/* "main: the gateway answered with status 503; spare: ..." */
static void
add_detail(struct courier_result *out, const char *name, const char *why)
{
	size_t len = strlen(out->detail);

	(void)snprintf(out->detail + len, sizeof(out->detail) - len, "%s%s: %s",
	    len > 0 ? "; " : "", name, why);
}

static void
try_one(struct routes *r, struct route *route,
    const struct gateway_message *message, struct courier_result *out)
{
	struct courier_result mine = {0};
	struct courier_try *t = &out->tries[out->num_tries++];

	gateway_send(route->gateway, message, &mine);
	note(r, route, mine.outcome);
	(void)snprintf(t->route, sizeof(t->route), "%s", route->name);
	t->outcome = mine.outcome;
	if (mine.outcome != COURIER_DELIVERED) {
		add_detail(out, route->name, mine.detail);
	}
	if (mine.outcome == COURIER_DELIVERED ||
	    mine.outcome == COURIER_UNCLEAR) {
		memcpy(out->route, t->route, sizeof(out->route));
		memcpy(out->provider_id, mine.provider_id,
		    sizeof(out->provider_id));
		out->outcome = mine.outcome;
		out->parts = sms_size(message->text).parts;
		out->cost =
		    out->parts * gateway_price(route->gateway, message->to);
	} else if (out->outcome != COURIER_RETRY) {
		/* One way that may work later is enough to try again. */
		out->outcome = mine.outcome;
	}
}

void
routes_send(struct routes *routes, const struct gateway_message *message,
    int64_t expires_sec, const char *avoid, struct courier_result *out)
{
	struct route *order[COURIER_ROUTES_MAX];
	size_t num = choose(routes, message->to, avoid, order);

	out->outcome = COURIER_REFUSED;
	if (num == 0) {
		(void)snprintf(out->detail, sizeof(out->detail), "%s",
		    routes->num == 0
			? "no SMS gateway is configured; see gateway in "
			  "courier.conf"
		    : avoid[0] != '\0'
			? "every gateway of this number reported a failure"
			: "no gateway takes numbers of this prefix; see "
			  "prefixes in courier.conf");
	}
	for (size_t i = 0; i < num; i++) {
		if (expires_sec > 0 &&
		    clock_utc_sec(&routes->clock) >= expires_sec) {
			out->outcome = COURIER_REFUSED;
			add_detail(out, "courier",
			    "the message expired before it could be sent");
			return;
		}
		try_one(routes, order[i], message, out);
		if (out->route[0] != '\0') {
			return;
		}
	}
}
