/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_trust_source.h"

#include <stdio.h>
#include <string.h>

/* Where Windows itself asks. */
#define MICROSOFT                                                              \
	"http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/" \
	"en"

enum {
	CONNECT_MS = 10000,
	TOTAL_MS = 120000,
	TRIES = 3,
	HTTP_OK = 200,
	HTTP_REDIRECT = 300,
	HTTP_REDIRECT_LAST = 399,
	HTTP_NOT_FOUND = 404,
	HTTP_GONE = 410,
};

static enum err
refuse_status(unsigned status, const char *url, struct errinfo *ei)
{
	enum err e;

	if (status == HTTP_NOT_FOUND || status == HTTP_GONE) {
		e = err_set(ei, ERR_NOTFOUND, "mirror.file", NULL,
		    "the source answers %u: it has no such file", status);
	} else if (status >= HTTP_REDIRECT && status <= HTTP_REDIRECT_LAST) {
		e = err_set(ei, ERR_POLICY, "mirror.redirect", NULL,
		    "the source sends us elsewhere (%u), which is not "
		    "followed; give the address where the files are",
		    status);
	} else {
		e = err_set(ei, ERR_AGAIN, "mirror.answer", NULL,
		    "the source answers %u", status);
	}
	return err_object(ei, e, url);
}

static enum err
fetch_once(const struct remote_mirror *r, const char *url, size_t max,
    struct buf *out, struct errinfo *ei)
{
	const struct fetch_request request = {
	    .url = url,
	    .method = "GET",
	    .proxy = r->proxy,
	    .ca_file = r->ca,
	    .connect_timeout_ms = CONNECT_MS,
	    .timeout_ms = TOTAL_MS,
	    .answer_max = max,
	};
	struct fetch_answer answer = {0};
	enum err e = fetch(&request, &answer, ei);

	if (e != ERR_OK) {
		return err_object(ei, e, url);
	}
	if (answer.status != HTTP_OK) {
		e = refuse_status(answer.status, url, ei);
	} else {
		buf_add(out, buf_slice(&answer.body));
		e = buf_err(out, ei);
	}
	fetch_answer_clear(&answer);
	return e;
}

/* Reading twice does no harm: what is unclear is tried again. */
static enum err
get_remote(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	const struct remote_mirror *r = arg;
	char url[FETCH_URL_MAX];
	enum err e = ERR_AGAIN;

	(void)snprintf(url, sizeof(url), "%s/%s", r->url, name);
	for (int i = 0; (e == ERR_AGAIN || e == ERR_TIMEOUT) && i < TRIES;
	     i++) {
		e = fetch_once(r, url, max, out, ei);
	}
	return e;
}

bool
trust_source_is_address(const char *source)
{
	return strncmp(source, "http://", 7) == 0 ||
	       strncmp(source, "https://", 8) == 0;
}

enum err
trust_source_open(const char *word, struct remote_mirror *r,
    struct trust_source *out, struct errinfo *ei)
{
	const char *url = strcmp(word, "microsoft") == 0 ? MICROSOFT : word;
	size_t len = strlen(url);

	if (!trust_source_is_address(url)) {
		*out = trust_source_dir(word);
		return ERR_OK;
	}
	while (len > 0 && url[len - 1] == '/') {
		len--;
	}
	if (len >= sizeof(r->url)) {
		(void)err_set(ei, ERR_LIMIT, "mirror.address", NULL,
		    "an address of more than %zu characters",
		    sizeof(r->url) - 1);
		return err_object(ei, ERR_LIMIT, "SOURCE");
	}
	memcpy(r->url, url, len);
	*out = (struct trust_source){get_remote, r};
	return ERR_OK;
}
