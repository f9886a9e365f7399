/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>

#include "courier/route.h"
#include "fetch/fetch.h"
#include "fetch/one_shot.h"

#define ANSWER(status) "HTTP/1.1 " status "\r\nContent-Length: 0\r\n\r\n"

enum {
	WAYS = 3
};

static int64_t now_sec = 1000;

static int64_t
now_ms(void *arg)
{
	(void)arg;
	return now_sec * 1000;
}

struct world {
	struct one_shot gateway[WAYS];
	struct conf *conf;
	struct routes *routes;
};

/* answers: one a way; NULL: it takes connections and says nothing.
 * more: settings of each way, or NULL. */
static void
start(struct world *w, const char *const answers[WAYS],
    const char *const more[WAYS])
{
	static const char *const names[WAYS] = {"one", "two", "three"};
	const struct clock clock = {now_ms, now_ms, NULL};
	struct buf text = BUF_INIT(4096);
	struct errinfo ei = {0};

	buf_add_str(&text, "gateways : (\n");
	for (size_t i = 0; i < WAYS; i++) {
		one_shot_start(&w->gateway[i],
		    answers[i] != NULL ? answers[i] : ANSWER("200 OK"));
		w->gateway[i].delay_ms = answers[i] != NULL ? 0 : 600;
		buf_printf(&text,
		    "%s{ name = \"%s\"; url = \"http://localhost:%u/\"; "
		    "body = \"{to}|{text}\"; timeout_ms = 300; "
		    "price_part = %u; %s }\n",
		    i > 0 ? "," : "", names[i], (unsigned)w->gateway[i].port,
		    (unsigned)(100 * (i + 1)),
		    more != NULL && more[i] != NULL ? more[i] : "");
	}
	buf_add_str(&text, ");\n");
	assert_ok(conf_parse(buf_slice(&text), "t", route_settings, &w->conf,
		      NULL, &ei),
	    &ei);
	assert_ok(
	    routes_new(conf_root(w->conf), &clock, NULL, &w->routes, &ei), &ei);
	assert_int_equal(routes_num(w->routes), WAYS);
	buf_clear(&text);
}

static void
stop(struct world *w)
{
	routes_free(w->routes);
	conf_free(w->conf);
	for (size_t i = 0; i < WAYS; i++) {
		one_shot_stop(&w->gateway[i]);
	}
}

static struct courier_result
send_past(struct world *w, const char *to, const char *text, const char *avoid)
{
	struct gateway_message m = {
	    .to = to, .text = slice_str(text), .id = "msg_1"};
	struct courier_result r = {0};

	routes_send(w->routes, &m, 0, avoid, &r);
	return r;
}

static struct courier_result
send_to(struct world *w, const char *to, const char *text)
{
	return send_past(w, to, text, "");
}

/* "one retry, two delivered" */
static void
assert_tried(const struct courier_result *r, const char *want)
{
	char text[256] = "";
	size_t len = 0;

	for (size_t i = 0; i < r->num_tries; i++) {
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%s %s", i > 0 ? ", " : "", r->tries[i].route,
		    courier_outcome_name(r->tries[i].outcome));
	}
	assert_string_equal(text, want);
}

static int
asked(struct world *w, size_t i)
{
	return (int)atomic_load(&w->gateway[i].num_requests);
}

#define PHONE "+79161234567"

static void
the_next_way_takes_what_the_first_does_not(void **state)
{
	static const struct {
		const char *answers[WAYS];
		enum courier_outcome outcome;
		const char *route;
		const char *tried;
	} cases[] = {
	    {{ANSWER("200 OK"), ANSWER("200 OK"), ANSWER("200 OK")},
		COURIER_DELIVERED, "one", "one delivered"},
	    {{ANSWER("400 No"), ANSWER("200 OK"), ANSWER("200 OK")},
		COURIER_DELIVERED, "two", "one refused, two delivered"},
	    {{ANSWER("503 Later"), ANSWER("400 No"), ANSWER("200 OK")},
		COURIER_DELIVERED, "three",
		"one retry, two refused, three delivered"},
	    /* Perhaps it was sent: nobody else is asked. */
	    {{NULL, ANSWER("200 OK"), ANSWER("200 OK")}, COURIER_UNCLEAR, "one",
		"one unclear"},
	    {{ANSWER("400 No"), ANSWER("500 Oh"), ANSWER("200 OK")},
		COURIER_UNCLEAR, "two", "one refused, two unclear"},
	    /* One that may work later is enough to try again. */
	    {{ANSWER("503 Later"), ANSWER("400 No"), ANSWER("400 No")},
		COURIER_RETRY, "", "one retry, two refused, three refused"},
	    {{ANSWER("400 No"), ANSWER("403 No"), ANSWER("400 No")},
		COURIER_REFUSED, "", "one refused, two refused, three refused"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct courier_result r;
		struct world w;

		start(&w, cases[i].answers, NULL);
		r = send_to(&w, PHONE, "Код 1234");
		assert_int_equal(r.outcome, cases[i].outcome);
		assert_string_equal(r.route, cases[i].route);
		assert_tried(&r, cases[i].tried);
		stop(&w);
	}
}

static void
what_left_is_priced(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("400 No"), ANSWER("200 OK"), ANSWER("200 OK")};
	static const char *const more[WAYS] = {NULL,
	    "prices = ( { prefix = \"+7\"; part = 3; }, "
	    "{ prefix = \"+7916\"; part = 7; }, "
	    "{ prefix = \"+791\"; part = 5; } );",
	    NULL};
	static const struct {
		const char *to;
		const char *text;
		uint32_t parts;
		int64_t cost;
	} cases[] = {
	    {PHONE, "Код", 1, 7},
	    {"+79171234567", "Код", 1, 5},
	    {"+79261234567", "Code", 1, 3},
	    {"+375291234567", "Code", 1, 200},
	    {PHONE,
		"Это письмо длиннее, чем помещается в одну часть SMS на "
		"кириллице: семьдесят",
		2, 14},
	};
	struct world w;

	(void)state;
	start(&w, answers, more);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct courier_result r =
		    send_to(&w, cases[i].to, cases[i].text);

		assert_string_equal(r.route, "two");
		assert_int_equal(r.parts, cases[i].parts);
		assert_int_equal(r.cost, cases[i].cost);
	}
	stop(&w);
}

static void
a_prefix_chooses_the_way(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("200 OK"), ANSWER("200 OK"), ANSWER("200 OK")};
	static const char *const more[WAYS] = {"prefixes = [\"+375\"];",
	    "prefixes = [\"+7916\", \"+44\"];", "prefixes = [\"+7\"];"};
	static const struct {
		const char *to;
		const char *route;
	} cases[] = {{PHONE, "two"}, {"+79171234567", "three"},
	    {"+375291234567", "one"}, {"+4915112345678", ""}};
	struct world w;

	(void)state;
	start(&w, answers, more);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct courier_result r = send_to(&w, cases[i].to, "x");

		assert_string_equal(r.route, cases[i].route);
		assert_int_equal(r.outcome, cases[i].route[0] != '\0'
						? COURIER_DELIVERED
						: COURIER_REFUSED);
	}
	stop(&w);
}

static void
a_way_that_fails_cools_down(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("503 Later"), ANSWER("200 OK"), ANSWER("200 OK")};
	static const char *const more[WAYS] = {
	    "cool_down_sec = 30;", NULL, NULL};
	static struct courier_routes told;
	struct courier_result r;
	struct world w;

	(void)state;
	start(&w, answers, more);
	for (int i = 0; i < ROUTE_FAILURES_MAX; i++) {
		r = send_to(&w, PHONE, "x");
		assert_tried(&r, "one retry, two delivered");
	}
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "two delivered");
	now_sec += 29;
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "two delivered");
	assert_int_equal(asked(&w, 0), ROUTE_FAILURES_MAX);
	routes_tell(w.routes, &told);
	assert_int_equal(told.at[0].cool_until, now_sec + 1);
	assert_int_equal(told.at[1].cool_until, 0);
	assert_true(routes_changed(w.routes));
	assert_false(routes_changed(w.routes));
	/* Then once more; and one failure is enough to cool again. */
	now_sec += 1;
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "one retry, two delivered");
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "two delivered");
	stop(&w);
}

static void
one_that_hangs_costs_one_code(void **state)
{
	static const char *const answers[WAYS] = {
	    NULL, ANSWER("200 OK"), ANSWER("200 OK")};
	struct courier_result r;
	struct world w;

	(void)state;
	start(&w, answers, NULL);
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "one unclear");
	r = send_to(&w, PHONE, "x");
	assert_tried(&r, "two delivered");
	stop(&w);
}

/* All cool: they are asked all the same, in their order. */
static void
cool_ways_are_better_than_none(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("503 A"), ANSWER("503 B"), ANSWER("503 C")};
	struct world w;

	(void)state;
	start(&w, answers, NULL);
	for (int i = 0; i < ROUTE_FAILURES_MAX + 1; i++) {
		struct courier_result r = send_to(&w, PHONE, "x");

		assert_tried(&r, "one retry, two retry, three retry");
		assert_int_equal(r.outcome, COURIER_RETRY);
	}
	stop(&w);
}

static void
a_way_that_did_not_deliver_is_passed_by(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("200 OK"), ANSWER("200 OK"), ANSWER("200 OK")};
	static const struct {
		const char *avoid;
		const char *tried;
	} cases[] = {{"one", "two delivered"}, {"two one", "three delivered"},
	    {"on ones tw two", "one delivered"}, {"one two three", ""}};
	struct world w;

	(void)state;
	start(&w, answers, NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct courier_result r =
		    send_past(&w, PHONE, "x", cases[i].avoid);

		assert_tried(&r, cases[i].tried);
		assert_int_equal(r.outcome,
		    r.num_tries > 0 ? COURIER_DELIVERED : COURIER_REFUSED);
	}
	stop(&w);
}

static void
an_expired_message_goes_no_further(void **state)
{
	static const char *const answers[WAYS] = {
	    ANSWER("200 OK"), ANSWER("200 OK"), ANSWER("200 OK")};
	struct gateway_message m = {
	    .to = PHONE, .text = SLICE_LIT("x"), .id = "msg_1"};
	struct courier_result r = {0};
	struct world w;

	(void)state;
	start(&w, answers, NULL);
	routes_send(w.routes, &m, now_sec, "", &r);
	assert_int_equal(r.outcome, COURIER_REFUSED);
	assert_int_equal(r.num_tries, 0);
	assert_int_equal(asked(&w, 0), 0);
	stop(&w);
}

static void
settings_that_contradict_are_refused(void **state)
{
#define ONE "url = \"http://h/\"; body = \"{text}\"; "
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
	    {"gateway : { " ONE " }; gateways : ( { " ONE " } );",
		"put all into gateways"},
	    {"gateways : ( { " ONE " }, { " ONE " } );",
		"is another gateway's too"},
	    {"gateways : ( );", "gateways"},
	    {"gateway : { " ONE " prefixes = [\"7\"]; };", "no \"+\""},
	    {"gateway : { " ONE " prefixes = [\"+\"]; };", "no \"+\""},
	    {"gateway : { " ONE " name = \"Main One\"; };", "must be 1 to 63"},
	    {"gateway : { " ONE " price_part = -1; };", "price_part"},
	    {"gateway : { " ONE " prices = ( { part = 1; } ); };", "prefix"},
	};
	const struct clock clock = {now_ms, now_ms, NULL};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};
		struct conf *conf = NULL;
		struct routes *routes = NULL;
		enum err e = conf_parse(slice_str(cases[i].text), "t",
		    route_settings, &conf, NULL, &ei);

		if (e == ERR_OK) {
			e = routes_new(
			    conf_root(conf), &clock, NULL, &routes, &ei);
		}
		assert_int_equal(e, ERR_FORMAT);
		if (strstr(ei.text, cases[i].want) == NULL) {
			fail_msg("case %zu: %s", i, ei.text);
		}
		conf_free(conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_next_way_takes_what_the_first_does_not),
	    cmocka_unit_test(what_left_is_priced),
	    cmocka_unit_test(a_prefix_chooses_the_way),
	    cmocka_unit_test(a_way_that_fails_cools_down),
	    cmocka_unit_test(one_that_hangs_costs_one_code),
	    cmocka_unit_test(cool_ways_are_better_than_none),
	    cmocka_unit_test(a_way_that_did_not_deliver_is_passed_by),
	    cmocka_unit_test(an_expired_message_goes_no_further),
	    cmocka_unit_test(settings_that_contradict_are_refused),
	};

	if (fetch_init(NULL) != ERR_OK) {
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
