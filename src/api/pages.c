/* SPDX-License-Identifier: Apache-2.0 */
/* The cabinet's page: one document under every address that it knows, and the
 * files that it consists of. */
#include "api/pages.h"

#include "api/api.h"
#include "api/routes.h"
#include "base/attr.h"
#include "http/problem.h"
#include "http/ready.h"
#include "http/request.h"
#include "http/static_files.h"

/*
 * Nothing but our own files, no script from text (Trusted Types, without any
 * policy that could make one), no frame around us; the only others that the
 * page may speak to are the ports of the person's own agent
 * (docs/agent-protocol.md 1).
 */
static const struct ready_header page_headers[] = {
    {"Content-Security-Policy",
	"default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self'; font-src 'self'; connect-src 'self' "
	"http://127.0.0.1:21751 http://127.0.0.1:21752 "
	"http://127.0.0.1:21753; form-action 'self'; base-uri 'none'; "
	"frame-ancestors 'none'; require-trusted-types-for 'script'; "
	"trusted-types 'none'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy",
	"camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"Referrer-Policy", "no-referrer"},
    {"Strict-Transport-Security", "max-age=31536000"},
};

enum err
pages_load(const char *dir, struct static_files **out, struct errinfo *ei)
{
	return static_files_load(
	    dir, page_headers, ARRAY_LEN(page_headers), out, ei);
}

static void
send_file(const struct api *api, const char *name, const struct request *r,
    struct response *resp)
{
	if (api->pages == NULL) {
		problem(resp, 404, "page.none",
		    "this centre has no pages: its setting `web` names no "
		    "directory with them");
	} else if (!static_files_send(api->pages, name, r, resp)) {
		problem(resp, 404, "page.file",
		    "the page has no such file; load the page anew");
	}
}

void
api_page(void *arg, const struct request *r, struct response *resp)
{
	send_file(arg, "index.html", r, resp);
}

void
api_page_file(void *arg, const struct request *r, struct response *resp)
{
	send_file(arg, request_param(r, "name"), r, resp);
}
