/* SPDX-License-Identifier: Apache-2.0 */
/* What the statements of ca, courier and meta promise, table by table. */
#include "unit.h"

#include <string.h>

#include "cluster.h"
#include "util.h"

static struct place place;
static struct store *store;

static int
open_store(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	return 0;
}

static int
close_store(void **state)
{
	(void)state;
	store_close(store);
	place_free(&place);
	return 0;
}

/* Submit, clear, and say how it went. */
static enum err
submit(struct unit *u, struct errinfo *ei)
{
	enum err err;

	err = store_submit(store, u, NULL, ei);
	unit_clear(u);
	return err;
}

/* One change of its own. */
#define CHANGE(ei, st, expect, ...)                                            \
	change((ei), (st), (expect), (const struct value[]){__VA_ARGS__},      \
	    sizeof((const struct value[]){__VA_ARGS__}) /                      \
		sizeof(struct value))
static enum err
change(struct errinfo *ei, enum statement st, int expect,
    const struct value *values, size_t num)
{
	struct unit u;

	unit_init(&u);
	unit_add_values(&u, st, expect, values, num);
	return submit(&u, ei);
}

static struct slice
digest_of(unsigned n)
{
	static uint8_t bytes[4][32];
	static unsigned next;

	next = (next + 1) % 4;
	return nth_digest(n, bytes[next]);
}

/* Certificate id n with the unique things of others. */
static void
add_clash(struct unit *u, unsigned n, unsigned serial, unsigned digest,
    unsigned journal, const char *ca, enum statement st)
{
	struct id id = nth_id(n);
	uint8_t bytes[19];

	unit_add(u, st, EXPECT(1), V_ID(&id), V_TEXT(ca),
	    V_BLOB(nth_serial(serial, bytes)), V_BLOB(digest_of(digest)),
	    V_BLOB(SLICE_LIT("s")), V_BLOB(SLICE_LIT("k")),
	    V_BLOB(SLICE_LIT("c")), V_INT(1), V_INT(2), V_TEXT("p"), V_NULL,
	    V_INT(journal), V_INT(1), V_NULL);
}

static void
test_certificate_is_unique(void **state)
{
	const struct {
		const char *name;
		unsigned id, serial, digest, journal;
		const char *ca;
		enum err err;
	} cases[] = {
	    {"same id", 1, 2, 2, 2, "test", ERR_CONFLICT},
	    {"same serial", 2, 1, 2, 2, "test", ERR_CONFLICT},
	    {"same digest", 2, 2, 1, 2, "test", ERR_CONFLICT},
	    {"same journal number", 2, 2, 2, 1, "test", ERR_CONFLICT},
	    {"same serial and number of another CA", 2, 1, 2, 1, "other",
		ERR_OK},
	};
	struct errinfo ei = {0};
	struct unit u;

	(void)state;
	print_message("proves: I2\n");
	assert_ok(put_certificate(store, 1, NULL, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unit_init(&u);
		add_clash(&u, cases[i].id, cases[i].serial, cases[i].digest,
		    cases[i].journal, cases[i].ca, ST_CERTIFICATE_INSERT);
		if (submit(&u, &ei) != cases[i].err) {
			fail_msg("%s: %s", cases[i].name, ei.text);
		}
	}
}

/* What adopting asks: is it here, and how far did the journal come? */
static void
test_certificate_of_journal(void **state)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	struct id id;

	(void)state;
	assert_ok(put_certificate(store, 1, NULL, &ei), &ei);
	assert_ok(put_certificate(store, 2, NULL, &ei), &ei);
	assert_ok(store_query_one(store, ST_CERTIFICATE_BY_SHA256, &rows, &ei,
		      V_BLOB(digest_of(1))),
	    &ei);
	id = rows_id(rows, 0, 0);
	assert_true(id_eq(&id, &(struct id){{[15] = 1}}));
	rows_free(rows);
	rows = NULL;
	assert_ok(store_query_one(store, ST_CERTIFICATE_JOURNAL_LAST, &rows,
		      &ei, V_TEXT("test")),
	    &ei);
	assert_int_equal(rows_int(rows, 0, 0), 2);
	rows_free(rows);
	rows = NULL;
	assert_ok(store_query_one(store, ST_CERTIFICATE_JOURNAL_LAST, &rows,
		      &ei, V_TEXT("nobody")),
	    &ei);
	assert_true(rows_is_null(rows, 0, 0));
	rows_free(rows);
}

/* Pages meet at their ends: nothing twice, nothing missed. */
static void
test_certificate_pages(void **state)
{
	struct id up = {{0}}, key = {{0}};
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	unsigned n;

	(void)state;
	for (unsigned i = 1; i <= 23; i++) {
		assert_ok(put_certificate(store, i, NULL, &ei), &ei);
	}
	for (n = 0;; n += (unsigned)rows_num(rows), rows_free(rows)) {
		assert_ok(store_query(store, ST_CERTIFICATE_PAGE, &rows, &ei,
			      V_ID(&up), V_INT(5)),
		    &ei);
		if (rows_num(rows) == 0) {
			break;
		}
		for (size_t i = 0; i < rows_num(rows); i++) {
			up = rows_id(rows, i, 0);
			key = nth_id(n + (unsigned)i + 1);
			assert_true(id_eq(&up, &key));
		}
	}
	rows_free(rows);
	assert_int_equal(n, 23);
}

static void
add_revocation(struct unit *u, unsigned n, int reason, int64_t not_after)
{
	struct id id = nth_id(n);
	uint8_t serial[19];

	unit_add(u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&id), V_TEXT("good"),
	    V_TEXT(reason == 6 ? "hold" : "revoked"), V_INT(1500));
	unit_add(u, ST_REVOCATION_INSERT, EXPECT(1), V_ID(&id), V_TEXT("test"),
	    V_BLOB(nth_serial(n, serial)), V_INT(not_after), V_INT(reason),
	    V_INT(1500), V_NULL, V_TEXT("operator x"), V_NULL,
	    V_BLOB(SLICE_LIT("entry")));
	unit_add(u, ST_CRL_SHARD_TOUCH, EXPECT(1), V_TEXT("test"), V_INT(0));
}

static void
assert_status(unsigned n, const char *status, int64_t reason)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	uint8_t serial[19];

	assert_ok(store_query_one(store, ST_CERTIFICATE_STATUS, &rows, &ei,
		      V_TEXT("test"), V_BLOB(nth_serial(n, serial))),
	    &ei);
	assert_string_equal(rows_text(rows, 0, 0), status);
	assert_int_equal(rows_is_null(rows, 0, 2), reason < 0);
	if (reason >= 0) {
		assert_int_equal(rows_int(rows, 0, 2), reason);
	}
	rows_free(rows);
}

static void
test_revocation(void **state)
{
	const unsigned order[] = {7, 3, 9, 1, 8};
	const unsigned sorted[] = {1, 7, 8, 9};
	struct id id = nth_id(7);
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	uint8_t after[19], serial[19];
	struct slice from = SLICE_EMPTY;
	struct unit u;

	(void)state;
	print_message("proves: I2, I3\n");
	assert_ok(
	    CHANGE(&ei, ST_CRL_SHARD_ADD, EXPECT(1), V_TEXT("test"), V_INT(0)),
	    &ei);
	for (unsigned i = 1; i <= 9; i++) {
		assert_ok(put_certificate(store, i, NULL, &ei), &ei);
	}
	unit_init(&u);
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		/* 3 has ended when the CRL is made */
		add_revocation(&u, order[i], 1, order[i] == 3 ? 1999 : 2500);
		assert_ok(submit(&u, &ei), &ei);
	}
	assert_status(7, "revoked", 1);
	assert_status(2, "good", -1);

	/* Twice is once. */
	add_revocation(&u, 7, 1, 2500);
	assert_int_equal(submit(&u, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "store.certificate.move");

	/* For a CRL: in serial order, page by page, the ended ones left out */
	for (size_t i = 0; i < ARRAY_LEN(sorted); i++) {
		assert_ok(
		    store_query(store, ST_REVOCATION_FOR_CRL, &rows, &ei,
			V_TEXT("test"), V_BLOB(from), V_INT(2000), V_INT(1)),
		    &ei);
		assert_int_equal(rows_num(rows), 1);
		assert_true(slice_eq(
		    rows_blob(rows, 0, 0), nth_serial(sorted[i], serial)));
		from = nth_serial(sorted[i], after);
		rows_free(rows);
	}
	assert_ok(store_query(store, ST_REVOCATION_FOR_CRL, &rows, &ei,
		      V_TEXT("test"), V_BLOB(from), V_INT(2000), V_INT(1)),
	    &ei);
	assert_int_equal(rows_num(rows), 0);
	rows_free(rows);

	/* A revocation cannot be released. */
	assert_int_equal(
	    CHANGE(&ei, ST_REVOCATION_RELEASE, EXPECT(1), V_ID(&id)),
	    ERR_CONFLICT);
}

static void
test_hold(void **state)
{
	const struct id two = nth_id(2), three = nth_id(3);
	struct errinfo ei = {0};
	struct unit u;

	(void)state;
	assert_ok(
	    CHANGE(&ei, ST_CRL_SHARD_ADD, EXPECT(1), V_TEXT("test"), V_INT(0)),
	    &ei);
	unit_init(&u);
	for (unsigned i = 2; i <= 3; i++) {
		assert_ok(put_certificate(store, i, NULL, &ei), &ei);
		add_revocation(&u, i, 6, 2500);
		assert_ok(submit(&u, &ei), &ei);
		assert_status(i, "hold", 6);
	}
	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&two), V_TEXT("hold"),
	    V_TEXT("good"), V_INT(1600));
	unit_add(&u, ST_REVOCATION_RELEASE, EXPECT(1), V_ID(&two));
	assert_ok(submit(&u, &ei), &ei);
	assert_status(2, "good", -1);

	unit_add(&u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&three),
	    V_TEXT("hold"), V_TEXT("revoked"), V_INT(1600));
	unit_add(&u, ST_REVOCATION_FINISH, EXPECT(1), V_ID(&three), V_INT(4),
	    V_INT(1600), V_TEXT("operator x"), V_TEXT("why"),
	    V_BLOB(SLICE_LIT("entry")));
	assert_ok(submit(&u, &ei), &ei);
	assert_status(3, "revoked", 4);
}

static void
assert_due(int64_t now, size_t num)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;

	assert_ok(store_query(store, ST_CRL_SHARD_DUE, &rows, &ei, V_INT(now),
		      V_INT(10)),
	    &ei);
	assert_int_equal(rows_num(rows), num);
	rows_free(rows);
}

#define PUBLISH(ei, number, next, changes)                                     \
	CHANGE((ei), ST_CRL_SHARD_PUBLISH, EXPECT(1), V_TEXT("test"),          \
	    V_INT(0), V_INT(number), V_INT(1000), V_INT(next), V_INT(changes), \
	    V_BLOB(SLICE_LIT("sha256")), V_INT(1))

static void
test_crl_shard(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	print_message("proves: I3\n");
	assert_ok(
	    CHANGE(&ei, ST_CRL_SHARD_ADD, EXPECT(1), V_TEXT("test"), V_INT(0)),
	    &ei);
	assert_due(1000, 1); /* a new one is due at once */
	assert_ok(PUBLISH(&ei, 5, 2000, 1), &ei);
	assert_due(1000, 0);
	assert_due(2000, 1);

	/* Numbers go upwards only. */
	assert_int_equal(PUBLISH(&ei, 5, 3000, 1), ERR_CONFLICT);
	assert_int_equal(PUBLISH(&ei, 4, 3000, 1), ERR_CONFLICT);

	/* What was revoked while a CRL was being made leaves it due. */
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(CHANGE(&ei, ST_CRL_SHARD_TOUCH, EXPECT(1),
			      V_TEXT("test"), V_INT(0)),
		    &ei);
	}
	assert_due(1000, 1);
	assert_ok(PUBLISH(&ei, 6, 2000, 2), &ei);
	assert_due(1000, 1);
	assert_ok(PUBLISH(&ei, 7, 2000, 3), &ei);
	assert_due(1000, 0);
}

#define IDEM(ei, account, key, body, at)                                       \
	CHANGE((ei), ST_IDEM_INSERT, EXPECT(1), V_TEXT(account),               \
	    V_TEXT("issue"), V_TEXT(key), V_BLOB(digest_of(body)), V_INT(201), \
	    V_TEXT("application/json"), V_BLOB(SLICE_LIT("{1}")), V_NULL,      \
	    V_INT(at))
#define IDEM_ADOPTED(ei, expect, account, key, certificate, at)                \
	CHANGE((ei), ST_IDEM_ADOPT, (expect), V_TEXT(account),                 \
	    V_TEXT("issue"), V_TEXT(key), V_BLOB(digest_of(2)), V_INT(202),    \
	    V_ID(certificate), V_INT(at))

static struct rows *
idem_row(const char *key)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;

	assert_ok(store_query_one(store, ST_IDEM_GET, &rows, &ei, V_TEXT("op"),
		      V_TEXT("issue"), V_TEXT(key)),
	    &ei);
	return rows;
}

static void
test_idem(void **state)
{
	const struct id certificate = {{[15] = 9}};
	struct errinfo ei = {0};
	struct rows *rows;

	(void)state;
	print_message("proves: I2\n");
	assert_ok(IDEM(&ei, "op", "k1", 1, 100), &ei);
	assert_int_equal(IDEM(&ei, "op", "k1", 2, 101), ERR_CONFLICT);
	assert_string_equal(ei.object, "unique");
	assert_ok(IDEM(&ei, "other", "k1", 2, 101), &ei);

	/* Adopted: nothing in place of what is there. */
	assert_ok(
	    IDEM_ADOPTED(&ei, EXPECT(0), "op", "k1", &certificate, 102), &ei);
	assert_ok(
	    IDEM_ADOPTED(&ei, EXPECT(1), "op", "k2", &certificate, 102), &ei);

	rows = idem_row("k1");
	assert_true(slice_eq(rows_blob(rows, 0, 0), digest_of(1)));
	assert_int_equal(rows_int(rows, 0, 1), 201);
	assert_string_equal(rows_text(rows, 0, 2), "application/json");
	assert_true(slice_eq_str(rows_blob(rows, 0, 3), "{1}"));
	assert_true(rows_is_null(rows, 0, 4));
	rows_free(rows);
	rows = idem_row("k2");
	assert_int_equal(rows_int(rows, 0, 1), 202);
	assert_true(rows_is_null(rows, 0, 2) && rows_is_null(rows, 0, 3));
	assert_int_equal(rows_id(rows, 0, 4).b[15], 9);
	rows_free(rows);

	assert_ok(CHANGE(&ei, ST_IDEM_PURGE, EXPECT(0), V_INT(100)), &ei);
	assert_ok(CHANGE(&ei, ST_IDEM_PURGE, EXPECT(2), V_INT(102)), &ei);
	rows_free(idem_row("k2"));
}

#define OUTBOX(ei, n, next, expires)                                           \
	CHANGE((ei), ST_OUTBOX_INSERT, EXPECT(1),                              \
	    V_ID(&(struct id){{[15] = (n)}}), V_TEXT("sms"), V_TEXT("signin"), \
	    V_TEXT("+70000000000"), V_BLOB(SLICE_LIT("sealed")), V_NULL,       \
	    V_INT(next), V_INT(expires), V_INT(1), V_TEXT("+7000"), V_INT(1),  \
	    V_NULL)

static void
assert_outbox(uint8_t n, const char *want)
{
	const struct id id = {{[15] = n}};
	struct errinfo ei = {0};
	struct rows *rows = NULL;

	assert_ok(
	    store_query_one(store, ST_OUTBOX_GET, &rows, &ei, V_ID(&id)), &ei);
	assert_string_equal(rows_text(rows, 0, 0), want);
	rows_free(rows);
}

static size_t
num_due(int64_t now)
{
	struct errinfo ei = {0};
	struct rows *rows = NULL;
	size_t num;

	assert_ok(store_query(store, ST_OUTBOX_DUE, &rows, &ei, V_INT(now),
		      V_INT(10), V_TEXT("sms")),
	    &ei);
	num = rows_num(rows);
	for (size_t i = 0; i < num; i++) {
		assert_true(slice_eq_str(rows_blob(rows, i, 4), "sealed"));
	}
	rows_free(rows);
	return num;
}

static void
test_outbox(void **state)
{
	const struct id one = {{[15] = 1}}, two = {{[15] = 2}},
			three = {{[15] = 3}};
	struct errinfo ei = {0};
	struct rows *rows = NULL;

	(void)state;
	for (uint8_t n = 1; n <= 4; n++) {
		assert_ok(OUTBOX(&ei, n, n * 10, n == 4 ? 50 : 1000), &ei);
	}
	assert_int_equal(num_due(9), 0);
	assert_int_equal(num_due(20), 2);
	assert_int_equal(num_due(50), 3); /* the fourth is over */

	assert_ok(
	    CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&one), V_INT(50)),
	    &ei);
	assert_int_equal(num_due(50), 2);
	/* Nobody else may send it now, */
	assert_int_equal(
	    CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&one), V_INT(50)),
	    ERR_CONFLICT);
	/* unless the failure was certain. */
	assert_ok(CHANGE(&ei, ST_OUTBOX_RETRY, EXPECT(1), V_ID(&one), V_INT(70),
		      V_TEXT("courier.refused")),
	    &ei);
	assert_int_equal(num_due(70), 3);
	assert_ok(
	    CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&one), V_INT(70)),
	    &ei);
	assert_ok(CHANGE(&ei, ST_OUTBOX_DELIVERED, EXPECT(1), V_ID(&one),
		      V_TEXT("provider-1"), V_INT(71)),
	    &ei);
	assert_outbox(1, "delivered");
	/* What two tries cost is added up; the last way stands. */
	for (unsigned i = 1; i <= 2; i++) {
		assert_ok(CHANGE(&ei, ST_OUTBOX_TRIED, EXPECT(1), V_ID(&one),
			      V_TEXT(i == 1 ? "main" : "spare"),
			      V_TEXT("spare delivered"), V_INT(2), V_INT(700)),
		    &ei);
	}
	assert_ok(
	    store_query_one(store, ST_OUTBOX_GET, &rows, &ei, V_ID(&one)), &ei);
	assert_string_equal(rows_text(rows, 0, 6), "spare");
	assert_string_equal(rows_text(rows, 0, 7), "spare delivered");
	assert_int_equal(rows_int(rows, 0, 8), 4);
	assert_int_equal(rows_int(rows, 0, 9), 1400);
	rows_free(rows);

	/* A restart with two on its way: unclear, never sent again. */
	assert_ok(
	    CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&two), V_INT(71)),
	    &ei);
	assert_ok(CHANGE(&ei, ST_OUTBOX_ABANDON, EXPECT(1), V_INT(80)), &ei);
	assert_outbox(2, "unclear");
	assert_ok(CHANGE(&ei, ST_OUTBOX_EXPIRE, EXPECT(1), V_INT(80)), &ei);
	assert_outbox(4, "expired");
	assert_ok(
	    CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&three), V_INT(90)),
	    &ei);
	assert_ok(CHANGE(&ei, ST_OUTBOX_END, EXPECT(1), V_ID(&three),
		      V_TEXT("failed"), V_TEXT("courier.number"), V_INT(91)),
	    &ei);
	assert_outbox(3, "failed");
	assert_int_equal(num_due(999), 0);

	assert_ok(CHANGE(&ei, ST_OUTBOX_PURGE, EXPECT(1), V_INT(80)), &ei);
}

/* A mail waits apart from the SMS and is tried again after a restart, up to
 * its number of tries. */
static void
test_outbox_of_mails(void **state)
{
	const struct id mail = {{[15] = 9}};
	struct errinfo ei = {0};
	struct rows *rows = NULL;

	(void)state;
	assert_ok(OUTBOX(&ei, 8, 10, 1000), &ei);
	assert_ok(
	    CHANGE(&ei, ST_OUTBOX_INSERT, EXPECT(1), V_ID(&mail),
		V_TEXT("mail"), V_TEXT("certificate.issued"), V_TEXT("a@e.ru"),
		V_BLOB(SLICE_LIT("sealed")), V_NULL, V_INT(10), V_INT(1000),
		V_INT(1), V_NULL, V_INT(1), V_NULL),
	    &ei);
	assert_int_equal(num_due(20), 1);
	for (int i = 0; i < 2; i++) {
		assert_ok(CHANGE(&ei, ST_OUTBOX_SENDING, EXPECT(1), V_ID(&mail),
			      V_INT(20)),
		    &ei);
		assert_ok(CHANGE(&ei, ST_OUTBOX_RESUME, EXPECT(i == 0),
			      V_INT(30), V_INT(2)),
		    &ei);
		assert_outbox(9, i == 0 ? "due" : "sending");
		assert_ok(store_query_one(
			      store, ST_OUTBOX_MAILS, &rows, &ei, V_INT(0)),
		    &ei);
		assert_int_equal(rows_int(rows, 0, 0), i == 0);
		assert_int_equal(rows_int(rows, 0, 1), 0);
		rows_free(rows);
	}
	assert_ok(CHANGE(&ei, ST_OUTBOX_ABANDON, EXPECT(1), V_INT(80)), &ei);
	assert_outbox(9, "unclear");
	assert_ok(
	    store_query_one(store, ST_OUTBOX_MAILS, &rows, &ei, V_INT(70)),
	    &ei);
	assert_int_equal(rows_int(rows, 0, 1), 1);
	rows_free(rows);
}

/* Whatever ended keeps neither body nor recipient, in the file either. */
static void
test_outbox_is_wiped(void **state)
{
	static const char body[] = "MARK-OF-BODY"
				   "....................................."
				   "....................................."
				   ".....................END-OF-BODY";
	const char *const words[] = {
	    "MARK-OF-BODY", "END-OF-BODY", "+79991234567"};
	const struct id id = nth_id(1);
	struct errinfo ei = {0};
	struct buf file = BUF_INIT((size_t)4 << 20);
	uint8_t block[4096];
	bool found;
	size_t len;
	FILE *f;

	(void)state;
	assert_ok(CHANGE(&ei, ST_OUTBOX_INSERT, EXPECT(1), V_ID(&id),
		      V_TEXT("sms"), V_TEXT("signin"), V_TEXT(words[2]),
		      V_BLOB(slice_str(body)), V_NULL, V_INT(1), V_INT(1000),
		      V_INT(1), V_TEXT("+7999"), V_INT(1), V_NULL),
	    &ei);
	/* Closing moves the log into the database file. */
	for (unsigned round = 0; round < 2; round++) {
		store_close(store);
		store = NULL;
		buf_reset(&file);
		f = fopen(place.path, "re");
		assert_non_null(f);
		while ((len = fread(block, 1, sizeof(block), f)) > 0) {
			buf_add(&file, slice_make(block, len));
		}
		assert_int_equal(fclose(f), 0);
		assert_ok(buf_err(&file, &ei), &ei);
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			len = strlen(words[i]);
			found = false;
			for (size_t at = 0; at + len <= file.len; at++) {
				found = found ||
					memcmp(file.p + at, words[i], len) == 0;
			}
			assert_int_equal(found, round == 0);
		}
		assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
		if (round == 0) {
			assert_ok(CHANGE(&ei, ST_OUTBOX_EXPIRE, EXPECT(1),
				      V_INT(1000)),
			    &ei);
		}
	}
	buf_clear(&file);
}

static void
test_meta(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		assert_ok(CHANGE(&ei, ST_META_SET, EXPECT(1), V_TEXT("k"),
			      V_BLOB(SLICE_LIT("4"))),
		    &ei);
	}
}

int
main(void)
{
#define EACH(f) cmocka_unit_test_setup_teardown(f, open_store, close_store)
	const struct CMUnitTest tests[] = {
	    EACH(test_certificate_is_unique),
	    EACH(test_certificate_of_journal),
	    EACH(test_certificate_pages),
	    EACH(test_revocation),
	    EACH(test_hold),
	    EACH(test_crl_shard),
	    EACH(test_idem),
	    EACH(test_outbox),
	    EACH(test_outbox_of_mails),
	    EACH(test_meta),
	};
	const struct CMUnitTest of_a_file[] = {EACH(test_outbox_is_wiped)};
	int num_bad;

	num_bad =
	    cmocka_run_group_tests(tests, store_test_start, store_test_end);
	if (!cluster_is_asked()) {
		num_bad +=
		    cmocka_run_group_tests(of_a_file, store_test_start, NULL);
	}
	return num_bad;
}
