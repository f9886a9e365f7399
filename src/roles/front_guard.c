/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_guard.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "store/store.h"

enum {
	LOOK_MS = 1000, /* how old what is known may be */
	HOUR_SEC = 3600,
	GRACE_SEC = 120, /* in which a code need not have been typed yet */
	/* What one that was handed over since the last look may add. */
	PARTS_GUESS = 2,
};

struct area {
	char name[SMS_AREA_SIZE];
	int64_t looked_ms;
	bool open;
};

struct guard {
	struct guard_options o;
	int64_t looked_ms;
	int64_t handed;           /* since then */
	bool known;               /* what was spent */
	pthread_mutex_t lock;     /* guards the two below, for other threads */
	struct guard_facts facts; /* but for the areas */
	struct area areas[MESSAGE_AREAS_MAX];
	size_t num_areas;
};

/* Per cent of a budget that a rank may use. */
static const int shares[] = {
    [MESSAGE_RANK_STRANGER] = 50,
    [MESSAGE_RANK_ANYBODY] = 80,
    [MESSAGE_RANK_KNOWN] = 100,
};

const char *
guard_verdict_name(enum guard_verdict verdict)
{
	static const char *const names[GUARD_VERDICT_MAX_] = {
	    [GUARD_SEND] = "sent",
	    [GUARD_HOLD_BUDGET] = "guard.budget",
	    [GUARD_HOLD_BREAKER] = "guard.breaker",
	    [GUARD_REFUSE_PREFIX] = "guard.prefix",
	};

	return names[verdict];
}

enum err
guard_new(const struct guard_options *o, struct guard **out, struct errinfo *ei)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (g == NULL) {
		return err_nomem(ei);
	}
	g->o = *o;
	(void)pthread_mutex_init(&g->lock, NULL);
	*out = g;
	return ERR_OK;
}

void
guard_free(struct guard *g)
{
	if (g != NULL) {
		(void)pthread_mutex_destroy(&g->lock);
		free(g);
	}
}

/* --- numbers -------------------------------------------------------------- */

static bool
is_allowed(const struct guard *g, const char *to)
{
	const struct settings_messages *s = g->o.settings;

	for (size_t i = 0; i < s->num_prefixes; i++) {
		if (strncmp(to, s->prefixes[i], strlen(s->prefixes[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* --- the budget ----------------------------------------------------------- */

static bool
read_spent(
    struct guard *g, int64_t since, int64_t *out_parts, int64_t *out_cost)
{
	struct rows *r = NULL;

	if (store_query_one(g->o.store, ST_OUTBOX_SPENT, &r, NULL,
		V_INT(since)) != ERR_OK) {
		return false;
	}
	*out_parts = rows_int(r, 0, 0);
	*out_cost = rows_int(r, 0, 1);
	rows_free(r);
	return true;
}

static void
look_at_spent(struct guard *g)
{
	int64_t now = clock_utc_sec(g->o.clock);
	int64_t now_ms = clock_mono_ms(g->o.clock);
	int64_t hour = 0, day = 0, money = 0, unused = 0;

	if (g->known && now_ms - g->looked_ms < LOOK_MS) {
		return;
	}
	g->known = read_spent(g, now - HOUR_SEC, &hour, &unused) &&
		   read_spent(g, now - DAY_SEC, &day, &money);
	g->looked_ms = now_ms;
	g->handed = 0;
	(void)pthread_mutex_lock(&g->lock);
	g->facts.parts_hour = hour;
	g->facts.parts_day = day;
	g->facts.money_day = money;
	(void)pthread_mutex_unlock(&g->lock);
}

static bool
fits_budget(struct guard *g, enum message_rank rank)
{
	const struct settings_messages *s = g->o.settings;
	int64_t guess, share;

	look_at_spent(g);
	guess = g->handed * PARTS_GUESS;
	ensure((unsigned)rank < ARRAY_LEN(shares));
	share = shares[rank];
	return g->known &&
	       g->facts.parts_hour + guess < s->parts_hour * share / 100 &&
	       g->facts.parts_day + guess < s->parts_day * share / 100 &&
	       (s->money_day == 0 ||
		   g->facts.money_day < s->money_day * share / 100);
}

/* --- the breaker ---------------------------------------------------------- */

/* The area's place; the one looked at longest ago makes room for another. */
static struct area *
find_area(struct guard *g, const char *name)
{
	struct area *oldest = &g->areas[0];

	for (size_t i = 0; i < g->num_areas; i++) {
		if (strcmp(g->areas[i].name, name) == 0) {
			return &g->areas[i];
		}
		if (g->areas[i].looked_ms < oldest->looked_ms) {
			oldest = &g->areas[i];
		}
	}
	(void)pthread_mutex_lock(&g->lock);
	if (g->num_areas < MESSAGE_AREAS_MAX) {
		oldest = &g->areas[g->num_areas++];
	}
	*oldest = (struct area){.looked_ms = INT64_MIN / 2};
	memcpy(oldest->name, name, strlen(name) + 1);
	(void)pthread_mutex_unlock(&g->lock);
	return oldest;
}

/* Too few to judge are no reason to stop. */
static bool
is_pumped(const struct guard *g, const char *area)
{
	const struct settings_messages *s = g->o.settings;
	int64_t now = clock_utc_sec(g->o.clock);
	struct rows *r = NULL;
	int64_t sent, used = 0;

	if (store_query(g->o.store, ST_OUTBOX_CODES, &r, NULL, V_TEXT(area),
		V_INT(now - HOUR_SEC), V_INT(now - GRACE_SEC),
		V_INT(s->breaker_codes)) != ERR_OK) {
		return true;
	}
	sent = (int64_t)rows_num(r);
	for (size_t i = 0; i < rows_num(r); i++) {
		const char *state = rows_text(r, i, 0);

		used += state != NULL && strcmp(state, "used") == 0;
	}
	rows_free(r);
	return sent >= s->breaker_codes &&
	       used * 100 < sent * s->breaker_percent;
}

static bool
is_open(struct guard *g, const char *to)
{
	int64_t now_ms = clock_mono_ms(g->o.clock);
	char name[SMS_AREA_SIZE];
	struct area *area;
	bool was;

	if (g->o.settings->breaker_codes == 0) {
		return false;
	}
	sms_area(to, name);
	area = find_area(g, name);
	if (now_ms - area->looked_ms < LOOK_MS) {
		return area->open;
	}
	was = area->open;
	(void)pthread_mutex_lock(&g->lock);
	area->looked_ms = now_ms;
	area->open = is_pumped(g, name);
	(void)pthread_mutex_unlock(&g->lock);
	if (area->open != was) {
		g->o.breaker(g->o.arg, name, area->open);
	}
	return area->open;
}

enum guard_verdict
guard_judge(
    struct guard *g, const char *to, enum message_rank rank, bool is_code)
{
	if (!is_allowed(g, to)) {
		return GUARD_REFUSE_PREFIX;
	}
	if (!fits_budget(g, rank)) {
		return GUARD_HOLD_BUDGET;
	}
	if (is_code && rank != MESSAGE_RANK_KNOWN && is_open(g, to)) {
		return GUARD_HOLD_BREAKER;
	}
	g->handed++;
	return GUARD_SEND;
}

void
guard_facts(struct guard *g, struct guard_facts *out)
{
	int64_t now_ms = clock_mono_ms(g->o.clock);

	(void)pthread_mutex_lock(&g->lock);
	*out = g->facts;
	for (size_t i = 0; i < g->num_areas; i++) {
		/* Nobody asks any more: what it was judged by is gone. */
		if (g->areas[i].open &&
		    now_ms - g->areas[i].looked_ms < (int64_t)HOUR_SEC * 1000) {
			memcpy(out->open[out->num_open++], g->areas[i].name,
			    SMS_AREA_SIZE);
		}
	}
	(void)pthread_mutex_unlock(&g->lock);
}
