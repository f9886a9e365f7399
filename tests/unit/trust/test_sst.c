/* SPDX-License-Identifier: Apache-2.0 */
/* Windows' real serialized stores, and what must be refused of one. */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "reference.h"
#include "trust/root.h"
#include "trust/sst.h"

static const struct real {
	const char *file;
	size_t num;
	size_t properties; /* of the first element */
} reals[] = {
    {"sst/disallowedcert-2018.sst", 71, 1},
    {"sst/disallowedcert-20190813.sst", 79, 1},
    {"sst/roots-20200518.sst", 411, 6},
    {"sst/rootsupd-2013-04/authroots.sst", 77, 3},
    {"sst/rootsupd-2013-04/updroots.sst", 275, 3},
    {"sst/rootsupd-2013-04/roots.sst", 6, 3},
    {"sst/rootsupd-2013-04/delroots.sst", 13, 3},
    {"mirror-20210126/disallowedcert.sst", 80, 1},
    {"mirror-20210126/pinrules.sst", 12, 1},
};

static void
load(const struct real *r, struct buf *out)
{
	char path[PATH_SIZE];

	assert_true(reference_path("trust", r->file, path));
	load_file(path, out);
}

/* The store again, from what was read. */
static void
rebuild(const struct sst *s, struct buf *out)
{
	sst_begin(out);
	for (size_t i = 0; i < s->num; i++) {
		const struct sst_element *el = &s->elements[i];

		for (size_t j = 0; j < el->entry.num; j++) {
			sst_put_property(out, el->entry.attributes[j].property,
			    el->entry.attributes[j].value);
		}
		sst_put_cert(out, el->der);
	}
	sst_end(out);
}

static void
test_real(void **state)
{
	char path[PATH_SIZE];

	(void)state;
	if (!reference_path("trust", "sst", path)) {
		skip();
	}
	print_message("proves: F1\n");
	assert_int_equal(ARRAY_LEN(reals), 9);
	for (size_t i = 0; i < ARRAY_LEN(reals); i++) {
		struct buf file = BUF_INIT(FILE_BYTES),
			   again = BUF_INIT(FILE_BYTES);
		struct errinfo ei = {0};
		struct sst s;

		load(&reals[i], &file);
		assert_true(sst_looks_like(buf_slice(&file)));
		assert_ok(sst_parse(buf_slice(&file), &s, &ei), &ei);
		assert_int_equal(s.num, reals[i].num);
		assert_int_equal(s.elements[0].entry.num, reals[i].properties);
		assert_false(s.cut);
		for (size_t j = 0; j < s.num; j++) {
			assert_int_equal(s.elements[j].kind, SST_CERT);
			assert_int_equal(s.elements[j].entry.id.len, ROOT_SHA1);
		}
		rebuild(&s, &again);
		assert_true(slice_eq(buf_slice(&file), buf_slice(&again)));
		sst_clear(&s);
		buf_clear(&file);
		buf_clear(&again);
	}
}

/* --- made here --------------------------------------------------------------
 */

static const uint8_t der[] = {0x30, 3, 2, 1, 5};
static const uint8_t sha1[ROOT_SHA1] = {7};

static void
make(struct buf *out)
{
	sst_begin(out);
	sst_put_property(out, TRUST_DISABLED_AT, SLICE_EMPTY);
	sst_put_property(out, TRUST_SHA1, slice_make(sha1, sizeof(sha1)));
	sst_put_cert(out, slice_make(der, sizeof(der)));
	sst_end(out);
}

static void
refused(struct slice file, enum err kind, const char *rule)
{
	struct errinfo ei = {0};
	struct sst s;

	assert_rule(sst_parse(file, &s, &ei), kind, rule, &ei);
}

static void
test_made(void **state)
{
	struct buf b = BUF_INIT(FILE_BYTES);
	struct errinfo ei = {0};
	struct sst s;

	(void)state;
	sst_begin(&b);
	sst_end(&b);
	assert_int_equal(b.len, 20); /* an empty store */
	assert_ok(sst_parse(buf_slice(&b), &s, &ei), &ei);
	assert_int_equal(s.num, 0);
	sst_clear(&s);
	buf_reset(&b);
	make(&b);
	assert_ok(sst_parse(buf_slice(&b), &s, &ei), &ei);
	assert_int_equal(s.num, 1);
	assert_int_equal(s.elements[0].entry.num, 2);
	assert_int_equal(
	    stl_property(&s.elements[0].entry, TRUST_DISABLED_AT)->value.len,
	    0);
	assert_true(
	    slice_eq(s.elements[0].entry.id, slice_make(sha1, sizeof(sha1))));
	assert_true(slice_eq(s.elements[0].der, slice_make(der, sizeof(der))));
	sst_clear(&s);
	buf_clear(&b);
}

/* Wherever it is cut: only behind an element it may end without its end. */
static void
test_cut(void **state)
{
	struct buf b = BUF_INIT(FILE_BYTES);
	struct errinfo ei = {0};
	struct sst s;
	size_t read = 0;

	(void)state;
	make(&b);
	for (size_t len = 0; len < b.len; len++) {
		if (sst_parse(slice_make(b.p, len), &s, &ei) != ERR_OK) {
			assert_string_equal(ei.rule, "sst.form");
			continue;
		}
		assert_true(len == 8 || len == b.len - 12);
		assert_true(s.cut);
		sst_clear(&s);
		read++;
	}
	assert_int_equal(read, 2);
	buf_clear(&b);
}

static void
test_bad(void **state)
{
	struct buf b = BUF_INIT(FILE_BYTES);

	(void)state;
	make(&b);
	buf_add_u8(&b, 0);
	refused(buf_slice(&b), ERR_FORMAT, "sst.form"); /* behind the end */
	buf_reset(&b);
	make(&b);
	b.p[8 + 4] = 2;
	refused(buf_slice(&b), ERR_UNSUPPORTED, "sst.encoding");
	b.p[8 + 4] = 1;
	b.p[8] = 2;
	refused(buf_slice(&b), ERR_DENIED, "sst.key");
	b.p[8] = TRUST_SHA1;
	refused(buf_slice(&b), ERR_FORMAT, "sst.repeated");
	b.p[8] = 0x23;
	refused(buf_slice(&b), ERR_UNSUPPORTED, "sst.kind");
	b.p[8] = TRUST_DISABLED_AT;
	b.p[8 + 8 + 3] = 0xff;
	refused(buf_slice(&b), ERR_FORMAT, "sst.form"); /* past its end */
	buf_reset(&b);
	sst_begin(&b);
	sst_put_property(&b, TRUST_SHA1, slice_make(sha1, sizeof(sha1)));
	refused(buf_slice(&b), ERR_FORMAT, "sst.form"); /* of nothing */
	sst_end(&b);
	refused(buf_slice(&b), ERR_FORMAT, "sst.form");
	buf_reset(&b);
	sst_begin(&b);
	for (uint32_t i = 0; i <= SST_PROPERTIES_MAX; i++) {
		sst_put_property(&b, 200 + i, SLICE_EMPTY);
	}
	sst_put_cert(&b, slice_make(der, sizeof(der)));
	sst_end(&b);
	refused(buf_slice(&b), ERR_LIMIT, "sst.properties");
	buf_reset(&b);
	sst_begin(&b);
	for (uint32_t i = 0; i <= SST_ELEMENTS_MAX; i++) {
		sst_put_cert(&b, SLICE_EMPTY);
	}
	sst_end(&b);
	refused(buf_slice(&b), ERR_LIMIT, "sst.elements");
	refused(SLICE_LIT("PEM"), ERR_FORMAT, "sst.form");
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real),
	    cmocka_unit_test(test_made),
	    cmocka_unit_test(test_cut),
	    cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests_name("trust/sst", tests, NULL, NULL);
}
