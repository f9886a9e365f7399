/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Committed units a second, and the processor's time for each:
 *
 *	bench_store DIRECTORY [SECONDS]
 *	bench_store postgresql:CONNINFO [SECONDS]	an empty database
 *
 * A unit is one certificate of 1.5 KiB; "audited" adds its audit record.  One
 * thread commits one unit at a time; 32 threads are grouped by the writer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cpu.h"

#include "base/attr.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "os/file.h"
#include "store/store.h"

enum {
	CERT_SIZE = 1536,
	THREADS_MAX = 32,
	SECONDS = 3,
};

struct run {
	struct store *store;
	bool audited;
	int64_t until_ms;
	atomic_uint next;
	atomic_uint num_failed;
};

static void
die(const char *what, const struct errinfo *ei)
{
	(void)fprintf(stderr, "%s: %s: %s\n", what, ei->rule, ei->text);
	exit(1);
}

static int64_t
now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Ids grow with time; serials, digests and keys are spread as in life. */
static void
add_unit(struct unit *u, unsigned n, bool audited)
{
	static const uint8_t der[CERT_SIZE];
	uint8_t spread[HASH_SIZE_MAX];
	char object[ID_TEXT_SIZE];
	struct id id = {{0}};

	for (int i = 0; i < 4; i++) {
		id.b[i + 2] = (uint8_t)(n >> (24 - 8 * i));
	}
	if (hash_of(HASH_SHA256, id_slice(&id), spread, NULL) != ERR_OK) {
		abort();
	}
	unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id),
	    V_TEXT("bench"), V_BLOB(slice_make(spread, 19)),
	    V_BLOB(slice_make(spread, 32)), V_BLOB(slice_make(der, 100)),
	    V_BLOB(slice_make(spread, 32)),
	    V_BLOB(slice_make(der, sizeof(der))), V_INT(n), V_INT(n + 1000),
	    V_TEXT("tls-client"), V_NULL, V_INT(n), V_INT(n), V_NULL);
	if (audited) {
		id_text(&id, "crt", object);
		unit_audit(
		    u, &(struct audit_event){.at = n,
			   .actor = "operator op_00000000000000000000000000",
			   .action = "certificate.issue",
			   .object = object});
	}
}

static void *
submit_until(void *arg)
{
	struct run *r = arg;
	struct errinfo ei;
	struct unit u;

	unit_init(&u);
	while (now_ms() < r->until_ms) {
		add_unit(&u, atomic_fetch_add(&r->next, 1) + 1, r->audited);
		if (store_submit(r->store, &u, NULL, &ei) != ERR_OK) {
			atomic_fetch_add(&r->num_failed, 1);
		}
		unit_clear(&u);
	}
	return NULL;
}

static void
measure(const char *dir, unsigned num_threads, bool audited, int64_t ms)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	pthread_t threads[THREADS_MAX];
	struct run r = {.audited = audited};
	struct errinfo ei = {0};
	static unsigned next;
	char path[1000], name[1024];
	double cpu, sec;
	int64_t start;
	unsigned num;

	(void)snprintf(path, sizeof(path), "%s%s", dir,
	    strncmp(dir, "postgresql:", 11) == 0 ? "" : "/bench-store.db");
	atomic_store(&r.next, next);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
	if (store_open(path, NULL, &r.store, &ei) != ERR_OK) {
		die(path, &ei);
	}
	start = now_ms();
	cpu = own_cpu();
	r.until_ms = start + ms;
	for (unsigned i = 0; i < num_threads; i++) {
		if (pthread_create(&threads[i], NULL, submit_until, &r) != 0) {
			abort();
		}
	}
	for (unsigned i = 0; i < num_threads; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	sec = (double)(now_ms() - start) / 1000;
	cpu = own_cpu() - cpu;
	num = atomic_load(&r.next) - next - atomic_load(&r.num_failed);
	next = atomic_load(&r.next);
	(void)printf("%2u thread%s %-8s %9.0f units/s %7.1f us CPU each%s\n",
	    num_threads, num_threads == 1 ? " " : "s",
	    audited ? "audited" : "plain", num / sec, cpu * 1e6 / num,
	    atomic_load(&r.num_failed) > 0 ? "  SOME FAILED" : "");
	store_close(r.store);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		(void)snprintf(name, sizeof(name), "%s%s", path, ends[i]);
		(void)unlink(name);
	}
}

int
main(int argc, char **argv)
{
	uint64_t sec = SECONDS;
	struct errinfo ei = {0};

	if (argc < 2 || argc > 3 ||
	    (argc == 3 && !text_to_u64(slice_str(argv[2]), &sec)) || sec < 1 ||
	    sec > 600) {
		(void)fprintf(
		    stderr, "usage: bench_store directory [seconds]\n");
		return 2;
	}
	if (crypto_init(&ei) != ERR_OK) {
		die("crypto", &ei);
	}
	for (int audited = 0; audited < 2; audited++) {
		measure(argv[1], 1, audited != 0, (int64_t)sec * 1000);
		measure(
		    argv[1], THREADS_MAX, audited != 0, (int64_t)sec * 1000);
	}
	return 0;
}
