/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/guard.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"

enum {
	HOST_SIZE = 32,
};

static bool
host_ok(const struct guard_request *r)
{
	static const char *const names[] = {"127.0.0.1", "localhost"};

	for (size_t i = 0; r->host != NULL && i < ARRAY_LEN(names); i++) {
		char want[HOST_SIZE];

		(void)snprintf(
		    want, sizeof(want), "%s:%u", names[i], (unsigned)r->port);
		if (strcmp(r->host, want) == 0) {
			return true;
		}
	}
	return false;
}

static bool
peer_ok(const struct guard_request *r)
{
	return r->peer != GUARD_PEER_OTHER;
}

static bool
framing_ok(const struct guard_request *r)
{
	return r->transfer_encoding == NULL;
}

static bool
origin_there(const struct guard_request *r)
{
	return r->origin != NULL || r->kind == GUARD_HELLO;
}

static bool
origin_ok(const struct guard_request *r)
{
	return r->origin == NULL || r->origin_trusted;
}

static bool
is_one_of(const char *value, const char *const *names)
{
	if (value == NULL) {
		return true;
	}
	for (; *names != NULL; names++) {
		if (strcmp(value, *names) == 0) {
			return true;
		}
	}
	return false;
}

/* A script's fetch(), not a form, a link, an image or a frame. */
static bool
fetch_ok(const struct guard_request *r)
{
	static const char *const sites[] = {
	    "cross-site", "same-site", "same-origin", NULL};
	static const char *const modes[] = {"cors", NULL};
	static const char *const dests[] = {"empty", NULL};

	return is_one_of(r->fetch_site, sites) &&
	       is_one_of(r->fetch_mode, modes) &&
	       is_one_of(r->fetch_dest, dests);
}

static bool
method_ok(const struct guard_request *r)
{
	return r->kind != GUARD_CALL || strcmp(r->method, "POST") == 0;
}

static bool
type_ok(const struct guard_request *r)
{
	return r->kind != GUARD_CALL ||
	       strcmp(r->content_type, "application/json") == 0;
}

static const struct {
	bool (*ok)(const struct guard_request *r);
	struct guard_refusal refusal;
} rules[] = {
    {host_ok, {421, "agent.host",
		  "The Host header does not name this agent's own address."}},
    {peer_ok,
	{403, "agent.peer", "The caller is another user of this computer."}},
    {framing_ok,
	{411, "agent.framing",
	    "A request has a Content-Length and no Transfer-Encoding."}},
    {origin_there,
	{403, "agent.origin.missing",
	    "Only pages of trusted centres may ask: there is no Origin."}},
    {origin_ok, {403, "agent.origin",
		    "The page is of no centre that this person trusts."}},
    {fetch_ok,
	{403, "agent.fetch", "Only a script of a page may ask, by fetch()."}},
    {method_ok, {405, "http.method", "Everything but the hello is POST."}},
    {type_ok,
	{415, "agent.type", "The body's media type is application/json."}},
};

const struct guard_refusal *
guard_check(const struct guard_request *r)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (!rules[i].ok(r)) {
			return &rules[i].refusal;
		}
	}
	return NULL;
}
