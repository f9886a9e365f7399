/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchd: the parent of a centre.  It starts, supervises and stops the
 * roles and passes them their sockets, and does nothing else: no bytes from
 * outside and no messages between roles are read here.
 *
 *	surguchd [-c FILE] [-n] [-S]
 *	surguchd --version
 *
 * -n: check the settings and exit.  -S: refuse to run without the walls of
 * separate uids, as the packaged unit wants it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/version.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/notify.h"
#include "os/signals.h"
#include "os/systime.h"
#include "roles/options.h"
#include "roles/plan.h"
#include "roles/settings.h"
#include "roles/supervise.h"

struct options {
	const char *conf;
	bool check;
	bool strict;
};

static bool
parse(int argc, char **argv, struct options *o)
{
	const struct role_option options[] = {
	    {'c', false, "FILE", &o->conf, NULL},
	    {'n', false, NULL, NULL, &o->check},
	    {'S', false, NULL, NULL, &o->strict},
	};

	o->conf = "/etc/surguch/surguch.conf";
	return role_options(argc, argv, options, ARRAY_LEN(options));
}

/* 0, 1 and 2 must be open, or a socket would become standard error. */
static enum err
open_standard(struct errinfo *ei)
{
	enum err err = ERR_OK;
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0) {
			return err_sys(
			    ei, "parent.null", "/dev/null is not there");
		}
		if (fd <= STDERR_FILENO) { /* stays, for the roles too */
			err = fd_set_cloexec(fd, false, ei);
		}
	} while (fd <= STDERR_FILENO && err == ERR_OK);
	if (fd > STDERR_FILENO) {
		fd_close(fd);
	}
	return err;
}

static enum err
load(const struct options *o, struct buf *text, struct settings **out,
    struct errinfo *ei)
{
	struct conf_report report;
	enum err err;

	conf_report_init(&report);
	/* Root acts on it, so nobody else may have written it. */
	err = file_check_trusted(o->conf, geteuid(), ei);
	if (err == ERR_OK) {
		err = file_read(o->conf, CONF_BYTES_MAX, text, ei);
	}
	if (err == ERR_OK) {
		err =
		    settings_parse(buf_slice(text), o->conf, &report, out, ei);
	}
	if (err != ERR_OK && report.num_lines > 0) {
		(void)fputs(conf_report_text(&report), stderr);
	}
	conf_report_clear(&report);
	return err;
}

/* What is weaker here than it should be is said at every start. */
static enum err
check_walls(
    const struct options *o, const struct settings *s, struct errinfo *ei)
{
	bool shared = geteuid() != 0 || s->insecure_shared_uid;

	if (geteuid() != 0 && o->strict && !s->insecure_shared_uid) {
		return err_set(ei, ERR_POLICY, "parent.shared_uid", NULL,
		    "Without root the roles would share one uid.  Start as "
		    "root, or set insecure_shared_uid.");
	}
	if (shared) {
		log_event(LOG_WARN, "walls.uid",
		    L_STR("text",
			"roles share one uid: one that is taken over can read "
			"the files of all"),
		    L_INT("uid", geteuid()));
	}
	if (confine_landlock_version() == 0) {
		if (!s->insecure_no_landlock) {
			return err_set(ei, ERR_UNSUPPORTED, "confine.landlock",
			    NULL,
			    "This kernel has no Landlock.  Boot with "
			    "lsm=landlock, or set insecure_no_landlock.");
		}
		log_event(LOG_WARN, "walls.landlock",
		    L_STR("text", "this kernel has no Landlock"));
	}
	return plan_check_uids(s, ei);
}

static enum err
write_pid(
    const struct settings *s, char path[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char text[32];
	enum err err = path_join(path, s->run_dir, "surguchd.pid", ei);

	(void)snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	return err == ERR_OK
		   ? file_write_atomic(path, slice_str(text), 0644, ei)
		   : err;
}

/* For scripts that wait on our standard output, and for systemd. */
static void
say_ready(void *arg)
{
	(void)arg;
	log_event(LOG_INFO, "centre.ready", L_INT("pid", getpid()));
	(void)puts("ready");
	(void)fflush(stdout);
	service_notify("READY=1");
}

static enum err
run(const struct settings *s, struct slice conf, struct errinfo *ei)
{
	struct supervise_options keeping = {
	    .clock = system_clock(), .ready = say_ready};
	char pid_path[PATH_TEXT_SIZE], lock_path[PATH_TEXT_SIZE];
	struct plan *plan = NULL;
	int lock = -1;
	enum err err;

	(void)umask(022);
	err = dir_make(s->run_dir, 0755, ei);
	if (err == ERR_OK) {
		err = path_join(lock_path, s->run_dir, "surguchd.lock", ei);
	}
	if (err == ERR_OK) {
		err = file_lock(lock_path, &lock, ei);
	}
	if (err == ERR_OK) {
		err = plan_make(s, conf, &plan, ei);
	}
	if (err == ERR_OK) {
		err = write_pid(s, pid_path, ei);
	}
	if (err == ERR_OK) {
		err = supervise(plan, &keeping, ei);
		(void)unlink(pid_path);
		(void)unlink(s->control_path);
	}
	plan_free(plan);
	fd_close(lock);
	return err;
}

int
main(int argc, char **argv)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	struct settings *s = NULL;
	struct options o = {0};
	struct errinfo ei = {0};
	enum err err;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("surguchd %s\n", surguch_version);
		return 0;
	}
	log_init("parent", LOG_INFO);
	if (service_has_journal()) {
		log_for_journal();
	}
	if (!parse(argc, argv, &o)) {
		return 2;
	}
	err = open_standard(&ei);
	if (err == ERR_OK) {
		err = signals_catch(&ei);
	}
	if (err == ERR_OK) {
		err = load(&o, &text, &s, &ei);
	}
	if (err == ERR_OK) {
		log_init("parent", s->log_level);
		err = check_walls(&o, s, &ei);
	}
	if (err == ERR_OK && !o.check) {
		err = run(s, buf_slice(&text), &ei);
	}
	settings_free(s);
	buf_clear(&text);
	if (err != ERR_OK) {
		log_err(LOG_ERROR, "parent.end", &ei);
		return 1;
	}
	return 0;
}
