/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of a list of roots means, for a purpose at a time. */
#include "unit.h"

#include "base/text.h"
#include "der/oid.h"
#include "trust/root.h"

enum {
	DAY = 1000000,
};

static const uint8_t id[ROOT_SHA1] = {1};
/* SEQUENCE { serverAuth } and SEQUENCE { serverAuth, emailProtection } */
static const uint8_t server[] = {0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1};
static const uint8_t both[] = {
    0x30, 20, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 4};

static struct stl_attribute
property(uint32_t number, const void *p, size_t len)
{
	return (struct stl_attribute){
	    .property = number, .value = slice_make(p, len)};
}

/* The FILETIME of DAY, little-endian. */
static void
filetime(uint8_t out[FILETIME])
{
	uint64_t v = (uint64_t)(11644473600LL + DAY) * 10000000U;

	for (size_t i = 0; i < FILETIME; i++) {
		out[i] = (uint8_t)(v >> 8 * i);
	}
}

static struct root
read(const struct stl_attribute *list, size_t num)
{
	const struct stl_entry e = {slice_make(id, sizeof(id)), list, num};
	struct errinfo ei = {0};
	struct root r;

	assert_ok(root_read(&e, &r, &ei), &ei);
	return r;
}

static void
test_trusted(void **state)
{
	const struct slice tls = oid_bytes(OID_KP_SERVER);
	const struct slice mail = oid_bytes(OID_KP_EMAIL);
	const struct slice code = oid_bytes(OID_KP_CODE);
	uint8_t at[FILETIME];
	struct root r;

	(void)state;
	filetime(at);
	/* No purposes: for everything. */
	r = read(NULL, 0);
	assert_int_equal(root_trusted(&r, code, DAY), ROOT_TRUSTED);

	r = read((struct stl_attribute[]){property(TRUST_PURPOSES, both,
					      sizeof(both)),
		     property(TRUST_REFUSED_PURPOSES, server, sizeof(server))},
	    2);
	assert_int_equal(root_trusted(&r, code, DAY), ROOT_NOT_FOR);
	assert_int_equal(root_trusted(&r, tls, DAY), ROOT_REFUSED);
	assert_int_equal(root_trusted(&r, mail, DAY), ROOT_TRUSTED);
	assert_int_equal(root_trusted(&r, SLICE_EMPTY, DAY), ROOT_TRUSTED);

	/* Disabled since a day; with the date taken back, not at all. */
	r = read((struct stl_attribute[]){property(
		     TRUST_DISABLED_AT, at, sizeof(at))},
	    1);
	assert_int_equal(root_trusted(&r, tls, DAY - 1), ROOT_TRUSTED);
	assert_int_equal(root_trusted(&r, tls, DAY), ROOT_DISABLED);
	assert_int_equal(root_trusted(&r, SLICE_EMPTY, DAY), ROOT_DISABLED);
	r = read(
	    (struct stl_attribute[]){property(TRUST_DISABLED_AT, at, 0)}, 1);
	assert_true(r.disabled.there && r.disabled.empty);
	assert_int_equal(root_trusted(&r, tls, DAY), ROOT_TRUSTED);

	/* Not for what is issued since: for one purpose, or for all. */
	r = read(
	    (struct stl_attribute[]){property(TRUST_NOT_BEFORE, at, sizeof(at)),
		property(TRUST_NOT_BEFORE_PURPOSES, server, sizeof(server))},
	    2);
	assert_int_equal(root_trusted(&r, tls, DAY - 1), ROOT_TRUSTED);
	assert_int_equal(root_trusted(&r, tls, DAY), ROOT_NOT_BEFORE);
	assert_int_equal(root_trusted(&r, mail, DAY), ROOT_TRUSTED);
	r = read((struct stl_attribute[]){property(
		     TRUST_NOT_BEFORE, at, sizeof(at))},
	    1);
	assert_int_equal(root_trusted(&r, mail, DAY), ROOT_NOT_BEFORE);
}

static void
test_refused(void **state)
{
	static const uint8_t three[] = {1, 2, 3};
	static const uint32_t numbers[] = {TRUST_PURPOSES, TRUST_FRIENDLY_NAME,
	    TRUST_SUBJECT_MD5, TRUST_CERT_POLICIES, TRUST_SHA256,
	    TRUST_DISABLED_AT, TRUST_REFUSED_PURPOSES, TRUST_NOT_BEFORE,
	    TRUST_NOT_BEFORE_PURPOSES};
	struct errinfo ei = {0};
	struct root r;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		struct stl_attribute a =
		    property(numbers[i], three, sizeof(three));
		struct stl_entry e = {slice_make(id, sizeof(id)), &a, 1};

		assert_int_equal(root_read(&e, &r, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "root.property");
		a.property = 99; /* nobody knows it */
		assert_ok(root_read(&e, &r, &ei), &ei);
		e.id.len--;
		assert_int_equal(root_read(&e, &r, &ei), ERR_FORMAT);
		assert_string_equal(ei.rule, "root.sha1");
	}
}

static void
test_text(void **state)
{
	/* A, a pair of surrogates, half of one, right-to-left override. */
	static const uint8_t utf16[] = {
	    'A', 0, 0x3d, 0xd8, 0x00, 0xde, 0x3d, 0xd8, 0x2e, 0x20};
	struct buf b = BUF_INIT(64);

	(void)state;
	root_put_text(&b, slice_make(utf16, sizeof(utf16)));
	assert_string_equal(
	    buf_cstr(&b), "A\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd");
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_trusted),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
