/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "office.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "ca/authority.h"
#include "os/systime.h"
#include "x509/p7b.h"

/* What front finds beside its CRLs: the CA's chain. */
static void
put_chain(struct office *o, struct signer_client *c)
{
	struct buf root = BUF_INIT(CERT_BYTES_MAX);
	struct buf chain = BUF_INIT(CMS_BYTES_MAX);
	struct slice certs[2];
	struct signer_info info;
	char path[PATH_TEXT_SIZE];
	struct errinfo ei;

	house_path(&o->house, "root/ca.der", path);
	assert_ok(file_read(path, CERT_BYTES_MAX, &root, &ei), &ei);
	signer_info_init(&info);
	assert_ok(signer_info(c, &info, &ei), &ei);
	certs[0] = slice_make(info.cert, info.cert_len);
	certs[1] = buf_slice(&root);
	p7b_build(certs, ARRAY_LEN(certs), &chain);
	assert_ok(path_join(path, o->public_dir, "issuing.p7b", &ei), &ei);
	assert_ok(file_write_atomic(path, buf_slice(&chain), 0644, &ei), &ei);
	signer_info_clear(&info);
	buf_clear(&root);
	buf_clear(&chain);
}

void
office_pass(struct office *o)
{
	struct clock now = system_clock();

	o->f->now_ms = clock_utc_ms(&now) + 2000;
}

int
office_setup(void **state)
{
	struct office *o = calloc(1, sizeof(*o));
	struct ca_options options;
	struct signer_client *c;
	struct errinfo ei;

	assert_non_null(o);
	if (!house_open(&o->house)) {
		free(o);
		return -1;
	}
	house_ceremony(&o->house, "");
	house_path(&o->house, "public", o->public_dir);
	assert_ok(dir_make(o->public_dir, 0755, &ei), &ei);
	o->f = fixture_new();
	office_pass(o);
	options = (struct ca_options){
	    .store = o->f->store,
	    .clock = &o->f->clock,
	    .public_dir = o->public_dir,
	    .profile_dir = o->house.profiles,
	    .accreditation = &o->none,
	};
	assert_ok(ca_new(&options, &o->ca, &ei), &ei);
	c = house_start(&o->house, "issuing", false, &o->signer);
	put_chain(o, c);
	assert_ok(ca_add(o->ca, c, NULL, &ei), &ei);
	*state = o;
	return 0;
}

int
office_teardown(void **state)
{
	struct office *o = *state;
	int status;

	ca_free(o->ca); /* the end of its channel ends the signer */
	while (waitpid(o->signer, &status, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
	assert_int_equal(status, 0);
	fixture_free(o->f);
	house_close(&o->house);
	free(o);
	return 0;
}
