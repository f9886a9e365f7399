/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/fetch.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/text.h"
#include "fetch/curl_priv.h"

/* What one call keeps while libcurl calls back. */
struct call {
	struct buf *body;
	bool too_large;
	char error[CURL_ERROR_SIZE];
};

enum err
fetch_init(struct errinfo *ei)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		return err_set(ei, ERR_INTERNAL, "fetch.init", NULL,
		    "libcurl does not start");
	}
	return ERR_OK;
}

void
fetch_answer_clear(struct fetch_answer *answer)
{
	buf_wipe(&answer->body);
}

static size_t
on_body(char *p, size_t size, size_t num, void *arg)
{
	struct call *call = arg;
	size_t len = size * num;

	buf_add(call->body, slice_make(p, len));
	if (call->body->err != ERR_OK) {
		call->too_large = call->body->err == ERR_LIMIT;
		return 0; /* ends the transfer */
	}
	return len;
}

static enum err
bad_request(struct errinfo *ei, const char *what)
{
	return err_set(ei, ERR_FORMAT, "fetch.request", NULL,
	    "the outgoing request is wrong: %s", what);
}

static enum err
check_request(const struct fetch_request *r, struct errinfo *ei)
{
	size_t url_len = strlen(r->url);

	if (url_len > FETCH_URL_MAX || r->num_headers > FETCH_HEADERS_MAX) {
		return err_set(ei, ERR_LIMIT, "fetch.request", NULL,
		    "the outgoing request has too long an address or too many "
		    "headers");
	}
	if (!text_is_clean(slice_str(r->url)) ||
	    (strncmp(r->url, "http://", 7) != 0 &&
		strncmp(r->url, "https://", 8) != 0)) {
		return bad_request(ei, "no http or https address");
	}
	for (size_t i = 0; i < r->num_headers; i++) {
		if (!text_is_clean(slice_str(r->headers[i])) ||
		    strchr(r->headers[i], ':') == NULL) {
			return bad_request(ei, "a header is malformed");
		}
	}
	return ERR_OK;
}

static enum err
make_headers(
    const struct fetch_request *r, struct curl_slist **out, struct errinfo *ei)
{
	struct curl_slist *list = NULL;

	for (size_t i = 0; i < r->num_headers; i++) {
		struct curl_slist *more =
		    curl_slist_append(list, r->headers[i]);

		if (more == NULL) {
			curl_slist_free_all(list);
			return err_nomem(ei);
		}
		list = more;
	}
	*out = list;
	return ERR_OK;
}

static bool
set_limits(CURL *curl, const struct fetch_request *r)
{
	bool failed = false;

	curl_set_common(curl, r->connect_timeout_ms, r->timeout_ms, &failed);
	SET(curl, failed, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(curl, failed, CURLOPT_FOLLOWLOCATION, 0L);
	/* "" also keeps the environment's proxies out. */
	SET(curl, failed, CURLOPT_PROXY, r->proxy != NULL ? r->proxy : "");
	/* HTTP/2 gains nothing here and would be one more parser. */
	SET(curl, failed, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	if (r->cookie_file != NULL) {
		/* Written when the handle is cleaned up. */
		SET(curl, failed, CURLOPT_COOKIEFILE, r->cookie_file);
		SET(curl, failed, CURLOPT_COOKIEJAR, r->cookie_file);
	}
	if (r->ca_file != NULL) {
		SET(curl, failed, CURLOPT_CAINFO, r->ca_file);
		/* Else the system's would be trusted beside them. */
		SET(curl, failed, CURLOPT_CAPATH, NULL);
	}
	curl_set_roots(curl, r->ca_pem, &failed);
	return !failed;
}

static bool
set_request(CURL *curl, const struct fetch_request *r,
    struct curl_slist *headers, struct call *call)
{
	bool failed = false;

	SET(curl, failed, CURLOPT_URL, r->url);
	SET(curl, failed, CURLOPT_HTTPHEADER, headers);
	SET(curl, failed, CURLOPT_WRITEFUNCTION, on_body);
	SET(curl, failed, CURLOPT_WRITEDATA, call);
	SET(curl, failed, CURLOPT_ERRORBUFFER, call->error);
	if (strcmp(r->method, "GET") != 0) {
		/* Not copied: libcurl would not wipe its copy. */
		SET(curl, failed, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)r->body.len);
		SET(curl, failed, CURLOPT_POSTFIELDS,
		    r->body.len > 0 ? (const char *)r->body.p : "");
		SET(curl, failed, CURLOPT_CUSTOMREQUEST, r->method);
	}
	return !failed;
}

/*
 * Error codes do not tell (an answer that is no HTTP gives
 * CURLE_UNSUPPORTED_PROTOCOL); the bytes that libcurl gave to the connection
 * do.  Any at all may have been read and acted upon.
 */
static bool
was_sent(CURL *curl)
{
	long bytes = 0;

	return curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &bytes) !=
		   CURLE_OK ||
	       bytes > 0;
}

static enum err
explain(CURL *curl, CURLcode code, const struct call *call, struct errinfo *ei)
{
	const char *why =
	    call->error[0] != '\0' ? call->error : curl_easy_strerror(code);

	if (call->too_large) {
		return err_set(ei, ERR_LIMIT, "fetch.size", NULL,
		    "the answer is larger than %zu bytes", call->body->max);
	}
	if (was_sent(curl)) {
		return err_set(ei, ERR_TIMEOUT, "fetch.unclear", NULL,
		    "the request was sent and has no clear answer: %s", why);
	}
	return err_set(
	    ei, ERR_AGAIN, "fetch.connect", NULL, "nothing was sent: %s", why);
}

static void
read_answer(CURL *curl, struct fetch_answer *out)
{
	const char *type = NULL;
	curl_off_t after = 0;
	long status = 0;
	struct curl_header *header = NULL;

	out->content_type[0] = '\0';
	out->retry_after_sec = -1;
	out->status = 0;
	if (curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) ==
	    CURLE_OK) {
		out->status = (unsigned)status;
	}
	if (curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK &&
	    type != NULL && text_is_clean(slice_str(type))) {
		(void)snprintf(
		    out->content_type, sizeof(out->content_type), "%s", type);
	}
	if (curl_easy_header(curl, "Retry-After", 0, CURLH_HEADER, -1,
		&header) == CURLHE_OK &&
	    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after) == CURLE_OK) {
		out->retry_after_sec = after;
	}
}

enum err
fetch(const struct fetch_request *request, struct fetch_answer *out,
    struct errinfo *ei)
{
	size_t max =
	    request->answer_max > 0 ? request->answer_max : FETCH_BODY_MAX;
	struct buf body = BUF_INIT(max);
	struct call call = {.body = &body};
	struct curl_slist *headers = NULL;
	CURL *curl = NULL;
	CURLcode code;
	enum err e = check_request(request, ei);

	if (e == ERR_OK) {
		e = make_headers(request, &headers, ei);
	}
	if (e != ERR_OK) {
		goto out;
	}
	curl = curl_easy_init();
	if (curl == NULL) {
		e = err_nomem(ei);
		goto out;
	}
	if (!set_limits(curl, request) ||
	    !set_request(curl, request, headers, &call)) {
		e = bad_request(ei, "libcurl does not take an option");
		goto out;
	}
	code = curl_easy_perform(curl);
	if (code != CURLE_OK) {
		e = explain(curl, code, &call, ei);
		goto out;
	}
	read_answer(curl, out);
	out->body = body;
	buf_init(&body, max);
out:
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	buf_wipe(&body);
	return e;
}
