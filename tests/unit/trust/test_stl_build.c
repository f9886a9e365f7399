/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of our own: Microsoft's real ones written again octet for octet, an
 * organisation's made, signed, read back and judged, with every allocation
 * failing in turn. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "chain_kit.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/oid.h"
#include "der/write.h"
#include "failing/failing.h"
#include "os/file.h"
#include "reference.h"
#include "trust/anchors.h"
#include "trust/disallowed.h"
#include "trust/draft.h"
#include "trust/file.h"
#include "trust/judge.h"
#include "trust/rows.h"
#include "trust/stl_build.h"
#include "x509/ext.h"

enum {
	LIST_BYTES = 4 * 1024 * 1024,
	REAL_LISTS = 10 + 8 + 3 + 3,
};

/* --- Microsoft's, again ------------------------------------------------------
 */

static size_t
rebuild_file(const char *path)
{
	struct trust_file f;
	struct errinfo ei = {0};
	size_t num = 0;

	assert_ok(trust_file_load(path, &f, &ei), &ei);
	for (size_t i = 0; i < f.num; i++) {
		const struct stl *l = &f.parts[i].list;
		struct buf out = BUF_INIT(LIST_BYTES);
		struct slice whole = l->signature.content;

		assert_int_equal(f.parts[i].content, TRUST_LIST);
		stl_put(&out, l);
		assert_ok(buf_err(&out, &ei), &ei);
		if (!slice_eq(buf_slice(&out), whole)) {
			fail_msg("%s: not the same octets", path);
		}
		buf_clear(&out);
		num++;
	}
	trust_file_clear(&f);
	return num;
}

static size_t
rebuild_dir(const char *sub, const char *suffix)
{
	char dir[PATH_SIZE], path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	char **names = NULL;
	size_t num = 0, lists = 0;

	if (!reference_path("trust", sub, dir)) {
		skip();
	}
	assert_ok(dir_list(dir, suffix, 2000, &names, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		assert_ok(path_join(path, dir, names[i], &ei), &ei);
		lists += rebuild_file(path);
	}
	dir_list_free(names, num);
	return lists;
}

/* Every list of the data, loose or in a cabinet, of all its years. */
static void
test_rebuild(void **state)
{
	size_t num = 0;

	(void)state;
	num += rebuild_dir("stl", ".stl");
	num += rebuild_dir("cab", ".cab");
	num += rebuild_dir("mirror-20210126", ".stl");
	num += rebuild_dir("mirror-20210126", ".cab");
	assert_int_equal(num, REAL_LISTS);
}

/* The list through a draft: head and extensions apart the same octets; and the
 * store that Windows made of the same list gives them too. */
static void
test_draft_of_real(void **state)
{
	const char *const files[] = {
	    "stl/authroot-20200518.stl", "sst/roots-20200518.sst"};
	struct buf made[2] = {BUF_INIT(LIST_BYTES), BUF_INIT(LIST_BYTES)};
	struct stl real;
	struct trust_file keep;
	struct errinfo ei = {0};
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", files[0], path)) {
		skip();
	}
	assert_ok(trust_file_load(path, &keep, &ei), &ei);
	real = keep.parts[0].list;
	for (size_t i = 0; i < 2; i++) {
		struct trust_draft *d = NULL;
		struct trust_draft_head head = {
		    .sequence = real.sequence, .this_update = real.this_update};
		struct trust_rows rows;
		struct trust_file f;
		struct stl l;

		assert_true(reference_path("trust", files[i], path));
		assert_ok(trust_file_load(path, &f, &ei), &ei);
		assert_ok(
		    trust_rows_of(&f, &f.parts[0], NULL, &rows, &ei), &ei);
		assert_ok(trust_draft_new(STL_ROOTS, &d, &ei), &ei);
		assert_ok(
		    trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei), &ei);
		trust_rows_clear(&rows);
		trust_file_clear(&f); /* nothing is borrowed */
		assert_int_equal(trust_draft_num(d), real.num);
		assert_ok(trust_draft_list(d, &head, &l, &ei), &ei);
		stl_put(&made[i], &l);
		assert_ok(buf_err(&made[i], &ei), &ei);
		trust_draft_free(d);
	}
	assert_true(slice_eq(buf_slice(&made[0]), real.signature.content));
	/* A store has another order: as many octets, the same entries. */
	assert_int_equal(made[0].len, made[1].len);
	trust_file_clear(&keep);
	buf_clear(&made[0]);
	buf_clear(&made[1]);
}

/* --- the number -------------------------------------------------------------
 */

static void
hex_of_next(enum stl_kind kind, int64_t now, const char *before_hex,
    int64_t before_at, struct buf *out)
{
	struct buf number = BUF_INIT(STL_SEQUENCE_MAX + 1);
	uint8_t raw[STL_SEQUENCE_MAX];
	struct stl before = {.kind = kind, .this_update = before_at};
	struct errinfo ei = {0};

	before.sequence = slice_make(raw, strlen(before_hex) / 2);
	assert_true(
	    text_unhex(slice_str(before_hex), raw, before.sequence.len));
	assert_ok(stl_next_number(kind, now,
		      before_hex[0] != '\0' ? &before : NULL, &number, &ei),
	    &ei);
	buf_reset(out);
	text_hex(out, buf_slice(&number));
	buf_clear(&number);
}

static void
test_number(void **state)
{
	/* 2025-06-16T18:15:59Z is 01dbdeeab5b7d980 in Windows' time. */
	static const int64_t at = 1750097759;
	static const struct {
		enum stl_kind kind;
		const char *before;
		const char *next;
	} cases[] = {
	    {STL_ROOTS, "", "1401dbdeeab5b7d980"},
	    {STL_DISALLOWED, "", "01dbdeeab5b7d980"},
	    /* older: the time */
	    {STL_ROOTS, "1401d87b065a5612cd", "1401dbdeeab5b7d980"},
	    {STL_ROOTS, "01", "1401dbdeeab5b7d980"},
	    /* of the same second, and numbers of other makers: counted on */
	    {STL_ROOTS, "1401dbdeeab5b7d980", "1401dbdeeab5b7d981"},
	    {STL_ROOTS, "1401dbdeeab5b7d9ff", "1401dbdeeab5b7da00"},
	    {STL_DISALLOWED, "ffffffffffffffff", "010000000000000000"},
	    {STL_DISALLOWED, "7f00000000000000", "7f00000000000001"},
	    {STL_ROOTS, "ffffffffffffffffffff", "0100000000000000000000"},
	};
	struct stl other = {.kind = STL_PINS};
	struct stl later = {.kind = STL_ROOTS, .this_update = at + 1};
	struct stl large = {.kind = STL_ROOTS};
	uint8_t many[STL_SEQUENCE_MAX] = {1};
	struct buf out = BUF_INIT(256);
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		hex_of_next(cases[i].kind, at, cases[i].before, at, &out);
		assert_string_equal(buf_cstr(&out), cases[i].next);
	}
	buf_reset(&out);
	assert_rule(stl_next_number(STL_ROOTS, at, &other, &out, &ei),
	    ERR_CONFLICT, "stl.kind", &ei);
	assert_rule(stl_next_number(STL_ROOTS, at, &later, &out, &ei),
	    ERR_CONFLICT, "stl.clock", &ei);
	large.sequence = slice_make(many, sizeof(many));
	assert_rule(stl_next_number(STL_ROOTS, at, &large, &out, &ei),
	    ERR_LIMIT, "stl.number", &ei);
	assert_int_equal(out.len, 0);
	buf_clear(&out);
}

/* --- signed -----------------------------------------------------------------
 */

static struct world {
	struct privkey *root_key;
	struct privkey *signer_key;
	struct cert *root;
	struct cert *signer;
} world;

static struct cert *
signer_of(const enum oid *purposes, size_t num, int64_t to)
{
	struct kit_cert spec = {.subject = "List signer",
	    .issuer = "Own root",
	    .key = world.signer_key,
	    .issuer_key = world.root_key,
	    .path_len = -1,
	    .key_usage = KU_DIGITAL_SIGNATURE,
	    .from = KIT_NOW - KIT_DAY,
	    .to = to,
	    .serial = 7};
	struct buf value = BUF_INIT(KIT_EXTS);
	struct cert *c;

	buf_init(&spec.exts, KIT_EXTS);
	if (num > 0) {
		size_t seq = der_open(&value, DER_SEQUENCE);

		for (size_t i = 0; i < num; i++) {
			der_put_oid(&value, oid_bytes(purposes[i]));
		}
		der_close(&value, seq);
		kit_put_ext(&spec.exts, oid_bytes(OID_EXT_KEY_USAGE), false,
		    buf_slice(&value));
	}
	c = kit_make(&spec);
	buf_clear(&value);
	buf_clear(&spec.exts);
	return c;
}

static void
make_world(void)
{
	const struct kit_cert root = {.subject = "Own root",
	    .issuer = "Own root",
	    .key = world.root_key,
	    .issuer_key = world.root_key,
	    .ca = true,
	    .path_len = -1,
	    .key_usage = KU_CERT_SIGN,
	    .from = KIT_NOW - KIT_DAY,
	    .to = KIT_NOW + 1000 * (int64_t)KIT_DAY,
	    .serial = 1};
	const enum oid ctl[] = {OID_CTL_SIGNING};

	world.root = kit_make(&root);
	world.signer = signer_of(ctl, 1, KIT_NOW + 100 * (int64_t)KIT_DAY);
}

/* A list of the own root, signed; ERR_OK and *out, or why not. */
static enum err
publish(const struct cert *signer, struct buf *out, struct errinfo *ei)
{
	const struct cms_signer who = {
	    .key = world.signer_key, .cert = cert_der(signer)};
	struct trust_draft_head head = {.identifier = "Список Ї𐍈",
	    .this_update = KIT_NOW,
	    .next_update = KIT_NOW + KIT_DAY};
	struct buf number = BUF_INIT(STL_SEQUENCE_MAX + 1);
	struct trust_draft *d = NULL;
	struct trust_file f = {.num = 0};
	struct trust_rows rows = {.num = 0};
	struct stl l;
	enum err e = trust_file_parse(cert_der(world.root), &f, ei);

	if (e == ERR_OK) {
		e = trust_rows_of(&f, &f.parts[0], NULL, &rows, ei);
	}
	if (e == ERR_OK) {
		e = trust_draft_new(STL_ROOTS, &d, ei);
	}
	if (e == ERR_OK) {
		e = trust_draft_add_rows(d, &rows, SLICE_EMPTY, ei);
	}
	if (e == ERR_OK) {
		e = stl_next_number(STL_ROOTS, KIT_NOW, NULL, &number, ei);
	}
	head.sequence = buf_slice(&number);
	if (e == ERR_OK) {
		e = trust_draft_list(d, &head, &l, ei);
	}
	if (e == ERR_OK) {
		e = stl_sign(&l, &who, out, ei);
	}
	trust_rows_clear(&rows);
	trust_file_clear(&f);
	trust_draft_free(d);
	buf_clear(&number);
	return e;
}

static void
judge(struct slice der, bool own, enum err want, const char *rule)
{
	struct trust_anchors anchors;
	struct trust_policy policy = {.anchors = &anchors, .now = KIT_NOW};
	struct trust_judgement j;
	struct errinfo ei = {0};
	struct stl l;

	assert_ok(trust_anchors_microsoft(&anchors, &ei), &ei);
	if (own) {
		assert_ok(
		    trust_anchors_add(&anchors, cert_der(world.root), &ei),
		    &ei);
	}
	assert_ok(stl_parse(der, &l, &ei), &ei);
	assert_ok(trust_judge(&l, &policy, &j, &ei), &ei);
	assert_int_equal(j.result, want);
	assert_string_equal(j.why.rule, rule);
	assert_true(j.v.signed_by_signer);
	trust_judgement_clear(&j);
	stl_clear(&l);
	trust_anchors_clear(&anchors);
}

static void
test_signed(void **state)
{
	struct buf out = BUF_INIT(LIST_BYTES), text = BUF_INIT(256);
	struct errinfo ei = {0};
	struct root root;
	struct stl l;
	uint8_t hash[HASH_SIZE_MAX];

	(void)state;
	assert_ok(publish(world.signer, &out, &ei), &ei);
	judge(buf_slice(&out), true, ERR_OK, "");
	judge(buf_slice(&out), false, ERR_POLICY, "chain.issuer");
	assert_ok(stl_parse(buf_slice(&out), &l, &ei), &ei);
	assert_int_equal(l.kind, STL_ROOTS);
	assert_int_equal(l.this_update, KIT_NOW);
	assert_true(l.has_next_update);
	root_put_text(&text, l.identifier);
	assert_string_equal(buf_cstr(&text), "Список Ї𐍈");
	assert_int_equal(l.num, 1);
	assert_ok(root_read(&l.entries[0], &root, &ei), &ei);
	assert_ok(hash_of(HASH_SHA256, cert_der(world.root), hash, &ei), &ei);
	assert_true(slice_eq(root.sha256, slice_make(hash, ROOT_SHA256)));
	assert_ok(md5_of(cert_subject_der(world.root), hash, &ei), &ei);
	assert_true(slice_eq(root.subject_md5, slice_make(hash, MD5_SIZE)));
	buf_reset(&text);
	root_put_text(&text, root.name);
	assert_string_equal(buf_cstr(&text), "Own root");
	stl_clear(&l);
	buf_clear(&out);
	buf_clear(&text);
}

/* Who may sign one, and whose it is then. */
static void
test_signers(void **state)
{
	static const struct {
		enum oid purposes[2];
		size_t num;
		int64_t days;
		bool good;
	} cases[] = {
	    {{OID_CTL_SIGNING}, 1, 100, true},
	    {{OID_ROOT_LIST_SIGNER}, 1, 100, true},
	    {{OID_ROOT_LIST_SIGNER, OID_CTL_SIGNING}, 2, 100, true},
	    {{OID_CTL_SIGNING, OID_KP_SERVER}, 2, 100, false},
	    {{OID_CTL_SIGNING, OID_CTL_SIGNING}, 2, 100, false},
	    {{OID_KP_SERVER}, 1, 100, false},
	    {{OID_CTL_SIGNING, OID_ANY_EKU}, 2, 100, false},
	    {{OID_UNKNOWN}, 0, 100, false},
	    {{OID_CTL_SIGNING}, 1, 0, false}, /* has ended */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct cert *c = signer_of(cases[i].purposes, cases[i].num,
		    KIT_NOW - 1 + cases[i].days * KIT_DAY);
		struct buf out = BUF_INIT(LIST_BYTES);
		struct errinfo ei = {0};

		if (cases[i].good) {
			assert_ok(publish(c, &out, &ei), &ei);
			judge(buf_slice(&out), true, ERR_OK, "");
		} else {
			assert_rule(publish(c, &out, &ei), ERR_POLICY,
			    "stl.signer", &ei);
			assert_int_equal(out.len, 0);
		}
		buf_clear(&out);
		cert_free(c);
	}
	{
		/* Another key's certificate. */
		struct buf out = BUF_INIT(LIST_BYTES);
		struct errinfo ei = {0};
		struct privkey *keep = world.signer_key;

		world.signer_key = world.root_key;
		assert_rule(publish(world.signer, &out, &ei), ERR_CONFLICT,
		    "cms.key", &ei);
		world.signer_key = keep;
		buf_clear(&out);
	}
}

/* --- what comes in, and what goes out ----------------------------------------
 */

static void
test_draft(void **state)
{
	struct trust_draft *d = NULL;
	struct trust_certs *certs = NULL;
	const struct trust_cert *c = NULL, *leaf = NULL, **list = NULL;
	struct trust_rows rows = {.num = 0}, out;
	struct trust_row row[2];
	struct stl_attribute dated[2] = {{.property = TRUST_DISABLED_AT,
	    .type = SLICE_LIT("\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x68"),
	    .value = SLICE_LIT("\0\0\0\0\0\0\0\1")}};
	struct errinfo ei = {0};
	size_t num, missing;

	(void)state;
	assert_ok(trust_certs_new(&certs, &ei), &ei);
	assert_ok(trust_certs_add(certs, cert_der(world.root), &c, &ei), &ei);
	assert_ok(
	    trust_certs_add(certs, cert_der(world.signer), &leaf, &ei), &ei);
	row[0] = (struct trust_row){
	    .cert = c, .root = {.sha1 = slice_make(c->sha1, ROOT_SHA1)}};
	row[0].entry.id = row[0].root.sha1;
	rows = (struct trust_rows){.at = row, .num = 1};

	/* Nobody else's certificate. */
	assert_ok(trust_draft_new(STL_ROOTS, &d, &ei), &ei);
	row[1] = row[0];
	row[1].cert = leaf;
	rows.at = &row[1];
	assert_rule(trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei),
	    ERR_POLICY, "trust.leaf", &ei);
	assert_int_equal(trust_draft_num(d), 0);

	/* The bare one gives way to what says something, and not back. */
	rows.at = row;
	assert_ok(trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei), &ei);
	row[1] = row[0];
	row[1].entry.attributes = dated;
	row[1].entry.num = 1;
	rows = (struct trust_rows){.at = &row[1], .num = 1, .from_list = true};
	assert_ok(trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei), &ei);
	rows = (struct trust_rows){.at = row, .num = 1};
	assert_ok(trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei), &ei);
	assert_int_equal(trust_draft_num(d), 1);
	assert_ok(trust_draft_rows(d, &out, &ei), &ei);
	assert_true(trust_date_set(&out.at[0].root.disabled));
	assert_non_null(out.at[0].cert);
	trust_rows_clear(&out);

	/* Two that say different things. */
	dated[0].value = SLICE_LIT("\0\0\0\0\0\0\0\2");
	rows = (struct trust_rows){.at = &row[1], .num = 1, .from_list = true};
	assert_rule(trust_draft_add_rows(d, &rows, SLICE_EMPTY, &ei),
	    ERR_CONFLICT, "trust.twice", &ei);

	assert_ok(trust_draft_certs(d, &list, &num, &missing, &ei), &ei);
	assert_int_equal(num, 1);
	assert_int_equal(missing, 0);
	free((void *)list);
	assert_int_equal(trust_draft_remove_cert(d, c), 1);
	assert_int_equal(trust_draft_remove_cert(d, c), 0);
	assert_int_equal(trust_draft_num(d), 0);
	trust_draft_free(d);
	trust_certs_free(certs);
}

/* Who is meant by the list of this certificate alone? */
static void
disallow(const struct trust_cert *of, enum trust_draft_by by,
    const struct trust_cert *other, bool meant)
{
	const struct cms_signer who = {
	    .key = world.signer_key, .cert = cert_der(world.signer)};
	const struct trust_draft_head head = {.this_update = KIT_NOW};
	struct trust_draft *d = NULL;
	struct buf out = BUF_INIT(LIST_BYTES);
	struct errinfo ei = {0};
	struct stl l;

	assert_ok(trust_draft_new(STL_DISALLOWED, &d, &ei), &ei);
	assert_ok(trust_draft_add_disallowed(d, of, by, &ei), &ei);
	assert_ok(trust_draft_list(d, &head, &l, &ei), &ei);
	assert_ok(stl_sign(&l, &who, &out, &ei), &ei);
	assert_ok(stl_parse(buf_slice(&out), &l, &ei), &ei);
	assert_int_equal(l.kind, STL_DISALLOWED);
	assert_non_null(trust_disallowed(&l, of));
	assert_int_equal(trust_disallowed(&l, other) != NULL, meant);
	/* The list again says nothing new. */
	assert_ok(trust_draft_add_list(d, &l, &ei), &ei);
	assert_int_equal(trust_draft_num(d), 1);
	assert_int_equal(trust_draft_remove_cert(d, of), 1);
	stl_clear(&l);
	trust_draft_free(d);
	buf_clear(&out);
}

static void
test_disallowed(void **state)
{
	struct trust_certs *certs = NULL;
	const struct trust_cert *root = NULL, *same_key = NULL, *p256 = NULL;
	const enum oid ctl[] = {OID_CTL_SIGNING};
	struct privkey *keep = world.signer_key;
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct trust_draft *d = NULL;
	struct cert *second;
	char path[PATH_SIZE];
	struct errinfo ei = {0};

	(void)state;
	data_path("p256.crt.der", path);
	load_file(path, &der);
	world.signer_key = world.root_key;
	second = signer_of(ctl, 1, KIT_NOW);
	world.signer_key = keep;
	assert_ok(trust_certs_new(&certs, &ei), &ei);
	assert_ok(
	    trust_certs_add(certs, cert_der(world.root), &root, &ei), &ei);
	assert_ok(
	    trust_certs_add(certs, cert_der(second), &same_key, &ei), &ei);
	assert_ok(trust_certs_add(certs, buf_slice(&der), &p256, &ei), &ei);
	disallow(root, DRAFT_BY_KEY, same_key, true);
	disallow(root, DRAFT_BY_KEY, p256, false);
	disallow(p256, DRAFT_BY_CERTIFICATE, root, false);
	/* Windows knows no hash that goes with Ed25519. */
	assert_ok(trust_draft_new(STL_DISALLOWED, &d, &ei), &ei);
	assert_rule(
	    trust_draft_add_disallowed(d, root, DRAFT_BY_CERTIFICATE, &ei),
	    ERR_UNSUPPORTED, "trust.hash", &ei);
	assert_int_equal(trust_draft_num(d), 0);
	trust_draft_free(d);
	trust_certs_free(certs);
	cert_free(second);
	buf_clear(&der);
}

/* --- no memory
 * ----------------------------------------------------------------
 */

static struct buf made = BUF_INIT(LIST_BYTES);

static enum err
publish_once(struct errinfo *ei)
{
	buf_clear(&made);
	return publish(world.signer, &made, ei);
}

static void
nothing_half(enum err got)
{
	if (got != ERR_OK) {
		assert_int_equal(made.len, 0);
	}
}

static void
test_no_memory(void **state)
{
	(void)state;
	assert_true(failing_each(FAILING_ALLOC, ERR_NOMEM, publish_once,
			nothing_half) > 20);
	assert_true(made.len > 0);
	buf_clear(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rebuild),
	    cmocka_unit_test(test_draft_of_real),
	    cmocka_unit_test(test_number),
	    cmocka_unit_test(test_signed),
	    cmocka_unit_test(test_signers),
	    cmocka_unit_test(test_draft),
	    cmocka_unit_test(test_disallowed),
	    cmocka_unit_test(test_no_memory),
	};
	int failed;

	if (crypto_init(NULL) != ERR_OK ||
	    privkey_generate("ed25519", &world.root_key, NULL) != ERR_OK ||
	    privkey_generate("ed25519", &world.signer_key, NULL) != ERR_OK) {
		return 1;
	}
	make_world();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	cert_free(world.root);
	cert_free(world.signer);
	privkey_free(world.root_key);
	privkey_free(world.signer_key);
	return failed;
}
