/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_OUTBOX_H
#define SURGUCH_ROLES_FRONT_OUTBOX_H
/*
 * Front's end of courier's channel: hands due messages over and notes what
 * became of them.  An SMS that was on its way when courier or front ended is
 * unclear and is never sent again by itself (design §1).  A mail that is
 * unclear is, up to MAIL_TRIES_MAX times in all, as the same mail
 * (Message-ID): at least once, where an SMS is at most once.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"
#include "ipc/courier_msg.h"
#include "metrics/family.h"
#include "roles/front_guard.h"

struct outbox;
struct store;

struct outbox_options {
	int fd; /* courier's channel; taken on success */
	struct store *store;
	const struct settings_messages *messages; /* what they may cost */
	struct slice report_key; /* of reports' secrets; copied */
	const struct clock *clock;
	/* Courier said hello with this (at its first and each later
	 * start). */
	void (*courier)(void *arg, const struct courier_key *key);
	/* A message was not delivered, or not by the first way. */
	void (*trouble)(void *arg, const char *outcome, const char *detail);
	/* The guard's breaker of an area opened or closed. */
	void (*breaker)(void *arg, const char *area, bool open);
	void *arg;
};

/* Waits for courier's first hello (its key is needed to write messages). */
ATTR_MUST_USE enum err outbox_start(
    const struct outbox_options *o, struct outbox **out, struct errinfo *ei);
/* What became of messages, by outcome (ipc/courier_msg.h). */
const struct family *outbox_outcomes(const struct outbox *b);
/* The same of each way that courier tried, by its name and outcome. */
const struct family *outbox_tries(const struct outbox *b);
void outbox_stop(struct outbox *b); /* NULL is fine */
/* What became of those that were reported, by way and by word. */
const struct family *outbox_reports(const struct outbox *b);

/*
 * A report of delivery came: `shown` is what {report} was, `said` what the
 * network says (both another's text).  Waits up to REPORT_WAIT_MS for what is
 * just being sent.  What failed goes out by another way at once while it is
 * not too late.  ERR_NOTFOUND "report.unknown" unless `shown` is of a message
 * of ours.
 */
ATTR_MUST_USE enum err outbox_report(struct outbox *b, struct slice shown,
    struct slice said, struct errinfo *ei);

/* Messages that were held or refused, by the guard's verdict; and what it
 * knows. */
const struct family *outbox_held(const struct outbox *b);
void outbox_guard(const struct outbox *b, struct guard_facts *out);
/* Courier's ways out, as it said last. */
void outbox_routes(struct outbox *b, struct courier_routes *out);
/* Has courier a mail server, as it said last? */
bool outbox_has_mail(const struct outbox *b);

/* Wipe what is too late to be sent, and forget what ended a month ago. */
ATTR_MUST_USE enum err outbox_sweep(struct outbox *b, struct errinfo *ei);
/* Courier said what is no message of its channel, or the channel broke:
 * nothing is sent any more, and front has to start anew. */
bool outbox_failed(const struct outbox *b);

#endif
