/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/log.h"
#include "base/text.h"
#include "http/origin.h"
#include "http/problem.h"
#include "http/rate.h"
#include "http/request.h"
#include "http/response.h"
#include "http/static_files.h"
#include "os/file.h"
#include "trustd/ring_view.h"
#include "trustd/settings.h"
#include "json/json.h"
#include "json/writer.h"

#define COOKIE "surguch_trustd"

enum {
	BODY_MAX = 4096,
	NUMBER_MAX = 2 * PROMOTER_NUMBER_MAX, /* hexadecimal digits */
	RETRY_SEC = 10,
	CLIENTS_SHOWN = 200,
	CLIENT_ESCAPED_MAX = 4 * CLIENT_FILE_SIZE,
};

/* One request of somebody who is signed in. */
struct act {
	const struct trustd_admin *a;
	const struct request *r;
	struct response *resp;
	struct admin who;
	struct json *body; /* NULL: none */
	struct errinfo ei;
};

typedef enum err act_op(struct act *act);

static void
refuse(struct response *resp, const struct errinfo *ei)
{
	if (strcmp(ei->rule, "admin.key") == 0 ||
	    strcmp(ei->rule, "session.none") == 0) {
		problem_unauthenticated(resp, ei->rule, ei->text);
	} else if (strcmp(ei->rule, "limit.public") == 0) {
		problem_too_many(resp, RETRY_SEC, ei->rule, ei->text);
	} else {
		problem_from_err(resp, ei);
	}
}

static enum err
read_body(struct act *act)
{
	struct slice body = request_body(act->r);

	return body.len == 0 ? ERR_OK
			     : json_parse(body, BODY_MAX, &act->body, &act->ei);
}

/* signed_in: by the cookie. */
static void
act_on(const struct trustd_admin *a, const struct request *r,
    struct response *resp, bool signed_in, act_op *op)
{
	struct act act = {.a = a, .r = r, .resp = resp};
	const char *token = request_cookie(r, COOKIE);
	enum err e = origin_check(r, "", &act.ei);

	if (e == ERR_OK && signed_in) {
		e = admin_session_find(a->sessions,
		    slice_str(token != NULL ? token : ""), &act.who, &act.ei);
	}
	if (e == ERR_OK) {
		e = read_body(&act);
	}
	if (e == ERR_OK) {
		e = op(&act);
	}
	if (e != ERR_OK) {
		refuse(resp, &act.ei);
	}
	json_free(act.body);
}

/* --- signing in ------------------------------------------------------------
 */

static enum err
tell_who(struct act *act)
{
	struct json_writer *w = response_json(act->resp, 200);

	json_open_object(w, NULL);
	json_put_text(w, "name", act->who.name);
	json_close(w);
	return ERR_OK;
}

static enum err
sign_in(struct act *act)
{
	static const char *const fields[] = {"key", NULL};
	char token[ADMIN_TOKEN_SIZE];
	const char *key;
	enum err e = rate_take(act->a->tries, request_client(act->r), &act->ei);

	if (e == ERR_OK) {
		e = json_only(act->body, fields, &act->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    act->body, "key", ADMIN_KEY_SIZE - 1, &key, &act->ei);
	}
	if (e == ERR_OK) {
		e = admin_session_open(act->a->sessions, slice_str(key), token,
		    &act->who, &act->ei);
	}
	if (e == ERR_OK) {
		log_event(LOG_INFO, "admin.sign_in",
		    L_STR("admin", act->who.name),
		    L_STR("client", request_client(act->r)));
		response_cookie(act->resp, COOKIE, token, -1);
		e = tell_who(act);
	} else {
		log_event(LOG_WARN, "admin.sign_in.refused",
		    L_STR("rule", act->ei.rule),
		    L_STR("client", request_client(act->r)));
	}
	return e;
}

static enum err
sign_out(struct act *act)
{
	const char *token = request_cookie(act->r, COOKIE);

	if (token != NULL) {
		admin_session_end(act->a->sessions, slice_str(token));
	}
	response_cookie_clear(act->resp, COOKIE);
	return ERR_OK;
}

/* --- what there is ---------------------------------------------------------
 */

static void
put_served(struct json_writer *w, struct ring *ring)
{
	struct state *s = ring_state(ring);

	if (s == NULL) {
		json_put_null(w, "served");
		return;
	}
	json_open_object(w, "served");
	json_put_int(w, "files", (int64_t)s->num);
	json_put_int(w, "bytes", (int64_t)s->bytes);
	json_put_int(w, "left_out", (int64_t)s->left_out);
	if (s->report.lists[MIRROR_ROOTS].there) {
		json_put_time(w, "date", s->report.lists[MIRROR_ROOTS].of);
	}
	json_close(w);
	state_unref(s);
}

static struct trust_policy
policy_of(const struct trustd_admin *a)
{
	return (struct trust_policy){.anchors = a->anchors,
	    .now = clock_utc_sec(a->clock),
	    .strict = a->settings->strict,
	    .old = a->settings->old};
}

static enum err
put_before(const struct trustd_admin *a, const char *dir,
    const struct ring_view *now, struct json_writer *w, struct errinfo *ei)
{
	const struct trust_policy policy = policy_of(a);
	char path[PATH_TEXT_SIZE];
	struct ring_view before = {.roots = NULL};
	enum err e = path_join(path, dir, TRUST_MIRROR_PREVIOUS, ei);

	if (e == ERR_OK) {
		e = ring_view_read(path, &policy, &before, ei);
	}
	if (e == ERR_OK) {
		json_put_bool(w, "has_previous", before.roots != NULL);
		e = ring_view_put_changes(w, "changes", &before, now, ei);
	}
	ring_view_clear(&before);
	return e;
}

/* 1: newer than the other, or there is no other; 0: as old; -1. */
static int
age_of(const struct stl *l, const struct stl *other)
{
	int age = other == NULL ? 1 : stl_compare_age(l, other);

	return (age > 0) - (age < 0);
}

/* What the mirror before this one has that it has not. */
static enum err
put_waiting(const struct trustd_admin *a, size_t from,
    const struct ring_view *now, struct json_writer *w, struct errinfo *ei)
{
	const struct trust_policy policy = policy_of(a);
	struct ring_view there;
	enum err e;

	if (from == TRUSTD_NONE) {
		json_put_null(w, "waiting");
		return ERR_OK;
	}
	e = ring_view_read(
	    ring_dir(a->served->rings[from]), &policy, &there, ei);
	if (e == ERR_OK) {
		json_open_object(w, "waiting");
		json_put_text(w, "from", ring_prefix(a->served->rings[from]));
		if (there.roots != NULL) {
			json_put_hex(w, "number", there.roots->sequence);
			json_put_time(w, "date", there.roots->this_update);
			json_put_int(w, "age", age_of(there.roots, now->roots));
		}
		e = ring_view_put_changes(w, "changes", now, &there, ei);
		json_close(w);
	}
	ring_view_clear(&there);
	return e;
}

static enum err
put_mirror(const struct trustd_admin *a, size_t i, struct json_writer *w,
    struct errinfo *ei)
{
	const struct trust_policy policy = policy_of(a);
	struct ring *ring = a->served->rings[i];
	struct ring_view now;
	enum err e = ring_view_read(ring_dir(ring), &policy, &now, ei);

	if (e == ERR_OK) {
		json_open_object(w, NULL);
		json_put_int(w, "id", (int64_t)i);
		json_put_text(w, "prefix", ring_prefix(ring));
		json_put_text(w, "directory", ring_dir(ring));
		put_served(w, ring);
		ring_view_put(w, &now);
		e = put_before(a, ring_dir(ring), &now, w, ei);
	}
	if (e == ERR_OK) {
		e = put_waiting(
		    a, a->settings->mirrors[i].takes_from, &now, w, ei);
	}
	if (e == ERR_OK) {
		json_close(w);
	}
	ring_view_clear(&now);
	return e;
}

static enum err
tell_mirrors(struct act *act)
{
	struct json_writer *w = response_json(act->resp, 200);
	enum err e = ERR_OK;

	json_open_object(w, NULL);
	json_open_array(w, "mirrors");
	for (size_t i = 0; e == ERR_OK && i < act->a->served->num; i++) {
		e = put_mirror(act->a, i, w, &act->ei);
	}
	json_close(w);
	json_close(w);
	return e;
}

static void
put_client(
    const struct trustd_admin *a, const struct client *c, struct json_writer *w)
{
	struct buf file = BUF_INIT(CLIENT_ESCAPED_MAX);

	text_escape(&file, slice_str(c->file), CLIENT_FILE_SIZE);
	json_open_object(w, NULL);
	json_put_text(w, "address", c->address);
	json_put_text(w, "mirror", ring_prefix(a->served->rings[c->mirror]));
	json_put_slice(w, "file", buf_slice(&file));
	json_put_time(w, "at", c->at);
	json_put_int(w, "times", (int64_t)c->times);
	json_put_int(w, "status", (int64_t)c->status);
	json_close(w);
	buf_clear(&file);
}

static enum err
tell_clients(struct act *act)
{
	struct client *all = calloc(CLIENTS_SHOWN, sizeof(*all));
	struct json_writer *w;
	size_t num;

	if (all == NULL) {
		return err_nomem(&act->ei);
	}
	num = clients_latest(act->a->clients, all, CLIENTS_SHOWN);
	w = response_json(act->resp, 200);
	json_open_object(w, NULL);
	json_open_array(w, "clients");
	for (size_t i = 0; i < num; i++) {
		put_client(act->a, &all[i], w);
	}
	json_close(w);
	json_close(w);
	free(all);
	return ERR_OK;
}

/* --- the two acts ----------------------------------------------------------
 */

static enum err
find_mirror(struct act *act, size_t *out)
{
	const char *text = request_param(act->r, "mirror");

	for (size_t i = 0; i < act->a->served->num; i++) {
		char number[24];

		(void)snprintf(number, sizeof(number), "%zu", i);
		if (strcmp(text, number) == 0) {
			*out = i;
			return ERR_OK;
		}
	}
	return err_set(&act->ei, ERR_NOTFOUND, "mirror.none", NULL,
	    "there is no mirror of this number");
}

static enum err
tell_done(struct act *act, const char *event, size_t mirror,
    const struct trust_mirror_report *report)
{
	struct json_writer *w = response_json(act->resp, 200);

	log_event(LOG_INFO, event, L_STR("admin", act->who.name),
	    L_STR("client", request_client(act->r)),
	    L_STR("mirror", ring_dir(act->a->served->rings[mirror])),
	    L_INT("added", report->added),
	    L_INT("changed", report->lists[MIRROR_ROOTS].changed));
	json_open_object(w, NULL);
	json_put_bool(w, "changed",
	    report->lists[MIRROR_ROOTS].changed ||
		report->lists[MIRROR_DISALLOWED].changed ||
		report->lists[MIRROR_PINS].changed);
	json_put_int(w, "added", (int64_t)report->added);
	json_close(w);
	return ERR_OK;
}

/* Another list than the one that was shown is not taken over. */
static enum err
read_number(struct act *act, uint8_t at[PROMOTER_NUMBER_MAX], size_t *out_len)
{
	static const char *const fields[] = {"number", NULL};
	const char *number;
	enum err e = json_only(act->body, fields, &act->ei);

	if (e == ERR_OK) {
		e = json_get_text(
		    act->body, "number", NUMBER_MAX, &number, &act->ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	*out_len = strlen(number) / 2;
	if (*out_len == 0 || !text_unhex(slice_str(number), at, *out_len)) {
		return err_set(&act->ei, ERR_FORMAT, "mirror.number_form", NULL,
		    "a list's number is told in hexadecimal digits");
	}
	return ERR_OK;
}

static enum err
take_over(struct act *act)
{
	struct trust_mirror_report report;
	uint8_t number[PROMOTER_NUMBER_MAX];
	size_t mirror = 0, from = TRUSTD_NONE, number_len = 0;
	enum err e = find_mirror(act, &mirror);

	if (e == ERR_OK) {
		from = act->a->settings->mirrors[mirror].takes_from;
		if (from == TRUSTD_NONE) {
			e = err_set(&act->ei, ERR_POLICY, "mirror.source", NULL,
			    "this mirror takes over no other's state; the "
			    "setting takes_from names one");
		}
	}
	if (e == ERR_OK) {
		e = read_number(act, number, &number_len);
	}
	if (e == ERR_OK) {
		e = promoter_take_over(act->a->promoter, from, mirror,
		    slice_make(number, number_len), &report, &act->ei);
	}
	return e == ERR_OK ? tell_done(act, "admin.take_over", mirror, &report)
			   : e;
}

static enum err
step_back(struct act *act)
{
	struct trust_mirror_report report;
	size_t mirror = 0;
	enum err e = find_mirror(act, &mirror);

	if (e == ERR_OK) {
		e = promoter_back(act->a->promoter, mirror, &report, &act->ei);
	}
	return e == ERR_OK ? tell_done(act, "admin.back", mirror, &report) : e;
}

/* --- the table -------------------------------------------------------------
 */

#define HANDLER(name, signed_in, op)                                           \
	static void name(                                                      \
	    void *arg, const struct request *r, struct response *resp)         \
	{                                                                      \
		act_on(arg, r, resp, (signed_in), (op));                       \
	}

HANDLER(on_who, true, tell_who)
HANDLER(on_sign_in, false, sign_in)
HANDLER(on_sign_out, false, sign_out)
HANDLER(on_mirrors, true, tell_mirrors)
HANDLER(on_clients, true, tell_clients)
HANDLER(on_take_over, true, take_over)
HANDLER(on_back, true, step_back)

static void
send_page(const struct trustd_admin *a, const char *name,
    const struct request *r, struct response *resp)
{
	if (a->pages == NULL) {
		problem(resp, 404, "page.none",
		    "this server has no pages: its setting `web` names no "
		    "directory with them");
	} else if (!static_files_send(a->pages, name, r, resp)) {
		problem(resp, 404, "page.file",
		    "the page has no such file; load the page anew");
	}
}

static void
on_page(void *arg, const struct request *r, struct response *resp)
{
	send_page(arg, "index.html", r, resp);
}

static void
on_file(void *arg, const struct request *r, struct response *resp)
{
	send_page(arg, request_param(r, "name"), r, resp);
}

const struct route admin_routes[] = {
    {.method = "GET", .pattern = "/", .handler = on_page},
    {.method = "GET", .pattern = "/assets/{name}", .handler = on_file},
    {.method = "GET", .pattern = "/v1/session", .handler = on_who},
    {.method = "POST",
	.pattern = "/v1/session",
	.handler = on_sign_in,
	.flags = ROUTE_BODY,
	.body_max = BODY_MAX},
    {.method = "DELETE", .pattern = "/v1/session", .handler = on_sign_out},
    {.method = "GET", .pattern = "/v1/mirrors", .handler = on_mirrors},
    {.method = "GET", .pattern = "/v1/clients", .handler = on_clients},
    {.method = "POST",
	.pattern = "/v1/mirrors/{mirror}/take-over",
	.handler = on_take_over,
	.flags = ROUTE_BODY,
	.body_max = BODY_MAX},
    {.method = "POST",
	.pattern = "/v1/mirrors/{mirror}/back",
	.handler = on_back},
};
const size_t admin_num_routes = ARRAY_LEN(admin_routes);
