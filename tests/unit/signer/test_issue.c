/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's decisions about certificates, with a clock that the test
 * sets. */
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "crypto/pubkey.h"
#include "house.h"
#include "x509/cert.h"

static struct house house;
static struct kit kit;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct buf store = BUF_INIT(1 << 20);
static struct buf other = BUF_INIT(1 << 20);
static unsigned next_idem = 1000;

static bool disk_full;

ssize_t __real_pwrite64(int fd, const void *p, size_t len, off_t at);
ssize_t __wrap_pwrite64(int fd, const void *p, size_t len, off_t at);

ssize_t
__wrap_pwrite64(int fd, const void *p, size_t len, off_t at)
{
	if (disk_full) {
		errno = ENOSPC;
		return -1;
	}
	return __real_pwrite64(fd, p, len, at);
}

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(&house, &kit,
		"ceilings = ({ profile = \"tls-server\"; "
		"per_day = 3; });\n")) {
		return -1;
	}
	house_key(&key);
	/* Its CA is an hour old. */
	kit.now += 3600;
	kit_open(&kit, &house, "issuing");
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
	buf_clear(&other);
	return 0;
}

static void
fill(struct signer_issue_msg *m, const char *profile, unsigned idem)
{
	struct errinfo ei;

	m->at = house_audit(1);
	house_values(&m->values, profile,
	    strcmp(profile, "tls-server") == 0 ? "www.example.ru" : "user",
	    buf_slice(&key), idem);
	if (strcmp(profile, "tls-server") == 0) {
		assert_ok(values_add_san(&m->values, SAN_DNS,
			      SLICE_LIT("www.example.ru"), &ei),
		    &ei);
	}
}

static enum err
issue(const char *profile, unsigned idem, struct buf *to,
    struct signer_issued *out, struct errinfo *ei)
{
	struct signer_issue_msg m;
	enum err err;

	fill(&m, profile, idem);
	err = engine_issue(kit.engine, &m, to, out, ei);
	signer_issue_clear(&m);
	return err;
}

static void
commit(void)
{
	struct errinfo ei;

	assert_ok(engine_commit(kit.engine, &ei), &ei);
}

/* --- tests -------------------------------------------------------------- */

static void
a_certificate_is_whole(void **state)
{
	struct signer_issued out;
	struct pubkey *ca = NULL;
	struct cert *c = NULL, *issuer = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(issue("tls-client", next_idem++, &store, &out, &ei), &ei);
	assert_false(out.replay);
	assert_int_equal(out.time, kit.now);
	assert_int_equal(out.number, engine_journal_number(kit.engine) + 1);
	assert_ok(cert_parse(out.cert, &c, &ei), &ei);
	assert_ok(cert_parse(instance_cert(kit.in), &issuer, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(issuer), &ca, &ei), &ei);
	assert_ok(cert_verify(c, ca, &ei), &ei);
	assert_true(slice_eq(cert_issuer_der(c), cert_subject_der(issuer)));
	assert_true(slice_eq(cert_spki(c), buf_slice(&key)));
	assert_int_equal(cert_serial(c).len, 19);
	assert_true(cert_serial(c).p[0] >= 0x40);
	assert_true(cert_serial(c).p[0] <= 0x7f);
	assert_int_equal(cert_not_before(c), kit.now);
	commit();
	cert_free(c);
	cert_free(issuer);
	pubkey_free(ca);
}

static void
serials_differ(void **state)
{
	uint8_t seen[16][19];
	struct signer_issued out;
	struct errinfo ei;

	(void)state;
	print_message("proves: I2\n");
	for (size_t i = 0; i < ARRAY_LEN(seen); i++) {
		struct cert *c = NULL;

		assert_ok(
		    issue("tls-client", next_idem++, &store, &out, &ei), &ei);
		assert_ok(cert_parse(out.cert, &c, &ei), &ei);
		memcpy(seen[i], cert_serial(c).p, 19);
		cert_free(c);
		for (size_t k = 0; k < i; k++) {
			assert_memory_not_equal(seen[i], seen[k], 19);
		}
	}
	commit();
}

/* A twin in the same group, before anything is durable, and after. */
static void
a_twin_gets_the_same_bytes(void **state)
{
	struct signer_issued one, two;
	unsigned idem = next_idem++;
	struct signer_find find = {
	    .idem = {(uint8_t)(idem >> 8), (uint8_t)idem}};
	struct errinfo ei;

	(void)state;
	print_message("proves: I2\n");
	assert_int_equal(
	    engine_find(kit.engine, &find, &other, &two, &ei), ERR_NOTFOUND);
	assert_string_equal(ei.rule, "signer.idem");
	assert_ok(issue("tls-client", idem, &store, &one, &ei), &ei);
	for (int i = 0; i < 2; i++) {
		assert_ok(issue("tls-client", idem, &other, &two, &ei), &ei);
		assert_true(two.replay);
		assert_int_equal(two.number, one.number);
		assert_true(slice_eq(one.cert, two.cert));
		assert_int_equal(
		    engine_num_pending(kit.engine), i == 0 ? 1 : 0);
		assert_int_equal(
		    issue("ocsp", idem, &other, &two, &ei), ERR_CONFLICT);
		assert_string_equal(ei.rule, "signer.idem");
		assert_ok(
		    engine_find(kit.engine, &find, &other, &two, &ei), &ei);
		assert_true(slice_eq(one.cert, two.cert));
		commit();
	}
}

static void
only_its_own_profiles(void **state)
{
	static const struct {
		const char *profile;
		const char *rule;
	} cases[] = {
	    {"issuing-ca", "signer.profile"}, /* the root's */
	    {"root-ca", "signer.profile"}, {"tls", "signer.profile"},
	    {"tls-client2", "signer.profile"},
	    {"ocsp", "signer.service_key"}, /* of a key not named */
	};
	struct signer_issued out;
	struct errinfo ei;

	(void)state;
	print_message("proves: I1\n");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(
		    issue(cases[i].profile, next_idem++, &store, &out, &ei),
		    ERR_POLICY);
		assert_string_equal(ei.rule, cases[i].rule);
		assert_string_equal(ei.object, cases[i].profile);
	}
	assert_int_equal(engine_num_pending(kit.engine), 0);
}

static void
times_stay_near_the_clock(void **state)
{
	static const struct {
		int64_t offset;
		enum err want;
	} cases[] = {
	    {-301, ERR_POLICY},
	    {-300, ERR_OK},
	    {300, ERR_OK},
	    {301, ERR_POLICY},
	    {-86400LL * 365, ERR_POLICY},
	};
	struct signer_issued out;
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct signer_issue_msg m;

		fill(&m, "tls-client", next_idem++);
		m.values.not_before = kit.now + cases[i].offset;
		assert_int_equal(
		    engine_issue(kit.engine, &m, &store, &out, &ei),
		    cases[i].want);
		signer_issue_clear(&m);
		commit();
	}
	/* Over before it begins, and longer than its CA. */
	for (int i = 0; i < 2; i++) {
		struct signer_issue_msg m;

		fill(&m, "tls-client", next_idem++);
		m.values.not_after =
		    i == 0 ? kit.now - 1 : kit.in->ca.not_after + 1;
		assert_int_equal(
		    engine_issue(kit.engine, &m, &store, &out, &ei),
		    ERR_POLICY);
		signer_issue_clear(&m);
	}
}

static void
a_clock_that_went_back_stops_it(void **state)
{
	struct signer_issued out;
	unsigned idem = next_idem++;
	int64_t now = kit.now;
	struct errinfo ei;

	(void)state;
	assert_ok(issue("tls-client", idem, &store, &out, &ei), &ei);
	commit();
	kit.now = now - CLOCK_SKEW_SEC;
	assert_ok(issue("tls-client", next_idem++, &store, &out, &ei), &ei);
	commit();
	kit.now = now - CLOCK_SKEW_SEC - 1;
	assert_int_equal(
	    issue("tls-client", next_idem++, &store, &out, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "signer.clock");
	/* What it has made it still gives. */
	assert_ok(issue("tls-client", idem, &store, &out, &ei), &ei);
	assert_true(out.replay);
	/* It is the journal that knows: a restart changes nothing. */
	kit_close(&kit);
	kit_open(&kit, &house, "issuing");
	assert_int_equal(
	    issue("tls-client", next_idem++, &store, &out, &ei), ERR_STATE);
	kit.now = now;
	assert_ok(issue("tls-client", next_idem++, &store, &out, &ei), &ei);
	commit();
}

static void
the_ceiling_holds(void **state)
{
	struct signer_issued out;
	struct errinfo ei;
	int64_t now = kit.now;

	(void)state;
	/* Two durable, one pending: the fourth is one too many. */
	assert_ok(issue("tls-server", next_idem++, &store, &out, &ei), &ei);
	assert_ok(issue("tls-server", next_idem++, &store, &out, &ei), &ei);
	commit();
	assert_ok(issue("tls-server", next_idem++, &store, &out, &ei), &ei);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    issue("tls-server", next_idem++, &store, &out, &ei),
		    ERR_POLICY);
		assert_string_equal(ei.rule, "signer.ceiling");
		commit();
		kit_close(&kit);
		kit_open(&kit, &house, "issuing");
		kit.now = i == 0 ? now + DAY_SEC - 1 : kit.now;
	}
	/* Others are not concerned. */
	assert_ok(issue("tls-client", next_idem++, &store, &out, &ei), &ei);
	kit.now = now + DAY_SEC;
	assert_ok(issue("tls-server", next_idem++, &store, &out, &ei), &ei);
	commit();
}

static void
a_full_disk_issues_nothing(void **state)
{
	struct signer_find find = {0};
	struct signer_issued out;
	unsigned idem = next_idem++;
	struct errinfo ei;

	(void)state;
	print_message("proves: full disk\n");
	find.idem[0] = (uint8_t)(idem >> 8);
	find.idem[1] = (uint8_t)idem;
	assert_ok(issue("tls-client", idem, &store, &out, &ei), &ei);
	disk_full = true;
	assert_int_equal(engine_commit(kit.engine, &ei), ERR_STORE);
	assert_string_equal(ei.rule, "journal.full");
	disk_full = false;
	assert_int_equal(
	    engine_find(kit.engine, &find, &store, &out, &ei), ERR_NOTFOUND);
	/* It resumes by itself; another serial is drawn. */
	assert_ok(issue("tls-client", idem, &store, &out, &ei), &ei);
	assert_false(out.replay);
	commit();
}

static void
the_journal_tells_it(void **state)
{
	struct signer_journal_entry entry;
	struct signer_issued out;
	struct errinfo ei;

	(void)state;
	assert_ok(issue("tls-client", next_idem++, &store, &out, &ei), &ei);
	assert_int_equal(
	    engine_journal_entry(kit.engine, out.number, &other, &entry, &ei),
	    ERR_NOTFOUND); /* not durable yet */
	commit();
	assert_ok(
	    engine_journal_entry(kit.engine, out.number, &other, &entry, &ei),
	    &ei);
	assert_int_equal(entry.type, JOURNAL_ISSUE);
	assert_int_equal(entry.number, out.number);
	assert_string_equal(entry.profile, "tls-client");
	assert_true(slice_eq(entry.cert, out.cert));
	assert_memory_equal(entry.request, out.request, 32);
	assert_int_equal(entry.at.number, 1);
	assert_int_equal(entry.at.hash[31], 9);
	assert_ok(
	    engine_journal_entry(kit.engine, 1, &other, &entry, &ei), &ei);
	assert_int_equal(entry.type, JOURNAL_OPEN);
}

static void
info_tells_what_it_is(void **state)
{
	struct signer_info i;
	struct errinfo ei;

	(void)state;
	signer_info_init(&i);
	assert_ok(engine_info(kit.engine, &i, &ei), &ei);
	assert_string_equal(i.name, "issuing");
	assert_true(i.ready);
	assert_false(i.ocsp);
	assert_int_equal(i.key_alg, KEY_P256);
	assert_int_equal(i.num_profiles, 4);
	assert_string_equal(i.profiles[1].name, "tls-server");
	assert_int_equal(i.profiles[1].ceiling, 3);
	assert_int_equal(i.profiles[1].used, 1);
	assert_int_equal(i.journal_number, engine_journal_number(kit.engine));
	assert_true(i.cert_len > 300);
	signer_info_clear(&i);
}

/* Before it has its certificate a root certifies its own key and no other,
 * and an issuing CA nothing. */
static void
a_new_signer_does_one_thing(void **state)
{
	struct buf own = BUF_INIT(SPKI_BYTES_MAX);
	struct signer_issue_msg m;
	struct signer_issued out;
	struct errinfo ei;
	struct kit fresh = {.now = kit.now};

	(void)state;
	house_conf(&house, "second",
	    "name = \"second\";\n"
	    "crl_urls = [\"http://127.0.0.1:1/x.crl\"];\n"
	    "ca_urls = [\"http://127.0.0.1:1/x.cer\"];\n"
	    "profiles = [\"root-ca\", \"issuing-ca\"];\n");
	house_make_key(&house, "second", &own);
	kit_open(&fresh, &house, "second");
	m.at = house_audit(1);
	house_values(&m.values, "root-ca", "Root 2", buf_slice(&key), 1);
	assert_int_equal(
	    engine_issue(fresh.engine, &m, &store, &out, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "signer.self");
	values_clear(&m.values);
	house_values(&m.values, "issuing-ca", "Sub", buf_slice(&key), 2);
	assert_int_equal(
	    engine_issue(fresh.engine, &m, &store, &out, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "signer.new");
	values_clear(&m.values);
	house_values(&m.values, "root-ca", "Root 2", buf_slice(&own), 3);
	assert_ok(engine_issue(fresh.engine, &m, &store, &out, &ei), &ei);
	values_clear(&m.values);
	/* The profile's ceiling is one. */
	house_values(&m.values, "root-ca", "Root 3", buf_slice(&own), 4);
	assert_int_equal(
	    engine_issue(fresh.engine, &m, &store, &out, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "signer.ceiling");
	values_clear(&m.values);
	kit_close(&fresh);
	buf_clear(&own);
}

/* Files that front could have written are not read. */
static void
untrusted_files_are_refused(void **state)
{
	char conf[PATH_TEXT_SIZE], pass[PATH_TEXT_SIZE];
	struct kit fresh = {.now = kit.now};
	struct errinfo ei;

	(void)state;
	house_path(&house, "second.conf", conf);
	assert_int_equal(chmod(conf, 0666), 0);
	assert_int_equal(kit_try(&fresh, &house, "second", &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.trusted_mode");
	assert_int_equal(chmod(conf, 0644), 0);
	house_path(&house, "second/key.pass", pass);
	assert_int_equal(chmod(pass, 0440), 0);
	assert_int_equal(kit_try(&fresh, &house, "second", &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.secret_mode");
	assert_int_equal(chmod(pass, 0400), 0);
	assert_ok(kit_try(&fresh, &house, "second", &ei), &ei);
	kit_close(&fresh);
	house_conf(&house, "third", "name = \"second\";\n");
	assert_int_equal(kit_try(&fresh, &house, "third", &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "signer.name");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_certificate_is_whole),
	    cmocka_unit_test(serials_differ),
	    cmocka_unit_test(a_twin_gets_the_same_bytes),
	    cmocka_unit_test(only_its_own_profiles),
	    cmocka_unit_test(times_stay_near_the_clock),
	    cmocka_unit_test(a_clock_that_went_back_stops_it),
	    cmocka_unit_test(the_ceiling_holds),
	    cmocka_unit_test(a_full_disk_issues_nothing),
	    cmocka_unit_test(the_journal_tells_it),
	    cmocka_unit_test(info_tells_what_it_is),
	    cmocka_unit_test(a_new_signer_does_one_thing),
	    cmocka_unit_test(untrusted_files_are_refused),
	};

	return cmocka_run_group_tests_name("issue", tests, set_up, tear_down);
}
