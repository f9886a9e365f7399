/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "os/systime.h"
#include "scratch/scratch.h"
#include "x509/cert.h"

#include "house.h"

#define URLS                                                                   \
	"crl_urls = [\"http://127.0.0.1:1/x.crl\"];\n"                         \
	"ca_urls = [\"http://127.0.0.1:1/x.cer\"];\n"                          \
	"ocsp_urls = [\"http://127.0.0.1:1/ocsp\"];\n"

static const char *
need_env(const char *name)
{
	const char *v = getenv(name);

	if (v == NULL) {
		print_message("%s is not set: run this by meson test\n", name);
	}
	return v;
}

bool
house_open(struct house *h)
{
	const char *root = need_env("SURGUCH_SOURCE_ROOT");
	const char *bin = need_env("SURGUCH_LIBEXEC");

	if (root == NULL || bin == NULL) {
		return false;
	}
	scratch_open("house", h->dir);
	(void)snprintf(h->profiles, sizeof(h->profiles), "%s/profiles", root);
	(void)snprintf(
	    h->program, sizeof(h->program), "%s/surguch-signer", bin);
	(void)snprintf(h->ocsp, sizeof(h->ocsp), "%s/surguch-ocsp", bin);
	return true;
}

void
house_close(struct house *h)
{
	scratch_close(h->dir);
}

void
house_path(const struct house *h, const char *name, char out[PATH_TEXT_SIZE])
{
	struct errinfo ei;

	assert_ok(path_join(out, h->dir, name, &ei), &ei);
}

void
house_conf(const struct house *h, const char *name, const char *text)
{
	char path[PATH_TEXT_SIZE], file[128];
	struct errinfo ei;

	(void)snprintf(file, sizeof(file), "%s.conf", name);
	house_path(h, file, path);
	assert_ok(file_write_atomic(path, slice_str(text), 0644, &ei), &ei);
}

int
house_once(const struct house *h, const char *a, const char *b, const char *c,
    const char *d)
{
	const char *const argv[] = {"surguch-signer", a, b, c, d, NULL};
	const char *const envp[] = {NULL};

	return scratch_run(h->program, argv, envp);
}

void
house_make_key_of(
    const struct house *h, const char *name, const char *spec, struct buf *spki)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct errinfo ei;

	house_path(h, name, dir);
	assert_ok(dir_make(dir, 0700, &ei), &ei);
	assert_int_equal(house_once(h, "--make-key", dir, spec, NULL), 0);
	assert_ok(path_join(path, dir, "spki.der", &ei), &ei);
	buf_reset(spki);
	assert_ok(file_read(path, SPKI_BYTES_MAX, spki, &ei), &ei);
}

void
house_make_key(const struct house *h, const char *name, struct buf *spki)
{
	house_make_key_of(h, name, "p256", spki);
}

struct signer_client *
house_start(const struct house *h, const char *name, bool ocsp, pid_t *pid)
{
	char dir[PATH_TEXT_SIZE], conf[PATH_TEXT_SIZE], file[128];
	struct signer_client *c = NULL;
	struct errinfo ei;
	struct signer_spawn s = {
	    .program = ocsp ? h->ocsp : h->program,
	    .name = name,
	    .state_dir = dir,
	    .settings = conf,
	    .profile_dir = h->profiles,
	    .clock = system_clock(),
	    .timeout_ms = 20000,
	};

	(void)snprintf(file, sizeof(file), "%s.conf", name);
	house_path(h, name, dir);
	house_path(h, file, conf);
	assert_ok(signer_client_spawn(&s, &c, pid, &ei), &ei);
	return c;
}

void
house_stop(struct signer_client *c, pid_t pid)
{
	struct errinfo ei;

	assert_ok(signer_client_stop(c, pid, &ei), &ei);
}

void
house_values(struct issue_values *v, const char *profile, const char *cn,
    struct slice spki, unsigned idem)
{
	struct errinfo ei;

	values_init(v);
	v->idem[0] = (uint8_t)(idem >> 8);
	v->idem[1] = (uint8_t)idem;
	assert_ok(values_set_profile(v, slice_str(profile), &ei), &ei);
	assert_ok(values_set_spki(v, spki, &ei), &ei);
	assert_ok(values_add_attr(v, OID_C, SLICE_LIT("RU"), &ei), &ei);
	assert_ok(values_add_attr(v, OID_O, SLICE_LIT("Test"), &ei), &ei);
	assert_ok(values_add_attr(v, OID_CN, slice_str(cn), &ei), &ei);
}

void
house_key(struct buf *spki)
{
	struct privkey *k = NULL;
	struct errinfo ei;

	assert_ok(privkey_generate("p256", &k, &ei), &ei);
	buf_reset(spki);
	buf_add(spki, privkey_spki(k));
	privkey_free(k);
}

struct audit_position
house_audit(uint64_t number)
{
	struct audit_position at = {.number = number};

	at.writer.b[0] = 7;
	at.hash[31] = 9;
	return at;
}

static int64_t
kit_utc(void *arg)
{
	return ((struct kit *)arg)->now * 1000;
}

enum err
kit_try(
    struct kit *k, const struct house *h, const char *name, struct errinfo *ei)
{
	char conf[PATH_TEXT_SIZE], file[128];
	struct journal_report report;
	struct instance_paths paths = {
	    .name = name,
	    .state_dir = k->dir,
	    .settings = conf,
	    .profile_dir = h->profiles,
	    .trusted = geteuid(),
	};
	enum err err;

	(void)snprintf(file, sizeof(file), "%s.conf", name);
	house_path(h, name, k->dir);
	house_path(h, file, conf);
	k->clock = (struct clock){kit_utc, kit_utc, k};
	k->in = NULL;
	k->ledger = NULL;
	k->engine = NULL;
	err = instance_load(&paths, &k->in, ei);
	if (err == ERR_OK) {
		err = ledger_open(k->dir, k->in->settings->crl_delta_sec > 0,
		    &report, &k->ledger, ei);
	}
	if (err == ERR_OK) {
		err = engine_new(k->in, k->ledger, &k->clock, &k->engine, ei);
	}
	if (err != ERR_OK) {
		kit_close(k);
	}
	return err;
}

void
kit_open(struct kit *k, const struct house *h, const char *name)
{
	struct errinfo ei;

	assert_ok(kit_try(k, h, name, &ei), &ei);
}

void
kit_close(struct kit *k)
{
	engine_free(k->engine);
	ledger_close(k->ledger);
	instance_free(k->in);
	k->engine = NULL;
	k->ledger = NULL;
	k->in = NULL;
}

void
house_install(const struct house *h, const char *name, struct slice cert)
{
	char dir[PATH_TEXT_SIZE], file[PATH_TEXT_SIZE];
	struct errinfo ei;

	house_path(h, name, dir);
	house_path(h, "new.der", file);
	assert_ok(file_write_atomic(file, cert, 0600, &ei), &ei);
	assert_int_equal(house_once(h, "--install-cert", dir, file, NULL), 0);
}

void
house_ceremony(const struct house *h, const char *issuing_more)
{
	struct buf root_key = BUF_INIT(SPKI_BYTES_MAX);
	struct buf issuing_key = BUF_INIT(SPKI_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct audit_position at = house_audit(1);
	struct issue_values v;
	struct signer_client *c;
	struct errinfo ei;
	char text[4096];
	pid_t pid;

	house_conf(h, "root",
	    "name = \"root\";\n" URLS
	    "profiles = [\"root-ca\", \"issuing-ca\"];\n");
	(void)snprintf(text, sizeof(text),
	    "name = \"issuing\";\n" URLS
	    "profiles = [\"tls-client\", \"tls-server\", \"ocsp\", "
	    "\"page-order\"];\n%s",
	    issuing_more);
	house_conf(h, "issuing", text);
	house_make_key(h, "root", &root_key);
	house_make_key(h, "issuing", &issuing_key);

	c = house_start(h, "root", false, &pid);
	house_values(&v, "root-ca", "Root", buf_slice(&root_key), 1);
	assert_ok(signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), &ei);
	values_clear(&v);
	house_stop(c, pid);
	house_install(h, "root", buf_slice(&cert));

	c = house_start(h, "root", false, &pid);
	house_values(&v, "issuing-ca", "Issuing", buf_slice(&issuing_key), 2);
	assert_ok(signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), &ei);
	values_clear(&v);
	house_stop(c, pid);
	house_install(h, "issuing", buf_slice(&cert));
	buf_clear(&root_key);
	buf_clear(&issuing_key);
	buf_clear(&cert);
}

/* Name a service's key in the settings of "issuing". */
static void
delegate(const struct house *h, const char *setting, struct slice spki)
{
	struct buf conf = BUF_INIT(CONF_BYTES_MAX);
	uint8_t hash[HASH_SIZE_MAX];
	char path[PATH_TEXT_SIZE];
	struct errinfo ei;

	house_path(h, "issuing.conf", path);
	assert_ok(file_read(path, CONF_BYTES_MAX, &conf, &ei), &ei);
	assert_ok(hash_of(HASH_SHA256, spki, hash, &ei), &ei);
	buf_printf(&conf, "%s = [\"", setting);
	text_hex(&conf, slice_make(hash, 32));
	buf_add_str(&conf, "\"];\n");
	house_conf(h, "issuing", buf_cstr(&conf));
	buf_clear(&conf);
}

/* A service under "issuing": its settings, key and certificate. */
static void
add_service(const struct house *h, const char *name, const char *setting,
    const char *profile, const char *more)
{
	char dir[PATH_TEXT_SIZE], file[PATH_TEXT_SIZE], ca[PATH_TEXT_SIZE];
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct audit_position at = house_audit(1);
	struct issue_values v;
	struct signer_client *c;
	struct errinfo ei;
	char text[1024];
	pid_t pid;

	(void)snprintf(text, sizeof(text), "name = \"%s\";\nkind = \"%s\";\n%s",
	    name, name, more);
	house_conf(h, name, text);
	house_make_key(h, name, &spki);
	delegate(h, setting, buf_slice(&spki));
	c = house_start(h, "issuing", false, &pid);
	house_values(&v, profile, "Service", buf_slice(&spki), 3);
	assert_ok(signer_issue(c, &v, &at, &cert, NULL, NULL, &ei), &ei);
	values_clear(&v);
	house_stop(c, pid);
	house_path(h, name, dir);
	house_path(h, "new.der", file);
	house_path(h, "issuing/ca.der", ca);
	assert_ok(file_write_atomic(file, buf_slice(&cert), 0600, &ei), &ei);
	assert_int_equal(house_once(h, "--install-cert", dir, file, ca), 0);
	buf_clear(&spki);
	buf_clear(&cert);
}

void
house_ocsp(const struct house *h, const char *more)
{
	add_service(h, "ocsp", "responders", "ocsp", more);
}

void
house_centre(const struct house *h, const char *more)
{
	add_service(h, "centre", "page_orderers", "page-order", more);
}

bool
house_begin(struct house *h, struct kit *k, const char *issuing_more)
{
	struct clock now = system_clock();
	struct errinfo ei;

	assert_ok(crypto_init(&ei), &ei);
	if (!house_open(h)) {
		return false;
	}
	house_ceremony(h, issuing_more);
	k->now = clock_utc_sec(&now);
	return true;
}

static int
compare_serials(const void *a, const void *b)
{
	return memcmp(a, b, HOUSE_SERIAL);
}

void
kit_issue_some(struct kit *k, struct slice spki, int64_t not_after, size_t num,
    uint8_t serials[][HOUSE_SERIAL], void (*look)(const struct cert *c))
{
	struct buf store = BUF_INIT(CERT_BYTES_MAX);
	struct signer_issued out;
	struct errinfo ei;

	for (size_t i = 0; i < num; i++) {
		struct signer_issue_msg m = {.at = house_audit(1)};
		struct cert *c = NULL;

		house_values(
		    &m.values, "tls-client", "user", spki, 50 + (unsigned)i);
		m.values.not_after = not_after;
		assert_ok(engine_issue(k->engine, &m, &store, &out, &ei), &ei);
		signer_issue_clear(&m);
		assert_ok(cert_parse(out.cert, &c, &ei), &ei);
		assert_int_equal(cert_serial(c).len, HOUSE_SERIAL);
		memcpy(serials[i], cert_serial(c).p, HOUSE_SERIAL);
		if (look != NULL) {
			look(c);
		}
		cert_free(c);
	}
	assert_ok(engine_commit(k->engine, &ei), &ei);
	qsort(serials, num, HOUSE_SERIAL, compare_serials);
	buf_clear(&store);
}
