/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CA whose key is on a token: the signer as it runs, behind its walls, with
 * SoftHSM behind a module that fails on command.  What is asked through the
 * client is asked as front does.
 */
#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../crypto/softhsm.h"
#include "crypto/init.h"
#include "crypto/pubkey.h"
#include "house.h"
#include "os/wait.h"
#include "x509/cert.h"
#include "x509/crl.h"

static struct house house;
static struct softhsm hsm;
static struct buf cert = BUF_INIT(CERT_BYTES_MAX);
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);

/* The group `key` of a signer's settings, for this key of the token. */
static void
key_settings(char *out, size_t size, const char *label)
{
	(void)snprintf(out, size,
	    "key = { kind = \"module\"; module = \"%s\"; token = \"%s\"; "
	    "label = \"%s\"; environment = [\"SOFTHSM2_CONF=%s\", "
	    "\"FAULTY_DO=%s\", \"FAULTY_LOG=%s\"]; read = [\"%s\"]; "
	    "write = [\"%s/tokens\", \"%s\"]; };\n",
	    hsm.module, SOFTHSM_TOKEN, label, hsm.conf, hsm.order, hsm.log,
	    hsm.dir, hsm.dir, hsm.log);
}

static void
put_pin(const char *name)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct errinfo ei;

	house_path(&house, name, dir);
	assert_ok(dir_make(dir, 0700, &ei), &ei);
	assert_ok(path_join(path, dir, "key.pin", &ei), &ei);
	(void)unlink(path);
	assert_ok(
	    file_write_new(path, slice_str(SOFTHSM_PIN "\n"), 0400, &ei), &ei);
}

/* A signer NAME with a key of this kind on the token, certified by "root". */
static void
make_ca(const char *name, const char *spec)
{
	char text[16384], group[8192], dir[PATH_TEXT_SIZE];
	char conf[PATH_TEXT_SIZE], file[PATH_TEXT_SIZE];
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct audit_position at = house_audit(1);
	struct signer_client *c;
	struct issue_values v;
	struct errinfo ei;
	pid_t pid;

	key_settings(group, sizeof(group), name);
	(void)snprintf(text, sizeof(text),
	    "name = \"%s\";\n"
	    "crl_urls = [\"http://127.0.0.1:1/x.crl\"];\n"
	    "ca_urls = [\"http://127.0.0.1:1/x.cer\"];\n"
	    "ocsp_urls = [\"http://127.0.0.1:1/ocsp\"];\n"
	    "profiles = [\"tls-client\", \"tls-server\"];\n%s",
	    name, group);
	house_conf(&house, name, text);
	put_pin(name);
	house_path(&house, name, dir);
	(void)snprintf(file, sizeof(file), "%s.conf", name);
	house_path(&house, file, conf);
	assert_int_equal(house_once(&house, "--make-key", dir, spec, conf), 0);
	assert_ok(path_join(file, dir, "spki.der", &ei), &ei);
	assert_ok(file_read(file, SPKI_BYTES_MAX, &spki, &ei), &ei);

	c = house_start(&house, "root", false, &pid);
	house_values(
	    &v, "issuing-ca", name, buf_slice(&spki), (unsigned)name[0]);
	assert_ok(signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), &ei);
	values_clear(&v);
	house_stop(c, pid);
	house_path(&house, "new.der", file);
	assert_ok(file_write_atomic(file, buf_slice(&cert), 0600, &ei), &ei);
	assert_int_equal(
	    house_once(&house, "--install-cert", dir, file, NULL), 0);
	buf_clear(&spki);
}

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (!house_open(&house) || !softhsm_open(&hsm)) {
		return -1;
	}
	house_ceremony(&house, "");
	house_key(&key);
	make_ca("token", "p256");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	house_close(&house);
	softhsm_close(&hsm);
	buf_clear(&cert);
	buf_clear(&key);
	return 0;
}

static enum err
ask(struct signer_client *c, unsigned idem, struct errinfo *ei)
{
	struct audit_position at = house_audit(idem);
	struct issue_values v;
	enum err err;

	house_values(&v, "tls-client", "user", buf_slice(&key), idem);
	err = signer_issue(c, &v, &at, &cert, NULL, NULL, ei);
	values_clear(&v);
	return err;
}

static uint64_t
journal_end(struct signer_client *c, char rule[ERRINFO_RULE])
{
	struct signer_info info;
	struct errinfo ei;
	uint64_t number;

	signer_info_init(&info);
	assert_ok(signer_info(c, &info, &ei), &ei);
	number = info.journal_number;
	if (rule != NULL) {
		memcpy(rule, info.key_rule, ERRINFO_RULE);
	}
	signer_info_clear(&info);
	return number;
}

/* Of the certificate that is in `cert`, by the key of signer `name`. */
static void
assert_signed_by(const char *name)
{
	char file[PATH_TEXT_SIZE], ca[128];
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct cert *issuer = NULL, *one = NULL;
	struct pubkey *pub = NULL;
	struct errinfo ei;

	(void)snprintf(ca, sizeof(ca), "%s/ca.der", name);
	house_path(&house, ca, file);
	assert_ok(file_read(file, CERT_BYTES_MAX, &der, &ei), &ei);
	assert_ok(cert_parse(buf_slice(&der), &issuer, &ei), &ei);
	assert_ok(cert_parse(buf_slice(&cert), &one, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(issuer), &pub, &ei), &ei);
	assert_ok(cert_verify(one, pub, &ei), &ei);
	pubkey_free(pub);
	cert_free(issuer);
	cert_free(one);
	buf_clear(&der);
}

static void
issues_behind_its_walls(void **state)
{
	struct signer_client *c;
	struct errinfo ei = {0};
	pid_t pid;

	(void)state;
	print_message("proves: I5\n");
	c = house_start(&house, "token", false, &pid);
	for (unsigned i = 0; i < 20; i++) {
		assert_ok(ask(c, 100 + i, &ei), &ei);
		assert_signed_by("token");
	}
	house_stop(c, pid);
}

static void
signs_a_crl(void **state)
{
	struct signer_crl o = {.number = 1, .at = house_audit(3)};
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	struct signer_info info;
	struct signer_client *c;
	struct errinfo ei;
	pid_t pid;

	(void)state;
	c = house_start(&house, "token", false, &pid);
	signer_info_init(&info);
	assert_ok(signer_info(c, &info, &ei), &ei);
	o.this_update = info.now;
	o.next_update = info.now + 3600;
	assert_ok(signer_crl_whole(c, &o, SLICE_EMPTY, &crl, NULL, &ei), &ei);
	assert_true(crl.len > 0);
	signer_info_clear(&info);
	buf_clear(&crl);
	house_stop(c, pid);
}

/* Each fault: a named error, nothing in the journal, the key's state told; and
 * when it has passed the same process issues under the same idempotency key. */
static void
loses_the_device_and_gets_it_back(void **state)
{
	static const struct {
		const char *order;
		const char *rule;
	} cases[] = {
	    {"removed", "key.token"},
	    {"failed", "key.module"},
	    {"short", "key.module"},
	    {"wrong", "signer.signature"},
	};
	char rule[ERRINFO_RULE];
	struct signer_client *c;
	struct errinfo ei = {0};
	uint64_t before;
	pid_t pid;

	(void)state;
	print_message("proves: I5, faults\n");
	c = house_start(&house, "token", false, &pid);
	assert_ok(ask(c, 200, &ei), &ei);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		before = journal_end(c, rule);
		assert_string_equal(rule, "");
		softhsm_order(&hsm, cases[i].order);
		for (int again = 0; again < 3; again++) {
			assert_int_equal(ask(c, 210 + i, &ei), ERR_AGAIN);
			assert_string_equal(ei.rule, cases[i].rule);
		}
		assert_int_equal(journal_end(c, rule), before);
		assert_string_equal(rule, cases[i].rule);
		softhsm_order(&hsm, "");
		assert_ok(ask(c, 210 + i, &ei), &ei);
		assert_signed_by("token");
		assert_int_equal(journal_end(c, rule), before + 1);
	}
	/* What nobody notices. */
	softhsm_order(&hsm, "session");
	assert_ok(ask(c, 220, &ei), &ei);
	softhsm_order(&hsm, "reset");
	assert_ok(ask(c, 221, &ei), &ei);
	softhsm_order(&hsm, "");
	assert_signed_by("token");
	house_stop(c, pid);
}

static void
a_hanging_device_holds_nobody_for_long(void **state)
{
	struct signer_client *c;
	struct errinfo ei = {0};
	uint64_t before;
	pid_t pid;

	(void)state;
	print_message("proves: faults\n");
	c = house_start(&house, "token", false, &pid);
	assert_ok(ask(c, 300, &ei), &ei);
	before = journal_end(c, NULL);
	softhsm_order(&hsm, "hang");
	assert_int_equal(ask(c, 301, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "key.hung");
	assert_int_equal(ask(c, 302, &ei), ERR_AGAIN);
	/* It still answers for what it has. */
	assert_int_equal(journal_end(c, NULL), before);
	assert_ok(ask(c, 300, &ei), &ei);
	softhsm_order(&hsm, "");
	for (int i = 0; i < 250 && ask(c, 301, &ei) != ERR_OK; i++) {
		sleep_ms(20);
	}
	assert_ok(ask(c, 301, &ei), &ei);
	assert_signed_by("token");
	house_stop(c, pid);

	/* And it can be stopped while it hangs. */
	c = house_start(&house, "token", false, &pid);
	softhsm_order(&hsm, "hang");
	assert_int_equal(ask(c, 303, &ei), ERR_AGAIN);
	house_stop(c, pid);
	softhsm_order(&hsm, "");
}

/* It starts without its device, says so, and works when that comes. */
static void
starts_before_its_device(void **state)
{
	char rule[ERRINFO_RULE];
	struct signer_client *c;
	struct errinfo ei = {0};
	pid_t pid;

	(void)state;
	softhsm_order(&hsm, "removed");
	c = house_start(&house, "token", false, &pid);
	(void)journal_end(c, rule);
	assert_string_equal(rule, "key.token");
	assert_int_equal(ask(c, 400, &ei), ERR_AGAIN);
	softhsm_order(&hsm, "");
	assert_ok(ask(c, 400, &ei), &ei);
	house_stop(c, pid);
}

/* An erring RSA signature shows the key: it is never let out, by hand of
 * whoever asks, nor journaled. */
static void
a_wrong_rsa_signature_stays_inside(void **state)
{
	static const uint8_t idem[32] = {500 >> 8, 500 & 0xff};
	struct signer_client *c;
	struct errinfo ei = {0};
	pid_t pid;

	(void)state;
	print_message("proves: faults\n");
	make_ca("rsa-token", "rsa:2048");
	c = house_start(&house, "rsa-token", false, &pid);
	assert_ok(ask(c, 499, &ei), &ei);
	softhsm_order(&hsm, "wrong");
	buf_reset(&cert);
	assert_int_equal(ask(c, 500, &ei), ERR_AGAIN);
	assert_string_equal(ei.rule, "signer.signature");
	assert_int_equal(cert.len, 0);
	assert_int_equal(
	    signer_find(c, idem, &cert, NULL, NULL, &ei), ERR_NOTFOUND);
	softhsm_order(&hsm, "");
	assert_ok(ask(c, 500, &ei), &ei);
	assert_signed_by("rsa-token");
	house_stop(c, pid);
}

static bool
maps(pid_t pid, const char *what)
{
	char path[64], line[1024];
	bool found = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)pid);
	f = fopen(path, "re");
	if (f == NULL) { /* without root a hidden process is not looked into */
		print_message("%s cannot be read\n", path);
		skip();
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		found = found || strstr(line, what) != NULL;
	}
	(void)fclose(f);
	return found;
}

/* What a soft key does not need is not there to be misused. */
static void
a_soft_key_maps_no_module(void **state)
{
	struct signer_client *c;
	pid_t pid;

	(void)state;
	print_message("proves: walls\n");
	c = house_start(&house, "issuing", false, &pid);
	(void)journal_end(c, NULL); /* it serves */
	assert_true(maps(pid, "libcrypto"));
	assert_false(maps(pid, "softhsm"));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	assert_false(maps(pid, "libstdc++")); /* theirs need it */
#endif
	house_stop(c, pid);
	c = house_start(&house, "token", false, &pid);
	(void)journal_end(c, NULL);
	assert_true(maps(pid, "softhsm"));
	house_stop(c, pid);
}

static void
the_pin_file_is_nobody_elses(void **state)
{
	char path[PATH_TEXT_SIZE];
	struct kit k;
	struct errinfo ei = {0};

	(void)state;
	house_path(&house, "token/key.pin", path);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(kit_try(&k, &house, "token", &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "file.secret_mode");
	assert_int_equal(chmod(path, 0400), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(issues_behind_its_walls),
	    cmocka_unit_test(signs_a_crl),
	    cmocka_unit_test(loses_the_device_and_gets_it_back),
	    cmocka_unit_test(a_hanging_device_holds_nobody_for_long),
	    cmocka_unit_test(starts_before_its_device),
	    cmocka_unit_test(a_wrong_rsa_signature_stays_inside),
	    cmocka_unit_test(a_soft_key_maps_no_module),
	    cmocka_unit_test(the_pin_file_is_nobody_elses),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
