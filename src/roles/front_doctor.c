/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What surguchctl doctor asks of a running centre.  An answer is lines
 *
 *	LEVEL TAB WHAT TAB TEXT TAB COMMAND
 *
 * of level "warning" or "critical"; COMMAND may be empty.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "ca/adopt.h"
#include "ca/authority.h"
#include "ca/page_orders.h"
#include "ca/publish.h"
#include "ca/revoke.h"
#include "ca/root_crl.h"
#include "roles/front_metrics.h"
#include "roles/front_outbox.h"
#include "roles/front_renew.h"
#include "roles/front_verbs.h"
#include "signer/client.h"
#include "store/store.h"

enum {
	CLOCK_OFF_SEC = 60,
	SILENT_MS = 3000, /* somebody waits at a terminal */
	QUEUE_STUCK_SEC = 600,
	/* What strangers may use (roles/front_guard.h). */
	BUDGET_LOW_PERCENT = 80
};

static void
find(struct verb_call *v, const char *level, const char *what, const char *text,
    const char *command)
{
	buf_printf(v->out, "%s\t%s\t%s\t%s\n", level, what, text, command);
}

/* One signer of ours, a CA's or a responder's; false when it is silent. */
static bool
look_at_signer(struct verb_call *v, struct signer_client *c, const char *ca,
    const char *kind)
{
	int64_t now = clock_utc_sec(v->o->clock);
	struct errinfo ei = {0};
	struct signer_info info;
	char what[128], text[ERRINFO_TEXT], command[128];

	(void)snprintf(what, sizeof(what), "%s of %s", kind, ca);
	signer_info_init(&info);
	if (signer_probe(c, SILENT_MS, &info, &ei) != ERR_OK) {
		(void)snprintf(
		    text, sizeof(text), "does not answer: %.250s", ei.text);
		find(v, "critical", what, text, "see the log of surguchd");
		signer_info_clear(&info);
		return false;
	}
	if (info.key_rule[0] != '\0') {
		(void)snprintf(text, sizeof(text),
		    "its key does not sign now (%s)", info.key_rule);
		(void)snprintf(command, sizeof(command), "surguchctl unlock %s",
		    info.name);
		find(v, "critical", what, text,
		    strcmp(info.key_rule, "key.locked") == 0
			? command
			: "attach the token");
	}
	if (info.now + CLOCK_OFF_SEC < info.journal_time) {
		(void)snprintf(text, sizeof(text),
		    "the clock is %lld s behind the journal's last entry",
		    (long long)(info.journal_time - info.now));
		find(v, "critical", "clock", text, "set the clock");
	}
	if (now > info.now + CLOCK_OFF_SEC || info.now > now + CLOCK_OFF_SEC) {
		find(v, "critical", "clock",
		    "front and a signer have different clocks",
		    "restart surguchd");
	}
	signer_info_clear(&info);
	return true;
}

static void
look_at_journal(struct verb_call *v, struct authority *a)
{
	struct errinfo ei = {0};

	if (ca_check_journal(v->o->ca, a, &ei) != ERR_OK && ca_diverged(&ei)) {
		find(v, "critical", authority_name(a), ei.text,
		    "surguchctl reconcile");
	}
}

static void
look_at_root(struct verb_call *v, const struct authority *a)
{
	struct root_revoked x;
	char text[ERRINFO_TEXT], at[TIME_TEXT_SIZE];
	bool missed = authority_is_missed(v->o->ca, a);

	if (!root_crls_revoked(ca_roots(v->o->ca), authority_name(a), &x)) {
		return;
	}
	time_text(x.at, at);
	(void)snprintf(text, sizeof(text),
	    "was revoked at its root on %s (%s, number %llu of %s) and issues "
	    "nothing%s",
	    at, revocation_reason_name(x.reason), (unsigned long long)x.number,
	    x.file,
	    missed ? "; nobody issues under some of its profiles"
		   : "; others issue under its profiles");
	find(v, missed ? "critical" : "warning", authority_name(a), text,
	    "see REVOKING A CA in surguchctl(8)");
}

static void
look_at_tls(struct verb_call *v)
{
	const char *ca = front_renew_revoked(v->o->renewing);
	char text[ERRINFO_TEXT];

	if (ca != NULL) {
		(void)snprintf(text, sizeof(text),
		    "the API's certificate is by %s, which is revoked at its "
		    "root: clients may refuse it",
		    ca);
		find(v, "critical", "API", text, "surguchctl doctor --fix");
	}
}

/* Without it the pages' agents do nothing. */
static void
look_at_orders(struct verb_call *v)
{
	struct page_orders *o = v->o->renewing->page_orders;
	struct errinfo ei = {0};

	/* A centre that was made before there were orders. */
	if (o == NULL && v->o->has_pages) {
		find(v, "warning", "page orders",
		    "the centre has no key for page orders, so nobody makes a "
		    "key, signs or installs through its pages",
		    "see PAGE ORDERS in surguchctl(8)");
	}
	if (o != NULL &&
	    look_at_signer(v, page_orders_signer(o),
		authority_name(page_orders_authority(o)), "page orders") &&
	    page_orders_check(o, &ei) != ERR_OK) {
		/* What has only ended is renewed, as other certificates are. */
		find(v, "critical", "page orders", ei.text,
		    strcmp(ei.rule, "orders.expired") == 0
			? "surguchctl doctor --fix"
			: "see PAGE ORDERS in surguchctl(8)");
	}
}

static void
look_at_queue(struct verb_call *v, const char *kind, const char *text)
{
	struct rows *r = NULL;
	struct errinfo ei;
	int64_t then = clock_utc_sec(v->o->clock) - QUEUE_STUCK_SEC;

	if (store_query(v->o->store, ST_OUTBOX_DUE, &r, &ei, V_INT(then),
		V_INT(1), V_TEXT(kind)) == ERR_OK &&
	    rows_num(r) > 0) {
		find(v, "warning", "courier", text,
		    "see the log for courier's trouble; courier.conf");
	}
	rows_free(r);
}

static void
look_at_mail(struct verb_call *v)
{
	int64_t since = clock_utc_sec(v->o->clock) - DAY_SEC;
	struct rows *r = NULL;
	char text[ERRINFO_TEXT];
	struct errinfo ei;

	if (store_query(v->o->store, ST_OUTBOX_MAILS, &r, &ei, V_INT(since)) ==
		ERR_OK &&
	    rows_num(r) > 0 && rows_int(r, 0, 0) + rows_int(r, 0, 1) > 0) {
		(void)snprintf(text, sizeof(text),
		    "%lld mails wait after a failure, %lld were given up "
		    "within a day",
		    (long long)rows_int(r, 0, 0), (long long)rows_int(r, 0, 1));
		find(v, "warning", "mail", text,
		    "surguchctl message list; mail in courier.conf");
	}
	rows_free(r);
	look_at_queue(v, "mail",
	    outbox_has_mail(v->o->metrics->outbox)
		? "mails wait for more than 10 minutes"
		: "mails wait, and no mail server is configured any more");
}

static void
look_at_budget(struct verb_call *v, const char *of, int64_t used, int64_t max)
{
	char text[ERRINFO_TEXT];

	if (max > 0 && used * 100 >= max * BUDGET_LOW_PERCENT) {
		(void)snprintf(text, sizeof(text),
		    "%lld of %lld %s are used: %s", (long long)used,
		    (long long)max, of,
		    used >= max ? "nothing is sent"
				: "strangers are sent no codes");
		find(v, used >= max ? "critical" : "warning", "messages", text,
		    "surguchctl message list; messages in surguch.conf");
	}
}

static void
look_at_messages(struct verb_call *v)
{
	const struct settings_messages *s = v->o->messages;
	struct guard_facts f;
	char text[ERRINFO_TEXT];

	outbox_guard(v->o->metrics->outbox, &f);
	look_at_budget(v, "parts of SMS an hour", f.parts_hour, s->parts_hour);
	look_at_budget(v, "parts of SMS a day", f.parts_day, s->parts_day);
	look_at_budget(
	    v, "hundredths of money a day", f.money_day, s->money_day);
	for (size_t i = 0; i < f.num_open; i++) {
		(void)snprintf(text, sizeof(text),
		    "fewer than %u %% of the last %u codes to %s... were "
		    "used: strangers are sent no more there for now",
		    s->breaker_percent, s->breaker_codes, f.open[i]);
		find(v, "warning", "messages", text, "surguchctl message list");
	}
}

/* A way that works for nobody is found by its messages; here, which one. */
static void
look_at_routes(struct verb_call *v)
{
	int64_t now = clock_utc_sec(v->o->clock);
	struct courier_routes routes;
	size_t cool = 0;

	outbox_routes(v->o->metrics->outbox, &routes);
	for (size_t i = 0; i < routes.num; i++) {
		cool += now < routes.at[i].cool_until;
	}
	for (size_t i = 0; i < routes.num; i++) {
		char what[COURIER_ROUTE_MAX + 16];

		if (now < routes.at[i].cool_until) {
			(void)snprintf(what, sizeof(what), "gateway %s",
			    routes.at[i].name);
			find(v, cool == routes.num ? "critical" : "warning",
			    what,
			    cool == routes.num
				? "failed, and there is no other that works"
				: "failed, and is asked last for now",
			    "see the log for courier's trouble; courier.conf");
		}
	}
	if (routes.num == 0) {
		find(v, "warning", "courier",
		    "no gateway is configured: no code can be sent",
		    "gateway in courier.conf, surguch-courier(8)");
	}
}

static enum err
look_verb(struct verb_call *v)
{
	struct errinfo why;

	if (store_held(v->o->store, &why)) {
		find(v, "critical", "database", why.text,
		    "surguchctl reconcile");
	}
	for (size_t i = 0; i < ca_num(v->o->ca); i++) {
		struct authority *a = ca_at(v->o->ca, i);
		const char *name = authority_name(a);
		struct signer_client *ocsp = authority_ocsp(a);

		look_at_root(v, a);
		if (look_at_signer(v, authority_signer(a), name, "signer") &&
		    !store_held(v->o->store, NULL)) {
			look_at_journal(v, a);
		}
		if (ocsp != NULL) {
			(void)look_at_signer(v, ocsp, name, "OCSP responder");
		}
	}
	look_at_tls(v);
	look_at_orders(v);
	look_at_queue(v, "sms", "messages wait for more than 10 minutes");
	look_at_mail(v);
	look_at_messages(v);
	look_at_routes(v);
	return ERR_OK;
}

/* Every list of every CA, whatever it is like. */
static enum err
publish_anew(struct verb_call *v)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	for (size_t i = 0; i < ca_num(v->o->ca); i++) {
		unit_add(&u, ST_CRL_SHARD_TOUCH_ALL, EXPECT_ANY,
		    V_TEXT(authority_name(ca_at(v->o->ca, i))));
	}
	e = store_submit(v->o->store, &u, NULL, v->ei);
	unit_clear(&u);
	if (e == ERR_OK) {
		publisher_kick(v->o->publisher);
	}
	return e;
}

/* doctor mend [crl=1]: certificates that are due, and, when asked, lists. */
static enum err
mend_verb(struct verb_call *v)
{
	size_t num = 0;
	enum err e = ERR_OK;

	if (verb_option(v, "crl") != NULL) {
		e = publish_anew(v);
		if (e == ERR_OK) {
			buf_add_str(v->out, "the CRLs are made anew\n");
		}
	}
	if (e == ERR_OK) {
		e = front_renew(v->o->renewing, &num, v->ei);
	}
	if (num > 0) {
		buf_printf(v->out, "renewed %zu certificates\n", num);
	}
	return e;
}

static const char *const options[] = {"crl", NULL};

const struct verb verbs_doctor[] = {
    {"doctor", "look", SCOPE_AUDIT_READ, 0, NULL, look_verb},
    {"doctor", "mend", VERB_ADMINISTRATOR, 0, options, mend_verb},
    {0},
};
