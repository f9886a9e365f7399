/* SPDX-License-Identifier: Apache-2.0 */
#include "cluster.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

static const char prefix[] = "postgresql:";

static char dir[256];
static pid_t server;
static unsigned num_databases;

bool
cluster_is_asked(void)
{
	const char *asked = getenv("SURGUCH_TEST_STORE");

	return asked != NULL && strcmp(asked, "postgresql") == 0;
}

static pid_t
start(const char *program, const char *a, const char *b, const char *c)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execlp(program, program, a, b, c, (char *)NULL);
		_exit(127);
	}
	return pid;
}

static int
wait_for(pid_t pid)
{
	int status = 0;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static const char *
script(void)
{
	static char path[512];
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	assert_non_null(root);
	(void)snprintf(
	    path, sizeof(path), "%s/tests/doubles/postgres.sh", root);
	return path;
}

static void
where_is(const char *database, char *out, size_t size)
{
	(void)snprintf(out, size, "%shost=%s port=5432 dbname=%s user=surguch",
	    prefix, dir, database);
}

static void
wait_until_it_answers(void)
{
	const struct timespec pause = {.tv_nsec = 20000000};
	char where[512];

	where_is("template1", where, sizeof(where));
	for (unsigned i = 0; i < 3000; i++) {
		if (PQping(where + strlen(prefix)) == PQPING_OK) {
			return;
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("the server in %s does not answer", dir);
}

void
cluster_again(bool wait)
{
	server = start(script(), "run", dir, NULL);
	if (wait) {
		wait_until_it_answers();
	}
}

/*
 * In memory where there is such a place: the server syncs as it would on a
 * disk, only that nobody waits.  Nothing here cuts the power.
 */
static const char *
place_of_clusters(void)
{
	const char *tmp = getenv("TMPDIR");

	if (access("/dev/shm", W_OK | X_OK) == 0) {
		return "/dev/shm";
	}
	return tmp != NULL ? tmp : "/tmp";
}

void
cluster_start(void)
{
	(void)snprintf(dir, sizeof(dir), "%.200s/surguch-postgres-XXXXXX",
	    place_of_clusters());
	assert_non_null(mkdtemp(dir));
	if (wait_for(start(script(), "init", dir, NULL)) != 0) {
		fail_msg("no cluster could be made in %s", dir);
	}
	cluster_again(true);
}

void
cluster_crash(void)
{
	if (server != 0) {
		/* No checkpoint, every session is cut off. */
		assert_int_equal(kill(server, SIGQUIT), 0);
		(void)wait_for(server);
		server = 0;
	}
}

void
cluster_stop(void)
{
	cluster_crash();
	assert_int_equal(wait_for(start("rm", "-rf", "--", dir)), 0);
}

PGconn *
cluster_connect(const char *where)
{
	PGconn *c = PQconnectdb(where + strlen(prefix));

	if (PQstatus(c) != CONNECTION_OK) {
		fail_msg("%s: %s", where, PQerrorMessage(c));
	}
	return c;
}

void
cluster_ask(const char *where, const char *sql, char *out, size_t size)
{
	PGconn *c = cluster_connect(where);
	PGresult *r = PQexec(c, sql);
	ExecStatusType status = PQresultStatus(r);

	if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
		fail_msg("%s: %s", sql, PQerrorMessage(c));
	}
	if (size > 0) {
		(void)snprintf(out, size, "%s",
		    PQntuples(r) > 0 ? PQgetvalue(r, 0, 0) : "");
	}
	PQclear(r);
	PQfinish(c);
}

void
cluster_database(char *out, size_t size)
{
	char name[32], sql[64], where[512];

	num_databases++;
	(void)snprintf(name, sizeof(name), "test%u", num_databases);
	(void)snprintf(sql, sizeof(sql), "CREATE DATABASE %s", name);
	where_is("template1", where, sizeof(where));
	cluster_ask(where, sql, NULL, 0);
	where_is(name, out, size);
}
