/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "office.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ca/authority.h"
#include "os/systime.h"
#include "x509/p7b.h"

enum {
	AHEAD_MS = 2000
};

/* Beside the house's own, which is called "issuing". */
static void
make_gost(const struct house *h)
{
	struct buf key = BUF_INIT(SPKI_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct audit_position at = house_audit(1);
	struct signer_client *root;
	struct issue_values v;
	struct errinfo ei;
	pid_t pid;

	house_conf(h, "gost",
	    "name = \"gost\";\n"
	    "crl_urls = [\"http://127.0.0.1:1/x.crl\"];\n"
	    "ca_urls = [\"http://127.0.0.1:1/x.cer\"];\n"
	    "ocsp_urls = [\"http://127.0.0.1:1/ocsp\"];\n"
	    "profiles = [\"qualified-person\"];\n");
	house_make_key_of(h, "gost", "gost2012-256:A", &key);
	root = house_start(h, "root", false, &pid);
	house_values(&v, "issuing-ca", "GOST", buf_slice(&key), 3);
	assert_ok(signer_issue(root, &v, &at, &cert, NULL, NULL, &ei), &ei);
	values_clear(&v);
	house_stop(root, pid);
	house_install(h, "gost", buf_slice(&cert));
	buf_clear(&key);
	buf_clear(&cert);
}

/* What front finds beside its CRLs: the CA's chain. */
static void
put_chain(struct office *o, const char *name, struct signer_client *c)
{
	struct buf root = BUF_INIT(CERT_BYTES_MAX);
	struct buf chain = BUF_INIT(CMS_BYTES_MAX);
	struct slice certs[2];
	struct signer_info info;
	char path[PATH_TEXT_SIZE], file[64];
	struct errinfo ei;

	(void)snprintf(file, sizeof(file), "%s.p7b", name);
	house_path(&o->house, "root/ca.der", path);
	assert_ok(file_read(path, CERT_BYTES_MAX, &root, &ei), &ei);
	signer_info_init(&info);
	assert_ok(signer_info(c, &info, &ei), &ei);
	certs[0] = slice_make(info.cert, info.cert_len);
	certs[1] = buf_slice(&root);
	p7b_build(certs, ARRAY_LEN(certs), &chain);
	assert_ok(path_join(path, o->public_dir, file, &ei), &ei);
	assert_ok(file_write_atomic(path, buf_slice(&chain), 0644, &ei), &ei);
	signer_info_clear(&info);
	buf_clear(&root);
	buf_clear(&chain);
}

static void
add_ca(struct office *o, const char *name, pid_t *pid)
{
	struct signer_client *c = house_start(&o->house, name, false, pid);
	struct errinfo ei;

	put_chain(o, name, c);
	assert_ok(ca_add(o->ca, c, NULL, &ei), &ei);
}

/* So that what a signer has noted is past. */
static int64_t
ahead(void *arg)
{
	struct clock now = system_clock();

	(void)arg;
	return clock_utc_ms(&now) + AHEAD_MS;
}

static int64_t
mono(void *arg)
{
	struct clock now = system_clock();

	(void)arg;
	return clock_mono_ms(&now);
}

void
office_code(struct office *o, const char *phone, char out[16])
{
	o->f->now_ms = clock_utc_ms(&o->f->clock);
	fixture_code(o->f, phone, out);
}

static int
set_up(void **state, const char *settings)
{
	struct office *o = calloc(1, sizeof(*o));
	struct ca_options options;
	struct errinfo ei;

	assert_non_null(o);
	if (!house_open(&o->house)) {
		free(o);
		return -1;
	}
	house_ceremony(&o->house, settings);
	make_gost(&o->house);
	house_path(&o->house, "public", o->public_dir);
	assert_ok(dir_make(o->public_dir, 0755, &ei), &ei);
	o->f = fixture_new();
	o->f->clock = (struct clock){ahead, mono, NULL};
	options = (struct ca_options){
	    .store = o->f->store,
	    .clock = &o->f->clock,
	    .public_dir = o->public_dir,
	    .profile_dir = o->house.profiles,
	    .accreditation = &o->none,
	};
	assert_ok(ca_new(&options, &o->ca, &ei), &ei);
	add_ca(o, "issuing", &o->signers[0]);
	add_ca(o, "gost", &o->signers[1]);
	*state = o;
	return 0;
}

int
office_setup(void **state)
{
	return set_up(state, "");
}

int
office_setup_deltas(void **state)
{
	return set_up(state, "crl_shards = 2;\ncrl_delta_hours = 1;\n");
}

int
office_teardown(void **state)
{
	struct office *o = *state;
	int status;

	ca_free(o->ca); /* the end of its channel ends a signer */
	for (size_t i = 0; i < ARRAY_LEN(o->signers); i++) {
		while (waitpid(o->signers[i], &status, 0) < 0) {
			assert_int_equal(errno, EINTR);
		}
		assert_int_equal(status, 0);
	}
	fixture_free(o->f);
	house_close(&o->house);
	free(o);
	return 0;
}
