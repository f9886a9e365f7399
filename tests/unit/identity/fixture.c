/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "crypto/init.h"
#include "crypto/seal.h"
#include "ipc/courier_msg.h"

static int64_t
fixture_clock(void *arg)
{
	return ((struct fixture *)arg)->now_ms;
}

struct fixture *
fixture_new(void)
{
	static const uint8_t key[OTP_KEY_SIZE] = {1, 2, 3};
	struct fixture *f = calloc(1, sizeof(*f));
	struct otp_options options = {0};
	struct errinfo ei = {0};

	assert_non_null(f);
	assert_ok(crypto_init(&ei), &ei);
	snprintf(f->dir, sizeof(f->dir), "/tmp/surguch-identity.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/centre.db", f->dir);
	f->now_ms = (int64_t)TEST_NOW * 1000;
	f->clock = (struct clock){fixture_clock, fixture_clock, f};
	assert_ok(store_open(f->path, NULL, &f->store, &ei), &ei);
	assert_ok(seal_keypair(f->courier_pub, &f->courier_key, &ei), &ei);
	options.store = f->store;
	options.clock = &f->clock;
	options.key = slice_make(key, sizeof(key));
	otp_settings_default(&options.settings);
	options.settings.centre = "УЦ Сургуч";
	assert_ok(otp_new(&options, &f->otp, &ei), &ei);
	otp_set_courier(f->otp, f->courier_pub);
	return f;
}

void
fixture_free(struct fixture *f)
{
	static const char *const tails[] = {
	    "", "-wal", "-shm", ".lock", "-lock", "-journal"};
	char path[128];
	size_t i;

	otp_free(f->otp);
	store_close(f->store);
	secret_clear(&f->courier_key);
	for (i = 0; i < ARRAY_LEN(tails); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, tails[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(f->dir), 0);
	free(f);
}

int
fixture_setup(void **state)
{
	*state = fixture_new();
	return 0;
}

int
fixture_teardown(void **state)
{
	fixture_free(*state);
	return 0;
}

void
fixture_pass(struct fixture *f, int64_t sec)
{
	f->now_ms += sec * 1000;
}

/* Row i of a result of OUTBOX_DUE, as courier opens it. */
static void
open_message(struct fixture *f, const struct rows *rows, size_t i, char *out,
    size_t size)
{
	struct buf context = BUF_INIT(1024);
	struct secret text = SECRET_EMPTY;
	struct errinfo ei = {0};
	struct id id = rows_id(rows, i, 0);

	courier_seal_context(&id, COURIER_SMS, rows_text(rows, i, 3), &context);
	assert_ok(seal_open(&f->courier_key, f->courier_pub,
		      rows_blob(rows, i, 4), buf_slice(&context), &text, &ei),
	    &ei);
	assert_true(text.len < size);
	memcpy(out, text.p, text.len);
	out[text.len] = '\0';
	secret_clear(&text);
	buf_clear(&context);
}

bool
fixture_message(struct fixture *f, const char *phone, char *out, size_t size)
{
	struct rows *rows = NULL;
	struct errinfo ei = {0};
	struct unit u;
	struct id id;
	int64_t now = f->now_ms / 1000;
	bool found = false;
	size_t i;

	assert_ok(store_query(f->store, ST_OUTBOX_DUE, &rows, &ei, V_INT(now),
		      V_INT(1000), V_TEXT("sms")),
	    &ei);
	for (i = 0; i < rows_num(rows); i++) {
		if (strcmp(rows_text(rows, i, 3), phone) != 0) {
			continue;
		}
		open_message(f, rows, i, out, size);
		id = rows_id(rows, i, 0);
		found = true;
		unit_init(&u);
		unit_add(
		    &u, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&id), V_INT(now));
		unit_add(&u, ST_OUTBOX_DELIVERED, EXPECT(1), V_ID(&id), V_NULL,
		    V_INT(now));
		assert_ok(store_submit(f->store, &u, NULL, &ei), &ei);
		unit_clear(&u);
	}
	rows_free(rows);
	return found;
}

void
fixture_code(struct fixture *f, const char *phone, char out[16])
{
	char text[2048];
	const char *at;
	size_t len = 0;

	out[0] = '\0';
	if (!fixture_message(f, phone, text, sizeof(text))) {
		return;
	}
	/* The first run of digits with one space inside: "1234 5678". */
	at = strpbrk(text, "0123456789");
	if (at == NULL) {
		return; /* a notice */
	}
	for (; (*at >= '0' && *at <= '9') || *at == ' '; at++) {
		if (*at != ' ') {
			assert_true(len < 15);
			out[len++] = *at;
		}
	}
	out[len] = '\0';
}

void
fixture_wrong(const char *code, char out[16])
{
	size_t len = strlen(code);

	assert_in_range(len, 1, 15);
	memcpy(out, code, len + 1);
	out[len - 1] ^= 1; /* another digit */
}

int64_t
fixture_count(struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *st = NULL;
	int64_t n;

	assert_int_equal(
	    sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(st), SQLITE_ROW);
	n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	sqlite3_close(db);
	return n;
}
