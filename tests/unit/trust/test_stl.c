/* SPDX-License-Identifier: Apache-2.0 */
/* Microsoft's real lists of twenty years, and what must be refused of them. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/init.h"
#include "reference.h"
#include "trust/anchors.h"
#include "trust/root.h"
#include "trust/stl_verify.h"
#include "x509/cert.h"

enum {
	LIST_BYTES = 1024 * 1024,
};

static struct trust_anchors anchors;

static const struct real {
	const char *file;
	enum stl_kind kind;
	size_t num;
	const char *this_update;
	enum hash_alg hash;
	const char *refused; /* NULL: good at its own date */
} reals[] = {
    {"stl/authroot-20061214.stl", STL_ROOTS, 209, "2006-12-14", HASH_SHA1,
	"alg.signature"},
    {"stl/authroot-20100927.stl", STL_ROOTS, 315, "2010-09-27", HASH_SHA1,
	NULL},
    {"stl/authroot-20130420.stl", STL_ROOTS, 358, "2013-04-20", HASH_SHA1,
	NULL},
    {"stl/authroot-20160916.stl", STL_ROOTS, 356, "2016-09-16", HASH_SHA1,
	NULL},
    {"stl/authroot-20191029.stl", STL_ROOTS, 400, "2019-10-29", HASH_SHA1,
	NULL},
    {"stl/authroot-20200518.stl", STL_ROOTS, 411, "2020-05-18", HASH_SHA256,
	NULL},
    {"stl/authroot-20250616.stl", STL_ROOTS, 514, "2025-06-16", HASH_SHA256,
	NULL},
    {"stl/authroot-20260422.stl", STL_ROOTS, 515, "2026-04-22", HASH_SHA256,
	NULL},
    {"stl/disallowedcert-20160524.stl", STL_DISALLOWED, 64, "2016-05-24",
	HASH_SHA1, NULL},
    {"stl/disallowedcert-20190813.stl", STL_DISALLOWED, 72, "2019-08-13",
	HASH_SHA1, NULL},
    {"mirror-20210126/authroot.stl", STL_ROOTS, 417, "2020-10-12", HASH_SHA256,
	NULL},
    {"mirror-20210126/disallowedcert.stl", STL_DISALLOWED, 73, "2020-12-10",
	HASH_SHA256, NULL},
    {"mirror-20210126/pinrules.stl", STL_PINS, 152, "2017-05-31", HASH_SHA1,
	NULL},
};

static void
load(const struct real *r, struct buf *out)
{
	char path[PATH_SIZE];

	assert_true(reference_path("trust", r->file, path));
	load_file(path, out);
}

static struct stl_rules
rules_of(enum cms_old old)
{
	return (struct stl_rules){
	    .anchors = trust_anchors_certs(&anchors), .old = old};
}

/* Each list of the data: form, signature, chain, dates and number. */
static void
test_real(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "stl", path)) {
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		const struct real *r = &reals[i];
		const struct stl_rules old = rules_of(CMS_OLD_SHA1);
		const struct stl_rules strict = rules_of(CMS_OLD_REFUSED);
		struct buf file = BUF_INIT(LIST_BYTES);
		struct stl_verdict v;
		struct errinfo ei = {0};
		struct stl l;
		char time[TIME_TEXT_SIZE];
		int64_t sequence;
		enum err e;

		load(r, &file);
		assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
		assert_int_equal(l.kind, r->kind);
		assert_int_equal(l.num, r->num);
		time_text(l.this_update, time);
		assert_memory_equal(time, r->this_update, 10);
		assert_true(stl_sequence_time(&l, &sequence));
		assert_int_equal(sequence, l.this_update);
		assert_int_equal(l.has_next_update, r->kind == STL_PINS);

		e = stl_verify(&l, &old, &v, &ei);
		assert_true(v.signed_by_signer);
		assert_int_equal(v.hash, r->hash);
		if (r->refused == NULL) {
			assert_ok(e, &ei);
			assert_int_equal(v.chain.num, 3);
		} else {
			assert_int_equal(e, ERR_POLICY);
			assert_string_equal(ei.rule, r->refused);
		}
		stl_verdict_clear(&v);
		e = stl_verify(&l, &strict, &v, &ei);
		if (r->hash == HASH_SHA1) {
			assert_int_equal(e, ERR_POLICY);
			assert_string_equal(ei.rule, "stl.old");
		} else {
			assert_ok(e, &ei);
		}
		stl_verdict_clear(&v);

		for (size_t k = 0; k < l.num; k++) {
			struct root root;

			assert_ptr_equal(
			    stl_find(&l, l.entries[k].id), &l.entries[k]);
			if (r->kind == STL_ROOTS) {
				assert_ok(
				    root_read(&l.entries[k], &root, &ei), &ei);
			}
		}
		stl_clear(&l);
		buf_clear(&file);
	}
	print_message("%zu lists\n", ARRAY_LEN(reals));
}

/* Newer is the greater number, also of nine octets against eight. */
static void
test_age(void **state)
{
	struct buf older_file = BUF_INIT(LIST_BYTES);
	struct stl older = {0};
	struct errinfo ei = {0};
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "stl", path)) {
		skip();
	}
	for (size_t i = 0; i < 8; i++) {
		struct buf file = BUF_INIT(LIST_BYTES);
		struct stl l;

		load(&reals[i], &file);
		assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
		assert_true(stl_compare_age(&older, &l) < 0);
		assert_true(stl_compare_age(&l, &older) > 0);
		assert_int_equal(stl_compare_age(&l, &l), 0);
		stl_clear(&older);
		buf_clear(&older_file);
		older = l;
		older_file = file;
	}
	stl_clear(&older);
	buf_clear(&older_file);
}

/* Of the newest list: disabled, limited by a date alone, neither, as counted
 * apart from us (CCADB's report agrees on the first). */
static void
test_dates(void **state)
{
	struct buf file = BUF_INIT(LIST_BYTES);
	struct errinfo ei = {0};
	struct stl l;
	char path[PATH_SIZE];
	size_t disabled = 0, dated = 0, limited = 0, free_of = 0, refused = 0,
	       future = 0;

	(void)state;
	if (!reference_path("trust", "stl", path)) {
		skip();
	}
	load(&reals[7], &file);
	assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
	for (size_t i = 0; i < l.num; i++) {
		struct root r;

		assert_ok(root_read(&l.entries[i], &r, &ei), &ei);
		disabled += r.disabled.there;
		dated += r.disabled.there && !r.disabled.empty;
		limited += !r.disabled.there && r.not_before.there;
		free_of += !r.disabled.there && !r.not_before.there;
		/* Some of the dates are still to come on the list's own. */
		refused += root_trusted(&r, SLICE_EMPTY,
			       l.this_update + 3650 * (int64_t)DAY_SEC) ==
			   ROOT_DISABLED;
		future += r.disabled.there && !r.disabled.empty &&
			  r.disabled.at > l.this_update;
	}
	assert_int_equal(disabled, 205);
	assert_int_equal(dated, 203);
	assert_int_equal(limited, 124);
	assert_int_equal(free_of, 186);
	assert_int_equal(refused, dated);
	assert_int_equal(future, 2);
	stl_clear(&l);
	buf_clear(&file);
}

/* Judged today, a list whose signer has expired is refused. */
static void
test_at(void **state)
{
	struct stl_rules rules = rules_of(CMS_OLD_REFUSED);
	struct buf file = BUF_INIT(LIST_BYTES);
	struct stl_verdict v;
	struct errinfo ei = {0};
	struct stl l;
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "stl", path)) {
		skip();
	}
	load(&reals[7], &file);
	assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
	rules.has_at = true;
	rules.at = l.this_update + 365 * (int64_t)DAY_SEC;
	assert_int_equal(stl_verify(&l, &rules, &v, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "chain.expired");
	assert_true(v.signed_by_signer);
	stl_verdict_clear(&v);
	/* Nobody's root. */
	rules.has_at = false;
	rules.anchors.num = 1;
	assert_int_equal(stl_verify(&l, &rules, &v, &ei), ERR_POLICY);
	assert_memory_equal(ei.rule, "chain.", 6);
	stl_verdict_clear(&v);
	stl_clear(&l);
	buf_clear(&file);
}

static bool
accepted(struct slice der, const struct stl_rules *rules)
{
	struct stl_verdict v = {.signer = NULL};
	struct stl l;
	bool good;

	if (stl_parse(der, &l, NULL) != ERR_OK) {
		return false;
	}
	good = stl_verify(&l, rules, &v, NULL) == ERR_OK;
	stl_verdict_clear(&v);
	stl_clear(&l);
	return good;
}

static void
flip(const struct real *r, size_t of_list, size_t of_rest)
{
	const struct stl_rules rules = rules_of(CMS_OLD_SHA1);
	struct buf file = BUF_INIT(LIST_BYTES);
	struct errinfo ei = {0};
	struct stl l;
	struct slice parts[3];
	size_t tried = 0;

	load(r, &file);
	assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
	parts[0] = l.content;
	parts[1] = l.signature.attrs;
	parts[2] = l.signature.signature;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		size_t from = (size_t)(parts[i].p - file.p);
		size_t each = i == 0 ? of_list : of_rest;

		for (size_t bit = 0; bit < 8 * parts[i].len; bit += each) {
			uint8_t *at = &file.p[from + bit / 8];
			uint8_t mask = (uint8_t)(1U << bit % 8);

			*at ^= mask;
			if (accepted(buf_slice(&file), &rules)) {
				fail_msg("%s: bit %zu of part %zu was changed, "
					 "and it is accepted",
				    r->file, bit, i);
			}
			*at ^= mask;
			tried++;
		}
	}
	assert_true(accepted(buf_slice(&file), &rules));
	print_message("%s: %zu bits\n", r->file, tried);
	stl_clear(&l);
	buf_clear(&file);
}

/* Every bit of a small list, of its attributes and of its signature; a sample
 * of the large ones'. */
static void
test_bits(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "stl", path)) {
		skip();
	}
	if (is_slow_run()) {
		flip(&reals[8], 499, 97);
		return;
	}
	flip(&reals[8], 1, 1);
	flip(&reals[7], 997, 1);
	flip(&reals[12], 97, 1);
}

/* The outside decoding of the list of 2025: thumbprints and SHA-256. */
static void
test_outside(void **state)
{
	struct buf file = BUF_INIT(LIST_BYTES), tsv = BUF_INIT(LIST_BYTES);
	struct errinfo ei = {0};
	struct stl l;
	char path[PATH_SIZE], *line, *save = NULL;
	size_t rows = 0;

	(void)state;
	if (!reference_path("trust", "reference/authroot-20250616.tsv", path)) {
		skip();
	}
	load_file(path, &tsv);
	load(&reals[6], &file);
	assert_ok(stl_parse(buf_slice(&file), &l, &ei), &ei);
	for (line = strtok_r((char *)(uintptr_t)buf_cstr(&tsv), "\n", &save);
	     line != NULL; line = strtok_r(NULL, "\n", &save)) {
		uint8_t sha1[ROOT_SHA1], sha256[ROOT_SHA256];
		const struct stl_entry *entry;
		struct root root;

		if (strlen(line) < 105 ||
		    !text_unhex(slice_make(line, 40), sha1, sizeof(sha1))) {
			continue; /* the heading */
		}
		assert_true(text_unhex(
		    slice_make(line + 41, 64), sha256, sizeof(sha256)));
		entry = stl_find(&l, slice_make(sha1, sizeof(sha1)));
		assert_non_null(entry);
		assert_ok(root_read(entry, &root, &ei), &ei);
		assert_true(
		    slice_eq(root.sha256, slice_make(sha256, sizeof(sha256))));
		rows++;
	}
	assert_int_equal(rows, 514);
	stl_clear(&l);
	buf_clear(&file);
	buf_clear(&tsv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real),
	    cmocka_unit_test(test_age),
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_at),
	    cmocka_unit_test(test_bits),
	    cmocka_unit_test(test_outside),
	};
	int failed;

	if (crypto_init(NULL) != ERR_OK ||
	    trust_anchors_microsoft(&anchors, NULL) != ERR_OK) {
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	trust_anchors_clear(&anchors);
	return failed;
}
