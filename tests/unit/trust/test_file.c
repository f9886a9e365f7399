/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of any form: read, filtered, compared, written for others. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "reference.h"
#include "trust/diff.h"
#include "trust/disallowed.h"
#include "trust/export.h"
#include "trust/file.h"
#include "trust/report.h"
#include "trust/rows.h"

enum {
	ROOM = 8 * 1024 * 1024,
};

static void
load(const char *file, struct trust_file *out)
{
	struct errinfo ei = {0};
	char path[PATH_SIZE];

	assert_true(reference_path("trust", file, path));
	assert_ok(trust_file_load(path, out, &ei), &ei);
}

static void
rows(const struct trust_file *f, const struct trust_certs *more,
    struct trust_rows *out)
{
	struct errinfo ei = {0};

	assert_ok(trust_rows_of(f, &f->parts[0], more, out, &ei), &ei);
}

static void
need_reference(void)
{
	char path[PATH_SIZE];

	if (!reference_path("trust", "sst", path)) {
		skip();
	}
}

/* certutil -generateSSTFromWU of 2020, octet for octet, from the list and the
 * certificates; and the same store from itself. */
static void
test_same_store(void **state)
{
	static const char *const from[] = {
	    "stl/authroot-20200518.stl", "sst/roots-20200518.sst"};
	struct trust_file mirror, extra;
	struct buf real = BUF_INIT(ROOM);
	struct errinfo ei = {0};
	char path[PATH_SIZE];

	(void)state;
	need_reference();
	print_message("proves: F2\n");
	load("mirror-20210126", &mirror);
	load("sst/7991e834f7e2eedd08950152e9552d14e958d57e.crt", &extra);
	assert_ok(trust_certs_add(mirror.certs,
		      trust_certs_at(extra.certs, 0)->der, NULL, &ei),
	    &ei);
	assert_true(reference_path("trust", from[1], path));
	load_file(path, &real);
	for (size_t i = 0; i < ARRAY_LEN(from); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct trust_file f;
		struct trust_rows r;

		load(from[i], &f);
		rows(&f, mirror.certs, &r);
		assert_int_equal(r.num, 411);
		assert_true(r.said);
		assert_ok(trust_export_sst(&r, false, &out, &ei), &ei);
		assert_int_equal(out.len, 623825);
		assert_true(slice_eq(buf_slice(&out), buf_slice(&real)));
		trust_rows_clear(&r);
		trust_file_clear(&f);
		buf_clear(&out);
	}
	buf_clear(&real);
	trust_file_clear(&mirror);
	trust_file_clear(&extra);
}

/* A certificate that is not at hand is named, or left out when asked. */
static void
test_missing(void **state)
{
	struct buf out = BUF_INIT(ROOM);
	struct trust_file f, mirror, back;
	struct errinfo ei = {0};
	struct trust_rows r;

	(void)state;
	need_reference();
	load("mirror-20210126", &mirror);
	load("stl/authroot-20200518.stl", &f);
	rows(&f, mirror.certs, &r);
	assert_int_equal(trust_num_missing(&r), 1);
	assert_rule(trust_export_sst(&r, false, &out, &ei), ERR_NOTFOUND,
	    "trust.missing", &ei);
	assert_non_null(
	    strstr(ei.text, "7991e834f7e2eedd08950152e9552d14e958d57e"));
	assert_int_equal(out.len, 0);
	assert_ok(trust_export_sst(&r, true, &out, &ei), &ei);
	assert_ok(trust_file_parse(buf_slice(&out), &back, &ei), &ei);
	assert_int_equal(trust_certs_num(back.certs), 410);
	trust_file_clear(&back);
	trust_rows_clear(&r);
	trust_file_clear(&f);
	trust_file_clear(&mirror);
	buf_clear(&out);
}

/* A mirror of certutil -syncWithWU: three lists and their certificates. */
static void
test_mirror(void **state)
{
	static const char *const names[] = {"authrootstl.cab",
	    "disallowedcert.sst", "disallowedcertstl.cab", "pinrules.sst",
	    "pinrulesstl.cab"};
	struct trust_file f;
	struct trust_rows r;

	(void)state;
	need_reference();
	load("mirror-20210126", &f);
	assert_int_equal(f.form, TRUST_FORM_DIR);
	assert_int_equal(f.num, ARRAY_LEN(names));
	for (size_t i = 0; i < f.num; i++) {
		assert_string_equal(f.parts[i].name, names[i]);
	}
	rows(&f, NULL, &r);
	assert_int_equal(r.num, 417);
	assert_int_equal(trust_num_missing(&r), 0);
	trust_rows_clear(&r);
	trust_file_clear(&f);
}

/* Written as a bag and as PEM, and read back: the same certificates. */
static void
test_forms(void **state)
{
	static enum err (*const writers[])(const struct trust_rows *r,
	    bool skip, struct buf *out,
	    struct errinfo *ei) = {trust_export_p7b, trust_export_pem};
	static const enum trust_form forms[] = {TRUST_FORM_P7B, TRUST_FORM_PEM};
	struct trust_file f;
	struct trust_rows r;

	(void)state;
	need_reference();
	load("crt-pem-20250616", &f);
	rows(&f, NULL, &r);
	assert_int_equal(r.num, 514);
	assert_false(r.said);
	for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
		struct buf out = BUF_INIT(ROOM);
		struct errinfo ei = {0};
		struct trust_file back;

		assert_ok(writers[i](&r, false, &out, &ei), &ei);
		assert_ok(trust_file_parse(buf_slice(&out), &back, &ei), &ei);
		assert_int_equal(back.form, forms[i]);
		assert_int_equal(trust_certs_num(back.certs), r.num);
		for (size_t j = 0; j < r.num; j++) {
			assert_true(slice_eq(trust_certs_at(back.certs, j)->der,
			    r.at[j].cert->der));
		}
		trust_file_clear(&back);
		buf_clear(&out);
	}
	trust_rows_clear(&r);
	trust_file_clear(&f);
}

/* --- what lists say ---------------------------------------------------------
 */

static size_t
left(const char *file, const struct trust_filter *filter)
{
	struct trust_file f;
	struct trust_rows r;
	size_t num;

	load(file, &f);
	rows(&f, NULL, &r);
	trust_rows_filter(&r, filter);
	num = r.num;
	trust_rows_clear(&r);
	trust_file_clear(&f);
	return num;
}

static void
test_filter(void **state)
{
	static const char list[] = "stl/authroot-20260422.stl";
	static const uint8_t sha1[ROOT_SHA1] = {0xbb, 0xef, 0x5c, 0x4c, 0x11,
	    0x48, 0x97, 0x70, 0xf5, 0x86, 0xfb, 0x30, 0x7d, 0x14, 0x32, 0x91,
	    0x30, 0x7f, 0x11, 0x9a};
	struct trust_filter filter = {.name = NULL};
	int64_t at;

	(void)state;
	need_reference();
	assert_true(time_from_text(SLICE_LIT("2026-05-03T00:00:00Z"), &at));
	assert_int_equal(left(list, &filter), 515);
	filter.name = "CODE signing";
	assert_int_equal(left(list, &filter), 9);
	filter.sha1s = slice_make(sha1, sizeof(sha1));
	assert_int_equal(left(list, &filter), 1);
	filter.name = "code signin9";
	assert_int_equal(left(list, &filter), 0);
	filter = (struct trust_filter){.has_at = true, .at = at};
	assert_in_range(left(list, &filter), 250, 320);
	filter.purpose = oid_bytes(OID_KP_SERVER);
	assert_in_range(left(list, &filter), 100, 200);
}

static void
diff(const char *before, const char *after, struct trust_diff *out,
    struct trust_file files[2], struct trust_rows r[2])
{
	struct errinfo ei = {0};

	load(before, &files[0]);
	load(after, &files[1]);
	rows(&files[0], NULL, &r[0]);
	rows(&files[1], NULL, &r[1]);
	assert_ok(trust_diff_of(&r[0], &r[1], out, &ei), &ei);
}

static void
end_diff(
    struct trust_diff *d, struct trust_file files[2], struct trust_rows r[2])
{
	trust_diff_clear(d);
	for (size_t i = 0; i < 2; i++) {
		trust_rows_clear(&r[i]);
		trust_file_clear(&files[i]);
	}
}

/* 514 roots and 515: one more, so one more came than went. */
static void
test_diff(void **state)
{
	struct trust_file files[2];
	struct trust_rows r[2];
	struct trust_diff d;

	(void)state;
	need_reference();
	diff("stl/authroot-20250616.stl", "stl/authroot-20260422.stl", &d,
	    files, r);
	assert_int_equal(d.counts[TRUST_CAME], 8);
	assert_int_equal(d.counts[TRUST_WENT], 7);
	assert_int_equal(d.counts[TRUST_DISABLED], 40);
	assert_int_equal(d.counts[TRUST_USES], 1);
	for (size_t i = 0; i < d.num; i++) {
		struct buf text = BUF_INIT(4096);

		trust_difference_text(&d.at[i], &text);
		assert_true(text.len > 0);
		if (d.at[i].change == TRUST_USES) {
			assert_string_equal(
			    buf_cstr(&text), "now for timeStamping");
		}
		buf_clear(&text);
	}
	end_diff(&d, files, r);
	/* The other way round, what came went. */
	diff("stl/authroot-20260422.stl", "stl/authroot-20250616.stl", &d,
	    files, r);
	assert_int_equal(d.counts[TRUST_CAME], 7);
	assert_int_equal(d.counts[TRUST_WENT], 8);
	assert_int_equal(d.counts[TRUST_ENABLED], 40);
	end_diff(&d, files, r);
	/* A list against its own store: nothing. */
	diff("stl/authroot-20200518.stl", "sst/roots-20200518.sst", &d, files,
	    r);
	assert_int_equal(d.num, 0);
	end_diff(&d, files, r);
	/* Certificates alone say nothing of uses. */
	diff("stl/authroot-20250616.stl", "crt-pem-20250616", &d, files, r);
	assert_int_equal(d.num, 0);
	end_diff(&d, files, r);
}

/* Every entry of a disallowed list means a certificate of its store, and every
 * certificate is meant. */
static void
test_disallowed(void **state)
{
	static const struct {
		const char *list;
		const char *store;
		size_t entries;
		size_t certs;
	} pairs[] = {
	    {"stl/disallowedcert-20160524.stl", "sst/disallowedcert-2018.sst",
		64, 71},
	    {"stl/disallowedcert-20190813.stl",
		"sst/disallowedcert-20190813.sst", 72, 79},
	    {"mirror-20210126/disallowedcert.stl",
		"mirror-20210126/disallowedcert.sst", 73, 80},
	};

	(void)state;
	need_reference();
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct trust_file list, store;
		bool *meant;

		load(pairs[i].list, &list);
		load(pairs[i].store, &store);
		assert_int_equal(list.parts[0].list.num, pairs[i].entries);
		assert_int_equal(trust_certs_num(store.certs), pairs[i].certs);
		meant = calloc(pairs[i].entries, sizeof(*meant));
		assert_non_null(meant);
		for (size_t j = 0; j < pairs[i].certs; j++) {
			const struct stl_entry *e =
			    trust_disallowed(&list.parts[0].list,
				trust_certs_at(store.certs, j));

			assert_non_null(e);
			meant[e - list.parts[0].list.entries] = true;
		}
		for (size_t j = 0; j < pairs[i].entries; j++) {
			assert_true(meant[j]);
		}
		free(meant);
		trust_file_clear(&list);
		trust_file_clear(&store);
	}
}

/* --- refused ----------------------------------------------------------------
 */

static void
test_bad(void **state)
{
	struct errinfo ei = {0};
	struct trust_file f;
	struct trust_rows r;

	(void)state;
	assert_rule(trust_file_parse(SLICE_LIT("nothing"), &f, &ei), ERR_FORMAT,
	    "trust.form", &ei);
	trust_file_clear(&f);
	assert_rule(trust_file_parse(SLICE_EMPTY, &f, &ei), ERR_FORMAT,
	    "trust.form", &ei);
	trust_file_clear(&f);
	assert_rule(trust_file_parse(SLICE_LIT("MZ without"), &f, &ei),
	    ERR_FORMAT, "trust.form", &ei);
	trust_file_clear(&f);
	assert_rule(trust_file_load("/nonexistent", &f, &ei), ERR_NOTFOUND,
	    "file.none", &ei);
	trust_file_clear(&f);
	/* A store whose thumbprint is another's. */
	{
		static const uint8_t der[] = {0x30, 3, 2, 1, 5};
		static const uint8_t sha1[ROOT_SHA1] = {7};
		struct buf b = BUF_INIT(ROOM);

		sst_begin(&b);
		sst_put_property(
		    &b, TRUST_SHA1, slice_make(sha1, sizeof(sha1)));
		sst_put_cert(&b, slice_make(der, sizeof(der)));
		sst_end(&b);
		assert_ok(trust_file_parse(buf_slice(&b), &f, &ei), &ei);
		assert_rule(trust_rows_of(&f, &f.parts[0], NULL, &r, &ei),
		    ERR_FORMAT, "trust.sha1", &ei);
		trust_file_clear(&f);
		buf_clear(&b);
	}
	need_reference();
	load("stl/disallowedcert-20190813.stl", &f);
	assert_rule(trust_rows_of(&f, &f.parts[0], NULL, &r, &ei),
	    ERR_UNSUPPORTED, "trust.rows", &ei);
	trust_file_clear(&f);
}

static int
set_up(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_same_store),
	    cmocka_unit_test(test_missing),
	    cmocka_unit_test(test_mirror),
	    cmocka_unit_test(test_forms),
	    cmocka_unit_test(test_filter),
	    cmocka_unit_test(test_diff),
	    cmocka_unit_test(test_disallowed),
	    cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("trust/file", tests, set_up, NULL);
}
