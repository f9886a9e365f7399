/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What front could reach beside its channels: files, other processes, the
 * network.  Each attempt twice, in two groups: behind all of front's walls,
 * and by a process that has front's uid and nothing else.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"
#include "rogue.h"
#include "roles/walls.h"

static enum err
wall(void *arg, struct errinfo *ei)
{
	const struct settings *s = arg;

	return walls_front(
	    s->public_dir, s->profile_dir, NULL, s->insecure_no_landlock, ei);
}

struct reach {
	struct rogue *r;
	bool bare;
};

static void
try(const struct reach *to, const char *probe, const char *label,
    const char *on, const struct probe_at *at)
{
	char name[96], got[PROBE_TEXT];

	(void)snprintf(name, sizeof(name), "%s %s", probe, label);
	probe_run(probe_find(probe), at, to->bare ? NULL : wall,
	    (void *)(uintptr_t)to->r->settings, got);
	report(to->r, name, on, got, "");
}

static void
try_file(const struct reach *to, const char *probe, const char *on,
    const char *dir, const char *file)
{
	struct probe_at at = {0};
	char path[PATH_TEXT_SIZE];

	ensure(path_join(path, dir, file, NULL) == ERR_OK);
	at.path = path;
	try(to, probe, file, on, &at);
}

static void
try_state(const struct reach *to, const struct channel *c)
{
	char dir[PATH_TEXT_SIZE], name[80];

	(void)snprintf(name, sizeof(name), "signer-%s", c->name);
	ensure(
	    path_join(dir, to->r->settings->state_dir, name, NULL) == ERR_OK);
	try_file(to, "read", c->name, dir, "key.p8");
	try_file(to, "read", c->name, dir, "key.pass");
	try_file(to, "read", c->name, dir, "journal");
	try_file(to, "write", c->name, dir, "journal");
	try_file(to, "remove", c->name, dir, "journal");
	try_file(to, "replace", c->name, dir, "ca.der");
}

static void
try_process(const struct reach *to, const char *on, pid_t pid)
{
	static const char *const files[] = {
	    "mem", "environ", "fd", "maps", "cwd/key.pass"};
	struct probe_at at = {.pid = pid};
	char dir[64];

	(void)snprintf(dir, sizeof(dir), "/proc/%ld", (long)pid);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		try_file(to, strcmp(files[i], "fd") == 0 ? "list" : "read", on,
		    dir, files[i]);
	}
	try(to, "ptrace", "it", on, &at);
	try(to, "vm-read", "it", on, &at);
	try(to, "signal", "it", on, &at);
}

static void
try_settings(const struct reach *to)
{
	const struct settings *s = to->r->settings;

	try_file(to, "write", "profiles", s->profile_dir, "tls-client.conf");
	try_file(to, "replace", "profiles", s->profile_dir, "tls-client.conf");
	try_file(to, "create", "profiles", s->profile_dir, "mine.conf");
	try_file(to, "write", "settings", s->etc_dir, "ca/issuing-p256.conf");
	try_file(to, "replace", "settings", s->etc_dir, "ca/issuing-p256.conf");
	try_file(to, "write", "settings", s->etc_dir, "surguch.conf");
}

static void
try_outwards(const struct reach *to)
{
	static const char *const probes[] = {"socket", "local-socket", "exec",
	    "fork", "root", "dumpable", "code"};
	struct probe_at at = {0};

	for (size_t i = 0; i < ARRAY_LEN(probes); i++) {
		try(to, probes[i], "itself", "front", &at);
	}
	/* Files that everybody may read, and a place where everybody may
	 * write: of all walls only Landlock stands before them. */
	try_file(to, "read", "front", "/etc", "passwd");
	try_file(to, "list", "front", "/", "proc");
	try_file(to, "create", "front", "/tmp", "surguch-rogue");
	/* And what it must be able to do, or nothing above means anything. */
	try_file(to, "create", "front", ".", "own");
}

static void
reach(struct rogue *r, bool bare)
{
	const struct reach to = {r, bare};

	for (size_t i = 0; i < r->num_channels; i++) {
		const struct channel *c = &r->channels[i];

		if (strcmp(c->name, "courier") != 0) {
			try_state(&to, c);
		}
		try_process(&to, c->name, c->pid);
	}
	try_file(&to, "read", "courier", r->settings->courier_dir, "seal.key");
	try_process(&to, "parent", getppid());
	try_settings(&to);
	try_outwards(&to);
}

void
try_reach(struct rogue *r)
{
	reach(r, false);
}

void
try_reach_bare(struct rogue *r)
{
	reach(r, true);
}
