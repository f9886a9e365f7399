/* SPDX-License-Identifier: Apache-2.0 */
#include "util.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster.h"
#include "crypto/init.h"

enum {
	OBJECT_SIZE = 16
};

int
store_test_start(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (cluster_is_asked()) {
		cluster_start();
	}
	return 0;
}

int
store_test_end(void **state)
{
	(void)state;
	if (cluster_is_asked()) {
		cluster_stop();
	}
	return 0;
}

void
place_new(struct place *p)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(p->dir, sizeof(p->dir), "%s/surguch-store-XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	assert_true(snprintf(p->path, sizeof(p->path), "%.400s/centre.db",
			p->dir) < PATH_SIZE);
	if (cluster_is_asked()) {
		cluster_database(p->path, sizeof(p->path));
	}
}

void
place_free(struct place *p)
{
	char name[PATH_SIZE * 2];
	struct dirent *e;
	DIR *d;

	d = opendir(p->dir);
	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		(void)snprintf(name, sizeof(name), "%s/%s", p->dir, e->d_name);
		(void)unlink(name);
	}
	assert_int_equal(closedir(d), 0);
	assert_int_equal(rmdir(p->dir), 0);
}

static void
put_number(uint8_t *out, size_t len, unsigned n)
{
	memset(out, 0, len);
	for (size_t i = len; i > 0 && n > 0; i--, n >>= 8) {
		out[i - 1] = (uint8_t)n;
	}
}

struct id
nth_id(unsigned n)
{
	struct id id;

	put_number(id.b, sizeof(id.b), n);
	return id;
}

struct slice
nth_serial(unsigned n, uint8_t out[19])
{
	put_number(out, 19, n);
	out[0] = 0x5a;
	return slice_make(out, 19);
}

struct slice
nth_digest(unsigned n, uint8_t out[32])
{
	put_number(out, 32, n);
	return slice_make(out, 32);
}

void
add_certificate(struct unit *u, unsigned n)
{
	struct id id = nth_id(n);
	uint8_t serial[19], digest[32];
	char object[OBJECT_SIZE];

	unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id), V_TEXT("test"),
	    V_BLOB(nth_serial(n, serial)), V_BLOB(nth_digest(n, digest)),
	    V_BLOB(SLICE_LIT("subject")), V_BLOB(nth_digest(n, digest)),
	    V_BLOB(SLICE_LIT("certificate")), V_INT(1000), V_INT(2000 + n),
	    V_TEXT("tls-client"), V_NULL, V_INT(n), V_INT(1000), V_NULL);
	(void)snprintf(object, sizeof(object), "crt_%u", n);
	unit_audit(u, &(struct audit_event){.at = 1000 + (int64_t)n,
			  .actor = "system",
			  .action = "certificate.issue",
			  .object = object});
}

enum err
put_certificate(
    struct store *s, unsigned n, struct audit_position *out, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	add_certificate(&u, n);
	err = store_submit(s, &u, out, ei);
	unit_clear(&u);
	return err;
}

bool
has_certificate(struct store *s, unsigned n)
{
	struct errinfo ei = {0};
	struct id id = nth_id(n);
	struct rows *rows = NULL;
	bool has;

	assert_ok(
	    store_query(s, ST_CERTIFICATE_GET, &rows, &ei, V_ID(&id)), &ei);
	has = rows_num(rows) == 1;
	rows_free(rows);
	return has;
}

size_t
num_events(struct store *s, unsigned n)
{
	struct errinfo ei = {0};
	struct id zero = {{0}};
	char object[OBJECT_SIZE];
	struct rows *rows = NULL;
	size_t num;

	(void)snprintf(object, sizeof(object), "crt_%u", n);
	assert_ok(
	    store_query(s, ST_AUDIT_PAGE_OBJECT, &rows, &ei, V_TEXT(object),
		V_INT(INT64_MAX), V_ID(&zero), V_INT(0), V_INT(100)),
	    &ei);
	num = rows_num(rows);
	rows_free(rows);
	return num;
}

void
assert_audit_whole(struct store *s, uint64_t num_records)
{
	struct audit_position position;
	struct audit_report report;
	struct errinfo ei = {0};

	store_audit_position(s, &position);
	assert_ok(audit_verify(s, &position, 1, &report, &ei), &ei);
	for (size_t i = 0; i < report.num_faults && i < AUDIT_FAULTS_MAX; i++) {
		print_error("audit fault: %s at %llu\n",
		    audit_fault_name(report.faults[i].kind),
		    (unsigned long long)report.faults[i].number);
	}
	assert_int_equal(report.num_faults, 0);
	assert_int_equal(report.num_records, num_records);
	assert_int_equal(position.number, num_records);
}

void
run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	char *why = NULL;

	if (strncmp(path, "postgresql:", 11) == 0) {
		cluster_ask(path, sql, NULL, 0);
		return;
	}
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	(void)sqlite3_busy_timeout(db, 10000);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK) {
		fail_msg("%s: %s", sql, why);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}
