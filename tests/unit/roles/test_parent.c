/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchd with stubs for roles (stub.c): what it starts, with what, what it
 * does when one ends, and how it ends itself.
 */
#include "unit.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"
#include "os/wait.h"
#include "scratch/scratch.h"

static char root[PATH_TEXT_SIZE];
static char conf[PATH_TEXT_SIZE], libexec[PATH_TEXT_SIZE];
static char log_path[PATH_TEXT_SIZE];
static uint16_t api_port, public_port;

static const char *const programs[] = {
    "surguch-front", "surguch-courier", "surguch-signer", "surguch-ocsp"};
static const char *const names[] = {
    "front", "courier", "ca-one", "ocsp-one", "ca-two"};

/* --- a tree and its settings -------------------------------------------- */

static void
at(char out[PATH_TEXT_SIZE], const char *dir, const char *name)
{
	struct errinfo ei;

	assert_ok(path_join(out, dir, name, &ei), &ei);
}

static void
make_dirs(void)
{
	static const char *const dirs[] = {
	    "etc", "etc/surguch", "run", "run/surguch", "libexec"};
	char path[PATH_TEXT_SIZE];
	struct errinfo ei;

	for (size_t i = 0; i < ARRAY_LEN(dirs); i++) {
		at(path, root, dirs[i]);
		assert_ok(dir_make(path, 0755, &ei), &ei);
	}
}

/* A port that is ours as long as we live, from those that no connection is
 * given: tests/e2e/lib/scratch.mjs says how. */
static void
take_port(uint16_t *out)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct errinfo ei;

	for (unsigned port = 12000 + (unsigned)getpid() % 16000;; port++) {
		int held = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		int probe;

		assert_in_range(port, 12000, 30000);
		at.sin_port = htons((uint16_t)port);
		if (bind(held, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		    socket_listen_tcp("127.0.0.1", (uint16_t)port, &probe, out,
			&ei) == ERR_OK) {
			fd_close(probe);
			return;
		}
		fd_close(held);
	}
}

static void
write_conf(const char *more)
{
	struct buf b = BUF_INIT(65536);
	struct errinfo ei;

	buf_printf(&b,
	    "prefix = \"%s\";\nlibexec = \"%s\";\n"
	    "api = { port = %u; };\npublic = { port = %u; };\n"
	    "signers = ({ name = \"ca-one\"; ocsp = \"ocsp-one\"; },\n"
	    "  { name = \"ca-two\"; });\n%s",
	    root, libexec, api_port, public_port, more);
	assert_ok(file_write_atomic(conf, buf_slice(&b), 0644, &ei), &ei);
	buf_clear(&b);
}

static int
set_up(void **state)
{
	const char *stub = getenv("SURGUCH_STUB");

	(void)state;
	if (stub == NULL || getenv("SURGUCH_LIBEXEC") == NULL) {
		print_message("run this by meson test\n");
		return -1;
	}
	scratch_open("parent", root);
	make_dirs();
	at(libexec, root, "libexec");
	at(conf, root, "etc/surguch/surguch.conf");
	at(log_path, libexec, "log");
	for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
		char path[PATH_TEXT_SIZE];

		at(path, libexec, programs[i]);
		assert_int_equal(symlink(stub, path), 0);
	}
	take_port(&api_port);
	take_port(&public_port);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	scratch_close(root);
	return 0;
}

/* --- the log of the stubs ----------------------------------------------- */

static char *
read_log(void)
{
	struct buf b = BUF_INIT(1 << 20);
	struct errinfo ei;
	size_t len;
	enum err err;

	/* It may grow while it is read. */
	do {
		buf_reset(&b);
		err = file_read(log_path, 1 << 20, &b, &ei);
	} while (err == ERR_AGAIN);
	assert_true(err == ERR_OK || err == ERR_NOTFOUND);
	buf_add_u8(&b, 0);
	return (char *)buf_take(&b, &len);
}

/* How many lines begin with this. */
static size_t
count(const char *prefix)
{
	char *log = read_log();
	size_t num = 0;

	for (char *line = log; *line != '\0';) {
		num += strncmp(line, prefix, strlen(prefix)) == 0;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	free(log);
	return num;
}

static void
wait_for(const char *prefix, size_t num)
{
	for (int i = 0; i < 500 && count(prefix) < num; i++) {
		sleep_ms(20);
	}
	if (count(prefix) < num) {
		char *log = read_log();

		print_error(
		    "%s: %zu, not %zu\n%s", prefix, count(prefix), num, log);
		free(log);
		fail();
	}
}

/* The last line that begins with this; the caller frees. */
static char *
last_line(const char *prefix)
{
	char *log = read_log(), *found = NULL;

	for (char *line = log; *line != '\0';) {
		size_t len = strcspn(line, "\n");

		if (strncmp(line, prefix, strlen(prefix)) == 0) {
			free(found);
			found = strndup(line, len);
		}
		line += len + (line[len] == '\n');
	}
	free(log);
	assert_non_null(found);
	return found;
}

static pid_t
pid_of(const char *name)
{
	char prefix[64], *line;
	pid_t pid;

	(void)snprintf(prefix, sizeof(prefix), "%s start ", name);
	line = last_line(prefix);
	pid = (pid_t)strtol(line + strlen(prefix), NULL, 10);
	free(line);
	return pid;
}

static void
set_dying(const char *name, bool on)
{
	char path[PATH_TEXT_SIZE], file[64];
	struct errinfo ei;

	(void)snprintf(file, sizeof(file), "%s.die", name);
	at(path, libexec, file);
	if (on) {
		assert_ok(file_write_atomic(path, SLICE_EMPTY, 0644, &ei), &ei);
	} else {
		assert_int_equal(unlink(path), 0);
	}
}

/* --- the parent --------------------------------------------------------- */

struct parent {
	pid_t pid;
	int out; /* its standard output */
};

static void
start(struct parent *p, const char *flag)
{
	const char *const argv[] = {"surguchd", "-c", conf, flag, NULL};
	char credentials[PATH_TEXT_SIZE + 32], path[PATH_TEXT_SIZE];
	const char *const envp[] = {credentials, NULL};
	struct errinfo ei;
	int ends[2];
	struct spawn_fd fds[1];

	(void)unlink(log_path);
	/* What systemd keeps for ca-two. */
	at(path, root, "ca-two");
	assert_ok(
	    file_write_atomic(path, SLICE_LIT("opens it"), 0600, &ei), &ei);
	(void)snprintf(
	    credentials, sizeof(credentials), "CREDENTIALS_DIRECTORY=%s", root);
	at(path, getenv("SURGUCH_LIBEXEC"), "surguchd");
	assert_ok(socket_pair(ends, &ei), &ei);
	fds[0] = (struct spawn_fd){ends[1], 1};
	assert_ok(process_spawn(&(struct spawn){.path = path,
				    .argv = argv,
				    .envp = envp,
				    .fds = fds,
				    .num_fds = 1},
		      &p->pid, &ei),
	    &ei);
	fd_close(ends[1]);
	p->out = ends[0];
}

static void
start_ready(struct parent *p)
{
	char text[16] = {0};

	start(p, NULL);
	assert_int_equal(read(p->out, text, sizeof(text) - 1), 6);
	assert_string_equal(text, "ready\n");
}

static int
end(struct parent *p)
{
	int status;

	while (waitpid(p->pid, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	fd_close(p->out);
	return WIFEXITED(status) ? WEXITSTATUS(status)
				 : 1000 + WTERMSIG(status);
}

static int
stop(struct parent *p)
{
	assert_int_equal(kill(p->pid, SIGTERM), 0);
	return end(p);
}

/* --- tests -------------------------------------------------------------- */

static void
each_gets_its_own(void **state)
{
	static const struct {
		const char *name;
		const char *fds;
	} want[] = {
	    {"front start", " fds 0 1 2 3 5 6 7 8 11 16 17 18 args "},
	    {"courier start", " fds 0 1 2 3 4 args "},
	    {"ca-one start", " fds 0 1 2 3 4 6 11 args "},
	    {"ocsp-one start", " fds 0 1 2 3 4 6 args "},
	    {"ca-two start", " fds 0 1 2 3 4 5 6 11 args "},
	};
	char args[4 * PATH_TEXT_SIZE], pid_path[PATH_TEXT_SIZE];
	char unlock_path[PATH_TEXT_SIZE];
	struct parent p;
	char *line;

	(void)state;
	write_conf("insecure_shared_uid = true;\n");
	start_ready(&p);
	at(pid_path, root, "run/surguch/surguchd.pid");
	at(unlock_path, root, "run/surguch/signer-ocsp-one.sock");
	assert_true(file_exists(pid_path));
	assert_true(file_exists(unlock_path));
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		line = last_line(want[i].name);
		if (strstr(line, want[i].fds) == NULL) {
			print_error("%s\n", line);
			fail();
		}
		free(line);
	}
	line = last_line("ocsp-one start");
	(void)snprintf(args, sizeof(args),
	    " args -n ocsp-one -d %s/var/lib/surguch/signer-ocsp-one -c "
	    "%s/etc/surguch/ca/ocsp-one.conf -p %s/etc/surguch/profiles",
	    root, root, root);
	assert_non_null(strstr(line, args));
	free(line);
	assert_int_equal(stop(&p), 0);
	assert_false(file_exists(pid_path));
	assert_false(file_exists(unlock_path));
}

static void
stops_front_first(void **state)
{
	struct parent p;
	char *log;

	(void)state;
	start_ready(&p);
	assert_int_equal(stop(&p), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char prefix[64];

		(void)snprintf(prefix, sizeof(prefix), "%s stop", names[i]);
		assert_int_equal(count(prefix), 1);
	}
	log = read_log();
	assert_true(strstr(log, "front stop") < strstr(log, "courier stop"));
	assert_true(strstr(log, "front stop") < strstr(log, "ca-one stop"));
	free(log);
}

/* The channel outlives the process at its end: a message that was sent while
 * nobody was there is read by the next. */
static void
what_ends_is_started_again(void **state)
{
	struct parent p;
	pid_t front, before;

	(void)state;
	start_ready(&p);
	front = pid_of("front");
	before = pid_of("ca-one");
	assert_int_equal(kill(front, SIGUSR1), 0);
	wait_for("ca-one got ping", 1);
	wait_for("ocsp-one got ping", 1);
	wait_for("ca-two got ping", 1);
	wait_for("courier got ping", 1);
	set_dying("ca-one", true);
	assert_int_equal(kill(before, SIGKILL), 0);
	wait_for("ca-one start", 3);
	assert_int_equal(kill(front, SIGUSR1), 0);
	wait_for("ca-two got ping", 2);
	assert_int_equal(count("ca-one got ping"), 1);
	set_dying("ca-one", false);
	wait_for("ca-one got ping", 2);
	/* Nobody else noticed. */
	assert_int_equal(count("front start"), 1);
	assert_int_equal(count("ocsp-one start"), 1);
	assert_int_equal(pid_of("front"), front);
	/* And front itself. */
	assert_int_equal(kill(front, SIGKILL), 0);
	wait_for("front start", 2);
	assert_int_equal(stop(&p), 0);
}

static void
pauses_grow(void **state)
{
	struct parent p;
	size_t starts;

	(void)state;
	start_ready(&p);
	set_dying("courier", true);
	assert_int_equal(kill(pid_of("courier"), SIGKILL), 0);
	sleep_ms(1600);
	starts = count("courier start");
	/* After 100, 200, 400 and 800 ms; some more on a slow machine is
	 * impossible, some less is not. */
	assert_true(starts >= 3 && starts <= 5);
	set_dying("courier", false);
	assert_int_equal(stop(&p), 0);
}

static void
a_hangup_restarts_all(void **state)
{
	struct parent p;
	pid_t before[ARRAY_LEN(names)];

	(void)state;
	start_ready(&p);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		before[i] = pid_of(names[i]);
	}
	assert_int_equal(kill(p.pid, SIGHUP), 0);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char prefix[64];

		(void)snprintf(prefix, sizeof(prefix), "%s start", names[i]);
		wait_for(prefix, 2);
		assert_int_not_equal(pid_of(names[i]), before[i]);
		(void)snprintf(prefix, sizeof(prefix), "%s stop", names[i]);
		assert_int_equal(count(prefix), 1);
	}
	assert_int_equal(stop(&p), 0);
}

/* Killed itself, it leaves nobody behind (the roles follow their parent; the
 * stubs end when told so by the end of their channel). */
static void
a_first_failure_ends_it(void **state)
{
	struct parent p;
	char byte;

	(void)state;
	set_dying("ca-two", true);
	start(&p, NULL);
	assert_int_equal(read(p.out, &byte, 1), 0); /* never ready */
	assert_int_equal(end(&p), 1);
	assert_true(count("ca-two start") <= 2);
	assert_int_equal(count("front start"), count("front stop"));
	set_dying("ca-two", false);
	at(libexec, root, "nowhere");
	write_conf("insecure_shared_uid = true;\n");
	start(&p, NULL);
	assert_int_equal(end(&p), 1);
	at(libexec, root, "libexec");
	write_conf("insecure_shared_uid = true;\n");
}

static void
one_centre_one_parent(void **state)
{
	struct parent p, other;

	(void)state;
	start_ready(&p);
	{
		char *log = read_log();

		start(&other, NULL);
		assert_int_equal(end(&other), 1);
		free(log);
	}
	assert_int_equal(kill(p.pid, 0), 0);
	assert_int_equal(stop(&p), 0);
}

static void
settings_are_checked(void **state)
{
	struct parent p;

	(void)state;
	start(&p, "-n");
	assert_int_equal(end(&p), 0);
	assert_false(file_exists(log_path));
	write_conf("insecure_shared_uid = true;\nnonsense = 1;\n");
	start(&p, "-n");
	assert_int_equal(end(&p), 1);
	/* Written by somebody else, perhaps. */
	write_conf("insecure_shared_uid = true;\n");
	assert_int_equal(chmod(conf, 0666), 0);
	start(&p, "-n");
	assert_int_equal(end(&p), 1);
	assert_int_equal(chmod(conf, 0644), 0);
	start(&p, "-x");
	assert_int_equal(end(&p), 2);
}

static void
shared_uids_are_refused(void **state)
{
	struct parent p;

	(void)state;
	write_conf("");
	if (geteuid() != 0) {
		/* The packaged unit's way. */
		start(&p, "-S");
		assert_int_equal(end(&p), 1);
		start(&p, "-n");
		assert_int_equal(end(&p), 0);
		return;
	}
	start(&p, "-n"); /* all as root */
	assert_int_equal(end(&p), 1);
	write_conf("users = { front = \"64001\"; courier = \"64002\"; };\n");
	start(&p, "-n"); /* the signers as root */
	assert_int_equal(end(&p), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_gets_its_own),
	    cmocka_unit_test(stops_front_first),
	    cmocka_unit_test(what_ends_is_started_again),
	    cmocka_unit_test(pauses_grow),
	    cmocka_unit_test(a_hangup_restarts_all),
	    cmocka_unit_test(a_first_failure_ends_it),
	    cmocka_unit_test(one_centre_one_parent),
	    cmocka_unit_test(settings_are_checked),
	    cmocka_unit_test(shared_uids_are_refused),
	};

	return cmocka_run_group_tests_name("parent", tests, set_up, tear_down);
}
