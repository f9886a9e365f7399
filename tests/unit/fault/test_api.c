/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every route of the API with each allocation, each call of the store and each
 * answer of a commit failing in turn.  An answer is either right or a problem
 * of ours in its words and with its status; asked again, with the same
 * Idempotency-Key where there is one, it is right, and what was asked for was
 * done once.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/privkey.h"
#include "failing/failing.h"
#include "fault/asking.h"
#include "http/http_priv.h"
#include "registry/application.h"
#include "store/store.h"
#include "x509/csr.h"
#include "x509/name.h"
#include "json/json.h"

enum {
	PATH_SIZE = 256,
	BODY_SIZE = ASKING_BODY_SIZE,
	DONE_ALREADY = 409, /* where no Idempotency-Key tells */
};

/* --- the desk ---------------------------------------------------------------
 */

static char person[64], organisation[64], form[64], application[64];

/* Their closing brackets come later. */
static const char person_json[] =
    "{\"surname\":\"Иванов\",\"given_name\":\"Иван\","
    "\"patronymic\":\"Иванович\",\"snils\":\"07500122105\","
    "\"inn\":\"500100732259\",\"email\":\"direktor@e.ru\"";
static const char organisation_json[] =
    "{\"organisation_name\":\"ООО «АвтоСпор»\","
    "\"organisation_inn\":\"6688242590\",\"ogrn\":\"1234567890127\","
    "\"region\":\"66 Свердловская область\","
    "\"locality\":\"Екатеринбург\",\"street\":\"ул. Ленина, 1\"";

/* "<base>/<id><rest>", until eight others are made. */
static const char *
at(const char *base, const char *id, const char *rest)
{
	static char path[8][PATH_SIZE];
	static unsigned next;
	char *p = path[next++ % 8];

	(void)snprintf(p, PATH_SIZE, "%s/%s%s", base, id, rest);
	return p;
}

static void
keep_record(const char *base, const char *json, char id[64])
{
	char body[2048];
	struct ask find = {
	    .who = DESK, .method = "GET", .path = base, .want = 200};

	(void)snprintf(body, sizeof(body), "%s}", json);
	act(DESK, "POST", base, 201, body);
	take("id", id, 64);
	get(DESK, at(base, id, ""));
	(void)snprintf(body, sizeof(body), "%s,\"version\":1}", json);
	act(DESK, "PUT", at(base, id, ""), 200, body);
	get(DESK, base);
	find.query[0][0] = "q";
	find.query[0][1] = "ива авто";
	find.also = 422; /* one of the two has no such words */
	ask_before(&find, NULL);
}

static void
make_form(const char *version)
{
	char body[1024];

	(void)snprintf(body, sizeof(body),
	    "{\"owner_kind\":\"person\",\"person\":\"%s\",\"phone\":\"%s\","
	    "\"support_phone\":\"88005005080\"%s}",
	    person, run.phone, version);
	if (version[0] == '\0') {
		act(DESK, "POST", "/v1/forms", 201, body);
		take("id", form, sizeof(form));
	} else {
		act(DESK, "PUT", at("/v1/forms", form, ""), 200, body);
	}
}

static void
approve_form(void)
{
	char hash[128], body[256];

	act(DESK, "POST", at("/v1/forms", form, "/payment"), 200, NULL);
	act(DESK, "POST", at("/v1/forms", form, "/identification"), 200,
	    "{\"kind\":\"in_person\",\"document\":\"Паспорт РФ 6512 "
	    "123456\",\"originals_seen\":true}");
	get(DESK, at("/v1/forms", form, "/identification"));
	get(DESK, at("/v1/forms", form, ""));
	take("data_hash", hash, sizeof(hash));
	(void)snprintf(body, sizeof(body), "{\"data_hash\":\"%s\"}", hash);
	act(DESK, "POST", at("/v1/forms", form, "/approval"), 200, body);
}

/* --- the person -------------------------------------------------------------
 */

static char sign_in_body[512], code_body[64];

/* Of two messages of one millisecond nobody knows which is the newer. */
static void
forget_codes(void)
{
	char code[16];

	office_code(front.office, run.phone, code);
}

static void
new_sign_in(struct ask *a)
{
	char asks[64], challenge[128], code[16];
	const struct ask want_code = {.method = "POST",
	    .path = "/v1/sign-in/code",
	    .body = asks,
	    .want = 202};

	(void)snprintf(asks, sizeof(asks), "{\"phone\":\"%s\"}", run.phone);
	forget_codes();
	(void)handle(&want_code, -1);
	assert_int_equal(answer.status, 202);
	take("challenge", challenge, sizeof(challenge));
	office_code(front.office, run.phone, code);
	(void)snprintf(sign_in_body, sizeof(sign_in_body),
	    "{\"phone\":\"%s\",\"challenge\":\"%s\",\"code\":\"%s\"}",
	    run.phone, challenge, code);
	a->body = sign_in_body;
}

static void
sign_in(void)
{
	char body[64];
	struct ask code = {.method = "POST",
	    .path = "/v1/sign-in/code",
	    .body = body,
	    .want = 202};
	struct ask enter = {
	    .method = "POST", .path = "/v1/sign-in", .want = 200};

	(void)snprintf(body, sizeof(body), "{\"phone\":\"%s\"}", run.phone);
	ask_before(&code, NULL);
	ask_before(&enter, new_sign_in);
	(void)snprintf(run.session, sizeof(run.session), "%s", answer.cookie);
	get(PERSON, "/v1/session");
	get(PERSON, "/v1/my/events");
}

static void
make_request(const char *spec, struct privkey **key, char *out, size_t size)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	struct buf text = BUF_INIT(BODY_SIZE);
	struct name *subject = NULL;
	struct errinfo ei = {0};

	assert_ok(privkey_generate(spec, key, &ei), &ei);
	assert_ok(name_parse(SLICE_LIT("\x30\x00"), &subject, &ei), &ei);
	assert_ok(csr_create(*key, subject, SLICE_EMPTY, &der, &ei), &ei);
	text_base64(&text, buf_slice(&der));
	(void)snprintf(out, size, "%s", buf_cstr(&text));
	name_free(subject);
	buf_clear(&der);
	buf_clear(&text);
}

static void
new_code(struct ask *a)
{
	char code[16] = "000000";
	const struct ask want_code = {.who = PERSON,
	    .method = "POST",
	    .path = at("/v1/my/applications", application, "/code"),
	    .want = 200};

	forget_codes();
	(void)handle(&want_code, -1);
	if (answer.status == 200) {
		office_code(front.office, run.phone, code);
	} else {
		assert_int_equal(answer.status, DONE_ALREADY);
	}
	(void)snprintf(code_body, sizeof(code_body), "{\"code\":\"%s\"}", code);
	a->body = code_body;
}

/* Without failures: the issuing threads are at it. */
static void
wait_for(const char *state)
{
	const struct ask a = {.who = PERSON,
	    .method = "GET",
	    .path = at("/v1/my/applications", application, ""),
	    .want = 200};
	char seen[32] = "";

	for (int ms = 0; ms < ASKING_WAIT_MS; ms += ASKING_PAUSE_MS) {
		(void)handle(&a, -1);
		assert_int_equal(answer.status, 200);
		take("state", seen, sizeof(seen));
		if (strcmp(seen, state) == 0) {
			return;
		}
		pause_a_little();
	}
	fail_msg("the application is %s, not %s", seen, state);
}

static void
apply(void)
{
	char hash[128], body[256];

	get(PERSON, "/v1/my/forms");
	act(PERSON, "POST", at("/v1/my/forms", form, "/application"), 201,
	    NULL);
	take("id", application, sizeof(application));
	get(PERSON, at("/v1/my/applications", application, ""));
	get(PERSON, at("/v1/my/forms", form, ""));
	take("data_hash", hash, sizeof(hash));
	(void)snprintf(body, sizeof(body), "{\"data_hash\":\"%s\"}", hash);
	act(PERSON, "POST", at("/v1/my/applications", application, "/check"),
	    200, body);
}

static void
confirm(struct privkey **key)
{
	static char body[BODY_SIZE], base64[BODY_SIZE - 64];
	char to_request[PATH_SIZE], to_code[PATH_SIZE], to_confirm[PATH_SIZE];
	struct ask request = {.who = PERSON,
	    .method = "POST",
	    .path = to_request,
	    .body = body,
	    .want = 200};
	struct ask code = {
	    .who = PERSON, .method = "POST", .path = to_code, .want = 200};
	struct ask confirmation = {.who = PERSON,
	    .method = "POST",
	    .path = to_confirm,
	    .want = 200,
	    .also = DONE_ALREADY};

	(void)snprintf(to_request, PATH_SIZE, "%s",
	    at("/v1/my/applications", application, "/request"));
	(void)snprintf(to_code, PATH_SIZE, "%s",
	    at("/v1/my/applications", application, "/code"));
	(void)snprintf(to_confirm, PATH_SIZE, "%s",
	    at("/v1/my/applications", application, "/confirmation"));
	make_request("gost2012-256:A", key, base64, sizeof(base64));
	(void)snprintf(body, sizeof(body), "{\"pkcs10\":\"%s\"}", base64);
	ask_before(&request, NULL);
	ask_before(&code, NULL);
	ask_before(&confirmation, new_code);
	wait_for("issued");
	assert_int_equal(count("SELECT count(*) FROM certificate c JOIN "
			       "application a ON a.id = c.application_id"),
	    count("SELECT count(*) FROM application "
		  "WHERE certificate_id IS NOT NULL"));
}

static void
acquaint(struct privkey *key)
{
	static char text[BODY_SIZE], body[BODY_SIZE];
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf base64 = BUF_INIT(BODY_SIZE);
	const char *where =
	    at("/v1/my/applications", application, "/certificate/der");
	struct errinfo ei = {0};

	get(PERSON, at("/v1/my/applications", application, "/certificate"));
	get(PERSON, where);
	buf_add(&cert, buf_slice(&answer.body));
	get(PERSON, at("/v1/my/applications", application, "/acquaintance"));
	take("text", text, sizeof(text));
	assert_ok(
	    cms_sign_detached(key, buf_slice(&cert), NULL, 0, slice_str(text),
		clock_utc_sec(&front.office->f->clock), &cms, &ei),
	    &ei);
	text_base64(&base64, buf_slice(&cms));
	(void)snprintf(
	    body, sizeof(body), "{\"signature\":\"%s\"}", buf_cstr(&base64));
	act(PERSON, "POST",
	    at("/v1/my/applications", application, "/acquaintance"), 200, body);
	act(PERSON, "POST",
	    at("/v1/my/applications", application, "/installed"), 200, NULL);
	buf_clear(&cms);
	buf_clear(&cert);
	buf_clear(&base64);
}

/* --- the desk again ---------------------------------------------------------
 */

/* Put the application into a state without asking the table. */
static void
force(enum app_state from, enum app_state to)
{
	struct errinfo ei = {0};
	struct unit u;
	struct id id;

	assert_true(id_parse(slice_str(application), APPLICATION_PREFIX, &id));
	unit_init(&u);
	unit_add(&u, ST_APPLICATION_MOVE, EXPECT(1), V_ID(&id),
	    V_TEXT(app_state_name(from)), V_TEXT(app_state_name(to)),
	    V_INT(clock_utc_sec(&front.office->f->clock)), V_TEXT(""));
	assert_ok(store_submit(front.office->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
}

static void
review(void)
{
	static const char reason[] = "{\"reason\":\"нечитаемый скан\"}";
	const char *base = "/v1/applications";

	get(DESK, at(base, application, ""));
	get(DESK, base);
	force(APP_CHECKED, APP_REVIEW);
	act(DESK, "POST", at(base, application, "/correction"), 200, reason);
	act(DESK, "POST", at(base, application, "/corrected"), 200, NULL);
	force(APP_READY, APP_REVIEW);
	act(DESK, "POST", at(base, application, "/refusal"), 200, reason);
	force(APP_REFUSED, APP_REVIEW);
	act(DESK, "POST", at(base, application, "/withdrawal"), 200, reason);
}

/* Approved and, having no request, issued to nobody. */
static void
approve_application(void)
{
	char key[32];
	struct ask a = {.who = DESK,
	    .method = "POST",
	    .path = at("/v1/applications", application, "/approval"),
	    .key = key,
	    .want = 200};

	(void)snprintf(key, sizeof(key), "key-%016u", ++run.keys);
	force(APP_CHECKED, APP_REVIEW);
	ask_before(&a, NULL);
}

static void
certificates(void)
{
	static char body[BODY_SIZE], base64[BODY_SIZE - 256];
	static const char *const formats[] = {"/der", "/pem", "/p7b"};
	const char *base = "/v1/certificates";
	struct privkey *key = NULL;
	char id[64];

	make_request("p256", &key, base64, sizeof(base64));
	privkey_free(key);
	(void)snprintf(body, sizeof(body),
	    "{\"profile\":\"tls-client\",\"person\":\"%s\",\"pkcs10\":\"%s\"}",
	    person, base64);
	/* A thread may have finished it. */
	act_seen(DESK, "POST", base, 201, body,
	    "SELECT count(*) FROM certificate WHERE application_id IS NULL");
	take("id", id, sizeof(id));
	get(DESK, base);
	get(DESK, at(base, id, ""));
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		get(DESK, at(base, id, formats[i]));
	}
	act(DESK, "POST", at(base, id, "/hold"), 200, "{}");
	act(DESK, "POST", at(base, id, "/release"), 200, "{}");
	act(DESK, "POST", at(base, id, "/revocation"), 200,
	    "{\"reason\":\"superseded\"}");
	get(DESK, "/v1/audit");
}

static void
sign_out(void)
{
	struct ask a = {.who = PERSON,
	    .method = "DELETE",
	    .path = "/v1/session",
	    .want = 204,
	    .also = 401};

	ask_before(&a, NULL);
}

/* Without pages and a key for page orders it says so: e2e has both. */
static void
what_is_not_here(void)
{
	static const char *const pages[] = {"/", "/sign-in", "/sign-in/code",
	    "/trust", "/check", "/stop", "/phone", "/my", "/my/forms",
	    "/assets/x.js"};
	struct ask a = {.who = NOBODY, .method = "GET", .want = 404};

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		a.path = pages[i];
		ask_before(&a, NULL);
	}
	a.want = 409;
	a.path = "/v1/agent/centre";
	ask_before(&a, NULL);
	a.who = PERSON;
	a.method = "POST";
	a.path = at("/v1/my/applications", application, "/orders");
	a.body = "{\"agent\":\"00112233445566778899aabbccddeeff\","
		 "\"operation\":\"make_key\"}";
	ask_before(&a, NULL);
}

/* Asked for, listed, withdrawn; and an objection with a code of nothing. */
static void
change_phone(void)
{
	struct ask objection = {.method = "POST",
	    .path = "/v1/phone/objection",
	    .body = "{\"code\":\"0000-0000-0000-0000\"}",
	    .want = 403};
	char change[ID_TEXT_SIZE];

	act(DESK, "POST", at("/v1/forms", form, "/phone"), 201,
	    "{\"phone\":\"+79167654321\",\"evidence\":{\"kind\":"
	    "\"in_person\",\"reference\":\"заявление 12\",\"date\":"
	    "\"2020-01-02\"}}");
	take("id", change, sizeof(change));
	get(DESK, "/v1/phone-changes");
	act(DESK, "POST", at("/v1/phone-changes", change, "/withdrawal"), 200,
	    "{\"reason\":\"телефон нашёлся\"}");
	ask_before(&objection, NULL);
}

#define STOPPED                                                                \
	"SELECT count(*) FROM certificate WHERE status = 'revoked' AND "       \
	"application_id IS NOT NULL"

/* The certificate's owner ends it: by a code, and asked again by a signature,
 * which then changes nothing. */
static void
new_stop_code(struct ask *a)
{
	char code[16] = "000000";
	static char path[PATH_SIZE];
	const struct ask want_code = {
	    .who = PERSON, .method = "POST", .path = path, .want = 200};

	(void)snprintf(path, sizeof(path), "%s/code", a->path);
	forget_codes();
	(void)handle(&want_code, -1);
	if (answer.status == 200) {
		office_code(front.office, run.phone, code);
	} else {
		assert_int_equal(answer.status, DONE_ALREADY);
	}
	(void)snprintf(code_body, sizeof(code_body), "{\"code\":\"%s\"}", code);
	a->body = code_body;
}

static void
sign_stop(struct privkey *key, struct slice cert, const char *cert64, char *out,
    size_t size)
{
	static char text[BODY_SIZE];
	char made_at[64];
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	struct buf base64 = BUF_INIT(BODY_SIZE);
	struct errinfo ei = {0};

	take("text", text, sizeof(text));
	take("made_at", made_at, sizeof(made_at));
	assert_ok(cms_sign_detached(key, cert, NULL, 0, slice_str(text),
		      clock_utc_sec(&front.office->f->clock), &cms, &ei),
	    &ei);
	text_base64(&base64, buf_slice(&cms));
	(void)snprintf(out, size,
	    "{\"certificate\":\"%s\",\"made_at\":\"%s\",\"signature\":\"%s\"}",
	    cert64, made_at, buf_cstr(&base64));
	buf_clear(&cms);
	buf_clear(&base64);
}

static void
stop(struct privkey *key)
{
	static char body[2 * BODY_SIZE], asks[BODY_SIZE];
	static char path[PATH_SIZE];
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf base64 = BUF_INIT(BODY_SIZE);
	char id[ID_TEXT_SIZE];
	const char *found;
	int64_t ended = count(STOPPED);
	struct ask a = {
	    .method = "POST", .path = "/v1/status", .body = asks, .want = 200};
	struct ask code = {
	    .who = PERSON, .method = "POST", .path = path, .want = 200};

	get(PERSON, "/v1/my/history");
	get(PERSON, "/v1/my/certificates");
	found = strstr(buf_cstr(&answer.body), "crt_");
	assert_non_null(found);
	(void)snprintf(id, sizeof(id), "%.30s", found);
	get(PERSON, at("/v1/my/applications", application, "/certificate/der"));
	buf_add(&cert, buf_slice(&answer.body));
	text_base64(&base64, buf_slice(&cert));
	(void)snprintf(
	    asks, sizeof(asks), "{\"certificate\":\"%s\"}", buf_cstr(&base64));
	ask_before(&a, NULL);
	a.path = "/v1/stop/challenge";
	ask_before(&a, NULL);
	sign_stop(key, buf_slice(&cert), buf_cstr(&base64), body, sizeof(body));
	a.path = "/v1/stop/orders";
	a.want = 409; /* no key for orders here */
	ask_before(&a, NULL);
	(void)snprintf(
	    path, sizeof(path), "/v1/my/certificates/%s/stop/code", id);
	forget_codes();
	ask_before(&code, NULL);
	path[strlen(path) - strlen("/code")] = '\0';
	ask_before(&code, new_stop_code);
	assert_int_equal(count(STOPPED), ended + 1);
	a.path = "/v1/stop";
	a.body = body;
	a.want = 200;
	ask_before(&a, NULL);
	(void)snprintf(strrchr(path, '/'), 8, "/pem");
	get(PERSON, path);
	buf_clear(&cert);
	buf_clear(&base64);
}

/* Whom the certificates rest on. */
static void
authorities(void)
{
	static const char name[] = "\"sha256\":\"";
	static char path[PATH_SIZE];
	const char *first;

	get(NOBODY, "/v1/authorities");
	first = strstr(buf_cstr(&answer.body), name);
	assert_non_null(first);
	(void)snprintf(path, sizeof(path), "/v1/authorities/%.64s/der",
	    first + strlen(name));
	get(NOBODY, path);
}

static void
walk(void)
{
	struct privkey *key = NULL;

	get(NOBODY, "/healthz");
	get(NOBODY, "/readyz");
	get(NOBODY, "/v1/service");
	authorities();
	keep_record("/v1/organisations", organisation_json, organisation);
	keep_record("/v1/persons", person_json, person);
	make_form("");
	make_form(",\"version\":1");
	get(DESK, "/v1/forms");
	approve_form();
	sign_in();
	apply();
	what_is_not_here();
	confirm(&key);
	acquaint(key);
	stop(key);
	privkey_free(key);
	make_form("");
	approve_form();
	apply();
	review();
	make_form("");
	approve_form();
	apply();
	approve_application();
	change_phone();
	make_form("");
	act(DESK, "POST", at("/v1/forms", form, "/withdrawal"), 200,
	    "{\"reason\":\"куплено по ошибке\"}");
	certificates();
	sign_out();
}

static void
everything_fails_in_turn(void **state)
{
	static const struct {
		const char *name;
		enum failing kind;
	} kinds[] = {
	    {"allocations", FAILING_ALLOC},
	    {"calls of the store", FAILING_STORE},
	    {"answers of a commit", FAILING_COMMIT},
	};
	const struct route *routes;
	struct errinfo ei = {0};
	size_t num;

	print_message("proves: I2\n");
	buf_init(&answer.body, HTTP_ANSWER_MAX);
	front_open(&front, *state);
	routes = api_routes(&num);
	assert_in_range(num, 1, ASKING_ROUTES_MAX);
	assert_ok(router_new(routes, num, &router, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		(void)snprintf(
		    run.phone, sizeof(run.phone), "+7916123450%zu", i);
		run.kind = kinds[i].kind;
		run.failed = 0;
		walk();
		print_message(
		    "%u %s failed in turn\n", run.failed, kinds[i].name);
		assert_true(run.failed > 30);
	}
	for (size_t i = 0; i < num; i++) {
		if (!run.visited[i]) {
			fail_msg("nobody asked %s %s", routes[i].method,
			    routes[i].pattern);
		}
	}
	router_free(router);
	front_close(&front);
	buf_clear(&answer.body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		everything_fails_in_turn, office_setup, office_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
