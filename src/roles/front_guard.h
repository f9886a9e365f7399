/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_GUARD_H
#define SURGUCH_ROLES_FRONT_GUARD_H
/*
 * What stands between a page that anybody may open and the bill for SMS.
 * Judged when a message is handed to courier, long after the page had its
 * answer, so that no answer tells what was judged.
 *
 * Numbers: only of the prefixes of the settings.
 *
 * Budget: parts in an hour and a day, money in a day, counted from the
 * outbox.  Of each, numbers in no form may use a half, strangers' browsers and
 * notices four fifths, people known here all.
 *
 * Conversion: when of the last N codes to an area ("+7916") within an hour,
 * not counting the last two minutes, fewer than X per cent were used, codes
 * for strangers' browsers stop there; people known here go on.  As the hour
 * passes the codes fall out and it begins anew, so that an attack costs at
 * most N codes an hour and area.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/sms.h"
#include "identity/messages.h"
#include "roles/settings.h"

struct guard;
struct store;

enum guard_verdict {
	GUARD_SEND,
	GUARD_HOLD_BUDGET,  /* try again later */
	GUARD_HOLD_BREAKER, /* the same */
	GUARD_REFUSE_PREFIX,
	GUARD_VERDICT_MAX_
};

const char *guard_verdict_name(enum guard_verdict verdict);

struct guard_options {
	const struct settings_messages *settings; /* borrowed, like the rest */
	struct store *store;
	const struct clock *clock;
	/* An area's breaker opened or closed. */
	void (*breaker)(void *arg, const char *area, bool open);
	void *arg;
};

ATTR_MUST_USE enum err guard_new(
    const struct guard_options *o, struct guard **out, struct errinfo *ei);
void guard_free(struct guard *g); /* NULL is fine */

/*
 * May this message go now?  is_code: somebody is to type it back.  A database
 * that cannot be asked holds it.  One thread.
 */
enum guard_verdict guard_judge(
    struct guard *g, const char *to, enum message_rank rank, bool is_code);

struct guard_facts {
	int64_t parts_hour;
	int64_t parts_day;
	int64_t money_day;
	char open[MESSAGE_AREAS_MAX][SMS_AREA_SIZE]; /* breakers */
	size_t num_open;
};
/* As of the last look; any thread. */
void guard_facts(struct guard *g, struct guard_facts *out);

#endif
