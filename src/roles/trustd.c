/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-trustd: serves mirrors of trusted roots over HTTP, read only.
 *
 *	surguch-trustd [-c FILE] [-n | -a NAME | -d NAME]
 *	surguch-trustd --version
 *
 * -n: check the settings and the mirrors and exit.
 * -a, -d: add an administrator, and print its key; delete one.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/version.h"
#include "crypto/init.h"
#include "http/server.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/memory.h"
#include "os/notify.h"
#include "os/signals.h"
#include "os/socket.h"
#include "os/systime.h"
#include "roles/options.h"
#include "roles/trustd_admin.h"
#include "roles/walls.h"
#include "trust/anchors.h"
#include "trustd/admins.h"
#include "trustd/clients.h"
#include "trustd/feed.h"
#include "trustd/service.h"
#include "trustd/settings.h"

enum {
	GRACE_MS = 5000,
	BUSY_MS = 200, /* until the next look at what is being replaced */
	/* Nothing is computed for an answer: one thread gives 50,000 a second.
	 */
	LOOPS = 1,
};

struct options {
	const char *conf;
	const char *add;
	const char *remove;
	bool check;
};

struct program {
	struct trustd_settings *settings;
	struct trust_anchors anchors;
	struct trust_mirror_rules rules;
	struct ring *rings[TRUSTD_RINGS_MAX];
	struct trustd service;
	struct trustd_door *door;
	struct clients *clients;          /* NULL: nobody looks */
	struct feed *feed;                /* NULL: none */
	bool feed_told[TRUSTD_RINGS_MAX]; /* that it is in trouble */
	int listen_fd;
};

static bool
parse(int argc, char **argv, struct options *o)
{
	const struct role_option options[] = {
	    {'c', false, "FILE", &o->conf, NULL},
	    {'n', false, NULL, NULL, &o->check},
	    {'a', false, "NAME", &o->add, NULL},
	    {'d', false, "NAME", &o->remove, NULL},
	};

	o->conf = "/etc/surguch/trustd.conf";
	return role_options(argc, argv, options, ARRAY_LEN(options));
}

/* --- what it is told -------------------------------------------------------
 */

/* Whole networks believe what it says, so nobody else may have written it. */
static enum err
load_settings(struct program *p, const char *path, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct conf_report report;
	enum err e;

	conf_report_init(&report);
	e = file_check_trusted(path, geteuid(), ei);
	if (e == ERR_OK) {
		e = file_read(path, CONF_BYTES_MAX, &text, ei);
	}
	if (e == ERR_OK) {
		e = trustd_settings_parse(
		    buf_slice(&text), path, &report, &p->settings, ei);
	}
	if (e != ERR_OK && report.num_lines > 0) {
		(void)fputs(conf_report_text(&report), stderr);
	}
	conf_report_clear(&report);
	buf_clear(&text);
	return e;
}

static enum err
load_anchors(struct program *p, struct errinfo *ei)
{
	const char *more = p->settings->anchor;

	return trust_read_anchors(
	    more[0] == '\0' ? NULL : more, &p->anchors, ei);
}

static enum err
make_rings(struct program *p, struct errinfo *ei)
{
	const struct trustd_settings *s = p->settings;
	const char *own = s->feed[0] != '\0' ? s->feed : NULL;
	enum err e = ERR_OK;

	p->rules = (struct trust_mirror_rules){
	    .anchors = &p->anchors,
	    .old = s->old,
	    .strict = s->strict,
	};
	p->service.rings = p->rings;
	for (size_t i = 0; e == ERR_OK && i < s->num_mirrors; i++) {
		e = ring_new(s->mirrors[i].prefix, s->mirrors[i].directory,
		    &p->rules, own, &p->rings[i], ei);
		p->service.num += e == ERR_OK;
	}
	return e;
}

/* After the process that writes was forked, which has no use for the key. */
static enum err
open_feed(struct program *p, struct errinfo *ei)
{
	const char *dir = p->settings->feed;
	enum err e;

	if (dir[0] == '\0') {
		return ERR_OK;
	}
	e = feed_open(dir, &p->feed, ei);
	if (e == ERR_OK) {
		log_event(LOG_INFO, "feed.key",
		    L_STR("sha256", feed_fingerprint(p->feed)));
	}
	for (size_t i = 0; e == ERR_OK && i < p->service.num; i++) {
		struct feed_ring *r = NULL;

		e = feed_ring_new(p->feed, ring_prefix(p->rings[i]), &r, ei);
		ring_set_feed(p->rings[i], r);
	}
	return e;
}

static enum err
put_up_walls(const struct program *p, struct errinfo *ei)
{
	const char *dirs[TRUSTD_RINGS_MAX];

	for (size_t i = 0; i < p->service.num; i++) {
		dirs[i] = ring_dir(p->rings[i]);
	}
	return walls_trustd(dirs, p->service.num, trustd_door_dir(p->door),
	    p->feed != NULL ? p->settings->feed : NULL,
	    p->settings->insecure_no_landlock, ei);
}

/* --- what it says ----------------------------------------------------------
 */

static void
log_access(void *arg, const struct http_access *a)
{
	enum log_level level = a->status >= 500 ? LOG_ERROR : LOG_INFO;

	(void)arg;
	if (log_wants(level)) {
		log_event(level, "http.answer", L_STR("client", a->client),
		    L_STR("method", a->method), L_STR("path", a->path),
		    L_INT("status", a->status), L_INT("bytes", a->response_len),
		    L_INT("us", a->duration_us), L_STR("rule", a->rule));
	}
	if (a->trouble != NULL) {
		log_err(LOG_ERROR, "http.trouble", a->trouble);
	}
}

/* For the administrator's page. */
static void
note_client(const struct program *p, const struct http_access *a)
{
	const struct clock clock = system_clock();
	struct client seen = {
	    .at = clock_utc_sec(&clock),
	    .status = a->status,
	};
	const char *name = NULL;
	const struct ring *ring =
	    a->path[0] == '/' ? trustd_ring_of(&p->service, a->path + 1, &name)
			      : NULL;

	for (size_t i = 0; ring != NULL && i < p->service.num; i++) {
		if (p->service.rings[i] == ring) {
			seen.mirror = i;
		}
	}
	if (ring != NULL) {
		(void)snprintf(
		    seen.address, sizeof(seen.address), "%s", a->client);
		(void)snprintf(seen.file, sizeof(seen.file), "%s", name);
		clients_note(p->clients, &seen);
	}
}

static void
log_fetch(void *arg, const struct http_access *a)
{
	const struct program *p = arg;

	if (p->clients != NULL) {
		note_client(p, a);
	}
	log_access(NULL, a);
}

static void
log_state(const struct ring *ring, const struct state *s)
{
	char of[TIME_TEXT_SIZE];

	time_text(s->report.lists[MIRROR_ROOTS].of, of);
	log_event(LOG_INFO, "mirror.serves", L_STR("mirror", ring_prefix(ring)),
	    L_STR("directory", ring_dir(ring)), L_STR("of", of),
	    L_INT("roots", s->report.certs), L_INT("files", s->num),
	    L_INT("bytes", s->bytes));
	if (s->left_out > 0) {
		log_event(LOG_WARN, "mirror.left_out",
		    L_STR("mirror", ring_prefix(ring)),
		    L_INT("files", s->left_out),
		    L_STR("text",
			"certificates that no list names and that are not "
			"what their names say are not served"));
	}
}

/* --- looking ---------------------------------------------------------------
 */

static void
log_feed(struct program *p, size_t i)
{
	struct errinfo why;
	bool trouble = ring_feed_trouble(p->rings[i], &why) != ERR_OK;

	if (trouble && !p->feed_told[i]) {
		log_event(LOG_ERROR, "feed.trouble",
		    L_STR("mirror", ring_prefix(p->rings[i])));
		log_err(LOG_ERROR, "feed.why", &why);
	}
	p->feed_told[i] = trouble;
}

/* *out_busy: one of them was being replaced. */
static enum err
look(struct program *p, bool *out_busy, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	enum err last = ERR_OK;

	*out_busy = false;
	for (size_t i = 0; i < p->service.num; i++) {
		struct ring *ring = p->rings[i];
		enum ring_seen seen = RING_SAME;
		enum err e = ring_look(ring, clock_utc_sec(&clock), &seen, ei);
		struct state *s = ring_state(ring);

		if (e != ERR_OK) {
			log_event(LOG_ERROR, "mirror.refused",
			    L_STR("mirror", ring_prefix(ring)),
			    L_STR("directory", ring_dir(ring)),
			    L_STR("text",
				s != NULL ? "what was served before is served "
					    "on"
					  : "nothing of it is served"));
			log_err(LOG_ERROR, "mirror.why", ei);
			last = e;
		} else if (seen == RING_NEW) {
			/* Judging took more than is kept. */
			memory_return();
			log_state(ring, s);
		} else if (seen == RING_GOOD_AGAIN) {
			log_event(LOG_INFO, "mirror.good_again",
			    L_STR("mirror", ring_prefix(ring)),
			    L_STR("directory", ring_dir(ring)));
		}
		log_feed(p, i);
		*out_busy = *out_busy || seen == RING_BUSY;
		state_unref(s);
	}
	return last;
}

static void
say_ready(const struct program *p)
{
	log_event(LOG_INFO, "trustd.ready",
	    L_STR("address", p->settings->address),
	    L_INT("port", p->settings->port), L_INT("pid", getpid()));
	/* Not by stdio, which asks a terminal or /dev/null for its kind: a call
	 * that is outside the walls. */
	if (fd_write_all(STDOUT_FILENO, SLICE_LIT("ready\n"), NULL) != ERR_OK) {
		log_plain(LOG_DEBUG, "trustd.no_output");
	}
}

static enum err
serve_until_told(struct program *p, bool busy, struct errinfo *ei)
{
	for (;;) {
		int wait_ms =
		    busy ? BUSY_MS : (int)p->settings->look_sec * 1000;
		struct errinfo why = {0};
		unsigned signals = 0;
		enum err e = signals_wait(NULL, 0, wait_ms, &signals, ei);

		if (e != ERR_OK || (signals & SIGNAL_STOP) != 0) {
			return e;
		}
		/* What was refused has been told. */
		(void)look(p, &busy, &why);
	}
}

static enum err
serve(struct program *p, struct errinfo *ei)
{
	const struct trustd_settings *s = p->settings;
	const struct http_options options = {
	    .listen_fd = p->listen_fd,
	    .loop_threads = LOOPS,
	    .worker_threads = 1, /* all is answered from the loops */
	    .connections_max = s->connections_max,
	    .connections_per_ip = s->connections_per_ip,
	    .header_memory = HTTP_PUBLIC_MEMORY,
	    .routes = trustd_routes,
	    .num_routes = trustd_num_routes,
	    .trusted_proxies = s->proxies,
	    .num_trusted_proxies = s->num_proxies,
	    .ignore_query = true,
	    .arg = &p->service,
	    .access_log = log_fetch,
	    .log_arg = p,
	};
	struct http_server *server = NULL;
	struct errinfo why = {0};
	bool busy;
	enum err e;

	(void)look(p, &busy, &why);
	e = http_server_start(&options, &server, ei);
	if (e != ERR_OK) {
		return e;
	}
	p->listen_fd = -1;
	e = trustd_door_open(p->door, log_access, ei);
	if (e == ERR_OK) {
		say_ready(p);
		e = serve_until_told(p, busy, ei);
	}
	http_server_stop(server, GRACE_MS);
	return e;
}

static enum err
check(struct program *p, struct errinfo *ei)
{
	bool busy;

	return look(p, &busy, ei);
}

/* Before there is a server, by whoever may write the file. */
static enum err
change_admins(
    const struct program *p, const struct options *o, struct errinfo *ei)
{
	const char *path = p->settings->admin.administrators;
	char key[ADMIN_KEY_SIZE];
	enum err e;

	if (o->remove != NULL) {
		return admins_remove(path, o->remove, ei);
	}
	e = admins_add(path, o->add, key, ei);
	if (e == ERR_OK) {
		(void)printf("%s\n", key);
		(void)fprintf(stderr,
		    "This is the key of %s, shown this once.\n", o->add);
	}
	secret_wipe(key, sizeof(key));
	return e;
}

static enum err
start(struct program *p, const struct options *o, struct errinfo *ei)
{
	enum err e = load_anchors(p, ei);

	if (e == ERR_OK) {
		e = make_rings(p, ei);
	}
	if (e == ERR_OK && !o->check && p->settings->admin.address[0] != '\0') {
		e = clients_new(&p->clients, ei);
	}
	if (e == ERR_OK && !o->check) {
		e = trustd_door_prepare(p->settings, &p->rules, &p->service,
		    p->clients, &p->door, ei);
	}
	if (e == ERR_OK && !o->check) {
		e = open_feed(p, ei);
	}
	if (e == ERR_OK && !o->check) {
		e = socket_listen_tcp(p->settings->address, p->settings->port,
		    &p->listen_fd, NULL, ei);
	}
	if (e == ERR_OK && !o->check) {
		/* It listens; behind the walls there is no way to tell. */
		service_notify("READY=1");
	}
	if (e == ERR_OK) {
		e = put_up_walls(p, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	return o->check ? check(p, ei) : serve(p, ei);
}

static enum err
run(struct program *p, const struct options *o, struct errinfo *ei)
{
	enum err e = signals_catch(ei);

	if (e == ERR_OK) {
		e = crypto_init(ei);
	}
	if (e == ERR_OK) {
		e = confine_hide(ei);
	}
	if (e == ERR_OK) {
		e = load_settings(p, o->conf, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	log_init("trustd", p->settings->log_level);
	return o->add != NULL || o->remove != NULL ? change_admins(p, o, ei)
						   : start(p, o, ei);
}

int
main(int argc, char **argv)
{
	struct program p = {.listen_fd = -1};
	struct options o = {0};
	struct errinfo ei = {0};
	enum err e;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("surguch-trustd %s\n", surguch_version);
		return 0;
	}
	log_init("trustd", LOG_INFO);
	if (service_has_journal()) {
		log_for_journal();
	}
	if (!parse(argc, argv, &o)) {
		return 2;
	}
	e = run(&p, &o, &ei);
	trustd_door_close(p.door);
	clients_free(p.clients);
	fd_close(p.listen_fd);
	for (size_t i = 0; i < p.service.num; i++) {
		ring_free(p.rings[i]);
	}
	feed_free(p.feed);
	trust_anchors_clear(&p.anchors);
	trustd_settings_free(p.settings);
	if (e != ERR_OK) {
		log_err(LOG_ERROR, "trustd.end", &ei);
		return 1;
	}
	return 0;
}
