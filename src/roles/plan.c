/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc/fds.h"
#include "os/memfd.h"
#include "os/socket.h"

/* --- uids --------------------------------------------------------------- */

struct uids {
	uid_t at[PLAN_ROLES_MAX];
	size_t num;
};

static enum err
add_uid(struct uids *u, const char *role, const char *user, struct errinfo *ei)
{
	uid_t uid = 0;
	gid_t gid;
	enum err err = ERR_OK;

	if (user[0] != '\0') {
		err = process_user(user, &uid, &gid, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (uid == 0) {
		return err_object(ei,
		    err_set(ei, ERR_POLICY, "plan.root", NULL,
			"%s would run as root: give it a user.", role),
		    role);
	}
	for (size_t i = 0; i < u->num; i++) {
		if (u->at[i] == uid) {
			return err_object(ei,
			    err_set(ei, ERR_POLICY, "plan.shared_uid", NULL,
				"%s shares uid %lu with another role, so the "
				"kernel would not keep them apart.  Give it "
				"its own, or set insecure_shared_uid.",
				role, (unsigned long)uid),
			    role);
		}
	}
	u->at[u->num++] = uid;
	return ERR_OK;
}

enum err
plan_check_uids(const struct settings *s, struct errinfo *ei)
{
	struct uids u = {.num = 0};
	enum err err;

	if (geteuid() != 0 || s->insecure_shared_uid) {
		return ERR_OK;
	}
	err = add_uid(&u, "front", s->front_user, ei);
	if (err == ERR_OK) {
		err = add_uid(&u, "courier", s->courier_user, ei);
	}
	for (size_t i = 0; i < s->num_signers && err == ERR_OK; i++) {
		const struct settings_signer *one = &s->signers[i];

		err = add_uid(&u, one->name, one->user, ei);
		if (err == ERR_OK && one->ocsp[0] != '\0') {
			err = add_uid(&u, one->ocsp, one->ocsp_user, ei);
		}
	}
	if (err == ERR_OK && s->page_orders.name[0] != '\0') {
		err = add_uid(&u, s->page_orders.name, s->page_orders.user, ei);
	}
	return err;
}

/* --- pieces ------------------------------------------------------------- */

static void
arg(struct plan_role *r, const char *text)
{
	ensure(r->num_args + 1 < PLAN_ARGS_MAX);
	r->argv[r->num_args++] = text;
}

static void
give(struct plan_role *r, int fd, int as)
{
	ensure(r->num_fds < PLAN_FDS_MAX);
	r->fds[r->num_fds++] = (struct spawn_fd){fd, as};
}

static void
keep(struct plan *p, int fd)
{
	ensure(p->num_own < ARRAY_LEN(p->own));
	p->own[p->num_own++] = fd;
}

/* -u USER, or nothing when the role stays who we are. */
static void
arg_user(struct plan_role *r, const char *user)
{
	if (geteuid() == 0 && user[0] != '\0') {
		arg(r, "-u");
		arg(r, user);
	}
}

/* Descriptors that a test gives us, for every role. */
static void
give_seams(struct plan_role *r)
{
#ifdef SURGUCH_TEST_SEAMS
	const char *clock = getenv("SURGUCH_CLOCK_FD");
	const char *seams = getenv("SURGUCH_SEAM_FD");

	if (clock != NULL) {
		give(r, (int)strtol(clock, NULL, 10), ROLE_FD_CLOCK);
	}
	if (seams != NULL) {
		give(r, (int)strtol(seams, NULL, 10), ROLE_FD_SEAM);
	}
#else
	(void)r;
#endif
}

static void
env(struct plan *p, const char *name, const char *value)
{
	char *text;

	ensure(p->num_env < PLAN_ENV_MAX);
	text = p->env_text[p->num_env];
	(void)snprintf(text, PATH_TEXT_SIZE, "%s=%s", name, value);
	p->env[p->num_env++] = text;
}

/* Nothing of ours but what the programs need; a test's switches. */
static void
make_env(struct plan *p)
{
	env(p, "PATH", "/usr/bin:/bin");
	env(p, "TZ", "UTC");
	if (getenv("JOURNAL_STREAM") != NULL) {
		env(p, "JOURNAL_STREAM", getenv("JOURNAL_STREAM"));
	}
#ifdef SURGUCH_TEST_SEAMS
	static const char *const passed[] = {"SURGUCH_TEST_WALL_OFF",
	    "SURGUCH_TEST_SYNC_OFF", "SURGUCH_TEST_SYNCED", "LD_PRELOAD",
	    "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS"};

	for (size_t i = 0; i < ARRAY_LEN(passed); i++) {
		if (getenv(passed[i]) != NULL) {
			env(p, passed[i], getenv(passed[i]));
		}
	}
	if (getenv("SURGUCH_CLOCK_FD") != NULL) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", (int)ROLE_FD_CLOCK);
		env(p, "SURGUCH_CLOCK_FD", text);
	}
	if (getenv("SURGUCH_SEAM_FD") != NULL) {
		char text[16];

		(void)snprintf(text, sizeof(text), "%d", (int)ROLE_FD_SEAM);
		env(p, "SURGUCH_SEAM_FD", text);
	}
#endif
}

/* A new role with its program and a name for the log. */
static enum err
add_role(struct plan *p, const char *libexec, const char *kind,
    const char *instance, struct plan_role **out, struct errinfo *ei)
{
	struct plan_role *r = &p->roles[p->num_roles];
	char file[64];
	enum err err;

	(void)snprintf(r->name, sizeof(r->name), "%s%s%s", kind,
	    instance == NULL ? "" : "-", instance == NULL ? "" : instance);
	(void)snprintf(file, sizeof(file), "surguch-%s", kind);
	err = path_join(r->program, libexec, file, ei);
	if (err != ERR_OK) {
		return err;
	}
	p->num_roles++;
	arg(r, r->program);
	give_seams(r);
	*out = r;
	return ERR_OK;
}

/* A channel between front, who finds it at `front_fd`, and a role. */
static enum err
connect_front(
    struct plan *p, struct plan_role *role, int front_fd, struct errinfo *ei)
{
	int pair[2];
	enum err err = socket_pair(pair, ei);

	if (err != ERR_OK) {
		return err;
	}
	keep(p, pair[0]);
	keep(p, pair[1]);
	give(&p->roles[0], pair[0], front_fd);
	give(role, pair[1], ROLE_FD_CHANNEL);
	return ERR_OK;
}

/* --- the roles ---------------------------------------------------------- */

/* What to do about a port that cannot be had. */
static const char *
way_out(int sys)
{
	switch (sys) {
	case EADDRINUSE:
		return "End what has it (`ss -lntp` tells), or set another "
		       "port here";
	case EADDRNOTAVAIL:
		return "Set an address of this machine here";
	case EACCES:
		return "Ports below 1024 are root's: start surguchd as root, "
		       "or set another port here";
	default:
		return "It was to be had here";
	}
}

/* setting: the group that says where; CAs name the public port too. */
static enum err
listen_at(const struct settings_listen *at, const char *setting, int *out_fd,
    struct errinfo *ei)
{
	struct errinfo why;
	enum err err =
	    socket_listen_tcp(at->address, at->port, out_fd, NULL, &why);

	if (err == ERR_SYS) {
		err = err_set(ei, ERR_SYS, why.rule, NULL,
		    "%s on %s.  %s: %s in surguch.conf%s", why.text,
		    at->address, way_out(why.sys), setting,
		    strcmp(setting, "public") == 0
			? ", and in the addresses of the CAs."
			: ".");
		return err_object(ei, err, setting);
	}
	return err;
}

static enum err
add_front(struct plan *p, const struct settings *s, struct errinfo *ei)
{
	struct plan_role *r = NULL;
	int api = -1, public = -1, control = -1, metrics = -1;
	enum err err = add_role(p, s->libexec, "front", NULL, &r, ei);

	if (err == ERR_OK) {
		err = listen_at(&s->api, "api", &api, ei);
	}
	if (err == ERR_OK) {
		keep(p, api);
		err = listen_at(&s->public, "public", &public, ei);
	}
	if (err == ERR_OK) {
		keep(p, public);
		/* Whoever has a role may connect; front looks who it is. */
		err = socket_listen_control(s->control_path,
		    s->num_control > 0 ? 0666 : 0600, &control, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	keep(p, control);
	if (s->metrics.port != 0) {
		err = listen_at(&s->metrics, "metrics", &metrics, ei);
		if (err != ERR_OK) {
			return err;
		}
		keep(p, metrics);
	}
	(void)snprintf(r->conf, sizeof(r->conf), "/proc/self/fd/%d",
	    (int)ROLE_FD_SETTINGS);
	r->front = true;
	arg(r, "-c");
	arg(r, r->conf);
	arg_user(r, s->front_user);
	give(r, api, ROLE_FD_API);
	give(r, public, ROLE_FD_PUBLIC);
	give(r, control, ROLE_FD_CONTROL);
	if (metrics >= 0) {
		give(r, metrics, ROLE_FD_METRICS);
	}
	give(r, p->settings, ROLE_FD_SETTINGS);
	return ERR_OK;
}

static enum err
add_courier(struct plan *p, const struct settings *s, struct errinfo *ei)
{
	struct plan_role *r = NULL;
	enum err err = add_role(p, s->libexec, "courier", NULL, &r, ei);

	if (err == ERR_OK) {
		err = path_join(r->conf, s->etc_dir, "courier.conf", ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	arg(r, "-c");
	arg(r, r->conf);
	arg(r, "-d");
	arg(r, s->courier_dir);
	arg_user(r, s->courier_user);
	if (s->insecure_no_landlock) {
		arg(r, "-L");
	}
	return connect_front(p, r, ROLE_FD_COURIER, ei);
}

/* Where the key is unlocked. */
static enum err
give_unlock(struct plan *p, const struct settings *s, struct plan_role *r,
    const char *name, struct errinfo *ei)
{
	char file[HELLO_NAME_SIZE + 16];
	int fd = -1;
	enum err err;

	(void)snprintf(file, sizeof(file), "signer-%s.sock", name);
	err = path_join(r->control, s->run_dir, file, ei);
	if (err == ERR_OK) {
		err = socket_listen_control(r->control, 0600, &fd, ei);
	}
	if (err == ERR_OK) {
		keep(p, fd);
		give(r, fd, ROLE_FD_UNLOCK);
	}
	return err;
}

/* What systemd keeps under the signer's name: only the parent can open it. */
static enum err
give_secret(
    struct plan *p, struct plan_role *r, const char *name, struct errinfo *ei)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");
	char path[PATH_TEXT_SIZE];
	enum err err;
	int fd;

	if (dir == NULL) {
		return ERR_OK;
	}
	err = path_join(path, dir, name, ei);
	if (err != ERR_OK || !file_exists(path)) {
		return err;
	}
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return err_object(ei,
		    err_sys(ei, "plan.credential",
			"The credential cannot be opened"),
		    path);
	}
	keep(p, fd);
	give(r, fd, ROLE_FD_SECRET);
	return ERR_OK;
}

/* One key's process: what it runs, whose, and who asks it. */
struct keeper {
	const char *role; /* "signer", "ocsp", "centre" */
	const char *name;
	const char *user;
	int channel;
};

static enum err
add_signer(struct plan *p, const struct settings *s, const struct keeper *k,
    struct errinfo *ei)
{
	char dir[HELLO_NAME_SIZE + 16], conf[HELLO_NAME_SIZE + 16];
	struct plan_role *r = NULL;
	enum err err = add_role(p, s->libexec, k->role, k->name, &r, ei);

	(void)snprintf(dir, sizeof(dir), "signer-%s", k->name);
	(void)snprintf(conf, sizeof(conf), "ca/%s.conf", k->name);
	if (err == ERR_OK) {
		err = path_join(r->dir, s->state_dir, dir, ei);
	}
	if (err == ERR_OK) {
		err = path_join(r->conf, s->etc_dir, conf, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	arg(r, "-n");
	arg(r, k->name);
	arg(r, "-d");
	arg(r, r->dir);
	arg(r, "-c");
	arg(r, r->conf);
	arg(r, "-p");
	arg(r, s->profile_dir);
	if (strcmp(k->role, "signer") == 0) {
		arg(r, "-a");
		give(r, p->settings, ROLE_FD_SETTINGS);
	}
	arg_user(r, k->user);
	if (s->insecure_no_landlock) {
		arg(r, "-L");
	}
	err = give_unlock(p, s, r, k->name, ei);
	if (err == ERR_OK) {
		err = give_secret(p, r, k->name, ei);
	}
	return err == ERR_OK ? connect_front(p, r, k->channel, ei) : err;
}

/* The signers of CA i. */
static enum err
add_authority(
    struct plan *p, const struct settings *s, size_t i, struct errinfo *ei)
{
	const struct settings_signer *one = &s->signers[i];
	enum err err = add_signer(p, s,
	    &(struct keeper){
		"signer", one->name, one->user, settings_channel(s, i, false)},
	    ei);

	if (err == ERR_OK && one->ocsp[0] != '\0') {
		err = add_signer(p, s,
		    &(struct keeper){"ocsp", one->ocsp, one->ocsp_user,
			settings_channel(s, i, true)},
		    ei);
	}
	return err;
}

static enum err
fill(struct plan *p, const struct settings *s, struct slice conf,
    struct errinfo *ei)
{
	enum err err = memfd_of("surguch.conf", conf, &p->settings, ei);

	if (err != ERR_OK) {
		return err;
	}
	keep(p, p->settings);
	make_env(p);
	/* First: the channels are given to it as they are made. */
	err = add_front(p, s, ei);
	if (err == ERR_OK) {
		err = add_courier(p, s, ei);
	}
	for (size_t i = 0; i < s->num_signers && err == ERR_OK; i++) {
		err = add_authority(p, s, i, ei);
	}
	if (err == ERR_OK && s->page_orders.name[0] != '\0') {
		err = add_signer(p, s,
		    &(struct keeper){"centre", s->page_orders.name,
			s->page_orders.user, settings_channel_page_orders(s)},
		    ei);
	}
	return err;
}

enum err
plan_make(const struct settings *s, struct slice conf, struct plan **out,
    struct errinfo *ei)
{
	struct plan *p = calloc(1, sizeof(*p));
	enum err err;

	if (p == NULL) {
		return err_nomem(ei);
	}
	err = plan_check_uids(s, ei);
	if (err == ERR_OK) {
		err = fill(p, s, conf, ei);
	}
	if (err != ERR_OK) {
		plan_free(p);
		return err;
	}
	*out = p;
	return ERR_OK;
}

void
plan_free(struct plan *p)
{
	if (p == NULL) {
		return;
	}
	for (size_t i = 0; i < p->num_own; i++) {
		fd_close(p->own[i]);
	}
	for (size_t i = 0; i < p->num_roles; i++) {
		if (p->roles[i].control[0] != '\0') {
			(void)unlink(p->roles[i].control);
		}
	}
	free(p);
}
