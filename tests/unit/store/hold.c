/* SPDX-License-Identifier: Apache-2.0 */
#include "hold.h"

#include <stdlib.h>
#include <time.h>

#include "cluster.h"
#include "fault_vfs.h"

static PGconn *holder;

static void
run(const char *sql)
{
	PGresult *r = PQexec(holder, sql);

	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fail_msg("%s: %s", sql, PQerrorMessage(holder));
	}
	PQclear(r);
}

void
hold_begin(const struct place *p)
{
	if (!cluster_is_asked()) {
		fault_hold_sync();
		return;
	}
	assert_null(holder);
	holder = cluster_connect(p->path);
	run("BEGIN");
	run("LOCK TABLE surguch_schema IN SHARE MODE");
}

static bool
somebody_waits(void)
{
	PGresult *r =
	    PQexec(holder, "SELECT 1 FROM pg_locks WHERE NOT granted");
	bool waits = PQntuples(r) > 0;

	PQclear(r);
	return waits;
}

void
hold_wait(void)
{
	const struct timespec pause = {.tv_nsec = 5000000};

	if (!cluster_is_asked()) {
		fault_wait_held();
		return;
	}
	for (unsigned i = 0; i < 4000; i++) {
		if (somebody_waits()) {
			return;
		}
		(void)nanosleep(&pause, NULL);
	}
	fail_msg("nobody commits");
}

void
hold_end(void)
{
	if (!cluster_is_asked()) {
		fault_release();
		return;
	}
	PQfinish(holder);
	holder = NULL;
}

unsigned
hold_num_commits(const struct place *p)
{
	char text[32];

	if (!cluster_is_asked()) {
		return fault_num_syncs();
	}
	cluster_ask(p->path, "SELECT group_number FROM surguch_schema", text,
	    sizeof(text));
	return (unsigned)strtoul(text, NULL, 10);
}
