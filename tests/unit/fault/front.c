/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "front.h"

#include "api/events.h"
#include "ca/authority.h"
#include "ca/publish.h"
#include "http/rate.h"
#include "identity/notice.h"
#include "identity/otp.h"
#include "registry/idem.h"
#include "registry/issuing.h"

enum {
	RATE = 1000000 /* every call fails in turn */
};

static void
nothing_wrong(void *arg, struct readiness *out)
{
	(void)arg;
	(void)out;
}

/* Some of it is meant: it shows why an application is not issued. */
static void
tell(void *arg, const struct id *about, const struct errinfo *ei)
{
	(void)arg;
	(void)about;
	print_message("issuing: %s %s\n", ei->rule, ei->text);
}

static void
add_operator(struct front *front)
{
	struct operator_grant grant = {.label = "test"};
	struct actor actor;
	struct errinfo ei = {0};
	struct id id, gid;

	grant.scopes = operator_role_scopes(ROLE_ADMINISTRATOR);
	actor_system(&actor, "test");
	assert_ok(operator_add(&front->operators, &actor, "Мария",
		      ROLE_ADMINISTRATOR, &id, &ei),
	    &ei);
	assert_ok(operator_grant_add(&front->operators, &actor, &id, &grant,
		      front->token, &gid, &ei),
	    &ei);
}

void
front_open(struct front *front, struct office *o)
{
	static const uint8_t key[32] = {4, 5, 6};
	const struct slice secret = slice_make(key, sizeof(key));
	struct otp_options otp = {
	    .store = o->f->store, .clock = &o->f->clock, .key = secret};
	struct issuing_options issuing;
	struct publisher_options publisher = {.ca = o->ca};
	const struct events_options events = {
	    .store = o->f->store,
	    .registry = &front->registry,
	    .sessions = &front->sessions,
	    .clock = &o->f->clock,
	};
	struct errinfo ei = {0};
	size_t num;

	front->office = o;
	assert_ok(registry_init(
		      &front->registry, o->f->store, &o->f->clock, secret, &ei),
	    &ei);
	otp_settings_default(&otp.settings);
	otp.settings.centre = "УЦ Сургуч";
	otp.settings.resend_sec = 0;
	assert_ok(otp_new(&otp, &front->otp, &ei), &ei);
	otp_set_courier(front->otp, o->f->courier_pub);
	assert_ok(
	    notices_new(&o->f->clock, "УЦ Сургуч", &front->notices, &ei), &ei);
	notices_set_courier(front->notices, o->f->courier_pub, true);
	front->registry.notices = front->notices;
	assert_ok(idem_new(o->f->store, &o->f->clock, &front->idem, &ei), &ei);
	front->sessions.store = o->f->store;
	front->sessions.clock = &o->f->clock;
	session_settings_default(&front->sessions.settings);
	front->operators.store = o->f->store;
	front->operators.clock = &o->f->clock;
	issuing = (struct issuing_options){.registry = &front->registry,
	    .ca = o->ca,
	    .notices = front->notices,
	    .idem = front->idem,
	    .failed = tell};
	assert_ok(issuing_start(&issuing, &front->issuing, &num, &ei), &ei);
	assert_ok(publisher_start(&publisher, &front->publisher, &ei), &ei);
	assert_ok(rate_new(RATE, &o->f->clock, &front->rate, &ei), &ei);
	assert_ok(events_start(&events, &front->events, &ei), &ei);
	front->api = (struct api){
	    .store = o->f->store,
	    .registry = &front->registry,
	    .sessions = &front->sessions,
	    .otp = front->otp,
	    .operators = &front->operators,
	    .idem = front->idem,
	    .ca = o->ca,
	    .issuing = front->issuing,
	    .publisher = front->publisher,
	    .events = front->events,
	    .notices = front->notices,
	    .rate = front->rate,
	    .order_rate = front->rate,
	    .clock = &o->f->clock,
	    .centre_name = "УЦ Сургуч",
	    .support_phone = "8 800 500-50-80",
	    .support_hours = "",
	    .accreditation = &o->none,
	    .public_url = "http://127.0.0.1:1",
	    .readiness = nothing_wrong,
	    .origin = "",
	};
	add_operator(front);
}

void
front_close(struct front *front)
{
	publisher_stop(front->publisher);
	issuing_stop(front->issuing);
	events_free(front->events);
	rate_free(front->rate);
	idem_free(front->idem);
	notices_free(front->notices);
	otp_free(front->otp);
	registry_clear(&front->registry);
}
