/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revoked certificates for `./bench crl`, put into the database of a centre
 * that is down:
 *
 *	make_revoked DATABASE CA NUMBER INDEX_FILE
 *
 * Serials that no signer has issued (crl_unknown_max has to allow so many).
 * INDEX_FILE becomes the same for `openssl ca -gencrl`.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/init.h"
#include "der/write.h"
#include "os/random.h"
#include "os/systime.h"
#include "store/store.h"
#include "x509/crl.h"

enum {
	SERIAL = 19,
	UNIT = 16, /* certificates; each is two statements */
	THREADS = 32,
	LIFE_DAYS = 300,
	LINE_MAX_BYTES = 256,
};

static void
die(const char *what, const struct errinfo *ei)
{
	(void)fprintf(stderr, "%s: %s %s\n", what, ei->rule, ei->text);
	exit(1);
}

/* Threads, so that the store commits many together. */
static struct {
	struct store *store;
	const char *ca;
	FILE *index;
	int64_t now;
	pthread_mutex_t lock; /* left, and whole lines of index */
	uint64_t left;
	uint64_t step; /* between the fronts of serials */
} work = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct made {
	struct id id;
	uint8_t sha256[32];
	uint8_t serial[SERIAL];
	struct buf entry;
};

/* Evenly spread and rising, so that a million rows take a minute to insert and
 * not a quarter of an hour; all but the front is random. */
static void
set_front(uint8_t *p, uint64_t n)
{
	uint64_t front = UINT64_C(0x4000000000000000) + n * work.step;

	for (size_t i = 0; i < sizeof(front); i++) {
		p[i] = (uint8_t)(front >> (56 - 8 * i));
	}
}

static void
make_one(struct made *m, uint64_t n, int64_t now)
{
	struct errinfo ei;

	if (random_bytes(m->id.b, sizeof(m->id.b), &ei) != ERR_OK ||
	    random_bytes(m->sha256, sizeof(m->sha256), &ei) != ERR_OK ||
	    random_bytes(m->serial, SERIAL, &ei) != ERR_OK) {
		die("random", &ei);
	}
	set_front(m->id.b, n);
	set_front(m->sha256, n);
	set_front(m->serial, n);
	buf_reset(&m->entry);
	crl_entry_put(&m->entry, slice_make(m->serial, SERIAL), now,
	    CRL_REASON_SUPERSEDED);
}

static void
add(struct unit *u, const char *ca, const struct made *m, int64_t now)
{
	struct slice serial = slice_make(m->serial, SERIAL);
	struct slice sha256 = slice_make(m->sha256, sizeof(m->sha256));
	int64_t end = now + (int64_t)LIFE_DAYS * DAY_SEC;

	unit_add(u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&m->id), V_TEXT(ca),
	    V_BLOB(serial), V_BLOB(sha256), V_BLOB(SLICE_LIT("\x30\0")),
	    V_BLOB(sha256), V_BLOB(SLICE_LIT("\x30\0")), V_INT(now), V_INT(end),
	    V_TEXT("bench"), V_NULL, V_NULL, V_INT(now), V_NULL);
	unit_add(u, ST_REVOCATION_INSERT, EXPECT(1), V_ID(&m->id), V_TEXT(ca),
	    V_BLOB(serial), V_INT(end), V_INT(CRL_REASON_SUPERSEDED),
	    V_INT(now), V_NULL, V_TEXT("bench"), V_NULL,
	    V_BLOB(buf_slice(&m->entry)));
}

/* YYMMDDHHMMSSZ: the content of a UTCTime. */
static void
put_time(FILE *f, int64_t sec)
{
	struct buf b = BUF_INIT(LINE_MAX_BYTES);

	der_put_time(&b, DER_UTC_TIME, sec);
	(void)fwrite(b.p + 2, 1, b.len - 2, f);
	buf_clear(&b);
}

static void
put_index(FILE *f, const struct made *m, int64_t now)
{
	struct buf hex = BUF_INIT(LINE_MAX_BYTES);

	text_hex(&hex, slice_make(m->serial, SERIAL));
	for (size_t i = 0; i < hex.len; i++) {
		if (hex.p[i] >= 'a') {
			hex.p[i] = (uint8_t)(hex.p[i] - 'a' + 'A');
		}
	}
	(void)fputs("R\t", f);
	put_time(f, now + (int64_t)LIFE_DAYS * DAY_SEC);
	(void)fputc('\t', f);
	put_time(f, now);
	(void)fprintf(f, ",superseded\t%s\tunknown\t/CN=%s\n", buf_cstr(&hex),
	    buf_cstr(&hex));
	buf_clear(&hex);
}

static uint64_t
take_work(uint64_t *first)
{
	uint64_t num;

	(void)pthread_mutex_lock(&work.lock);
	num = work.left < UNIT ? work.left : UNIT;
	work.left -= num;
	*first = work.left;
	(void)pthread_mutex_unlock(&work.lock);
	return num;
}

static void *
make_all(void *arg)
{
	struct made made = {.entry = BUF_INIT(LINE_MAX_BYTES)};
	struct errinfo ei = {0};
	struct unit u;
	uint64_t num, first;

	(void)arg;
	while ((num = take_work(&first)) > 0) {
		unit_init(&u);
		for (uint64_t i = 0; i < num; i++) {
			make_one(&made, first + i, work.now);
			add(&u, work.ca, &made, work.now);
			(void)pthread_mutex_lock(&work.lock);
			put_index(work.index, &made, work.now);
			(void)pthread_mutex_unlock(&work.lock);
		}
		if (store_submit(work.store, &u, NULL, &ei) != ERR_OK) {
			die("store", &ei);
		}
		unit_clear(&u);
	}
	buf_clear(&made.entry);
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct store_options options = {.must_exist = true};
	struct clock clock = system_clock();
	pthread_t threads[THREADS];
	struct errinfo ei = {0};

	if (argc != 5 || !text_to_u64(slice_str(argv[3]), &work.left)) {
		(void)fprintf(stderr,
		    "usage: make_revoked DATABASE CA NUMBER INDEX_FILE\n");
		return 2;
	}
	work.step = UINT64_C(0x4000000000000000) / (work.left + 1);
	work.ca = argv[2];
	work.now = clock_utc_sec(&clock) - 60;
	work.index = fopen(argv[4], "we");
	if (work.index == NULL || crypto_init(&ei) != ERR_OK ||
	    store_open(argv[1], &options, &work.store, &ei) != ERR_OK) {
		die("open", &ei);
	}
	for (size_t i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, make_all, NULL) != 0) {
			return 1;
		}
	}
	for (size_t i = 0; i < THREADS; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	store_close(work.store);
	return fclose(work.index) == 0 ? 0 : 1;
}
