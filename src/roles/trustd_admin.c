/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/trustd_admin.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/log.h"
#include "base/secret.h"
#include "http/rate.h"
#include "http/ready.h"
#include "http/server.h"
#include "http/static_files.h"
#include "os/file.h"
#include "os/socket.h"
#include "os/systime.h"
#include "roles/walls.h"
#include "trustd/admin.h"

enum {
	PEM_MAX = 65536,
	GRACE_MS = 2000,
	CONNECTIONS = 64,
	LOOPS = 1,
	WORKERS = 2,
};

struct trustd_door {
	const struct trustd_settings *settings;
	struct clock clock;
	struct trustd_admin admin;
	char dir[PATH_TEXT_SIZE]; /* of the file of administrators */
	const char *dirs[TRUSTD_RINGS_MAX];
	struct buf certificate;
	struct secret key;
	int fd;
	struct http_server *server;
};

/*
 * As the cabinet's: nothing but our own files, no script from text, no frame
 * around us, and nobody else to speak to.
 */
static const struct ready_header page_headers[] = {
    {"Content-Security-Policy",
	"default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self'; font-src 'self'; connect-src 'self'; "
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
	"require-trusted-types-for 'script'; trusted-types 'none'"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy",
	"camera=(), microphone=(), geolocation=(), payment=(), usb=()"},
    {"Referrer-Policy", "no-referrer"},
};

static enum err
confine_writer(const struct promoter_work *work, struct errinfo *ei)
{
	return walls_trustd_writer(
	    work->dirs, work->num, work->insecure_no_landlock, ei);
}

static enum err
start_writer(struct trustd_door *d, const struct trust_mirror_rules *rules,
    struct errinfo *ei)
{
	const struct trustd_settings *s = d->settings;
	const struct promoter_work work = {
	    .dirs = d->dirs,
	    .num = s->num_mirrors,
	    .rules = rules,
	    .confine = confine_writer,
	    .insecure_no_landlock = s->insecure_no_landlock,
	};

	for (size_t i = 0; i < s->num_mirrors; i++) {
		d->dirs[i] = s->mirrors[i].directory;
	}
	return promoter_start(&work, &d->admin.promoter, ei);
}

/* The file is replaced when it changes, so its directory is what the walls
 * have to know. */
static enum err
find_dir(struct trustd_door *d, struct errinfo *ei)
{
	const char *file = d->settings->admin.administrators;
	size_t len = (size_t)(strrchr(file, '/') - file);

	(void)snprintf(d->dir, sizeof(d->dir), "%.*s", (int)len, file);
	if (len == 0 || !file_exists(d->dir)) {
		return err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "trustd.administrators", NULL,
			"the directory of the file of administrators is not "
			"there"),
		    file);
	}
	return ERR_OK;
}

static enum err
read_files(struct trustd_door *d, struct errinfo *ei)
{
	const struct trustd_admin_settings *a = &d->settings->admin;
	enum err e = find_dir(d, ei);

	if (e == ERR_OK) {
		e = file_read(a->certificate, PEM_MAX, &d->certificate, ei);
	}
	if (e == ERR_OK) {
		e = file_read_secret(a->key, PEM_MAX, &d->key, ei);
	}
	if (e == ERR_OK && a->web[0] != '\0' && file_exists(a->web)) {
		e = static_files_load(a->web, page_headers,
		    ARRAY_LEN(page_headers), &d->admin.pages, ei);
	}
	return e;
}

static enum err
prepare(struct trustd_door *d, const struct trust_mirror_rules *rules,
    struct errinfo *ei)
{
	const struct trustd_admin_settings *a = &d->settings->admin;
	enum err e = start_writer(d, rules, ei);

	if (e == ERR_OK) {
		e = read_files(d, ei);
	}
	if (e == ERR_OK) {
		e = rate_new(
		    ADMIN_TRIES_PER_MIN, &d->clock, &d->admin.tries, ei);
	}
	if (e == ERR_OK) {
		e = admin_sessions_new(
		    a->administrators, &d->clock, &d->admin.sessions, ei);
	}
	return e == ERR_OK
		   ? socket_listen_tcp(a->address, a->port, &d->fd, NULL, ei)
		   : e;
}

enum err
trustd_door_prepare(const struct trustd_settings *s,
    const struct trust_mirror_rules *rules, const struct trustd *served,
    struct clients *clients, struct trustd_door **out, struct errinfo *ei)
{
	struct trustd_door *d;
	enum err e;

	*out = NULL;
	if (s->admin.address[0] == '\0') {
		return ERR_OK;
	}
	d = calloc(1, sizeof(*d));
	if (d == NULL) {
		return err_nomem(ei);
	}
	d->settings = s;
	d->clock = system_clock();
	d->fd = -1;
	buf_init(&d->certificate, PEM_MAX);
	d->admin = (struct trustd_admin){
	    .served = served,
	    .clients = clients,
	    .settings = s,
	    .anchors = rules->anchors,
	    .clock = &d->clock,
	};
	e = prepare(d, rules, ei);
	if (e != ERR_OK) {
		trustd_door_close(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

enum err
trustd_door_open(struct trustd_door *d,
    void (*access_log)(void *arg, const struct http_access *a),
    struct errinfo *ei)
{
	enum err e;

	if (d == NULL) {
		return ERR_OK;
	}
	e = http_server_start(
	    &(struct http_options){
		.listen_fd = d->fd,
		.tls_cert_pem = buf_slice(&d->certificate),
		.tls_key_pem = secret_slice(&d->key),
		.loop_threads = LOOPS,
		.worker_threads = WORKERS,
		.connections_max = CONNECTIONS,
		.routes = admin_routes,
		.num_routes = admin_num_routes,
		.arg = &d->admin,
		.access_log = access_log,
	    },
	    &d->server, ei);
	if (e == ERR_OK) {
		d->fd = -1;
		secret_clear(&d->key);
		log_event(LOG_INFO, "admin.ready",
		    L_STR("address", d->settings->admin.address),
		    L_INT("port", d->settings->admin.port),
		    L_STR("web",
			d->admin.pages != NULL ? d->settings->admin.web : ""));
	}
	return e;
}

const char *
trustd_door_dir(const struct trustd_door *d)
{
	return d == NULL ? NULL : d->dir;
}

void
trustd_door_close(struct trustd_door *d)
{
	if (d == NULL) {
		return;
	}
	http_server_stop(d->server, GRACE_MS);
	promoter_stop(d->admin.promoter);
	admin_sessions_free(d->admin.sessions);
	rate_free(d->admin.tries);
	static_files_free(d->admin.pages);
	fd_close(d->fd);
	secret_clear(&d->key);
	buf_clear(&d->certificate);
	free(d);
}
