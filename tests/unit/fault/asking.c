/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "fault/asking.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "http/http_priv.h"
#include "http/origin.h"
#include "store/store.h"
#include "json/json.h"

struct front front;
struct router *router;
struct asking_run run;
struct asking_answer answer;

static void
add_header(struct request *r, const char *name, const char *value)
{
	r->headers[r->num_headers++] =
	    (struct header){name, strlen(name), value};
}

static void
fill_request(struct request *r, const struct ask *a, char *room)
{
	static char bearer[OPERATOR_TOKEN_SIZE + 8];

	memset(r, 0, sizeof(*r));
	(void)snprintf(r->id, sizeof(r->id), "rTEST");
	(void)snprintf(r->method, sizeof(r->method), "%s", a->method);
	r->path = a->path;
	r->server = NULL;
	(void)snprintf(bearer, sizeof(bearer), "Bearer %s", front.token);
	if (a->who == DESK) {
		add_header(r, "Authorization", bearer);
	}
	if (a->who != DESK) {
		add_header(r, ORIGIN_WRITE_HEADER, "1");
	}
	if (a->who == PERSON) {
		r->cookies[r->num_cookies++] =
		    (struct pair){API_SESSION_COOKIE, run.session};
	}
	if (a->key != NULL) {
		add_header(r, "Idempotency-Key", a->key);
	}
	for (size_t i = 0; i < 2 && a->query[i][0] != NULL; i++) {
		r->queries[r->num_queries++] =
		    (struct pair){a->query[i][0], a->query[i][1]};
	}
	router_find(router, a->method, slice_str(a->path), &r->match);
	assert_non_null(r->match.route);
	for (size_t i = 0; i < r->match.num_params; i++) {
		const struct route_param *p = &r->match.params[i];
		char *name = room, *value = room + p->name.len + 1;

		memcpy(name, p->name.p, p->name.len);
		name[p->name.len] = '\0';
		memcpy(value, p->value.p, p->value.len);
		value[p->value.len] = '\0';
		room = value + p->value.len + 1;
		r->params[r->num_params++] = (struct pair){name, value};
	}
	buf_init(&r->body, HTTP_BODY_MAX);
	if (a->body != NULL) {
		buf_add_str(&r->body, a->body);
	}
}

static void
keep_answer(struct response *r)
{
	static const char cookie[] = API_SESSION_COOKIE "=";

	answer.status = r->status;
	(void)snprintf(answer.type, sizeof(answer.type), "%s",
	    r->type != NULL ? r->type : "");
	buf_reset(&answer.body);
	buf_add(&answer.body,
	    r->body_kind == BODY_BORROWED ? r->pieces[0] : buf_slice(&r->buf));
	answer.cookie[0] = '\0';
	for (size_t i = 0; i < r->num_headers; i++) {
		const char *v = r->headers[i].value;

		if (strcmp(r->headers[i].name, "Set-Cookie") == 0 &&
		    strncmp(v, cookie, strlen(cookie)) == 0) {
			v += strlen(cookie);
			(void)snprintf(answer.cookie, sizeof(answer.cookie),
			    "%.*s", (int)strcspn(v, ";"), v);
		}
	}
}

bool
handle(const struct ask *a, int n)
{
	static struct request r;
	struct response resp;
	char room[1024];
	bool failed;

	fill_request(&r, a, room);
	run.visited[r.match.route - api_routes(&(size_t){0})] = true;
	response_init(&resp, r.id);
	if (n >= 0) {
		failing_arm(run.kind, n);
	}
	r.match.route->handler(&front.api, &r, &resp);
	response_finish(&resp, true, false);
	failed = failing_disarm() && n >= 0;
	keep_answer(&resp);
	response_clear(&resp);
	buf_clear(&r.body);
	return failed;
}

void
take(const char *field, char *out, size_t size)
{
	struct json *j = NULL;
	const char *text;
	struct errinfo ei = {0};

	assert_ok(
	    json_parse(buf_slice(&answer.body), ASKING_BODY_SIZE, &j, &ei),
	    &ei);
	assert_ok(json_get_lines(j, field, size - 1, &text, &ei), &ei);
	(void)snprintf(out, size, "%s", text);
	json_free(j);
}

/* A failure is told as one of ours: 500, 503 or 504, as a problem that says
 * so, and nothing of what a right answer holds. */
static void
check_problem(const struct ask *a)
{
	struct json *j = NULL;
	int64_t status = 0;
	struct errinfo ei = {0};

	if (answer.status != 500 && answer.status != 503 &&
	    answer.status != 504) {
		fail_msg("%s %s: %u %s", a->method, a->path, answer.status,
		    buf_cstr(&answer.body));
	}
	assert_string_equal(answer.type, "application/problem+json");
	assert_ok(
	    json_parse(buf_slice(&answer.body), ASKING_BODY_SIZE, &j, &ei),
	    &ei);
	assert_ok(json_get_int(j, "status", 0, 999, &status, &ei), &ei);
	assert_int_equal(status, answer.status);
	json_free(j);
	assert_string_equal(answer.cookie, "");
}

static bool
is_right(const struct ask *a)
{
	return answer.status == a->want ||
	       (a->also != 0 && answer.status == a->also);
}

int64_t
count(const char *sql)
{
	return fixture_count(front.office->f, sql);
}

/* What was tried too often for the limits of a day. */
static void
forget_limits(void)
{
	struct errinfo ei = {0};
	struct unit u;

	unit_init(&u);
	unit_add(&u, ST_LIMIT_PURGE, EXPECT_ANY, V_INT(INT64_MAX));
	assert_ok(store_submit(front.office->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
}

/* "Ask again in a few seconds": a thread finds out what became of it. */
static bool
is_pending(void)
{
	return answer.status == 503 &&
	       strstr(buf_cstr(&answer.body), "\"idem.pending\"") != NULL;
}

void
pause_a_little(void)
{
	const struct timespec t = {.tv_nsec = ASKING_PAUSE_MS * 1000000L};

	(void)nanosleep(&t, NULL);
}

void
ask_before(struct ask *a, void (*before)(struct ask *a))
{
	bool failed = true;

	for (int n = 0; failed; n++) {
		forget_limits();
		if (before != NULL) {
			before(a);
		}
		failed = handle(a, n);
		for (int ms = 0; !failed && is_pending() && ms < ASKING_WAIT_MS;
		     ms += ASKING_PAUSE_MS) {
			pause_a_little();
			failed = handle(a, n);
		}
		if (!is_right(a)) {
			if (!failed) {
				fail_msg("%s %s: %u %s", a->method, a->path,
				    answer.status, buf_cstr(&answer.body));
			}
			check_problem(a);
		}
		run.failed += failed ? 1 : 0;
	}
}

void
get(enum who who, const char *path)
{
	struct ask a = {.who = who, .method = "GET", .path = path, .want = 200};

	ask_before(&a, NULL);
}

void
act_seen(enum who who, const char *method, const char *path, unsigned want,
    const char *body, const char *sql)
{
	char key[32];
	struct ask a = {.who = who,
	    .method = method,
	    .path = path,
	    .body = body,
	    .key = key,
	    .want = want};
	int64_t before = count(sql);

	(void)snprintf(key, sizeof(key), "key-%016u", ++run.keys);
	ask_before(&a, NULL);
	if (count(sql) != before + 1) {
		fail_msg("%s %s: %d times", method, path,
		    (int)(count(sql) - before));
	}
}

void
act(enum who who, const char *method, const char *path, unsigned want,
    const char *body)
{
	act_seen(who, method, path, want, body,
	    "SELECT count(*) FROM audit WHERE actor NOT LIKE 'system%'");
}
