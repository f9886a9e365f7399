/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_metrics.h"

#include <sys/resource.h>

#include "api/routes.h"
#include "base/bounds.h"
#include "base/version.h"
#include "ca/authority.h"
#include "ca/root_crl.h"
#include "ca/shard.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "http/server.h"
#include "metrics/text.h"
#include "protocol/ocsp/responder.h"
#include "registry/issuing.h"
#include "roles/front_health.h"
#include "roles/front_outbox.h"
#include "roles/front_verbs.h"
#include "signer/client.h"
#include "store/store.h"

enum {
	TEXT_MAX = 1024 * 1024,
	US = 1000000,
	CENTS = 100
};

static const struct metrics_label none[] = {{NULL, NULL}};

/* --- the process -------------------------------------------------------------
 */

static void
put_process(const struct metrics *m, struct buf *out)
{
	const struct metrics_label version[] = {
	    {"version", surguch_version}, {NULL, NULL}};
	struct rusage use = {0};

	metrics_head(
	    out, "surguch_build_info", METRICS_GAUGE, "Which release this is.");
	metrics_int(out, "surguch_build_info", version, 1);
	(void)getrusage(RUSAGE_SELF, &use);
	metrics_head(out, "process_cpu_seconds_total", METRICS_COUNTER,
	    "CPU time of front, user and system.");
	metrics_scaled(out, "process_cpu_seconds_total", none,
	    (int64_t)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * US +
		use.ru_utime.tv_usec + use.ru_stime.tv_usec,
	    US);
	metrics_head(out, "process_start_time_seconds", METRICS_GAUGE,
	    "When front started, in seconds since 1970.");
	metrics_int(out, "process_start_time_seconds", none, m->started_at);
	metrics_head(out, "surguch_process_resident_bytes_max", METRICS_GAUGE,
	    "The most memory that front has had.");
	metrics_int(out, "surguch_process_resident_bytes_max", none,
	    (int64_t)use.ru_maxrss * 1024);
}

/* --- the database
 * -------------------------------------------------------------- */

static void
put_store(const struct metrics *m, struct buf *out)
{
	const struct store_stats *s = store_stats(m->store);

	metrics_head(out, "surguch_store_group_units", METRICS_HISTOGRAM,
	    "Units of work that were committed together.");
	metrics_histogram(
	    out, "surguch_store_group_units", none, &s->group_units, 1);
	metrics_head(out, "surguch_store_commit_seconds", METRICS_HISTOGRAM,
	    "Time of one group, statements and commit.");
	metrics_histogram(
	    out, "surguch_store_commit_seconds", none, &s->commit_us, US);
	metrics_head(out, "surguch_store_groups_failed_total", METRICS_COUNTER,
	    "Groups after which nothing more was written.");
	metrics_int(out, "surguch_store_groups_failed_total", none,
	    (int64_t)atomic_load(&s->failed));
	metrics_head(out, "surguch_store_waiting_units", METRICS_GAUGE,
	    "Units of work that wait for the next group.");
	metrics_int(out, "surguch_store_waiting_units", none,
	    (int64_t)store_num_waiting(m->store));
}

/* --- the authorities
 * -------------------------------------------------------------- */

static void
put_calls(struct buf *out, struct signer_client *c)
{
	static const char *const names[SIGNER_CALL_MAX_] = {
	    [SIGNER_CALL_ISSUE] = "issue",
	    [SIGNER_CALL_CRL] = "crl",
	    [SIGNER_CALL_OCSP] = "ocsp",
	};

	for (size_t i = 0; c != NULL && i < SIGNER_CALL_MAX_; i++) {
		const struct histogram *h =
		    signer_client_times(c, (enum signer_call)i);
		const struct metrics_label labels[] = {
		    {"signer", signer_client_name(c)},
		    {"call", names[i]},
		    {NULL, NULL},
		};

		metrics_histogram(
		    out, "surguch_signer_call_seconds", labels, h, US);
	}
}

static void
put_signers(const struct metrics *m, struct buf *out)
{
	metrics_head(out, "surguch_signer_call_seconds", METRICS_HISTOGRAM,
	    "How long a signer's answers took, waiting included.");
	for (size_t i = 0; i < ca_num(m->ca); i++) {
		put_calls(out, authority_signer(ca_at(m->ca, i)));
		put_calls(out, authority_ocsp(ca_at(m->ca, i)));
	}
}

struct crl {
	const char *ca;
	int64_t number;
	int64_t this_update;
	int64_t next_update;
};

/* The full ones or their deltas, of the CAs that have one. */
static size_t
read_crls(const struct metrics *m, struct crl_shard full,
    struct crl out[CA_AUTHORITIES_MAX])
{
	size_t num = 0;

	for (size_t i = 0; i < ca_num(m->ca); i++) {
		const char *ca = authority_name(ca_at(m->ca, i));
		struct rows *r = NULL;

		if (full.delta && authority_delta_sec(ca_at(m->ca, i)) == 0) {
			continue;
		}
		if (store_query(m->store, ST_CRL_SHARD_GET, &r, NULL,
			V_TEXT(ca), V_INT(shard_row(full))) == ERR_OK &&
		    rows_num(r) == 1 && rows_int(r, 0, 0) > 0) {
			out[num++] = (struct crl){ca, rows_int(r, 0, 0),
			    rows_int(r, 0, 1), rows_int(r, 0, 2)};
		}
		rows_free(r);
	}
	return num;
}

/* One metric of all CRLs: how it is made of number and times. */
enum crl_metric {
	CRL_NUMBER,
	CRL_AGE,
	CRL_LEFT,
	CRL_METRIC_MAX_
};

struct crl_metric_text {
	const char *name;
	const char *help;
};

static const struct crl_metric_text crl_metrics[CRL_METRIC_MAX_] = {
    [CRL_NUMBER] = {"surguch_crl_number",
	"The number of a CA's last full CRL."},
    [CRL_AGE] = {"surguch_crl_age_seconds", "Since a CA's last full CRL."},
    [CRL_LEFT] = {"surguch_crl_left_seconds",
	"Until a CA's last full CRL ends (nextUpdate)."},
};

static const struct crl_metric_text delta_metrics[CRL_METRIC_MAX_] = {
    [CRL_NUMBER] = {"surguch_delta_crl_number",
	"The number of the last delta of a CA's full CRL."},
    [CRL_AGE] = {"surguch_delta_crl_age_seconds",
	"Since the last delta of a CA's full CRL."},
    [CRL_LEFT] = {"surguch_delta_crl_left_seconds",
	"Until the last delta of a CA's full CRL ends (nextUpdate)."},
};

static void
put_crls(const struct metrics *m, struct crl_shard full, struct buf *out)
{
	const struct crl_metric_text *texts =
	    full.delta ? delta_metrics : crl_metrics;
	int64_t now = clock_utc_sec(m->clock);
	struct crl crls[CA_AUTHORITIES_MAX];
	size_t num = read_crls(m, full, crls);

	for (size_t k = 0; k < CRL_METRIC_MAX_; k++) {
		metrics_head(out, texts[k].name, METRICS_GAUGE, texts[k].help);
		for (size_t i = 0; i < num; i++) {
			const struct crl *c = &crls[i];
			const struct metrics_label labels[] = {
			    {"ca", c->ca}, {NULL, NULL}};

			metrics_int(out, texts[k].name, labels,
			    k == CRL_NUMBER       ? c->number
			    : k == CRL_AGE        ? now - c->this_update
			    : c->next_update == 0 ? 0 /* asked for anew */
						  : c->next_update - now);
		}
	}
}

static void
put_roots(const struct metrics *m, struct buf *out)
{
	struct root_crls *roots = ca_roots(m->ca);
	int64_t now = clock_utc_sec(m->clock);
	struct root_crl_facts f;

	metrics_head(out, "surguch_root_crl_left_seconds", METRICS_GAUGE,
	    "Until the list of a root above our CAs ends (nextUpdate).");
	for (size_t i = 0; i < root_crls_num(roots); i++) {
		if (root_crls_facts(roots, i, &f)) {
			const struct metrics_label labels[] = {
			    {"file", f.file}, {NULL, NULL}};

			metrics_int(out, "surguch_root_crl_left_seconds",
			    labels, f.next_update - now);
		}
	}
	metrics_head(out, "surguch_ca_revoked", METRICS_GAUGE,
	    "1 for a CA that is revoked at its root and issues nothing.");
	for (size_t i = 0; i < ca_num(m->ca); i++) {
		const char *ca = authority_name(ca_at(m->ca, i));
		const struct metrics_label labels[] = {
		    {"ca", ca}, {NULL, NULL}};

		metrics_int(out, "surguch_ca_revoked", labels,
		    root_crls_revoked(roots, ca, NULL));
	}
}

struct days {
	struct buf *out;
	int64_t now;
};

static void
put_days(void *arg, const struct health_certificate *c)
{
	const struct days *d = arg;
	const struct metrics_label labels[] = {
	    {"name", c->name}, {"kind", c->kind}, {NULL, NULL}};

	metrics_scaled(d->out, "surguch_certificate_days_left", labels,
	    (c->not_after - d->now) * CENTS / DAY_SEC, CENTS);
}

static void
put_certificates(const struct metrics *m, struct buf *out)
{
	struct days d = {out, clock_utc_sec(m->clock)};
	struct readiness ready = {0};

	metrics_head(out, "surguch_certificate_days_left", METRICS_GAUGE,
	    "Days until one of the centre's own certificates ends.");
	health_certificates(m->health, put_days, &d);
	health_look(m->health, &ready);
	metrics_head(out, "surguch_ready", METRICS_GAUGE,
	    "1 while the centre can do its work, as /readyz says.");
	metrics_int(out, "surguch_ready", none, ready.num == 0);
}

static void
put_ca(const struct metrics *m, struct buf *out)
{
	const struct ca_counts *counts = ca_counts(m->ca);

	metrics_family(out, "surguch_certificates_issued_total",
	    "Certificates that were issued and recorded.", &counts->issued,
	    "ca", "profile");
	metrics_family(out, "surguch_refusals_total",
	    "Certificates that were refused, by rule.", &counts->refused,
	    "rule", NULL);
	metrics_head(out, "surguch_issuing_waiting", METRICS_GAUGE,
	    "Applications that wait for being issued.");
	metrics_int(out, "surguch_issuing_waiting", none,
	    (int64_t)issuing_num_waiting(m->issuing));
	put_signers(m, out);
	put_crls(m, (struct crl_shard){0}, out);
	put_crls(m, (struct crl_shard){.delta = true}, out);
	put_roots(m, out);
	put_certificates(m, out);
}

/* --- doors
 * -------------------------------------------------------------------------- */

static void
put_ocsp(const struct metrics *m, struct buf *out)
{
	static const char name[] = "surguch_ocsp_answers_total";
	const struct responder_counts *c = responder_counts(m->responder);
	struct ocsp_cache_use use = responder_cache_use(m->responder);
	const struct {
		const char *how;
		uint64_t num;
	} answers[] = {
	    {"kept", atomic_load(&c->kept)},
	    {"signed", atomic_load(&c->made)},
	    {"refused", atomic_load(&c->refused)},
	};

	metrics_head(out, name, METRICS_COUNTER,
	    "OCSP answers: from the cache, signed anew, unsigned errors.");
	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const struct metrics_label labels[] = {
		    {"how", answers[i].how}, {NULL, NULL}};

		metrics_int(out, name, labels, (int64_t)answers[i].num);
	}
	metrics_head(out, "surguch_ocsp_cache_bytes", METRICS_GAUGE,
	    "Memory of the OCSP answers that are kept.");
	metrics_int(out, "surguch_ocsp_cache_bytes", none, (int64_t)use.bytes);
	metrics_head(out, "surguch_ocsp_cache_answers", METRICS_GAUGE,
	    "OCSP answers that are kept.");
	metrics_int(
	    out, "surguch_ocsp_cache_answers", none, (int64_t)use.entries);
}

void
web_count(struct web_counts *w, const struct http_access *a)
{
	unsigned class = a->status / 100;

	if (class < WEB_CLASSES) {
		atomic_fetch_add_explicit(
		    &w->answers[class], 1, memory_order_relaxed);
	}
}

static void
put_answers(const struct web_counts *w, struct buf *out)
{
	static const char *const names[WEB_CLASSES] = {
	    "0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};

	for (size_t i = 2; i < WEB_CLASSES; i++) {
		const struct metrics_label labels[] = {
		    {"server", w->name}, {"status", names[i]}, {NULL, NULL}};

		metrics_int(out, "surguch_http_answers_total", labels,
		    (int64_t)atomic_load(&w->answers[i]));
	}
}

static void
put_busy(const char *name, const struct http_server *s, struct buf *out)
{
	const struct metrics_label labels[] = {{"server", name}, {NULL, NULL}};

	if (s != NULL) {
		metrics_int(out, "surguch_http_requests_under_way", labels,
		    http_server_in_flight(s));
	}
}

static void
put_web(struct metrics *m, struct buf *out)
{
	metrics_head(out, "surguch_http_answers_total", METRICS_COUNTER,
	    "HTTP answers by server and status.");
	put_answers(&m->api, out);
	put_answers(&m->public, out);
	metrics_head(out, "surguch_http_requests_under_way", METRICS_GAUGE,
	    "Requests that are not answered yet.");
	(void)pthread_mutex_lock(&m->lock);
	put_busy(m->api.name, m->api_server, out);
	(void)pthread_mutex_unlock(&m->lock);
	put_busy(m->public.name, m->public_server, out);
}

static void
put_guard(const struct metrics *m, struct buf *out)
{
	static const char parts[] = "surguch_message_parts";
	struct guard_facts f;
	const struct metrics_label hour[] = {{"of", "hour"}, {NULL, NULL}};
	const struct metrics_label day[] = {{"of", "day"}, {NULL, NULL}};

	outbox_guard(m->outbox, &f);
	metrics_family(out, "surguch_messages_held_total",
	    "Times that a message was held or refused, and why.",
	    outbox_held(m->outbox), "why", NULL);
	metrics_head(out, parts, METRICS_GAUGE,
	    "Parts of SMS in the last hour and day.");
	metrics_int(out, parts, hour, f.parts_hour);
	metrics_int(out, parts, day, f.parts_day);
	metrics_head(out, "surguch_message_cost_day", METRICS_GAUGE,
	    "What the messages of the last day cost.");
	metrics_scaled(
	    out, "surguch_message_cost_day", none, f.money_day, CENTS);
	metrics_head(out, "surguch_message_breaker_open", METRICS_GAUGE,
	    "1 for an area to which strangers are sent no codes now.");
	for (size_t i = 0; i < f.num_open; i++) {
		const struct metrics_label labels[] = {
		    {"area", f.open[i]}, {NULL, NULL}};

		metrics_int(out, "surguch_message_breaker_open", labels, 1);
	}
}

enum err
metrics_write(struct metrics *m, struct buf *out, struct errinfo *ei)
{
	put_process(m, out);
	put_store(m, out);
	put_ca(m, out);
	put_ocsp(m, out);
	put_web(m, out);
	metrics_family(out, "surguch_messages_total",
	    "What became of messages handed to courier.",
	    outbox_outcomes(m->outbox), "outcome", NULL);
	metrics_family(out, "surguch_message_tries_total",
	    "Gateways that were tried with a message, and what they did.",
	    outbox_tries(m->outbox), "route", "outcome");
	metrics_family(out, "surguch_message_reports_total",
	    "Reports of delivery by gateway and what they said.",
	    outbox_reports(m->outbox), "route", "report");
	put_guard(m, out);
	return buf_err(out, ei);
}

/* --- surguchctl metrics
 * -------------------------------------------------------------- */

static enum err
metrics_verb(struct verb_call *v)
{
	return metrics_write(v->o->metrics, v->out, v->ei);
}

const struct verb verbs_metrics[] = {
    {"metrics", "", SCOPE_CERTIFICATES_READ, 0, NULL, metrics_verb},
    {0},
};

/* --- the listener
 * --------------------------------------------------------------------- */

static void
get_metrics(void *arg, const struct request *r, struct response *resp)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct errinfo ei = {0};

	(void)r;
	if (metrics_write(arg, &text, &ei) == ERR_OK) {
		response_status(resp, 200);
		response_body_take(resp, &text, METRICS_MEDIA_TYPE);
	} else {
		problem_from_err(resp, &ei);
	}
	buf_clear(&text);
}

static void
get_ready(void *arg, const struct request *r, struct response *resp)
{
	const struct metrics *m = arg;
	struct readiness ready = {0};

	health_look(m->health, &ready);
	readiness_answer(&ready, r, resp);
}

static const struct route routes[] = {
    {"GET", "/metrics", get_metrics, 0},
    {"GET", "/healthz", api_health, 0},
    {"GET", "/readyz", get_ready, 0},
};

const struct route *
metrics_routes(size_t *out_num)
{
	*out_num = ARRAY_LEN(routes);
	return routes;
}
