/* SPDX-License-Identifier: Apache-2.0 */
/* surguch-agent: the person's own agent, for the pages of trusted centres. */
#include <stdio.h>
#include <string.h>

#include "agent/diary.h"
#include "agent/operation.h"
#include "agent/pairing.h"
#include "agent/service.h"
#include "agent/spent.h"
#include "agent/trust.h"
#include "agent/window.h"
#include "agent/work_pin.h"
#include "base/bounds.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/init.h"
#include "http/server.h"
#include "os/file.h"
#include "os/memory.h"
#include "os/random.h"
#include "os/signals.h"
#include "os/socket.h"
#include "os/systime.h"
#include "workstation/home.h"
#include "workstation/media.h"
#include "workstation/stores.h"

enum {
	DIR_MODE = 0700,
	FILE_MODE = 0600,
	GRACE_MS = 2000,
	WORKERS = 4,
	ID_HEX = 2 * PAGE_ORDER_ID,
	MODULES_MAX = 4,
};

/* docs/agent-protocol.md 1. */
static const uint16_t ports[] = {21751, 21752, 21753};

struct options {
	const char *pinentry;
	const char *modules[MODULES_MAX]; /* besides those in usual places */
	size_t num_modules;
	struct window_options window;
	uint16_t port;
};

struct agent {
	char home[PATH_TEXT_SIZE];
	char person[PATH_TEXT_SIZE];
	struct clock clock;
	uint8_t id[PAGE_ORDER_ID];
	bool memory_locked; /* all of it, or only the secrets */
	int listen_fd;
	uint16_t port;
	struct media *media;
	struct pins *pins;
	struct diary *diary;
	struct window *window;
	struct spent *spent;
	struct pairings *pairings;
	struct operations *operations;
	struct service *service;
	struct http_server *server;
};

/* --- who we are ------------------------------------------------------------
 */

static enum err
make_id(const char *path, uint8_t id[PAGE_ORDER_ID], struct errinfo *ei)
{
	struct buf hex = BUF_INIT(ID_HEX + 1);
	enum err e = random_bytes(id, PAGE_ORDER_ID, ei);

	if (e == ERR_OK) {
		text_hex(&hex, slice_make(id, PAGE_ORDER_ID));
		e = buf_err(&hex, ei);
	}
	if (e == ERR_OK) {
		e = file_write_new(path, buf_slice(&hex), FILE_MODE, ei);
	}
	buf_clear(&hex);
	return e;
}

/* Drawn once; orders name it. */
static enum err
load_id(struct agent *a, struct errinfo *ei)
{
	struct buf hex = BUF_INIT(ID_HEX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, a->home, "agent-id", ei);

	if (e != ERR_OK || !file_exists(path)) {
		return e != ERR_OK ? e : make_id(path, a->id, ei);
	}
	e = file_read(path, ID_HEX, &hex, ei);
	if (e == ERR_OK && !text_unhex(buf_slice(&hex), a->id, sizeof(a->id))) {
		e = err_set(ei, ERR_FORMAT, "agent.id", NULL,
		    "%s is damaged; remove it, and a new id is drawn", path);
	}
	buf_clear(&hex);
	return e;
}

/* --- start and stop
 * ----------------------------------------------------------- */

/* The first of our ports that is free, or the one that was asked for. */
static enum err
listen_first(struct agent *a, uint16_t only, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (only != 0) {
		return socket_listen_tcp(
		    "127.0.0.1", only, &a->listen_fd, &a->port, ei);
	}
	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		e = socket_listen_tcp(
		    "127.0.0.1", ports[i], &a->listen_fd, &a->port, ei);
		if (e == ERR_OK) {
			return ERR_OK;
		}
	}
	return e;
}

static void
log_access(void *arg, const struct http_access *access)
{
	(void)arg;
	if (access->trouble != NULL) {
		log_err(LOG_ERROR, "http.trouble", access->trouble);
	}
	log_event(LOG_DEBUG, "http.answer", L_STR("request", access->request),
	    L_STR("method", access->method), L_STR("route", access->route),
	    L_INT("status", access->status), L_STR("rule", access->rule));
}

static enum err
make_parts(struct agent *a, const struct options *from, struct errinfo *ei)
{
	const struct media_options m = {
	    .home = a->home,
	    .registry_name = word_in(from->window.language, WORD_REGISTRY),
	    .modules = from->modules,
	    .num_modules = from->num_modules,
	};
	struct operation_options o = {
	    .home = a->home,
	    .person = a->person,
	    .clock = &a->clock,
	    .pinentry = {from->pinentry,
		word_in(from->window.language, WORD_PASSWORD_OK),
		word_in(from->window.language, WORD_CANCEL), OPERATION_ASK_MS},
	};
	enum err e = window_open(&from->window, &a->window, ei);

	if (e == ERR_OK) {
		e = media_open(&m, &a->media, ei);
	}
	if (e == ERR_OK) {
		e = pins_new(&a->pins, ei);
	}
	if (e == ERR_OK) {
		e = spent_open(a->home, &a->spent, ei);
	}
	if (e == ERR_OK) {
		e = pairings_new(a->window, &a->clock, &a->pairings, ei);
	}
	if (e == ERR_OK) {
		o.media = a->media;
		o.pins = a->pins;
		o.window = a->window;
		o.spent = a->spent;
		memcpy(o.agent, a->id, sizeof(o.agent));
		e = operations_new(&o, &a->operations, ei);
	}
	return e;
}

static enum err
start_service(struct agent *a, struct errinfo *ei)
{
	struct service_options s = {
	    .home = a->home,
	    .media = a->media,
	    .port = a->port,
	    .window = a->window,
	    .pairings = a->pairings,
	    .operations = a->operations,
	    .clock = &a->clock,
	};
	struct http_options o = {
	    .listen_fd = a->listen_fd,
	    .loop_threads = 1,
	    .worker_threads = WORKERS,
	    .connections_max = AGENT_CONNECTIONS_MAX,
	    .connections_per_ip = AGENT_CONNECTIONS_MAX,
	    .timeout_sec = AGENT_TIMEOUT_SEC,
	    .header_memory = AGENT_HEADER_MEMORY,
	    .refused = service_refused,
	    .access_log = log_access,
	};
	enum err e;

	memcpy(s.agent, a->id, sizeof(s.agent));
	e = service_new(&s, &a->service, ei);
	if (e == ERR_OK) {
		o.arg = a->service;
		o.routes = service_routes(&o.num_routes);
		e = http_server_start(&o, &a->server, ei);
	}
	return e;
}

/* Questions are taken back first, so that nobody waits for an answer. */
static void
stop(struct agent *a)
{
	http_server_stop(a->server, GRACE_MS);
	pairings_free(a->pairings);
	operations_free(a->operations);
	service_free(a->service);
	spent_free(a->spent);
	pins_free(a->pins);
	media_close(a->media);
	window_free(a->window);
	diary_close(a->diary);
}

static enum err
wait_for_end(struct errinfo *ei)
{
	unsigned came = 0;
	enum err e = ERR_OK;

	while (e == ERR_OK && (came & (SIGNAL_STOP)) == 0) {
		e = signals_wait(NULL, 0, -1, &came, ei);
	}
	return e;
}

static enum err
run(struct agent *a, const struct options *o, struct errinfo *ei)
{
	enum err e = signals_catch(ei);

	if (e == ERR_OK) {
		e = home_dir(a->home, sizeof(a->home), ei);
	}
	if (e == ERR_OK) {
		e = stores_person(a->person, ei);
	}
	if (e == ERR_OK) {
		e = dir_make(a->home, DIR_MODE, ei);
	}
	if (e == ERR_OK) {
		e = diary_open(
		    a->home, AGENT_LOG_MAX, &a->clock, &a->diary, ei);
	}
	if (e == ERR_OK) {
		e = load_id(a, ei);
	}
	if (e == ERR_OK) {
		e = make_parts(a, o, ei);
	}
	if (e == ERR_OK) {
		e = listen_first(a, o->port, ei);
	}
	if (e == ERR_OK) {
		e = start_service(a, ei);
	}
	if (e == ERR_OK) {
		log_event(LOG_INFO, "agent.start", L_INT("port", a->port),
		    L_STR("window", window_name(a->window)),
		    L_STR("memory", a->memory_locked ? "locked" : "secrets"));
		e = wait_for_end(ei);
		log_plain(LOG_INFO, "agent.stop");
	}
	stop(a);
	return e;
}

/* --- the command line
 * ------------------------------------------------------------ */

static bool
take_option(int argc, char **argv, int *i, struct options *o)
{
	uint64_t port = 0;

	if (strcmp(argv[*i], "--terminal") == 0) {
		o->window.kind = WINDOW_TERMINAL;
		return true;
	}
	if (*i + 1 < argc && strcmp(argv[*i], "--window") == 0) {
		o->window.program = argv[++*i];
		return true;
	}
	if (*i + 1 < argc && strcmp(argv[*i], "--language") == 0) {
		o->window.language = language_named(argv[++*i]);
		return o->window.language != LANGUAGE_MAX_;
	}
	if (*i + 1 < argc && strcmp(argv[*i], "--pinentry") == 0) {
		o->pinentry = argv[++*i];
		return true;
	}
	if (*i + 1 < argc && strcmp(argv[*i], "--module") == 0 &&
	    o->num_modules < MODULES_MAX) {
		o->modules[o->num_modules++] = argv[++*i];
		return true;
	}
	if (*i + 1 < argc && strcmp(argv[*i], "--port") == 0 &&
	    text_to_u64(slice_str(argv[*i + 1]), &port) && port > 0 &&
	    port <= UINT16_MAX) {
		++*i;
		o->port = (uint16_t)port;
		return true;
	}
	return false;
}

static int
usage(void)
{
	(void)fprintf(stderr,
	    "usage: surguch-agent [--terminal] [--language ru|en] "
	    "[--module LIBRARY]... [--pinentry PROGRAM] [--port PORT] "
	    "[--window PROGRAM]\n");
	return 2;
}

int
main(int argc, char **argv)
{
	struct options o = {
	    .pinentry = "/usr/bin/pinentry",
	    .window = {window_kind_here(), language_of_environment(),
		LIBEXEC_DIR "/surguch-window"},
	};
	struct agent a = {.clock = system_clock()};
	struct errinfo ei = {0};
	enum err e;

	for (int i = 1; i < argc; i++) {
		if (!take_option(argc, argv, &i, &o)) {
			return usage();
		}
	}
	log_init("agent", LOG_INFO);
	e = memory_guard(&a.memory_locked, &ei);
	if (e == ERR_OK) {
		e = crypto_init(&ei);
	}
	if (e == ERR_OK) {
		e = run(&a, &o, &ei);
	}
	if (e != ERR_OK) {
		log_err(LOG_ERROR, "agent.end", &ei);
		return 1;
	}
	return 0;
}
