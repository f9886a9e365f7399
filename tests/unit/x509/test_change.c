/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A typed field that is changed shows in the bytes that are written, at its
 * place and nowhere else.  So the typed fields are what is written.
 */
#include "unit.h"

#include <string.h>

#include "der/oid.h"
#include "reference.h"
#include "x509/cert_priv.h"
#include "x509/ext.h"
#include "x509/name.h"

static uint8_t *
writable(struct slice s)
{
	return (uint8_t *)(uintptr_t)s.p;
}

static struct ext *
ext_of(struct cert *c, enum ext_kind kind)
{
	struct ext *x = (struct ext *)(uintptr_t)ext_find(c->exts, kind);

	assert_non_null(x);
	return x;
}

static void
change_serial(struct cert *c)
{
	writable(c->serial)[c->serial.len - 1] ^= 1;
}

static void
change_issuer(struct cert *c)
{
	writable(name_find(c->issuer, OID_CN)->value)[1] ^= 1;
}

static void
change_subject(struct cert *c)
{
	writable(name_find(c->subject, OID_INN)->value)[11] ^= 1;
}

static void
change_not_before(struct cert *c)
{
	c->not_before += c->not_before % 10 < 9 ? 1 : -1;
}

static void
change_not_after(struct cert *c)
{
	c->not_after += c->not_after % 10 < 9 ? 1 : -1;
}

static void
change_paramset(struct cert *c)
{
	assert_true(slice_eq(c->key.alg.set, oid_bytes(OID_GOST_CP_A)));
	c->key.alg.set = oid_bytes(OID_GOST_CP_B);
}

static void
change_key(struct cert *c)
{
	writable(c->key.bits)[40] ^= 0x80;
}

static void
change_usage(struct cert *c)
{
	/* keyCertSign and cRLSign, and not two unused bits more or less */
	assert_int_equal(
	    ext_of(c, EXT_KEY_USAGE)->u.key_usage, KU_CERT_SIGN | KU_CRL_SIGN);
	ext_of(c, EXT_KEY_USAGE)->u.key_usage =
	    KU_DATA_ENCIPHERMENT | KU_CRL_SIGN;
}

static void
change_critical(struct cert *c)
{
	struct ext *x = ext_of(c, EXT_BASIC_CONSTRAINTS);

	/* The length stays: another extension becomes critical instead. */
	assert_true(x->critical);
	x->critical = false;
	ext_of(c, EXT_IDENTIFICATION_KIND)->critical = true;
}

static void
change_path_len(struct cert *c)
{
	ext_of(c, EXT_BASIC_CONSTRAINTS)->u.basic.path_len = 5;
}

static void
change_ski(struct cert *c)
{
	writable(ext_of(c, EXT_SKI)->u.octets)[0] ^= 0xff;
}

static void
change_aki_serial(struct cert *c)
{
	struct slice serial = ext_of(c, EXT_AKI)->u.aki.serial;

	writable(serial)[serial.len - 1] ^= 1;
}

static void
change_policy(struct cert *c)
{
	struct ext_policies *p = &ext_of(c, EXT_POLICIES)->u.policies;

	for (size_t i = 0; i < p->num; i++) {
		struct policy *policy = (struct policy *)(uintptr_t)&p->list[i];

		if (policy->id == OID_POLICY_KC1) {
			policy->oid = oid_bytes(OID_POLICY_KB2);
			return;
		}
	}
	fail();
}

static void
change_period(struct cert *c)
{
	ext_of(c, EXT_PRIVATE_KEY_PERIOD)->u.period.not_after.sec += 86400;
}

static void
change_kind(struct cert *c)
{
	ext_of(c, EXT_IDENTIFICATION_KIND)->u.number ^= 3;
}

static void
change_tool(struct cert *c)
{
	writable(ext_of(c, EXT_ISSUER_SIGN_TOOL)->u.texts[2].value)[1] ^= 1;
}

static void
change_url(struct cert *c)
{
	const struct dist_point *p =
	    &ext_of(c, EXT_CRL_POINTS)->u.points.list[0];

	writable(p->full.list[0].value)[8] ^= 1;
}

static void
change_access(struct cert *c)
{
	writable(ext_of(c, EXT_AIA)->u.aia.list[0].location.value)[8] ^= 1;
}

static void
change_template(struct cert *c)
{
	ext_of(c, EXT_MS_TEMPLATE)->u.ms_template.major += 2;
}

static void
change_signature(struct cert *c)
{
	writable(c->sig.bits)[0] ^= 1;
}

static void
change_alg(struct cert *c)
{
	c->sig.alg.oid = oid_bytes(OID_SIG_GOST512);
}

static void
change_nothing(struct cert *c)
{
	(void)c;
}

/* differ: how many bytes change; the length stays the same. */
static const struct {
	const char *name;
	const char *file;
	void (*change)(struct cert *c);
	size_t differ;
} changes[] = {
    {"nothing", "uc-kontur-2025.pem", change_nothing, 0},
    {"serial", "uc-kontur-2025.pem", change_serial, 1},
    {"issuer", "uc-kontur-2025.pem", change_issuer, 1},
    {"subject", "root-minkomsvyaz-2018.pem", change_subject, 1},
    {"not before", "uc-kontur-2025.pem", change_not_before, 1},
    {"not after", "uc-kontur-2025.pem", change_not_after, 1},
    {"parameter set", "uc-kontur-2025.pem", change_paramset, 1},
    {"key", "uc-kontur-2025.pem", change_key, 1},
    {"key usage", "uc-kontur-2025.pem", change_usage, 1},
    {"path length", "uc-kontur-2025.pem", change_path_len, 1},
    {"SKI", "uc-kontur-2025.pem", change_ski, 1},
    {"AKI serial", "uc-kontur-2025.pem", change_aki_serial, 1},
    {"policy", "uc-kontur-2025.pem", change_policy, 1},
    {"key period", "root-mincifry-2025.pem", change_period, 1},
    {"identification kind", "uc-kontur-2025.pem", change_kind, 1},
    {"issuer's tool", "uc-kontur-2025.pem", change_tool, 1},
    {"CRL point", "uc-kontur-2025.pem", change_url, 1},
    {"access", "uc-kontur-2025.pem", change_access, 1},
    {"template", "uc-fns-2025-bmpstring.pem", change_template, 1},
    {"signature", "uc-kontur-2025.pem", change_signature, 1},
    {"algorithm, inside and outside", "uc-kontur-2025.pem", change_alg, 2},
};

static size_t
count_differences(const struct buf *a, struct slice b)
{
	size_t num = 0;

	assert_int_equal(a->len, b.len);
	for (size_t i = 0; i < b.len; i++) {
		num += a->p[i] != b.p[i];
	}
	return num;
}

static void
load_ca(const char *name, struct buf *der)
{
	char dir[PATH_SIZE], path[PATH_SIZE];
	int len;

	if (!reference_dir("ca", dir)) {
		skip();
	}
	len = snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_true(len > 0 && (size_t)len < sizeof(path));
	load_der(path, der);
}

static void
test_changes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct buf der = BUF_INIT(FILE_BYTES);
		struct buf built = BUF_INIT(FILE_BYTES);
		struct buf again = BUF_INIT(FILE_BYTES);
		struct cert *c = NULL, *copy = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", changes[i].name);
		load_ca(changes[i].file, &der);
		assert_ok(cert_parse(buf_slice(&der), &c, &ei), &ei);
		changes[i].change(c);
		cert_build(c, &built);
		assert_int_equal(count_differences(&built, buf_slice(&der)),
		    changes[i].differ);
		/* and the change is read back */
		assert_ok(cert_parse(buf_slice(&built), &copy, &ei), &ei);
		cert_build(copy, &again);
		assert_true(slice_eq(buf_slice(&again), buf_slice(&built)));
		cert_free(c);
		cert_free(copy);
		buf_clear(&der);
		buf_clear(&built);
		buf_clear(&again);
	}
}

/* A changed critical flag moves bytes; the reader must see the two. */
static void
test_critical(void **state)
{
	struct buf der = BUF_INIT(FILE_BYTES), built = BUF_INIT(FILE_BYTES);
	struct cert *c = NULL, *copy = NULL;
	struct errinfo ei = {0};

	(void)state;
	load_ca("uc-kontur-2025.pem", &der);
	assert_ok(cert_parse(buf_slice(&der), &c, &ei), &ei);
	change_critical(c);
	cert_build(c, &built);
	assert_int_equal(built.len, der.len);
	assert_ok(cert_parse(buf_slice(&built), &copy, &ei), &ei);
	assert_false(ext_of(copy, EXT_BASIC_CONSTRAINTS)->critical);
	assert_true(ext_of(copy, EXT_IDENTIFICATION_KIND)->critical);
	cert_free(c);
	cert_free(copy);
	buf_clear(&der);
	buf_clear(&built);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_changes),
	    cmocka_unit_test(test_critical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
