/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One attempt behind one role's walls, and none of its work:
 *
 *	walled ROLE DIR PROBE [PATH|PID|PORT]
 *
 * ROLE: front (its database a file), front-local and front-tcp:PORT (a
 * server by its socket, by TCP), signer, locked (a signer that waits to be
 * unlocked), module (a signer with a key behind a PKCS#11 module), courier,
 * trustd and trustd-writer (the server of mirrors and its other process), or
 * none (no walls).  DIR: where it stands; what front publishes is in
 * DIR/../public, its profiles in DIR/../profiles; trustd's mirror is the first
 * of these, its administrators' directory the second, and DIR its own.  Prints
 *what came of it. SURGUCH_TEST_WALL_OFF takes a wall away.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/confine.h"
#include "probe.h"
#include "roles/walls.h"

/* A signer's with a key behind a module, as such settings name it. */
static enum err
module_walls(struct errinfo *ei)
{
	static const struct confine_path paths[] = {
	    {"../profiles", CONFINE_READ},
	    {"../public", CONFINE_READ | CONFINE_WRITE},
	};
	static const struct confine_call calls[] = {
	    CALL("sched_getparam"), {0}};

	return walls_signer(
	    &(struct walls_signer){
		.role = "module",
		.module = true,
		.paths = paths,
		.num_paths = ARRAY_LEN(paths),
		.calls = calls,
		.socket = true,
	    },
	    ei);
}

static enum err
trustd_walls(bool writer, struct errinfo *ei)
{
	static const char *const mirrors[] = {"../public"};

	return writer ? walls_trustd_writer(mirrors, 1, false, ei)
		      : walls_trustd(mirrors, 1, "../profiles", ".", false, ei);
}

static enum err
wall(void *arg, struct errinfo *ei)
{
	const char *role = arg;
	enum err err = ERR_OK;

	if (strcmp(role, "none") != 0) {
		err = confine_hide(ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (strcmp(role, "front") == 0) {
		return walls_front("../public", "../profiles", NULL, false, ei);
	}
	if (strcmp(role, "front-local") == 0) {
		return walls_front("../public", "../profiles",
		    &(struct walls_server){"/nowhere", 0}, false, ei);
	}
	if (strncmp(role, "front-tcp:", 10) == 0) {
		return walls_front("../public", "../profiles",
		    &(struct walls_server){
			"127.0.0.1", (uint16_t)strtoul(role + 10, NULL, 10)},
		    false, ei);
	}
	if (strcmp(role, "signer") == 0) {
		return walls_signer(&(struct walls_signer){.role = role}, ei);
	}
	if (strcmp(role, "locked") == 0) {
		return walls_signer(
		    &(struct walls_signer){.role = role, .unlock = true}, ei);
	}
	if (strcmp(role, "module") == 0) {
		return module_walls(ei);
	}
	if (strcmp(role, "courier") == 0) {
		return walls_courier(false, ei);
	}
	if (strncmp(role, "trustd", 6) == 0) {
		return trustd_walls(strcmp(role, "trustd-writer") == 0, ei);
	}
	return strcmp(role, "none") == 0
		   ? ERR_OK
		   : err_set(ei, ERR_FORMAT, "walled.role", NULL, "no role");
}

int
main(int argc, char **argv)
{
	const char *what = argc > 4 ? argv[4] : "";
	struct probe_at at = {.path = what};
	char got[PROBE_TEXT];
	const struct probe *p;

	if (argc < 4 || chdir(argv[2]) != 0 ||
	    (p = probe_find(argv[3])) == NULL) {
		(void)fputs("usage: walled ROLE DIR PROBE [WHAT]\n", stderr);
		return 2;
	}
	at.pid = (pid_t)strtol(what, NULL, 10);
	at.port = (int)at.pid;
	probe_run(p, &at, wall, argv[1], got);
	(void)puts(got);
	return 0;
}
