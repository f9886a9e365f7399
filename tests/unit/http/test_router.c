/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "http/router.h"

static void
handler(void *arg, const struct request *r, struct response *resp)
{
	(void)arg;
	(void)r;
	(void)resp;
}

#define R(m, p)                                                                \
	{                                                                      \
		.method = (m), .pattern = (p), .handler = handler              \
	}

static const struct route routes[] = {
    R("GET", "/"),
    R("GET", "/v1/forms"),
    R("POST", "/v1/forms"),
    R("GET", "/v1/forms/{id}"),
    R("GET", "/v1/forms/mine"),
    R("DELETE", "/v1/forms/{id}"),
    R("POST", "/v1/forms/{id}/approve"),
    R("GET", "/ocsp/{request*}"),
    R("GET", "/a/{x}/{y}"),
    R("GET", "/a/{x}/lit"),
};

static void
the_most_literal_route_wins(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		const char *pattern; /* NULL: none */
		const char *param;   /* first value */
		const char *allow;
	} cases[] = {
	    {"GET", "/", "/", NULL, ""},
	    {"HEAD", "/", "/", NULL, ""},
	    {"GET", "/v1/forms", "/v1/forms", NULL, ""},
	    {"GET", "/v1/forms/", NULL, NULL, ""},
	    {"GET", "/v1//forms", NULL, NULL, ""},
	    {"GET", "/V1/forms", NULL, NULL, ""},
	    {"GET", "/v1/forms/x%2Fy", "/v1/forms/{id}", "x%2Fy", ""},
	    {"GET", "/v1/forms/mine", "/v1/forms/mine", NULL, ""},
	    {"DELETE", "/v1/forms/mine", "/v1/forms/{id}", "mine", ""},
	    {"GET", "/v1/forms/1/approve", NULL, NULL, "POST"},
	    {"PUT", "/v1/forms", NULL, NULL, "GET, HEAD, POST"},
	    {"PATCH", "/v1/forms/7", NULL, NULL, "DELETE, GET, HEAD"},
	    {"get", "/v1/forms", NULL, NULL, "GET, HEAD, POST"},
	    {"GET", "/ocsp/a/b//c=", "/ocsp/{request*}", "a/b//c=", ""},
	    {"GET", "/ocsp/", NULL, NULL, ""},
	    {"GET", "/ocsp", NULL, NULL, ""},
	    {"GET", "/a/1/2", "/a/{x}/{y}", "1", ""},
	    {"GET", "/a/1/lit", "/a/{x}/lit", "1", ""},
	    {"GET", "/a/1/lit/x", NULL, NULL, ""},
	};
	struct router *router = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(router_new(routes, ARRAY_LEN(routes), &router, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct route_match m;

		router_find(
		    router, cases[i].method, slice_str(cases[i].path), &m);
		if ((cases[i].pattern == NULL) != (m.route == NULL) ||
		    (m.route != NULL &&
			strcmp(m.route->pattern, cases[i].pattern) != 0) ||
		    strcmp(m.route == NULL ? m.allow : "", cases[i].allow) !=
			0) {
			fail_msg("%s %s: %s %s", cases[i].method, cases[i].path,
			    m.route != NULL ? m.route->pattern : "none",
			    m.allow);
		}
		if (cases[i].param != NULL) {
			assert_true(
			    slice_eq_str(m.params[0].value, cases[i].param));
		} else {
			assert_int_equal(m.num_params, 0);
		}
	}
	router_free(router);
}

static void
wrong_tables_do_not_start(void **state)
{
	static const struct {
		struct route routes[2];
		enum err kind;
	} cases[] = {
	    {{R("GET", "/a"), R("POST", "/a")}, ERR_OK},
	    {{R("GET", "/a/{x}"), R("GET", "/a/{y}")}, ERR_CONFLICT},
	    {{R("GET", "/a"), R("GET", "/a")}, ERR_CONFLICT},
	    {{R("GET", "/a"), R("HEAD", "/a")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "b")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/{x*}/b")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/{}")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/x{y}")}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/{Y}")}, ERR_FORMAT},
	    {{R("GET", "/a"), {.method = "GET", .pattern = "/b"}}, ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/1/2/3/4/5/6/7/8/9/10/11/12/13")},
		ERR_FORMAT},
	    {{R("GET", "/a"), R("GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}")},
		ERR_FORMAT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct router *router = NULL;
		struct errinfo ei = {0};

		if (router_new(cases[i].routes, 2, &router, &ei) !=
		    cases[i].kind) {
			fail_msg("%s: %s", cases[i].routes[1].pattern, ei.text);
		}
		assert_true((router != NULL) == (cases[i].kind == ERR_OK));
		router_free(router);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_most_literal_route_wins),
	    cmocka_unit_test(wrong_tables_do_not_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
