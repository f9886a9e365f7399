/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_parts.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "api/events.h"
#include "base/bounds.h"
#include "base/log.h"
#include "ca/adopt.h"
#include "ca/authority.h"
#include "ca/page_orders.h"
#include "ca/publish.h"
#include "ca/root_crl.h"
#include "http/rate.h"
#include "http/server.h"
#include "identity/known.h"
#include "identity/limit.h"
#include "identity/notice.h"
#include "identity/operator.h"
#include "identity/otp.h"
#include "identity/session.h"
#include "ipc/fds.h"
#include "os/file.h"
#include "protocol/crl/files.h"
#include "registry/idem.h"
#include "registry/issuing.h"
#include "registry/registry.h"
#include "roles/front_control.h"
#include "roles/front_database.h"
#include "roles/front_health.h"
#include "roles/front_log.h"
#include "roles/front_metrics.h"
#include "roles/front_outbox.h"
#include "roles/front_phones.h"
#include "roles/front_renew.h"
#include "roles/front_reports.h"
#include "roles/front_secrets.h"
#include "roles/settings.h"
#include "signer/client.h"
#include "store/store.h"

enum {
	GRACE_MS = 5000,
	PEM_MAX = 65536,
	URL_MAX = 300,
	/* Most of a handler's time is waiting for a commit; as many as wait
	 * together are committed together. */
	WORKERS = 32,
};

struct front {
	const struct settings *settings;
	const struct clock *clock;
	struct store *store;
	struct ca *ca;
	struct registry registry;
	bool has_registry;
	struct sessions sessions;
	struct operators operators;
	struct otp *otp;
	struct notices *notices;
	struct idem *idem;
	struct outbox *outbox;
	struct issuing *issuing;
	struct page_orders *page_orders; /* NULL: none */
	struct publisher *publisher;
	struct events *events;
	struct rate *rate;
	struct rate *order_rate;
	struct rate *order_rate_all;
	struct public_files *files;
	struct route public_routes[PUBLIC_ROUTES_MAX];
	struct control *control;
	struct health *health;
	struct metrics metrics;
	struct http_server *metrics_server;
	struct http_server *api_server;
	struct http_server *public_server;
	atomic_bool reconciled;
	struct renewing renewing;
	int api_fd; /* its listener's, which api_server owns */
	struct api api;
	char public_url[URL_MAX];
};

/* --- signers
 * -------------------------------------------------------------------- */

static enum err
connect_signer(
    struct front *f, int fd, struct signer_client **out, struct errinfo *ei)
{
	const struct signer_client_options o = {.fd = fd, .clock = *f->clock};

	return signer_client_new(&o, out, ei);
}

static enum err
add_authority(struct front *f, size_t i, struct errinfo *ei)
{
	int ocsp_fd = settings_channel(f->settings, i, true);
	struct signer_client *signer = NULL, *ocsp = NULL;
	enum err e = connect_signer(
	    f, settings_channel(f->settings, i, false), &signer, ei);

	if (e == ERR_OK && ocsp_fd >= 0) {
		e = connect_signer(f, ocsp_fd, &ocsp, ei);
	}
	if (e == ERR_OK) {
		e = ca_add(f->ca, signer, ocsp, ei);
	}
	if (e != ERR_OK) {
		signer_client_free(signer);
		signer_client_free(ocsp);
	}
	return e;
}

static enum err
make_authorities(struct front *f, struct errinfo *ei)
{
	const struct ca_options o = {
	    .store = f->store,
	    .clock = f->clock,
	    .public_dir = f->settings->public_dir,
	    .profile_dir = f->settings->profile_dir,
	    .accreditation = &f->settings->accreditation,
	};
	enum err e = ca_new(&o, &f->ca, ei);

	for (size_t i = 0; e == ERR_OK && i < f->settings->num_signers; i++) {
		e = add_authority(f, i, ei);
	}
	return e;
}

static enum err
make_page_orders(struct front *f, struct errinfo *ei)
{
	int fd = settings_channel_page_orders(f->settings);
	struct signer_client *signer = NULL;
	enum err e;

	if (fd < 0) {
		return ERR_OK;
	}
	e = connect_signer(f, fd, &signer, ei);
	if (e == ERR_OK) {
		e = page_orders_new(f->ca, signer, &f->page_orders, ei);
	}
	if (e != ERR_OK) {
		signer_client_free(signer);
	}
	return e;
}

/* --- a database that was put back
 * --------------------------------------------- */

/* Written by `surguchctl restore`, removed when all is reconciled. */
static const char restored_file[] = "restored";

/*
 * Is it as old as the journals?  If not the centre shows what it has, and
 * writes, issues and publishes nothing until `surguchctl reconcile`.
 */
static enum err
compare_journals(struct front *f, struct errinfo *ei)
{
	struct errinfo why = {0};
	enum err e;

	if (file_exists(restored_file)) {
		e = err_set(&why, ERR_STATE, "ca.restored", NULL,
		    "the centre was restored from a backup: put the newest "
		    "journals and published lists in place if there are any, "
		    "and run surguchctl reconcile");
	} else {
		e = ca_compare(f->ca, &why);
		if (e != ERR_OK && !ca_diverged(&why)) {
			*ei = why;
			return e;
		}
	}
	if (e != ERR_OK) {
		store_hold(f->store, &why);
		log_err(LOG_ERROR, "front.held", &why);
	}
	return ERR_OK;
}

static void
reconciled(void *arg)
{
	struct front *f = arg;

	(void)unlink(restored_file);
	log_plain(LOG_WARN, "front.reconciled");
	atomic_store(&f->reconciled, true);
}

/* What the roots say of our CAs, before anything is issued. */
static enum err
load_roots(struct front *f, struct errinfo *ei)
{
	struct root_crls *roots = ca_roots(f->ca);
	enum err e = root_crls_load(roots, front_log_root_crl, f, ei);

	for (size_t i = 0; e == ERR_OK && i < ca_num(f->ca); i++) {
		struct errinfo why = {0};

		if (root_crls_check(roots, authority_name(ca_at(f->ca, i)),
			&why) != ERR_OK) {
			log_err(LOG_ERROR, "ca.revoked", &why);
		}
	}
	return e;
}

/* --- people
 * ------------------------------------------------------------------------ */

static enum err
make_people(struct front *f, const struct front_secrets *k, struct errinfo *ei)
{
	struct otp_options o = {
	    .store = f->store,
	    .clock = f->clock,
	    .key = secret_slice(&k->otp_key),
	};
	enum err e = registry_init(
	    &f->registry, f->store, f->clock, secret_slice(&k->data_key), ei);

	f->has_registry = e == ERR_OK;
	otp_settings_default(&o.settings);
	o.settings.centre = f->settings->centre;
	if (e == ERR_OK) {
		e = otp_new(&o, &f->otp, ei);
	}
	if (e == ERR_OK) {
		e = notices_new(f->clock, f->settings->centre, &f->notices, ei);
		f->registry.notices = f->notices;
		front_phones_set(&f->registry, f->settings);
	}
	if (e == ERR_OK) {
		e = idem_new(f->store, f->clock, &f->idem, ei);
	}
	if (e == ERR_OK) {
		e = known_new(&f->operators.known, ei);
	}
	if (e == ERR_OK) {
		e = rate_new(API_RATE_PER_MIN, f->clock, &f->rate, ei);
	}
	if (e == ERR_OK) {
		e = rate_new(
		    API_ORDER_RATE_PER_MIN, f->clock, &f->order_rate, ei);
	}
	if (e == ERR_OK) {
		e = rate_new(API_ORDER_RATE_ALL_PER_MIN, f->clock,
		    &f->order_rate_all, ei);
	}
	f->sessions.store = f->store;
	f->sessions.clock = f->clock;
	session_settings_default(&f->sessions.settings);
	f->operators.store = f->store;
	f->operators.clock = f->clock;
	return e;
}

static void
take_courier_key(void *arg, const struct courier_key *key)
{
	struct front *f = arg;

	otp_set_courier(f->otp, key->key);
	notices_set_courier(f->notices, key->key, key->mail);
}

/* --- work
 * -------------------------------------------------------------------------- */

static enum err
start_work(struct front *f, const struct front_secrets *k, struct errinfo *ei)
{
	const struct outbox_options outbox = {
	    .fd = ROLE_FD_COURIER,
	    .store = f->store,
	    .messages = &f->settings->messages,
	    .report_key = secret_slice(&k->otp_key),
	    .clock = f->clock,
	    .courier = take_courier_key,
	    .trouble = front_log_outbox,
	    .breaker = front_log_breaker,
	    .arg = f,
	};
	const struct issuing_options issuing = {
	    .registry = &f->registry,
	    .ca = f->ca,
	    .notices = f->notices,
	    .idem = f->idem,
	    .failed = front_log_issuing,
	};
	const struct publisher_options publisher = {
	    .ca = f->ca, .failed = front_log_publisher};
	const struct events_options events = {
	    .store = f->store,
	    .registry = &f->registry,
	    .sessions = &f->sessions,
	    .clock = f->clock,
	};
	size_t adopted = 0;
	enum err e = outbox_start(&outbox, &f->outbox, ei);

	if (e == ERR_OK) {
		e = issuing_start(&issuing, &f->issuing, &adopted, ei);
	}
	if (e == ERR_OK) {
		log_event(LOG_INFO, "front.adopted", L_INT("num", adopted));
		e = publisher_start(&publisher, &f->publisher, ei);
	}
	if (e == ERR_OK) {
		e = events_start(&events, &f->events, ei);
	}
	return e;
}

/* --- servers
 * ------------------------------------------------------------------------ */

static void
fill_api(struct front *f)
{
	const struct settings *s = f->settings;

	if (s->public_url[0] != '\0') {
		conf_copy_text(
		    f->public_url, sizeof(f->public_url), s->public_url);
	} else {
		(void)snprintf(f->public_url, sizeof(f->public_url),
		    "http://%s:%u", s->public.address, s->public.port);
	}
	f->api = (struct api){
	    .store = f->store,
	    .registry = &f->registry,
	    .sessions = &f->sessions,
	    .otp = f->otp,
	    .operators = &f->operators,
	    .idem = f->idem,
	    .ca = f->ca,
	    .issuing = f->issuing,
	    .publisher = f->publisher,
	    .events = f->events,
	    .notices = f->notices,
	    .rate = f->rate,
	    .order_rate = f->order_rate,
	    .order_rate_all = f->order_rate_all,
	    .page_orders = f->page_orders,
	    .clock = f->clock,
	    .readiness = health_look,
	    .readiness_arg = f->health,
	    .centre_name = s->centre,
	    .support_phone = s->support_phone,
	    .support_hours = s->support_hours,
	    .accreditation = &s->accreditation,
	    .public_url = f->public_url,
	    .origin = s->origin,
	};
}

static enum err
start_api(struct front *f, int listen_fd, struct slice chain, struct slice key,
    struct http_server **out, struct errinfo *ei)
{
	const char *proxies[SETTINGS_PROXIES_MAX];
	struct http_options o = {
	    .listen_fd = listen_fd,
	    .worker_threads = WORKERS,
	    .tls_cert_pem = chain,
	    .tls_key_pem = key,
	    .trusted_proxies = proxies,
	    .num_trusted_proxies = f->settings->num_proxies,
	    .connections_per_ip = f->settings->connections_per_ip,
	    .arg = &f->api,
	    .access_log = front_log_access,
	    .log_arg = &f->metrics.api,
	};

	for (size_t i = 0; i < f->settings->num_proxies; i++) {
		proxies[i] = f->settings->proxies[i];
	}
	o.routes = api_routes(&o.num_routes);
	return http_server_start(&o, out, ei);
}

/*
 * The API under its new certificate: a second server on the same listener
 * takes the new connections, then the first one ends what it has begun.
 */
static enum err
serve_new_chain(void *arg, struct errinfo *ei)
{
	struct front *f = arg;
	struct http_server *old = f->api_server, *next = NULL;
	struct buf chain = BUF_INIT(PEM_MAX);
	struct secret key = SECRET_EMPTY;
	int fd = -1;
	enum err e =
	    file_read(f->settings->tls_certificate, PEM_MAX, &chain, ei);

	if (e == ERR_OK) {
		e = file_read_secret(f->settings->tls_key, PEM_MAX, &key, ei);
	}
	if (e == ERR_OK) {
		e = fd_dup(f->api_fd, &fd, ei);
	}
	if (e == ERR_OK) {
		e = start_api(
		    f, fd, buf_slice(&chain), secret_slice(&key), &next, ei);
	}
	if (e == ERR_OK) {
		f->api_server = next;
		f->api_fd = fd;
		(void)pthread_mutex_lock(&f->metrics.lock);
		f->metrics.api_server = next;
		(void)pthread_mutex_unlock(&f->metrics.lock);
		health_serves(f->health, buf_slice(&chain));
		http_server_stop(old, GRACE_MS);
	} else {
		fd_close(fd);
	}
	secret_clear(&key);
	buf_clear(&chain);
	return e;
}

static enum err
start_public(struct front *f, struct errinfo *ei)
{
	struct http_options o = {
	    .listen_fd = ROLE_FD_PUBLIC,
	    .header_memory = HTTP_PUBLIC_MEMORY,
	    .access_log = front_log_access,
	    .log_arg = &f->metrics.public,
	};
	enum err e = public_files_new(
	    f->ca, f->settings->ocsp_cache_bytes, &f->files, ei);

	if (e != ERR_OK) {
		return e;
	}
	o.arg = f->files;
	o.routes = f->public_routes;
	o.num_routes = report_add_routes(f->outbox, f->public_routes);
	return http_server_start(&o, &f->public_server, ei);
}

static enum err
make_health(struct front *f, const struct front_secrets *k, struct errinfo *ei)
{
	const struct health_options o = {
	    .store = f->store,
	    .ca = f->ca,
	    .clock = f->clock,
	    .dirs = {f->settings->front_dir, f->settings->public_dir},
	};
	enum err e = health_new(&o, &f->health, ei);

	if (e == ERR_OK) {
		health_serves(f->health, buf_slice(&k->tls_chain));
	}
	return e;
}

/* When all that is counted is there. */
static enum err
start_metrics(struct front *f, struct errinfo *ei)
{
	/* Each scrape is one request; a look at the signers may take long. */
	struct http_options o = {
	    .listen_fd = ROLE_FD_METRICS,
	    .loop_threads = 1,
	    .worker_threads = 1,
	    .access_log = front_log_access,
	    .arg = &f->metrics,
	};
	struct metrics *m = &f->metrics;

	m->store = f->store;
	m->ca = f->ca;
	m->issuing = f->issuing;
	m->outbox = f->outbox;
	m->responder = public_files_responder(f->files);
	m->health = f->health;
	m->clock = f->clock;
	m->api_server = f->api_server;
	m->public_server = f->public_server;
	m->started_at = clock_utc_sec(f->clock);
	o.routes = metrics_routes(&o.num_routes);
	return f->settings->metrics.port != 0
		   ? http_server_start(&o, &f->metrics_server, ei)
		   : ERR_OK;
}

static enum err
start_control(struct front *f, const struct front_secrets *k, uid_t owner,
    struct errinfo *ei)
{
	const struct control_options o = {
	    .listen_fd = ROLE_FD_CONTROL,
	    .also_allowed = owner,
	    .peers = k->peers,
	    .operators = &f->operators,
	    .store = f->store,
	    .registry = &f->registry,
	    .ca = f->ca,
	    .idem = f->idem,
	    .issuing = f->issuing,
	    .publisher = f->publisher,
	    .metrics = &f->metrics,
	    .messages = &f->settings->messages,
	    .clock = f->clock,
	    .renewing = &f->renewing,
	    .has_pages = f->settings->web_dir[0] != '\0',
	    .reconciled = reconciled,
	    .arg = f,
	};

	return control_start(&o, &f->control, ei);
}

enum err
front_new(const struct settings *s, const struct front_secrets *k,
    const struct clock *clock, uid_t owner, struct front **out,
    struct errinfo *ei)
{
	struct front *f = calloc(1, sizeof(*f));
	enum err e;

	if (f == NULL) {
		return err_nomem(ei);
	}
	f->settings = s;
	f->clock = clock;
	f->metrics.api.name = "api";
	f->metrics.public.name = "public";
	(void)pthread_mutex_init(&f->renewing.lock, NULL);
	(void)pthread_mutex_init(&f->metrics.lock, NULL);
	e = front_database_open(s, &k->database_password, &f->store, ei);
	if (e == ERR_OK) {
		e = make_authorities(f, ei);
	}
	if (e == ERR_OK) {
		e = make_page_orders(f, ei);
	}
	if (e == ERR_OK) {
		e = compare_journals(f, ei);
	}
	if (e == ERR_OK) {
		e = load_roots(f, ei);
	}
	if (e == ERR_OK) {
		e = make_people(f, k, ei);
	}
	if (e == ERR_OK) {
		e = start_work(f, k, ei);
	}
	if (e == ERR_OK) {
		e = make_health(f, k, ei);
	}
	if (e == ERR_OK) {
		e = start_public(f, ei);
	}
	if (e == ERR_OK) {
		fill_api(f);
		f->api.pages = k->pages;
		f->api_fd = ROLE_FD_API;
		e = start_api(f, f->api_fd, buf_slice(&k->tls_chain),
		    secret_slice(&k->tls_key), &f->api_server, ei);
	}
	if (e == ERR_OK) {
		e = start_metrics(f, ei);
	}
	if (e == ERR_OK) {
		f->renewing.ca = f->ca;
		f->renewing.page_orders = f->page_orders;
		f->renewing.settings = s;
		f->renewing.clock = clock;
		f->renewing.tls = serve_new_chain;
		f->renewing.arg = f;
		e = start_control(f, k, owner, ei);
	}
	if (e != ERR_OK) {
		front_free(f);
		return e;
	}
	*out = f;
	return ERR_OK;
}

void
front_free(struct front *f)
{
	if (f == NULL) {
		return;
	}
	control_stop(f->control);
	http_server_stop(f->metrics_server, GRACE_MS);
	http_server_stop(f->api_server, GRACE_MS);
	http_server_stop(f->public_server, GRACE_MS);
	health_free(f->health);
	public_files_free(f->files);
	publisher_stop(f->publisher);
	issuing_stop(f->issuing);
	outbox_stop(f->outbox);
	events_free(f->events);
	idem_free(f->idem);
	known_free(f->operators.known);
	rate_free(f->rate);
	rate_free(f->order_rate);
	rate_free(f->order_rate_all);
	notices_free(f->notices);
	otp_free(f->otp);
	if (f->has_registry) {
		registry_clear(&f->registry);
	}
	page_orders_free(f->page_orders);
	ca_free(f->ca);
	store_close(f->store);
	(void)pthread_mutex_destroy(&f->renewing.lock);
	(void)pthread_mutex_destroy(&f->metrics.lock);
	free(f);
}

void
front_sweep_phones(struct front *f)
{
	front_phones_sweep(&f->registry);
}

void
front_sweep(struct front *f)
{
	struct errinfo ei = {0};
	size_t renewed;
	enum err e = front_renew(&f->renewing, &renewed, &ei);

	if (e != ERR_OK) {
		log_err(LOG_WARN, "front.renew", &ei);
	}
	e = otp_sweep(f->otp, &ei);

	if (e == ERR_OK) {
		e = session_sweep(&f->sessions, &ei);
	}
	if (e == ERR_OK) {
		e = limit_sweep(f->store, clock_utc_sec(f->clock), &ei);
	}
	if (e == ERR_OK) {
		e = idem_sweep(f->idem, &ei);
	}
	if (e == ERR_OK) {
		e = outbox_sweep(f->outbox, &ei);
	}
	if (e != ERR_OK) {
		log_err(LOG_WARN, "front.sweep", &ei);
	}
}

bool
front_reconciled(const struct front *f)
{
	return atomic_load(&f->reconciled);
}

bool
front_failed(const struct front *f)
{
	return store_failed(f->store) || outbox_failed(f->outbox);
}
