/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_log.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "http/server.h"
#include "registry/registry.h"
#include "roles/front_metrics.h"
#include "roles/front_reports.h"

enum {
	PATH_SHOWN_MAX = 200
};

void
front_log_access(void *arg, const struct http_access *a)
{
	/* Who asks for whose status is nobody's business, and many ask. */
	enum log_level level = a->status >= 500 ? LOG_ERROR
			       : a->kept        ? LOG_DEBUG
						: LOG_INFO;
	struct slice shown = slice_str(a->path);
	struct buf path = BUF_INIT(4096);

	if (arg != NULL) {
		web_count(arg, a);
	}
	if (!log_wants(level)) {
		return;
	}
	if (strcmp(a->route, REPORT_ROUTE) == 0) {
		shown.len = report_path_shown(a->path);
	}
	text_escape(&path, shown, PATH_SHOWN_MAX);
	log_event(level, "http.answer", L_STR("request", a->request),
	    L_STR("client", a->client), L_STR("method", a->method),
	    L_STR("path", buf_cstr(&path)), L_INT("status", a->status),
	    L_INT("us", a->duration_us), L_STR("rule", a->rule));
	if (a->trouble != NULL) {
		log_err(LOG_ERROR, "http.trouble", a->trouble);
	}
	buf_clear(&path);
}

void
front_log_issuing(
    void *arg, const struct id *application, const struct errinfo *ei)
{
	char text[ID_TEXT_SIZE];

	(void)arg;
	id_text(application, APPLICATION_PREFIX, text);
	log_event(LOG_WARN, "issuing.failed", L_STR("application", text));
	log_err(LOG_WARN, "issuing.why", ei);
}

void
front_log_publisher(void *arg, const char *ca, const struct errinfo *ei)
{
	(void)arg;
	log_event(LOG_WARN, "crl.failed", L_STR("ca", ca));
	log_err(LOG_WARN, "crl.why", ei);
}

void
front_log_outbox(void *arg, const char *outcome, const char *detail)
{
	(void)arg;
	log_event(LOG_WARN, "outbox.trouble", L_STR("outcome", outcome),
	    L_STR("detail", detail));
}

void
front_log_breaker(void *arg, const char *area, bool open)
{
	(void)arg;
	log_event(open ? LOG_WARN : LOG_INFO, "messages.breaker",
	    L_STR("area", area), L_STR("state", open ? "open" : "closed"));
}

void
front_log_root_crl(void *arg, const char *file, const struct errinfo *ei)
{
	(void)arg;
	log_event(LOG_WARN, "root_crl.trouble", L_STR("file", file));
	log_err(LOG_WARN, "root_crl.why", ei);
}
