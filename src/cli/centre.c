/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/centre.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/cli.h"
#include "os/memfd.h"
#include "os/process.h"
#include "os/random.h"
#include "os/socket.h"
#include "os/systime.h"

enum {
	SECRET_SIZE = 32,
	CONF_MAX = 16384
};

uid_t
centre_uid(const struct centre *c, unsigned n)
{
	return c->root ? FIRST_UID + n : getuid();
}

enum err
centre_path(const struct centre *c, char out[PATH_TEXT_SIZE],
    struct errinfo *ei, const char *fmt, ...)
{
	char rest[PATH_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(rest, sizeof(rest), fmt, ap);
	va_end(ap);
	return path_join(out, c->dir, rest, ei);
}

enum err
centre_give(
    const struct centre *c, const char *path, uid_t owner, struct errinfo *ei)
{
	if (c->root && chown(path, owner, (gid_t)owner) != 0) {
		return err_sys(ei, "centre.owner", "cannot give %s to uid %lu",
		    path, (unsigned long)owner);
	}
	return ERR_OK;
}

enum err
centre_state_dir(
    const struct centre *c, const char *name, uid_t owner, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = centre_path(c, path, ei, "%s", name);

	if (e == ERR_OK) {
		e = dir_make(path, 0700, ei);
	}
	return e != ERR_OK ? e : centre_give(c, path, owner, ei);
}

enum err
centre_write(const struct centre *c, const char *name, struct slice content,
    unsigned mode, uid_t owner, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = centre_path(c, path, ei, "%s", name);

	if (e == ERR_OK) {
		e = file_write_atomic(path, content, mode, ei);
	}
	return e != ERR_OK ? e : centre_give(c, path, owner, ei);
}

enum err
centre_run(const struct centre *c, const char *program, const char *const *args,
    size_t num, struct slice input, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	const char *argv[8] = {path};
	const char *const envp[] = {NULL};
	struct spawn_fd in = {.fd = -1, .as = 0};
	struct spawn s = {.path = path, .argv = argv, .envp = envp, .fds = &in};
	int status = 0;
	pid_t pid;
	enum err e = path_join(path, c->libexec, program, ei);

	ensure(num + 1 < ARRAY_LEN(argv));
	for (size_t i = 0; i < num; i++) {
		argv[i + 1] = args[i];
	}
	if (e == ERR_OK && input.len > 0) {
		e = memfd_of("input", input, &in.fd, ei);
		s.num_fds = 1;
	}
	if (e == ERR_OK) {
		e = process_spawn(&s, &pid, ei);
	}
	fd_close(in.fd);
	if (e != ERR_OK) {
		return e;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return err_set(ei, ERR_STATE, "centre.run", NULL,
		    "%s %s failed; its message stands above", program, args[0]);
	}
	return ERR_OK;
}

static enum err
make_tree(const struct centre *c, struct errinfo *ei)
{
	static const struct {
		const char *name;
		unsigned mode;
	} dirs[] = {
	    {"", 0755},
	    {"etc", 0755},
	    {"etc/surguch", 0755},
	    {"etc/surguch/profiles", 0755},
	    {"etc/surguch/ca", 0755},
	    {"run", 0755},
	    {"run/surguch", 0755},
	    {"var", 0755},
	    {"var/lib", 0755},
	    {"var/lib/surguch", 0755},
	    {"var/lib/surguch/sealed", 0700},
	    {"var/lib/surguch/public", 0755},
	    {CENTRE_FRONT_DIR, 0700},
	    {"var/lib/surguch/courier", 0700},
	};
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(dirs); i++) {
		e = centre_path(c, path, ei, "%s", dirs[i].name);
		if (e == ERR_OK) {
			e = dir_make(path, dirs[i].mode, ei);
		}
	}
	if (e == ERR_OK) {
		e = centre_state_dir(
		    c, CENTRE_FRONT_DIR, centre_uid(c, ROLE_FRONT), ei);
	}
	if (e == ERR_OK) {
		e = centre_state_dir(c, "var/lib/surguch/courier",
		    centre_uid(c, ROLE_COURIER), ei);
	}
	if (e == ERR_OK) {
		e = centre_path(c, path, ei, "var/lib/surguch/public");
	}
	return e != ERR_OK
		   ? e
		   : centre_give(c, path, centre_uid(c, ROLE_FRONT), ei);
}

enum err
centre_copy_profiles(const struct centre *c, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(
	    c->profiles, ".conf", SIGNER_PROFILES_MAX, &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		struct buf text = BUF_INIT(CONF_BYTES_MAX);
		char from[PATH_TEXT_SIZE], to[PATH_TEXT_SIZE];

		e = path_join(from, c->profiles, names[i], ei);
		if (e == ERR_OK) {
			e = path_join(to, "etc/surguch/profiles", names[i], ei);
		}
		if (e == ERR_OK) {
			e = file_read(from, CONF_BYTES_MAX, &text, ei);
		}
		if (e == ERR_OK) {
			e = centre_write(
			    c, to, buf_slice(&text), 0644, getuid(), ei);
		}
		buf_clear(&text);
	}
	dir_list_free(names, num);
	return e;
}

enum err
centre_make_secret(
    const struct centre *c, const char *name, uid_t owner, struct errinfo *ei)
{
	uint8_t secret[SECRET_SIZE];
	enum err e = random_bytes(secret, sizeof(secret), ei);

	if (e == ERR_OK) {
		e = centre_write(c, name, slice_make(secret, sizeof(secret)),
		    0400, owner, ei);
	}
	secret_wipe(secret, sizeof(secret));
	return e;
}

enum err
centre_make_courier_key(const struct centre *c, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	const char *const args[] = {"--make-key", dir};
	enum err e = centre_path(c, dir, ei, "var/lib/surguch/courier");

	return e != ERR_OK ? e
			   : centre_run(c, "surguch-courier", args,
				 ARRAY_LEN(args), SLICE_EMPTY, ei);
}

static enum err
make_courier(const struct centre *c, struct errinfo *ei)
{
	struct buf conf = BUF_INIT(CONF_MAX);
	enum err e = centre_make_courier_key(c, ei);

	buf_printf(&conf,
	    "# How messages leave the centre; see surguch-courier(8).  In a "
	    "demo the\n# gateway is a double on this machine.\n"
	    "gateway : {\n"
	    "\turl = \"http://127.0.0.1:%u/send\";\n"
	    "\tmethod = \"POST\";\n"
	    "\theaders = [\"Content-Type: application/json\"];\n"
	    "\tbody = \"{\\\"to\\\":\\\"{to}\\\",\\\"text\\\":"
	    "\\\"{text}\\\",\\\"id\\\":\\\"{id}\\\"}\";\n"
	    "\tbody_format = \"json\";\n"
	    "\tsuccess_status = [\"2xx\"];\n"
	    "\tid_pattern = \"\\\"id\\\":\\\"{id}\\\"\";\n"
	    "};\n",
	    c->sms_port);
	if (e == ERR_OK) {
		e = buf_err(&conf, ei);
	}
	if (e == ERR_OK) {
		e = centre_write(c, "etc/surguch/courier.conf",
		    buf_slice(&conf), 0644, getuid(), ei);
	}
	buf_clear(&conf);
	return e;
}

/* What scripts/demo.sh reads. */
static enum err
write_demo_env(const struct centre *c, struct errinfo *ei)
{
	struct buf b = BUF_INIT(CONF_MAX);
	enum err e;

	buf_printf(&b,
	    "DEMO_API=https://127.0.0.1:%u\n"
	    "DEMO_PUBLIC=http://127.0.0.1:%u\n"
	    "DEMO_SMS_PORT=%u\n"
	    "DEMO_API_CA='%s/var/lib/surguch/public/root-p256.pem'\n"
	    "DEMO_GOST_ROOT='%s/var/lib/surguch/public/root-gost.pem'\n",
	    c->api_port, c->public_port, c->sms_port, c->dir, c->dir);
	e = buf_err(&b, ei);
	if (e == ERR_OK) {
		e = centre_write(
		    c, "demo.env", buf_slice(&b), 0644, getuid(), ei);
	}
	buf_clear(&b);
	return e;
}

static enum err
make_centre(const struct centre *c, struct errinfo *ei)
{
	enum err e = make_tree(c, ei);

	if (e == ERR_OK) {
		e = centre_copy_profiles(c, ei);
	}
	if (e == ERR_OK) {
		e = centre_make_secret(
		    c, CENTRE_OTP_KEY, centre_uid(c, ROLE_FRONT), ei);
	}
	if (e == ERR_OK) {
		e = centre_make_secret(
		    c, CENTRE_DATA_KEY, centre_uid(c, ROLE_FRONT), ei);
	}
	if (e == ERR_OK) {
		e = make_courier(c, ei);
	}
	if (e == ERR_OK) {
		e = ceremony_run(c, ei);
	}
	if (e == ERR_OK) {
		e = write_demo_env(c, ei);
	}
	/* Last, because it says that the centre is complete. */
	return e != ERR_OK ? e : centre_write_conf(c, ei);
}

/* --- the command
 * --------------------------------------------------------------- */

/* *out_fd: a listener that keeps a port which was picked, or -1. */
static enum err
read_port(const char *text, uint16_t *out, int *out_fd, struct errinfo *ei)
{
	uint64_t v;

	if (!text_to_u64(slice_str(text), &v) || v > UINT16_MAX) {
		return err_set(ei, ERR_FORMAT, "cli.port", NULL,
		    "%s is no port number (0 picks a free one)", text);
	}
	*out = (uint16_t)v;
	if (v != 0) {
		return ERR_OK;
	}
	/* Certificates carry the port, so it has to be known now. */
	return socket_listen_lasting(out_fd, out, ei);
}

/* Paths are written into settings and into demo.env as they are. */
static enum err
plain_path(const char *path, char out[PATH_TEXT_SIZE], struct errinfo *ei)
{
	if (strpbrk(path, "\"'\\\n") != NULL) {
		return err_set(ei, ERR_FORMAT, "cli.path", NULL,
		    "a path with a quote, a backslash or a line end is not "
		    "taken: %s",
		    path);
	}
	return path_absolute(out, path, ei);
}

/* --also: further hierarchies, by their names with commas between. */
static enum err
choose(struct centre *c, const char *also, struct errinfo *ei)
{
	for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++) {
		c->wanted[i] = hierarchies[i].always;
	}
	while (*also != '\0') {
		size_t len = strcspn(also, ",");
		bool known = false;

		for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++) {
			if (slice_eq_str(
				slice_make(also, len), hierarchies[i].name)) {
				c->wanted[i] = known = true;
			}
		}
		if (!known) {
			return err_set(ei, ERR_FORMAT, "centre.also", NULL,
			    "--also takes gost512, p384, rsa and ed25519, "
			    "with commas between, not %s",
			    also);
		}
		also += len + (also[len] == ',');
	}
	return ERR_OK;
}

struct init_words {
	const char *dir;
	const char *profiles;
	const char *libexec;
	const char *api_port;
	const char *public_port;
	const char *sms_port;
	const char *also;
};

static enum err
read_ports(const struct init_words *w, struct centre *c, struct errinfo *ei)
{
	const char *const words[] = {w->api_port, w->public_port, w->sms_port};
	uint16_t *const ports[] = {&c->api_port, &c->public_port, &c->sms_port};
	int fds[] = {-1, -1, -1};
	enum err e = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(words) && e == ERR_OK; i++) {
		e = read_port(words[i], ports[i], &fds[i], ei);
	}
	for (size_t i = 0; i < ARRAY_LEN(fds); i++) {
		fd_close(fds[i]);
	}
	return e;
}

static enum err
init(const struct init_words *w, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], libexec[PATH_TEXT_SIZE];
	char conf[PATH_TEXT_SIZE];
	struct centre c = {
	    .dir = dir,
	    .libexec = libexec,
	    .profiles = w->profiles,
	    .root = geteuid() == 0,
	    .clock = system_clock(),
	};
	enum err e = plain_path(w->dir, dir, ei);

	if (e == ERR_OK) {
		e = plain_path(w->libexec, libexec, ei);
	}
	if (e == ERR_OK) {
		e = choose(&c, w->also, ei);
	}
	if (e == ERR_OK) {
		e = centre_path(&c, conf, ei, "etc/surguch/surguch.conf");
	}
	if (e == ERR_OK && file_exists(conf)) {
		return err_set(ei, ERR_CONFLICT, "centre.exists", NULL,
		    "there is a centre in %s already; nothing was touched",
		    dir);
	}
	if (e == ERR_OK) {
		e = read_ports(w, &c, ei);
	}
	return e != ERR_OK ? e : make_centre(&c, ei);
}

enum err
centre_init_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct init_words w = {
	    .profiles = "/usr/share/surguch/profiles",
	    .libexec = LIBEXEC_DIR, /* from the build */
	    .api_port = "8443",
	    .public_port = "8080",
	    .sms_port = "8025",
	    .also = "",
	};
	bool demo = false;
	const struct cli_option options[] = {
	    {"--demo", NULL, &demo},
	    {"--profiles", &w.profiles, NULL},
	    {"--libexec", &w.libexec, NULL},
	    {"--api-port", &w.api_port, NULL},
	    {"--public-port", &w.public_port, NULL},
	    {"--sms-port", &w.sms_port, NULL},
	    {"--also", &w.also, NULL},
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && !demo) {
		e = err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "this makes demo centres: say --demo; a centre of one's "
		    "own is "
		    "made by `surguchctl ca ceremony`");
	}
	w.dir = args.at[0];
	return e != ERR_OK ? e : init(&w, ei);
}
