/* SPDX-License-Identifier: Apache-2.0 */
#include "http/router.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * A pattern cut into segments at start; finding is one pass over the table,
 * whose cost is a comparison or two for each route of the same length.
 */
enum segment_kind {
	SEGMENT_LITERAL,
	SEGMENT_PARAM,
	SEGMENT_REST,
};

struct segment {
	enum segment_kind kind;
	struct slice text; /* literal, or the parameter's name */
};

struct compiled {
	const struct route *route;
	struct segment segments[ROUTE_SEGMENTS_MAX];
	size_t num_segments;
};

struct router {
	struct compiled *compiled;
	size_t num_compiled;
};

static const char *const methods[] = {
    "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};

static bool
is_method(const char *method)
{
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (strcmp(methods[i], method) == 0) {
			return true;
		}
	}
	return false;
}

/* The next segment of a path that begins with '/'; false at the end. */
static bool
next_segment(struct slice *path, struct slice *out)
{
	struct slice part;

	if (path->len == 0) {
		return false;
	}
	path->p++; /* the slash */
	path->len--;
	part = slice_make(path->p, 0);
	while (part.len < path->len && path->p[part.len] != '/') {
		part.len++;
	}
	path->p += part.len;
	path->len -= part.len;
	*out = part;
	return true;
}

static bool
is_name(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		bool ok = (s.p[i] >= 'a' && s.p[i] <= 'z') || s.p[i] == '_';

		if (!ok) {
			return false;
		}
	}
	return s.len > 0;
}

static bool
compile_segment(struct slice text, struct segment *out)
{
	bool braces =
	    text.len > 2 && text.p[0] == '{' && text.p[text.len - 1] == '}';

	out->kind = SEGMENT_LITERAL;
	out->text = text;
	if (!braces) {
		return memchr(text.p, '{', text.len) == NULL &&
		       memchr(text.p, '%', text.len) == NULL;
	}
	out->kind = SEGMENT_PARAM;
	out->text = slice_make(text.p + 1, text.len - 2);
	if (out->text.p[out->text.len - 1] == '*') {
		out->kind = SEGMENT_REST;
		out->text.len--;
	}
	return is_name(out->text);
}

static enum err
compile(const struct route *route, struct compiled *out, struct errinfo *ei)
{
	struct slice path = slice_str(route->pattern);
	size_t num_params = 0;
	struct slice text;

	out->route = route;
	if (!is_method(route->method) || path.len == 0 || path.p[0] != '/' ||
	    route->handler == NULL) {
		goto bad;
	}
	while (next_segment(&path, &text)) {
		struct segment *s = &out->segments[out->num_segments];

		if (out->num_segments == ROUTE_SEGMENTS_MAX ||
		    !compile_segment(text, s)) {
			goto bad;
		}
		out->num_segments++;
		num_params += s->kind != SEGMENT_LITERAL;
		if (s->kind == SEGMENT_REST && path.len > 0) {
			goto bad;
		}
	}
	if (num_params > ROUTE_PARAMS_MAX) {
		goto bad;
	}
	return ERR_OK;
bad:
	return err_set(ei, ERR_FORMAT, "http.route", NULL,
	    "the route \"%s %s\" is not well formed", route->method,
	    route->pattern);
}

/* Which of two patterns with the same match wins: the one that is literal (or
 * at least bounded) earlier.  0: they are the same but for names. */
static int
compare(const struct compiled *a, const struct compiled *b)
{
	size_t num = a->num_segments < b->num_segments ? a->num_segments
						       : b->num_segments;

	for (size_t i = 0; i < num; i++) {
		const struct segment *x = &a->segments[i];
		const struct segment *y = &b->segments[i];

		if (x->kind != y->kind) {
			return x->kind < y->kind ? -1 : 1;
		}
		if (x->kind == SEGMENT_LITERAL) {
			int order = slice_cmp(x->text, y->text);

			if (order != 0) {
				return order;
			}
		}
	}
	if (a->num_segments != b->num_segments) {
		return a->num_segments > b->num_segments ? -1 : 1;
	}
	return 0;
}

static int
compare_routes(const void *a, const void *b)
{
	const struct compiled *x = a;
	const struct compiled *y = b;
	int order = compare(x, y);

	return order != 0 ? order : strcmp(x->route->method, y->route->method);
}

enum err
router_new(const struct route *routes, size_t num_routes, struct router **out,
    struct errinfo *ei)
{
	struct router *router = calloc(1, sizeof(*router));
	struct compiled *all = calloc(num_routes + 1, sizeof(*all));
	enum err e = ERR_OK;

	if (router == NULL || all == NULL) {
		free(all);
		free(router);
		return err_nomem(ei);
	}
	router->compiled = all;
	router->num_compiled = num_routes;
	for (size_t i = 0; i < num_routes && e == ERR_OK; i++) {
		e = compile(&routes[i], &all[i], ei);
	}
	if (e == ERR_OK) {
		qsort(all, num_routes, sizeof(*all), compare_routes);
	}
	for (size_t i = 1; i < num_routes && e == ERR_OK; i++) {
		const struct compiled *c = &all[i];

		if (compare_routes(c - 1, c) == 0) {
			e = err_set(ei, ERR_CONFLICT, "http.route", NULL,
			    "the routes \"%s %s\" and \"%s\" are the same",
			    c->route->method, c->route->pattern,
			    (c - 1)->route->pattern);
		}
	}
	if (e != ERR_OK) {
		router_free(router);
		return e;
	}
	*out = router;
	return ERR_OK;
}

void
router_free(struct router *router)
{
	if (router != NULL) {
		free(router->compiled);
		free(router);
	}
}

/* Fills params on the way; they count only when the answer is true. */
static bool
matches(const struct compiled *c, struct slice path, struct route_match *out)
{
	struct slice text;

	out->num_params = 0;
	for (size_t i = 0; i < c->num_segments; i++) {
		const struct segment *s = &c->segments[i];

		if (s->kind == SEGMENT_REST) {
			if (path.len < 2) {
				return false;
			}
			out->params[out->num_params++] = (struct route_param){
			    s->text, {path.p + 1, path.len - 1}};
			return true;
		}
		if (!next_segment(&path, &text)) {
			return false;
		}
		if (s->kind == SEGMENT_LITERAL) {
			if (!slice_eq(text, s->text)) {
				return false;
			}
			continue;
		}
		if (text.len == 0) {
			return false;
		}
		out->params[out->num_params++] =
		    (struct route_param){s->text, text};
	}
	return path.len == 0;
}

static void
allow(struct route_match *out, const char *method)
{
	size_t used = strlen(out->allow);

	if (strstr(out->allow, method) != NULL) {
		return;
	}
	(void)snprintf(out->allow + used, sizeof(out->allow) - used, "%s%s%s",
	    used > 0 ? ", " : "", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

void
router_find(const struct router *router, const char *method, struct slice path,
    struct route_match *out)
{
	const char *as = strcmp(method, "HEAD") == 0 ? "GET" : method;

	out->route = NULL;
	out->num_params = 0;
	out->allow[0] = '\0';
	for (size_t i = 0; i < router->num_compiled; i++) {
		const struct compiled *c = &router->compiled[i];

		if (!matches(c, path, out)) {
			continue;
		}
		if (strcmp(c->route->method, as) == 0) {
			out->route = c->route;
			return;
		}
		allow(out, c->route->method);
	}
	out->num_params = 0;
}
