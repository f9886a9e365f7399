/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gateway.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "courier/credential.h"
#include "courier/gateway_priv.h"
#include "fetch/fetch.h"

enum {
	HEADERS_MAX = 8,
	ANSWER_MAX = 64 * 1024,
	PREFIX_MAX = 16, /* "+" and a whole number */
};

struct gateway {
	struct conf_cursor conf;
	struct template url;
	struct template body;
	struct template headers[HEADERS_MAX];
	struct template report_url; /* no parts: none is asked for */
	size_t num_headers;
	struct secret secret;
	struct buf roots; /* of ca_file: behind the walls no file is read */
};

static const char *
check_http(const char *value)
{
	if (strncmp(value, "http://", 7) != 0 &&
	    strncmp(value, "https://", 8) != 0) {
		return "is no http or https address";
	}
	return NULL;
}

static const char *
check_status(const char *value)
{
	bool ok = strlen(value) == 3 && value[0] >= '1' && value[0] <= '5' &&
		  strspn(value + 1, "0123456789x") == 2;

	return ok ? NULL : "is no status; write \"200\" or \"2xx\"";
}

static const char *
check_header(const char *value)
{
	const char *colon = strchr(value, ':');

	return colon != NULL && colon > value ? NULL : "is not \"Name: value\"";
}

static const char *
check_id_pattern(const char *value)
{
	return strstr(value, "{id}") != NULL ? NULL : "holds no {id}";
}

static const char *const methods[] = {"GET", "POST", "PUT", NULL};
static const char *const formats[] = {"text", "json", "form", NULL};
_Static_assert(PLACE_TEXT == 0 && PLACE_JSON == 1 && PLACE_PERCENT == 2,
    "the order of formats[]");

/* Which way a message left is told by names. */
static const char *
check_name(const char *value)
{
	return strcmp(value, COURIER_MAIL_ROUTE) == 0
		   ? "is what the way of mail is called; choose another"
		   : conf_check_name(value);
}

static const char *
check_prefix(const char *value)
{
	size_t len = strlen(value);

	return value[0] == '+' && len >= 2 && len <= PREFIX_MAX &&
		       text_is_digits(slice_make(value + 1, len - 1))
		   ? NULL
		   : "is no \"+\" with 1 to 15 digits";
}

static const char *
check_pattern(const char *value)
{
	return strlen(value) <= COURIER_PATTERN_MAX
		   ? NULL
		   : "is longer than 127 bytes";
}

static const struct conf_setting price_settings[] = {
    {.name = "prefix",
	.type = CONF_TEXT,
	.required = true,
	.check = check_prefix},
    {.name = "part",
	.type = CONF_INT,
	.required = true,
	.min = 0,
	.max = SMS_PRICE_MAX},
    {0},
};

const struct conf_setting gateway_settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.fallback = "gateway",
	.check = check_name},
    {.name = "prefixes",
	.type = CONF_TEXTS,
	.max = ROUTE_PREFIXES_MAX,
	.check = check_prefix},
    {.name = "cool_down_sec",
	.type = CONF_INT,
	.min = 1,
	.max = 3600,
	.fallback_int = 60},
    {.name = "price_part", .type = CONF_INT, .min = 0, .max = SMS_PRICE_MAX},
    {.name = "prices",
	.type = CONF_GROUPS,
	.max = ROUTE_PREFIXES_MAX,
	.members = price_settings},
    {.name = "url",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = 4096,
	.check = check_http},
    {.name = "method",
	.type = CONF_CHOICE,
	.choices = methods,
	.fallback = "POST"},
    {.name = "headers",
	.type = CONF_TEXTS,
	.max = HEADERS_MAX,
	.check = check_header},
    {.name = "body", .type = CONF_TEXT, .max = 8192, .fallback = ""},
    {.name = "body_format",
	.type = CONF_CHOICE,
	.choices = formats,
	.fallback = "text"},
    {.name = "success_status",
	.type = CONF_TEXTS,
	.max = 8,
	.check = check_status},
    {.name = "success_pattern", .type = CONF_TEXT},
    {.name = "refused_pattern", .type = CONF_TEXT},
    {.name = "id_pattern", .type = CONF_TEXT, .check = check_id_pattern},
    {.name = "report_url",
	.type = CONF_TEXT,
	.min = 1,
	.max = 1024,
	.check = check_http},
    {.name = "report_delivered",
	.type = CONF_TEXTS,
	.max = COURIER_PATTERNS_MAX,
	.check = check_pattern},
    {.name = "report_failed",
	.type = CONF_TEXTS,
	.max = COURIER_PATTERNS_MAX,
	.check = check_pattern},
    {.name = "secret_file", .type = CONF_TEXT},
    {.name = "ca_file", .type = CONF_TEXT},
    {.name = "proxy", .type = CONF_TEXT, .check = check_http},
    {.name = "connect_timeout_ms",
	.type = CONF_INT,
	.min = 100,
	.max = 60000,
	.fallback_int = 5000},
    {.name = "timeout_ms",
	.type = CONF_INT,
	.min = 100,
	.max = 120000,
	.fallback_int = 20000},
    {0},
};

/* --- loading ---------------------------------------------------------------
 */

static void
compile(struct template *t, const char *text, enum place place,
    struct conf_cursor c, const char *path, struct conf_report *report)
{
	const char *wrong = template_compile(t, text, place);

	if (wrong != NULL) {
		conf_complain(report, c, path, "%s", wrong);
	}
}

/* Only what belongs to the address may be filled in, never whom we call. */
static void
check_url(const struct gateway *g, struct conf_report *report)
{
	const char *url = conf_text(g->conf, "url");
	const char *host = strstr(url, "://") + 3;
	const char *path = host + strcspn(host, "/?#");
	const char *brace = strchr(url, '{');

	if (brace != NULL && brace < path) {
		conf_complain(report, g->conf, "url",
		    "may hold placeholders behind the host only");
	}
	if (strchr(url, '#') != NULL) {
		conf_complain(report, g->conf, "url", "has a fragment (#)");
	}
}

static void
check_whole(const struct gateway *g, struct conf_report *report)
{
	bool has_secret = template_has(&g->url, PART_SECRET) ||
			  template_has(&g->body, PART_SECRET);
	bool get = strcmp(conf_text(g->conf, "method"), "GET") == 0;

	if (!template_has(&g->url, PART_TEXT) &&
	    !template_has(&g->body, PART_TEXT)) {
		conf_complain(report, g->conf, NULL,
		    "{text} stands neither in url nor in body");
	}
	if (get && g->body.num_parts > 0) {
		conf_complain(report, g->conf, "body", "does not go with GET");
	}
	for (size_t i = 0; i < g->num_headers; i++) {
		has_secret =
		    has_secret || template_has(&g->headers[i], PART_SECRET);
		for (enum part_kind k = PART_TO; k < PART_SECRET; k++) {
			if (template_has(&g->headers[i], k)) {
				conf_complain(report, g->conf, "headers",
				    "takes no placeholder but {secret}");
			}
		}
	}
	if (has_secret != conf_has(g->conf, "secret_file")) {
		conf_complain(report, g->conf, "secret_file",
		    "and {secret} belong together; one is missing");
	}
}

/* All of reports, or nothing of them. */
static void
check_report(const struct gateway *g, struct conf_report *report)
{
	bool is_sent = template_has(&g->url, PART_REPORT_URL) ||
		       template_has(&g->body, PART_REPORT_URL);
	bool has = conf_has(g->conf, "report_url");

	if (has && !template_has(&g->report_url, PART_REPORT)) {
		conf_complain(
		    report, g->conf, "report_url", "holds no {report}");
	}
	for (enum part_kind k = PART_TO; k <= PART_SECRET; k++) {
		if (k != PART_REPORT && template_has(&g->report_url, k)) {
			conf_complain(report, g->conf, "report_url",
			    "takes no placeholder but {report}");
		}
	}
	if (has != is_sent || has != conf_has(g->conf, "report_delivered") ||
	    has != conf_has(g->conf, "report_failed")) {
		conf_complain(report, g->conf, "report_url",
		    "and {report_url} in url or body, report_delivered and "
		    "report_failed belong together; one is missing");
	}
	if (template_has(&g->url, PART_REPORT) ||
	    template_has(&g->body, PART_REPORT)) {
		conf_complain(report, g->conf, NULL,
		    "{report} stands in report_url only");
	}
}

enum err
gateway_new(struct conf_cursor c, struct conf_report *report,
    struct gateway **out, struct errinfo *ei)
{
	struct gateway *g = calloc(1, sizeof(*g));
	struct conf_report mine;
	enum err e;

	if (g == NULL) {
		return err_nomem(ei);
	}
	conf_report_init(&mine);
	g->conf = c;
	g->num_headers = conf_len(c, "headers");
	buf_init(&g->roots, ROOTS_BYTES_MAX);
	compile(&g->url, conf_text(c, "url"), PLACE_PERCENT, c, "url", &mine);
	compile(&g->body, conf_text(c, "body"),
	    (enum place)conf_choice(c, "body_format"), c, "body", &mine);
	for (size_t i = 0; i < g->num_headers; i++) {
		compile(&g->headers[i], conf_text_at(c, "headers", i),
		    PLACE_TEXT, c, "headers", &mine);
	}
	if (conf_has(c, "report_url")) {
		compile(&g->report_url, conf_text(c, "report_url"),
		    PLACE_PERCENT, c, "report_url", &mine);
	}
	check_url(g, &mine);
	check_whole(g, &mine);
	check_report(g, &mine);
	e = conf_report_err(&mine, ei);
	if (report != NULL) {
		report->num_lines += mine.num_lines;
		buf_add(&report->text, buf_slice(&mine.text));
	}
	conf_report_clear(&mine);
	if (e == ERR_OK) {
		e = credentials_read(
		    g->conf, "secret_file", &g->secret, &g->roots, ei);
	}
	if (e != ERR_OK) {
		gateway_free(g);
		return e;
	}
	*out = g;
	return ERR_OK;
}

void
gateway_free(struct gateway *gateway)
{
	if (gateway != NULL) {
		secret_clear(&gateway->secret);
		buf_clear(&gateway->roots);
		free(gateway);
	}
}

/* --- sending ----------------------------------------------------------------
 */

static bool
is_phone(const char *to)
{
	size_t len = strlen(to);

	return to[0] == '+' && len >= 6 && len <= 16 &&
	       text_is_digits(slice_make(to + 1, len - 1));
}

/* The call's parts; their failures are in the buffers. */
static enum err
render_all(const struct gateway *g, const struct gateway_message *message,
    struct gateway_call *out, struct errinfo *ei)
{
	struct slice secret = secret_slice(&g->secret);
	struct buf report_url = BUF_INIT(FETCH_URL_MAX);
	struct gateway_message mine = *message, *m = &mine;
	enum err e;

	template_render(&g->report_url, m, SLICE_EMPTY, &report_url);
	m->report_url = buf_slice(&report_url);
	template_render(&g->url, m, secret, &out->url);
	template_render(&g->body, m, secret, &out->body);
	for (size_t i = 0; i < g->num_headers; i++) {
		buf_init(&out->headers[i], RENDERED_MAX);
		template_render(&g->headers[i], m, secret, &out->headers[i]);
		out->num_headers++;
	}
	e = buf_err(&report_url, ei);
	buf_wipe(&report_url);
	return e;
}

enum err
gateway_render(const struct gateway *g, const struct gateway_message *m,
    struct gateway_call *out, struct errinfo *ei)
{
	enum err e;

	*out = (struct gateway_call){0};
	if (!is_phone(m->to)) {
		return err_set(ei, ERR_FORMAT, "courier.to", NULL,
		    "the address is no phone number in international form");
	}
	if (!text_is_utf8(m->text) || m->text.len == 0) {
		return err_set(ei, ERR_FORMAT, "courier.text", NULL,
		    "the message is empty or not UTF-8");
	}
	buf_init(&out->url, FETCH_URL_MAX);
	buf_init(&out->body, RENDERED_MAX);
	e = render_all(g, m, out, ei);
	for (size_t i = 0; e == ERR_OK && i < out->num_headers; i++) {
		e = buf_err(&out->headers[i], ei);
	}
	if (e == ERR_OK) {
		e = buf_err(&out->url, ei);
	}
	if (e == ERR_OK) {
		e = buf_err(&out->body, ei);
	}
	if (e != ERR_OK) {
		gateway_call_wipe(out);
	}
	return e;
}

void
gateway_call_wipe(struct gateway_call *call)
{
	buf_wipe(&call->url);
	buf_wipe(&call->body);
	for (size_t i = 0; i < call->num_headers; i++) {
		buf_wipe(&call->headers[i]);
	}
}

static bool
is_success(const struct gateway *g, unsigned status, struct slice body)
{
	const char *pattern = conf_text(g->conf, "success_pattern");
	size_t num = conf_len(g->conf, "success_status");
	bool fits = num == 0 && status >= 200 && status <= 299;

	for (size_t i = 0; i < num; i++) {
		fits = fits ||
		       status_fits(
			   conf_text_at(g->conf, "success_status", i), status);
	}
	return fits && (pattern == NULL || pattern_fits(pattern, body));
}

static void
find_id(const struct gateway *g, struct slice body, struct courier_result *out)
{
	const char *pattern = conf_text(g->conf, "id_pattern");
	struct slice id;

	if (pattern != NULL && pattern_find_id(pattern, body, &id) &&
	    id.len <= COURIER_PROVIDER_ID_MAX && text_is_clean(id)) {
		(void)snprintf(out->provider_id, sizeof(out->provider_id),
		    "%.*s", (int)id.len, (const char *)id.p);
	}
}

static void
set(struct courier_result *out, enum courier_outcome outcome, const char *why)
{
	out->outcome = outcome;
	(void)snprintf(out->detail, sizeof(out->detail), "%s", why);
}

/* The body is never quoted: gateways like to repeat the message in it. */
void
gateway_judge(const struct gateway *g, unsigned status, struct slice body,
    struct courier_result *out)
{
	const char *refused = conf_text(g->conf, "refused_pattern");
	bool later = status == 429 || status == 503;
	char why[64];

	if (is_success(g, status, body)) {
		find_id(g, body, out);
		set(out, COURIER_DELIVERED, "");
		return;
	}
	(void)snprintf(
	    why, sizeof(why), "the gateway answered with status %u", status);
	if ((refused != NULL && pattern_fits(refused, body)) ||
	    (status >= 400 && status <= 499 && !later)) {
		set(out, COURIER_REFUSED, why);
	} else {
		set(out, later ? COURIER_RETRY : COURIER_UNCLEAR, why);
	}
}

static enum courier_outcome
outcome_of(enum err e, const struct errinfo *ei)
{
	if (e == ERR_AGAIN) {
		return COURIER_RETRY;
	}
	if (e == ERR_TIMEOUT || strcmp(ei->rule, "fetch.size") == 0) {
		return COURIER_UNCLEAR;
	}
	/* Nothing was sent, and nothing will be until somebody acts. */
	return e == ERR_NOMEM ? COURIER_RETRY : COURIER_REFUSED;
}

/* libcurl's sentences may name the URL's host but not its query. */
static enum err
call_out(const struct gateway *g, struct gateway_call *call,
    struct fetch_answer *out, struct errinfo *ei)
{
	const char *headers[HEADERS_MAX];
	struct fetch_request request = {
	    .url = buf_cstr(&call->url),
	    .method = conf_text(g->conf, "method"),
	    .headers = headers,
	    .num_headers = call->num_headers,
	    .body = buf_slice(&call->body),
	    .proxy = conf_text(g->conf, "proxy"),
	    .ca_pem = buf_slice(&g->roots),
	    .connect_timeout_ms =
		(unsigned)conf_int(g->conf, "connect_timeout_ms"),
	    .timeout_ms = (unsigned)conf_int(g->conf, "timeout_ms"),
	    .answer_max = ANSWER_MAX,
	};

	for (size_t i = 0; i < call->num_headers; i++) {
		headers[i] = buf_cstr(&call->headers[i]);
	}
	return fetch(&request, out, ei);
}

/* The longest prefix decides, whatever its place in the list. */
int64_t
gateway_price(const struct gateway *g, const char *to)
{
	int64_t price = conf_int(g->conf, "price_part");
	size_t longest = 0;

	for (size_t i = 0; i < conf_len(g->conf, "prices"); i++) {
		struct conf_cursor c = conf_group_at(g->conf, "prices", i);
		const char *prefix = conf_text(c, "prefix");
		size_t len = strlen(prefix);

		if (len > longest && strncmp(to, prefix, len) == 0) {
			longest = len;
			price = conf_int(c, "part");
		}
	}
	return price;
}

static size_t
copy_patterns(struct conf_cursor c, const char *name,
    char out[COURIER_PATTERNS_MAX][COURIER_PATTERN_MAX + 1])
{
	size_t num = conf_len(c, name);

	for (size_t i = 0; i < num; i++) {
		conf_copy_text(
		    out[i], sizeof(out[i]), conf_text_at(c, name, i));
	}
	return num;
}

void
gateway_reports(const struct gateway *g, struct courier_route *out)
{
	*out = (struct courier_route){0};
	conf_copy_text(
	    out->name, sizeof(out->name), conf_text(g->conf, "name"));
	out->num_delivered =
	    copy_patterns(g->conf, "report_delivered", out->delivered);
	out->num_failed = copy_patterns(g->conf, "report_failed", out->failed);
}

void
gateway_send(const struct gateway *g, const struct gateway_message *message,
    struct courier_result *out)
{
	struct gateway_call call;
	struct fetch_answer answer;
	struct errinfo ei = {0};
	enum err e;

	out->provider_id[0] = '\0';
	e = gateway_render(g, message, &call, &ei);
	if (e != ERR_OK) {
		set(out, outcome_of(e, &ei), ei.text);
		return;
	}
	e = call_out(g, &call, &answer, &ei);
	gateway_call_wipe(&call);
	if (e != ERR_OK) {
		set(out, outcome_of(e, &ei), ei.text);
		return;
	}
	gateway_judge(g, answer.status, buf_slice(&answer.body), out);
	fetch_answer_clear(&answer);
}
