/* SPDX-License-Identifier: Apache-2.0 */
/* Lists cut into shards: what each must hold, and which certificate names
 * which. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "crypto/pubkey.h"
#include "house.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ext.h"

enum {
	CERTS = 24,
	SHARDS = 4,
	LIFE = 100 * DAY_SEC,
};

static struct house house;
static struct kit kit;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct buf store = BUF_INIT(1 << 20);
static struct buf crl = BUF_INIT(1 << 20);
static struct buf entries = BUF_INIT(1 << 20);
static uint64_t number;
static uint8_t serials[CERTS][HOUSE_SERIAL];

static struct slice
serial(unsigned i)
{
	return slice_make(serials[i], CRL_SHARD_SERIAL);
}

/* The first address of a certificate or list. */
static struct slice
url_of(const struct ext_list *exts, enum ext_kind kind)
{
	const struct ext *x = ext_find(exts, kind);

	assert_non_null(x);
	return kind == EXT_IDP ? x->u.idp.point.full.list[0].value
			       : x->u.points.list[0].full.list[0].value;
}

/* Lint has looked; here from outside. */
static void
names_its_shard(const struct cert *c)
{
	struct crl_shard named;

	assert_true(
	    crl_shard_parse(url_of(cert_exts(c), EXT_CRL_POINTS), &named));
	assert_true(crl_shard_eq(named, crl_shard_of(cert_serial(c), SHARDS)));
}

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(&house, &kit, "crl_shards = 4;\n")) {
		return -1;
	}
	house_key(&key);
	kit_open(&kit, &house, "issuing");
	kit_issue_some(&kit, buf_slice(&key), kit.now + LIFE, CERTS, serials,
	    names_its_shard);
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

static void
restart(void)
{
	kit_close(&kit);
	kit_open(&kit, &house, "issuing");
}

/* Those of the first `num` certificates that the shard covers. */
static unsigned
put_entries(struct crl_shard shard, unsigned num)
{
	unsigned put = 0;

	buf_reset(&entries);
	for (unsigned i = 0; i < num; i++) {
		if (crl_shard_has(shard, serial(i))) {
			crl_entry_put(&entries, serial(i), kit.now - 5,
			    CRL_REASON_KEY_COMPROMISE);
			put++;
		}
	}
	return put;
}

static enum err
make(struct crl_shard shard, struct errinfo *ei)
{
	struct signer_crl m = {
	    .number = number + 1,
	    .this_update = kit.now,
	    .next_update = kit.now + DAY_SEC,
	    .at = house_audit(4),
	    .shard = shard,
	};
	struct signer_crl_done done;
	bool fatal = true;
	enum err err =
	    engine_crl(kit.engine, &m, buf_slice(&entries), &done, &fatal, ei);

	assert_false(fatal);
	if (err == ERR_OK) {
		number++;
		buf_reset(&crl);
		buf_add(&crl, done.front);
		buf_add(&crl, buf_slice(&entries));
		buf_add(&crl, done.back);
		engine_keep_crl(kit.engine, kit.dir);
	}
	return err;
}

static void
a_shard_is_its_range_and_says_so(void **state)
{
	struct cert *issuer = NULL;
	struct pubkey *ca = NULL;
	struct errinfo ei;

	(void)state;
	print_message("proves: I3\n");
	assert_ok(cert_parse(instance_cert(kit.in), &issuer, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(issuer), &ca, &ei), &ei);
	for (unsigned k = 0; k < SHARDS; k++) {
		struct crl_shard shard = {k, SHARDS}, named;
		char name[64], path[PATH_TEXT_SIZE];
		unsigned num = put_entries(shard, CERTS);
		const struct ext *idp;
		struct crl *c = NULL;

		assert_ok(make(shard, &ei), &ei);
		assert_ok(crl_parse(buf_slice(&crl), &c, &ei), &ei);
		assert_ok(crl_verify(c, ca, &ei), &ei);
		assert_int_equal(crl_num_entries(c), num);
		idp = ext_find(crl_exts(c), EXT_IDP);
		assert_non_null(idp);
		assert_true(idp->critical);
		assert_true(
		    crl_shard_parse(url_of(crl_exts(c), EXT_IDP), &named));
		assert_true(crl_shard_eq(named, shard));
		crl_free(c);
		(void)snprintf(name, sizeof(name), "crl-%u-of-4.der", k);
		assert_ok(path_join(path, kit.dir, name, &ei), &ei);
		buf_reset(&store);
		assert_ok(file_read(path, CRL_BYTES_MAX, &store, &ei), &ei);
		assert_true(slice_eq(buf_slice(&store), buf_slice(&crl)));
	}
	cert_free(issuer);
	pubkey_free(ca);
}

static void
nothing_is_dropped_from_it(void **state)
{
	struct errinfo ei;

	(void)state;
	print_message("proves: I3\n");
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned k = 0; k < SHARDS; k++) {
			struct crl_shard shard = {k, SHARDS};
			unsigned all = put_entries(shard, CERTS);

			for (unsigned num = 0; num < CERTS; num++) {
				if (put_entries(shard, num) == all) {
					break;
				}
				assert_int_equal(make(shard, &ei), ERR_POLICY);
				assert_string_equal(ei.rule, "crl.dropped");
			}
			(void)put_entries(shard, CERTS);
			assert_ok(make(shard, &ei), &ei);
		}
		/* What the journal says is the same. */
		restart();
	}
}

static void
nor_from_the_full_one_or_another_count(void **state)
{
	static const struct crl_shard others[] = {
	    {0, 0}, {0, 2}, {1, 2}, {3, 7}, {200, 256}};
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		unsigned all = put_entries(others[i], CERTS);
		enum err err;

		if (all > 0) {
			buf_reset(&entries);
			err = make(others[i], &ei);
			assert_int_equal(err, ERR_POLICY);
			assert_string_equal(ei.rule, "crl.dropped");
		}
		(void)put_entries(others[i], CERTS);
		assert_ok(make(others[i], &ei), &ei);
	}
}

static void
it_holds_nothing_of_other_shards(void **state)
{
	struct errinfo ei;

	(void)state;
	for (unsigned k = 0; k < SHARDS; k++) {
		struct crl_shard shard = {k, SHARDS};

		(void)put_entries((struct crl_shard){0}, CERTS);
		assert_int_equal(make(shard, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "crl.shard");
	}
	/* Nor what nobody has issued. */
	buf_reset(&entries);
	crl_entry_put(&entries, SLICE_LIT("\5"), kit.now, CRL_REASON_NONE);
	assert_int_equal(make((struct crl_shard){1, SHARDS}, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.shard");
}

static void
what_has_ended_may_go(void **state)
{
	struct crl_shard shard = {2, SHARDS};
	struct errinfo ei;
	unsigned num;

	(void)state;
	kit.now += LIFE;
	num = put_entries(shard, CERTS);
	assert_true(num > 0);
	assert_ok(make(shard, &ei), &ei); /* the last before their end */
	buf_reset(&entries);
	assert_int_equal(make(shard, &ei), ERR_POLICY);
	kit.now += 60;
	(void)put_entries(shard, CERTS);
	assert_ok(make(shard, &ei), &ei); /* the first after it */
	buf_reset(&entries);
	assert_ok(make(shard, &ei), &ei);
	assert_ok(make(shard, &ei), &ei);
	/* Of the full list that says nothing. */
	assert_int_equal(make((struct crl_shard){0}, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.dropped");
	(void)put_entries((struct crl_shard){0}, CERTS);
	assert_ok(make((struct crl_shard){0}, &ei), &ei);
	buf_reset(&entries);
	assert_ok(make((struct crl_shard){0}, &ei), &ei);
	restart();
	assert_ok(make((struct crl_shard){3, SHARDS}, &ei), &ei);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_shard_is_its_range_and_says_so),
	    cmocka_unit_test(nothing_is_dropped_from_it),
	    cmocka_unit_test(nor_from_the_full_one_or_another_count),
	    cmocka_unit_test(it_holds_nothing_of_other_shards),
	    cmocka_unit_test(what_has_ended_may_go),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
