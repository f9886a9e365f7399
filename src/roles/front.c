/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-front: TLS, HTTP, the API, policy; the only role that opens the
 * database.  Started by the parent with its listeners and channels as
 * ipc/fds.h numbers them:
 *
 *	surguch-front -c SETTINGS [-u USER]
 *
 * -u: the uid (and gid) to become.
 */
#include <string.h>
#include <unistd.h>

#include "api/pages.h"
#include "base/log.h"
#include "crypto/init.h"
#include "http/server.h"
#include "http/static_files.h"
#include "os/file.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/systime.h"
#include "roles/front_parts.h"
#include "roles/front_secrets.h"
#include "roles/options.h"
#include "roles/role.h"
#include "roles/settings.h"
#include "roles/walls.h"

enum {
	LOOK_MS = 500,
	SWEEP_MS = 3600 * 1000,
	PHONES_MS = 30 * 1000
};

static enum err
serve(struct front *f, const struct clock *clock, struct errinfo *ei)
{
	int64_t swept_ms = clock_mono_ms(clock) - SWEEP_MS;
	int64_t phones_ms = clock_mono_ms(clock) - PHONES_MS;
	unsigned signals = 0;
	enum err e = ERR_OK;

	role_ready();
	log_event(LOG_INFO, "front.ready", L_INT("pid", getpid()));
	while (e == ERR_OK && (signals & SIGNAL_STOP) == 0 &&
	       !front_reconciled(f)) {
		e = signals_wait(NULL, 0, LOOK_MS, &signals, ei);
		if (e == ERR_TIMEOUT) {
			e = ERR_OK;
		}
		if (clock_mono_ms(clock) - swept_ms >= SWEEP_MS) {
			front_sweep(f);
			swept_ms = clock_mono_ms(clock);
		}
		if (clock_mono_ms(clock) - phones_ms >= PHONES_MS) {
			front_sweep_phones(f);
			phones_ms = clock_mono_ms(clock);
		}
		if (e == ERR_OK && front_failed(f)) {
			e = err_set(ei, ERR_STATE, "front.failed", NULL,
			    "the database or the channel to courier failed; "
			    "starting anew");
		}
	}
	return e;
}

struct options {
	const char *settings;
	const char *user;
};

static bool
parse(int argc, char **argv, struct options *o)
{
	const struct role_option options[] = {
	    {'c', true, "SETTINGS", &o->settings, NULL},
	    {'u', false, "USER", &o->user, NULL},
	};

	return role_options(argc, argv, options, ARRAY_LEN(options));
}

/*
 * While we may still read what the front's user may not.  An installation
 * without the page serves the API alone; a page that was named must be there.
 */
static enum err
read_pages(
    const struct settings *s, struct static_files **out, struct errinfo *ei)
{
	*out = NULL;
	if (s->web_dir[0] == '\0') {
		return ERR_OK;
	}
	if (!s->web_given && !file_exists(s->web_dir)) {
		log_event(LOG_INFO, "front.no_pages", L_STR("web", s->web_dir));
		return ERR_OK;
	}
	return pages_load(s->web_dir, out, ei);
}

static enum err
run(const struct settings *s, const char *user, pid_t parent, uid_t owner,
    struct errinfo *ei)
{
	const struct clock clock = system_clock();
	const struct walls_server server = {
	    .host = s->database.host,
	    .port = s->database.port,
	};
	struct front_secrets secrets = {0};
	struct static_files *pages = NULL;
	struct front *f = NULL;
	enum err e = read_pages(s, &pages, ei);

	process_raise_files();

	if (e == ERR_OK) {
		e = role_settle(user, s->front_dir, parent, ei);
	}
	if (e == ERR_OK) {
		secrets.pages = pages;
		e = front_secrets_load(s, &secrets, ei);
	}
	if (e == ERR_OK) {
		e = walls_front(s->public_dir, s->profile_dir,
		    settings_has_server(s) ? &server : NULL,
		    s->insecure_no_landlock, ei);
	}
	if (e == ERR_OK) {
		e = front_new(s, &secrets, &clock, owner, &f, ei);
	}
	front_secrets_clear(&secrets);
	if (e == ERR_OK) {
		e = serve(f, &clock, ei);
	}
	front_free(f);
	static_files_free(pages);
	return e;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct settings *s = NULL;
	struct errinfo ei = {0};
	pid_t parent = getppid();
	uid_t owner = getuid();
	enum err e;

	log_init("front", LOG_INFO);
	if (!parse(argc, argv, &o)) {
		return 2;
	}
	e = signals_catch(&ei);
	if (e == ERR_OK) {
		e = crypto_init(&ei);
	}
	if (e == ERR_OK) {
		e = settings_load(o.settings, NULL, &s, &ei);
	}
	if (e == ERR_OK) {
		log_init("front", s->log_level);
		e = run(s, o.user, parent, owner, &ei);
	}
	settings_free(s);
	if (e != ERR_OK) {
		log_err(LOG_ERROR, "front.end", &ei);
		return 1;
	}
	log_plain(LOG_INFO, "front.stop");
	return 0;
}
