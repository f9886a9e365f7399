/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's decisions about CRLs: what a front that was taken over would
 * try. */
#include "unit.h"

#include <string.h>

#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "house.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/signed.h"

static struct house house;
static struct kit kit;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct buf store = BUF_INIT(1 << 20);
static struct buf crl = BUF_INIT(1 << 20);
static struct buf entries = BUF_INIT(1 << 20);
static uint64_t number;

/* Three certificates that end in 100 days, ascending. */
enum {
	CERTS = 3,
	LIFE = 100 * DAY_SEC
};
static uint8_t serials[CERTS][HOUSE_SERIAL];

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(&house, &kit, "crl_per_day = 40;\n")) {
		return -1;
	}
	house_key(&key);
	kit_open(&kit, &house, "issuing");
	kit_issue_some(
	    &kit, buf_slice(&key), kit.now + LIFE, CERTS, serials, NULL);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	kit_close(&kit);
	house_close(&house);
	buf_clear(&key);
	buf_clear(&store);
	buf_clear(&crl);
	buf_clear(&entries);
	return 0;
}

static struct slice
serial(int i)
{
	return slice_make(serials[i], 19);
}

/* The entries of these certificates, by bits. */
static void
put_entries(unsigned which)
{
	buf_reset(&entries);
	for (int i = 0; i < CERTS; i++) {
		if ((which & (1u << i)) != 0) {
			crl_entry_put(&entries, serial(i), kit.now - 5,
			    CRL_REASON_KEY_COMPROMISE);
		}
	}
}

static struct signer_crl
order(void)
{
	return (struct signer_crl){
	    .number = number + 1,
	    .this_update = kit.now,
	    .next_update = kit.now + DAY_SEC,
	    .at = house_audit(4),
	};
}

static enum err
make(const struct signer_crl *m, struct errinfo *ei)
{
	struct signer_crl_done done;
	bool fatal = true;
	enum err err =
	    engine_crl(kit.engine, m, buf_slice(&entries), &done, &fatal, ei);

	assert_false(fatal);
	if (err == ERR_OK) {
		uint8_t sha256[HASH_SIZE_MAX];
		struct slice tbs, rest;

		number = m->number;
		assert_int_equal(
		    done.journal_number, engine_journal_number(kit.engine));
		buf_reset(&crl);
		buf_add(&crl, done.front);
		buf_add(&crl, buf_slice(&entries));
		buf_add(&crl, done.back);
		assert_ok(signed_open(buf_slice(&crl), &tbs, &rest, ei), ei);
		assert_ok(hash_of(HASH_SHA256, tbs, sha256, ei), ei);
		assert_memory_equal(done.sha256, sha256, 32);
		engine_keep_crl(kit.engine, kit.dir);
	}
	assert_int_equal(engine_num_pending(kit.engine), 0);
	return err;
}

static void
restart(void)
{
	kit_close(&kit);
	kit_open(&kit, &house, "issuing");
}

/* --- tests -------------------------------------------------------------- */

static void
a_crl_is_whole(void **state)
{
	struct signer_crl m = order();
	struct cert *issuer = NULL;
	struct pubkey *ca = NULL;
	struct crl *c = NULL;
	struct errinfo ei;
	char path[PATH_TEXT_SIZE];
	int64_t next;

	(void)state;
	print_message("proves: I3\n");
	put_entries(1);
	assert_ok(make(&m, &ei), &ei);
	assert_ok(crl_parse(buf_slice(&crl), &c, &ei), &ei);
	assert_ok(cert_parse(instance_cert(kit.in), &issuer, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(issuer), &ca, &ei), &ei);
	assert_ok(crl_verify(c, ca, &ei), &ei);
	assert_int_equal(crl_num_entries(c), 1);
	assert_non_null(crl_find(c, serial(0)));
	assert_int_equal(crl_this_update(c), kit.now);
	assert_true(crl_next_update(c, &next));
	assert_int_equal(next, kit.now + DAY_SEC);
	assert_true(slice_eq(crl_number(c), SLICE_LIT("\1")));
	assert_true(slice_eq(crl_issuer_der(c), cert_subject_der(issuer)));
	buf_reset(&store);
	assert_ok(path_join(path, kit.dir, "crl.der", &ei), &ei);
	assert_ok(file_read(path, CRL_BYTES_MAX, &store, &ei), &ei);
	assert_true(slice_eq(buf_slice(&store), buf_slice(&crl)));
	crl_free(c);
	cert_free(issuer);
	pubkey_free(ca);
}

static void
numbers_and_times_only_grow(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	put_entries(1);
	for (uint64_t n = 0; n <= number; n++) {
		m = order();
		m.number = n;
		assert_int_equal(make(&m, &ei), ERR_CONFLICT);
		assert_string_equal(ei.rule, "crl.number");
	}
	/* The last of all numbers would leave no CRL after it. */
	m = order();
	m.number = UINT64_MAX;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.number_step");
	m.number = number + CRL_NUMBER_STEP_MAX + 1;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.number_step");
	/* Differences that no integer holds. */
	m = order();
	m.this_update = INT64_MIN;
	m.next_update = INT64_MAX;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.this_update");
	m = order();
	m.this_update = kit.now + CLOCK_SKEW_SEC + 1;
	m.next_update = m.this_update + 10;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.this_update");
	/* Within the skew, but before the last one. */
	m = order();
	m.this_update = kit.now - 1;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.this_update");
	m = order();
	m.next_update = m.this_update;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.next_update");
	m.next_update = m.this_update + 192LL * 3600 + 1;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.next_update");
	m.next_update = m.this_update + 192LL * 3600;
	assert_ok(make(&m, &ei), &ei);
	m = order();
	m.number += 1000; /* gaps are allowed */
	m.this_update = kit.now + CLOCK_SKEW_SEC;
	assert_ok(make(&m, &ei), &ei);
	restart();
	m = order();
	m.number--;
	assert_int_equal(make(&m, &ei), ERR_CONFLICT);
	kit.now += CLOCK_SKEW_SEC; /* for the tests that follow */
}

static void
no_revoked_serial_is_dropped(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	print_message("proves: I3\n");
	put_entries(7);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	for (unsigned which = 0; which < 7; which++) {
		put_entries(which);
		m = order();
		assert_int_equal(make(&m, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.dropped");
		assert_int_equal(strlen(ei.object), 38);
		if (which == 3) {
			restart();
		}
	}
	/* All of them again: nothing of the refused ones stuck. */
	put_entries(7);
	m = order();
	assert_ok(make(&m, &ei), &ei);
}

/* The three, one of them on hold. */
static void
put_held(int held, unsigned which)
{
	buf_reset(&entries);
	for (int i = 0; i < CERTS; i++) {
		if ((which & (1u << i)) != 0) {
			crl_entry_put(&entries, serial(i), kit.now - 5,
			    i == held ? CRL_REASON_HOLD
				      : CRL_REASON_KEY_COMPROMISE);
		}
	}
}

static enum err
make_held(int held, unsigned which, struct errinfo *ei)
{
	struct signer_crl m = order();

	put_held(held, which);
	return make(&m, ei);
}

static void
a_hold_ends_or_becomes_final(void **state)
{
	struct errinfo ei;

	(void)state;
	print_message("proves: I2, I3\n");
	/* The first one is revoked already, the others are good. */
	for (int again = 0; again < 2; again++) {
		assert_ok(make_held(1, 3, &ei), &ei);
		assert_ok(make_held(1, 3, &ei), &ei);
		restart(); /* that it was on hold is in the journal */
		assert_ok(make_held(1, 1, &ei), &ei);
		restart();
		assert_ok(make_held(1, 1, &ei), &ei);
	}
	assert_ok(make_held(1, 3, &ei), &ei);
	assert_ok(make_held(-1, 3, &ei), &ei);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(make_held(1, 3, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.final");
		assert_int_equal(make_held(-1, 1, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.dropped");
		restart();
	}
	/* Nothing of the refused ones stuck. */
	assert_ok(make_held(2, 7, &ei), &ei);
	assert_ok(make_held(-1, 3, &ei), &ei);
}

static void
malformed_entries_are_refused(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
	} bad[] = {
	    {"not DER", "\x30\x80\x00\x00", 4},
	    {"cut", "\x30\x20\x02\x01\x05", 5},
	    {"no time", "\x30\x03\x02\x01\x05", 5},
	    {"negative serial",
		"\x30\x12\x02\x01\x85\x17\x0d"
		"260101000000Z",
		20},
	    {"serial not minimal",
		"\x30\x13\x02\x02\x00\x05\x17\x0d"
		"260101000000Z",
		21},
	    {"bytes behind", "\x05\x00", 2},
	};
	struct signer_crl m;
	struct errinfo ei;
	uint8_t long_serial[21];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		put_entries(7);
		buf_insert(&entries, 0, slice_make(bad[i].bytes, bad[i].len));
		m = order();
		if (make(&m, &ei) == ERR_OK) {
			print_error("%s\n", bad[i].name);
			fail();
		}
	}
	/* In another order, and twice. */
	buf_reset(&entries);
	crl_entry_put(&entries, serial(1), kit.now, CRL_REASON_NONE);
	crl_entry_put(&entries, serial(0), kit.now, CRL_REASON_NONE);
	crl_entry_put(&entries, serial(2), kit.now, CRL_REASON_NONE);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "crl.entries.order");
	put_entries(7);
	crl_entry_put(&entries, serial(2), kit.now, CRL_REASON_NONE);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "crl.entries.order");
	/* What a full CRL may not say, and what is not yet. */
	put_entries(3);
	crl_entry_put(&entries, serial(2), kit.now, CRL_REASON_REMOVE_FROM_CRL);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_FORMAT);
	put_entries(3);
	crl_entry_put(
	    &entries, serial(2), kit.now + CLOCK_SKEW_SEC + 1, CRL_REASON_NONE);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	memset(long_serial, 0x41, sizeof(long_serial));
	put_entries(7);
	crl_entry_put(&entries, slice_make(long_serial, sizeof(long_serial)),
	    kit.now, CRL_REASON_NONE);
	m = order();
	assert_int_not_equal(make(&m, &ei), ERR_OK);
}

/* A serial that this journal did not issue is revoked all the same, and then
 * stays until its CA has ended. */
static void
a_foreign_serial_stays_too(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	buf_reset(&entries);
	crl_entry_put(&entries, SLICE_LIT("\5"), kit.now, CRL_REASON_NONE);
	for (int i = 0; i < CERTS; i++) {
		crl_entry_put(&entries, serial(i), kit.now, CRL_REASON_NONE);
	}
	m = order();
	assert_ok(make(&m, &ei), &ei);
	put_entries(7);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.dropped");
	assert_string_equal(ei.object, "05");
}

static void
only_the_settings_release(void **state)
{
	struct buf text = BUF_INIT(4096), hex = BUF_INIT(100);
	struct signer_journal_entry entry;
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	buf_add_str(&text,
	    "name = \"issuing\";\n"
	    "crl_urls = [\"http://127.0.0.1:1/x.crl\"];\n"
	    "ca_urls = [\"http://127.0.0.1:1/x.cer\"];\n"
	    "ocsp_urls = [\"http://127.0.0.1:1/ocsp\"];\n"
	    "profiles = [\"tls-client\"];\ncrl_per_day = 40;\n"
	    "releases = ({ serial = \"05\"; by = \"I. Ivanova\"; "
	    "reason = \"by mistake, order 12\"; });\n");
	house_conf(&house, "issuing", buf_cstr(&text));
	restart();
	put_entries(3); /* serial 2 is not released */
	m = order();
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	put_entries(7);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	assert_ok(
	    engine_journal_entry(kit.engine,
		engine_journal_number(kit.engine) - 1, &store, &entry, &ei),
	    &ei);
	assert_int_equal(entry.type, JOURNAL_RELEASE);
	restart();
	m = order();
	assert_ok(make(&m, &ei), &ei);
	buf_clear(&text);
	buf_clear(&hex);
}

/* RFC 5280 3.3: once more on a CRL made beyond its end, then it may go. */
static void
an_ended_certificate_may_go(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	kit.now += LIFE;
	put_entries(0);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.dropped");
	put_entries(7);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	kit.now += 60;
	put_entries(7);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	restart();
	put_entries(2);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	restart();
	put_entries(0);
	m = order();
	assert_ok(make(&m, &ei), &ei);
}

static void
the_ceiling_holds(void **state)
{
	struct signer_crl m;
	struct errinfo ei;
	int made = 0;

	(void)state;
	kit.now += 2LL * DAY_SEC;
	put_entries(0);
	for (;; made++) {
		m = order();
		if (make(&m, &ei) != ERR_OK) {
			break;
		}
		assert_true(made < 40);
	}
	assert_int_equal(made, 40);
	assert_string_equal(ei.rule, "crl.ceiling");
	kit.now += DAY_SEC;
	m = order();
	assert_ok(make(&m, &ei), &ei);
}

/* What is listed already, and `num` serials that nobody issued before it. */
static void
put_foreign(unsigned num)
{
	buf_reset(&entries);
	for (unsigned i = 0; i < num; i++) {
		uint8_t foreign[2] = {
		    (uint8_t)(1 + i / 256), (uint8_t)(i % 256)};

		crl_entry_put(&entries, slice_make(foreign, sizeof(foreign)),
		    kit.now, CRL_REASON_NONE);
	}
	for (size_t i = 0; i < ledger_num_revoked(kit.ledger); i++) {
		struct record_revoked one = ledger_revoked(kit.ledger, i);

		if (one.serial.len > 2) {
			crl_entry_put(
			    &entries, one.serial, kit.now, CRL_REASON_NONE);
		}
	}
}

/* Together, and not only those of one list. */
static void
foreign_serials_are_few(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	put_foreign(SIGNER_CRL_UNKNOWN_DEFAULT + 1);
	m = order();
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.unknown");
	put_foreign(SIGNER_CRL_UNKNOWN_DEFAULT);
	m = order();
	assert_ok(make(&m, &ei), &ei);
	for (int i = 0; i < 2; i++) {
		put_foreign(SIGNER_CRL_UNKNOWN_DEFAULT + 1);
		m = order();
		assert_int_equal(make(&m, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.unknown");
		put_foreign(SIGNER_CRL_UNKNOWN_DEFAULT - 1);
		m = order();
		assert_int_equal(make(&m, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.dropped");
		restart();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_crl_is_whole),
	    cmocka_unit_test(numbers_and_times_only_grow),
	    cmocka_unit_test(a_hold_ends_or_becomes_final),
	    cmocka_unit_test(no_revoked_serial_is_dropped),
	    cmocka_unit_test(malformed_entries_are_refused),
	    cmocka_unit_test(a_foreign_serial_stays_too),
	    cmocka_unit_test(only_the_settings_release),
	    cmocka_unit_test(an_ended_certificate_may_go),
	    cmocka_unit_test(the_ceiling_holds),
	    cmocka_unit_test(foreign_serials_are_few),
	};

	return cmocka_run_group_tests_name("crl", tests, set_up, tear_down);
}
