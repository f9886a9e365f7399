/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports of delivery.  They come to the public port, since courier has no
 * listener and gets none; who sends one shows the secret of exactly that
 * message, which only courier was told, for its gateway.
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/pattern.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "protocol/crl/files.h"
#include "roles/front_outbox_priv.h"
#include "roles/front_reports.h"
#include "store/store.h"

enum {
	SECRET_BYTES = 16,
	WAIT_STEP_MS = 50,
	SAID_SHOWN_MAX = 64,
};

/* --- whose is it? --------------------------------------------------------- */

enum err
outbox_report_text(const struct outbox *b, const struct id *id,
    char out[COURIER_REPORT_MAX + 1], struct errinfo *ei)
{
	static const char label[] = "surguch.report.1";
	uint8_t data[sizeof(label) + sizeof(id->b)];
	uint8_t mac[HMAC_SHA256_SIZE];
	struct buf text = BUF_INIT(COURIER_REPORT_MAX);
	char name[ID_TEXT_SIZE];
	enum err e;

	memcpy(data, label, sizeof(label));
	memcpy(data + sizeof(label), id->b, sizeof(id->b));
	e = hmac_sha256(secret_slice(&b->report_key),
	    slice_make(data, sizeof(data)), mac, ei);
	if (e == ERR_OK) {
		id_text(id, "msg", name);
		buf_printf(&text, "%s.", name);
		text_base64url(&text, slice_make(mac, SECRET_BYTES));
		e = buf_err(&text, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(
		    out, COURIER_REPORT_MAX + 1, "%s", buf_cstr(&text));
	}
	buf_wipe(&text);
	return e;
}

static enum err
unknown(struct errinfo *ei)
{
	return err_set(ei, ERR_NOTFOUND, "report.unknown", NULL,
	    "There is no message that this report could be of.");
}

static enum err
find_message(const struct outbox *b, struct slice shown, struct id *out,
    struct errinfo *ei)
{
	char want[COURIER_REPORT_MAX + 1];
	const uint8_t *dot =
	    shown.len > 0 ? memchr(shown.p, '.', shown.len) : NULL;
	enum err e;

	if (dot == NULL ||
	    !id_parse(
		slice_make(shown.p, (size_t)(dot - shown.p)), "msg", out)) {
		return unknown(ei);
	}
	e = outbox_report_text(b, out, want, ei);
	if (e != ERR_OK) {
		return e;
	}
	return secret_eq(slice_str(want), shown) ? ERR_OK : unknown(ei);
}

/* --- what does it say? ---------------------------------------------------- */

enum word {
	WORD_OTHER, /* not the last one */
	WORD_DELIVERED,
	WORD_FAILED,
};

static const struct courier_route *
find_route(const struct outbox *b, const char *name)
{
	for (size_t i = 0; i < b->routes.num; i++) {
		if (strcmp(b->routes.at[i].name, name) == 0) {
			return &b->routes.at[i];
		}
	}
	return NULL;
}

bool
outbox_is_reported(struct outbox *b, const char *route)
{
	const struct courier_route *r;
	bool is;

	(void)pthread_mutex_lock(&b->lock);
	r = find_route(b, route);
	is = r != NULL && r->num_failed > 0;
	(void)pthread_mutex_unlock(&b->lock);
	return is;
}

static bool
fits_any(const char (*patterns)[COURIER_PATTERN_MAX + 1], size_t num,
    struct slice said)
{
	for (size_t i = 0; i < num; i++) {
		if (pattern_fits(patterns[i], said)) {
			return true;
		}
	}
	return false;
}

/* *out_others: are there ways beside it? */
static enum word
read_word(
    struct outbox *b, const char *route, struct slice said, bool *out_others)
{
	enum word word = WORD_OTHER;
	const struct courier_route *r;

	(void)pthread_mutex_lock(&b->lock);
	*out_others = b->routes.num > 1;
	r = find_route(b, route);
	if (r != NULL && fits_any(r->delivered, r->num_delivered, said)) {
		word = WORD_DELIVERED;
	} else if (r != NULL && fits_any(r->failed, r->num_failed, said)) {
		word = WORD_FAILED;
	}
	(void)pthread_mutex_unlock(&b->lock);
	return word;
}

/* --- what follows from it? ------------------------------------------------ */

/* A network may be quicker than our note that its gateway took the message. */
static enum err
read_row(struct outbox *b, const struct id *id, struct rows **out,
    struct errinfo *ei)
{
	struct rows *r = NULL;

	for (int ms = 0;; ms += WAIT_STEP_MS) {
		enum err e = store_query_one(
		    b->o.store, ST_OUTBOX_REPORTABLE, &r, ei, V_ID(id));

		if (e != ERR_OK) {
			return e == ERR_NOTFOUND ? unknown(ei) : e;
		}
		if (strcmp(rows_text(r, 0, 0), "sending") != 0 ||
		    ms >= REPORT_WAIT_MS) {
			*out = r;
			return ERR_OK;
		}
		rows_free(r);
		(void)poll(NULL, 0, WAIT_STEP_MS);
	}
}

/* The message, again, by a way that has not had it; false when there is none,
 * or it is too late. */
static bool
add_again(struct outbox *b, struct unit *u, const struct id *id,
    const struct rows *r, const char *route)
{
	const char *before = rows_text(r, 0, 3);
	char avoid[COURIER_AVOID_MAX + 1];
	int64_t now = clock_utc_sec(b->o.clock);
	int len = snprintf(avoid, sizeof(avoid), "%s%s%s",
	    before != NULL ? before : "", before != NULL ? " " : "", route);

	if (rows_is_null(r, 0, 5) || now >= rows_int(r, 0, 4) ||
	    len >= (int)sizeof(avoid)) {
		return false;
	}
	unit_add(
	    u, ST_OUTBOX_AGAIN, EXPECT(1), V_ID(id), V_INT(now), V_TEXT(avoid));
	return true;
}

static enum err
note_word(struct outbox *b, const struct id *id, const struct rows *r,
    struct slice said, struct errinfo *ei)
{
	const char *report = rows_text(r, 0, 1);
	const char *route = rows_text(r, 0, 2);
	bool others = false;
	struct unit u;
	enum word word;
	enum err e;

	if (route == NULL) {
		return ERR_OK; /* no way has taken it */
	}
	word = read_word(b, route, said, &others);
	if (word == WORD_OTHER) {
		family_count(&b->reports, route, "other");
		return ERR_OK;
	}
	unit_init(&u);
	if (word != WORD_FAILED || !others || report == NULL ||
	    !add_again(b, &u, id, r, route)) {
		unit_add(&u, ST_OUTBOX_REPORTED, EXPECT_ANY, V_ID(id),
		    V_TEXT(word == WORD_DELIVERED ? "delivered" : "failed"),
		    V_INT(clock_utc_sec(b->o.clock)));
	}
	e = store_submit(b->o.store, &u, NULL, ei);
	unit_clear(&u);
	if (e == ERR_CONFLICT) {
		return ERR_OK; /* a twin of this report was quicker */
	}
	if (e == ERR_OK) {
		family_count(&b->reports, route,
		    word == WORD_DELIVERED ? "delivered" : "failed");
	}
	if (e == ERR_OK && word == WORD_FAILED) {
		b->o.trouble(b->o.arg, "report", route);
	}
	return e;
}

enum err
outbox_report(
    struct outbox *b, struct slice shown, struct slice said, struct errinfo *ei)
{
	struct rows *r = NULL;
	struct id id;
	enum err e = find_message(b, shown, &id, ei);

	if (e == ERR_OK) {
		e = read_row(b, &id, &r, ei);
	}
	if (e == ERR_OK) {
		e = note_word(b, &id, r, said, ei);
		rows_free(r);
	}
	return e;
}

const struct family *
outbox_reports(const struct outbox *b)
{
	return &b->reports;
}

/* --- the door ------------------------------------------------------------- */

static void
take_report(void *arg, const struct request *r, struct response *resp)
{
	const char *status = request_query(r, "status");
	struct slice said =
	    status != NULL ? slice_str(status) : request_body(r);
	struct errinfo ei = {0};

	if (outbox_report(arg, slice_str(request_param(r, "report")), said,
		&ei) != ERR_OK) {
		problem_from_err(resp, &ei);
	}
}

size_t
report_path_shown(const char *path)
{
	/* outbox_report_text(): the secret stands behind a full stop, which
	 * may have been sent as %2E. */
	return strspn(path, "/_0123456789abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static const struct route routes[] = {
    {"GET", REPORT_ROUTE, take_report, 0, NULL, 0, NULL, NULL},
    {"POST", REPORT_ROUTE, take_report, ROUTE_BODY | ROUTE_BODY_OPTIONAL, "*",
	REPORT_BODY_MAX, NULL, NULL},
};

size_t
report_add_routes(struct outbox *b, struct route out[PUBLIC_ROUTES_MAX])
{
	size_t num;
	const struct route *files = public_routes(&num);

	ensure(num + ARRAY_LEN(routes) <= PUBLIC_ROUTES_MAX);
	memcpy(out, files, num * sizeof(*files));
	for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
		out[num] = routes[i];
		out[num++].arg = b;
	}
	return num;
}
