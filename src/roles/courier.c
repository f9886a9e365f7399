/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-courier: the only role that calls out.  Started by the parent with
 * its channel as ROLE_FD_CHANNEL:
 *
 *	surguch-courier -d DIR -c SETTINGS [-u USER] [-L]
 *
 * and once, by surguchctl:
 *
 *	surguch-courier --make-key DIR
 *
 * -u: the uid (and gid) to become.  -L: go on where the kernel has no
 * Landlock.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "courier/courier.h"
#include "crypto/init.h"
#include "fetch/fetch.h"
#include "ipc/fds.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/resolver.h"
#include "os/signals.h"
#include "os/systime.h"
#include "roles/options.h"
#include "roles/role.h"
#include "roles/walls.h"

enum {
	THREADS = 4, /* messages under way at once */
	MAIL_THREADS = 2,
};

struct options {
	const char *dir;
	const char *settings;
	const char *user;
	bool insecure_no_landlock;
};

/* --- once ---------------------------------------------------------------- */

static int
once(int argc, char **argv)
{
	struct errinfo ei = {0};
	enum err err = crypto_init(&ei);

	if (err == ERR_OK) {
		err = confine_hide(&ei);
	}
	if (err == ERR_OK &&
	    (argc != 3 || strcmp(argv[1], "--make-key") != 0)) {
		err = err_set(&ei, ERR_FORMAT, "courier.usage", NULL,
		    "Usage: --make-key DIR.");
	}
	if (err == ERR_OK) {
		err = role_become_owner(argv[2], "courier.dir", &ei);
	}
	if (err == ERR_OK) {
		err = courier_make_key(argv[2], &ei);
	}
	if (err != ERR_OK) {
		log_err(LOG_ERROR, "courier.once", &ei);
		return 1;
	}
	return 0;
}

/* --- serving ---------------------------------------------------------------
 */

static bool
parse(int argc, char **argv, struct options *o)
{
	const struct role_option options[] = {
	    {'d', true, "DIR", &o->dir, NULL},
	    {'c', true, "SETTINGS", &o->settings, NULL},
	    {'u', false, "USER", &o->user, NULL},
	    {'L', false, NULL, NULL, &o->insecure_no_landlock},
	};

	return role_options(argc, argv, options, ARRAY_LEN(options));
}

/* Each line of the report is an event: an administrator reads them. */
static void
log_report(struct conf_report *report)
{
	const char *line = conf_report_text(report);

	while (*line != '\0') {
		size_t len = strcspn(line, "\n");
		char text[1024];

		(void)snprintf(text, sizeof(text), "%.*s", (int)len, line);
		log_event(LOG_ERROR, "courier.config", L_STR("error", text));
		line += len + (line[len] != '\0');
	}
}

static enum err
load(const struct options *o, struct courier **out, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct conf_report report;
	enum err err;

	conf_report_init(&report);
	err = courier_open(o->settings, o->dir, &clock, out, &report, ei);
	log_report(&report);
	conf_report_clear(&report);
	return err;
}

/* Everything that a library loads or opens for good comes before the walls. */
static enum err
prepare(const struct options *o, pid_t parent, struct courier **out,
    struct errinfo *ei)
{
	enum err err = signals_catch(ei);

	if (err == ERR_OK) {
		err = fd_set_cloexec(ROLE_FD_CHANNEL, true, ei);
	}
	if (err == ERR_OK) {
		err = crypto_init(ei);
	}
	if (err == ERR_OK) {
		err = role_settle(o->user, NULL, parent, ei);
	}
	if (err == ERR_OK) {
		err = resolver_plain(ei);
	}
	if (err == ERR_OK) {
		err = fetch_init(ei);
	}
	return err == ERR_OK ? load(o, out, ei) : err;
}

static enum err
run(const struct options *o, pid_t parent, struct errinfo *ei)
{
	struct courier *courier = NULL;
	enum err err = prepare(o, parent, &courier, ei);

	if (err == ERR_OK) {
		err = walls_courier(o->insecure_no_landlock, ei);
	}
	if (err == ERR_OK) {
		log_event(LOG_INFO, "courier.start",
		    L_INT("routes", courier_num_routes(courier)),
		    L_INT("mail", courier_has_mail(courier)));
		role_ready();
		err = courier_run(
		    courier, ROLE_FD_CHANNEL, THREADS, MAIL_THREADS, ei);
	}
	courier_free(courier);
	return err;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct errinfo ei = {0};
	pid_t parent = getppid();

	log_init("courier", LOG_INFO);
	if (argc > 1 && strncmp(argv[1], "--", 2) == 0) {
		return once(argc, argv);
	}
	if (!parse(argc, argv, &o)) {
		return 2;
	}
	if (run(&o, parent, &ei) != ERR_OK) {
		log_err(LOG_ERROR, "courier.end", &ei);
		return 1;
	}
	log_event(LOG_INFO, "courier.stop", L_STR("by", "order"));
	return 0;
}
