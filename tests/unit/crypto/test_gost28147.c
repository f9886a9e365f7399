/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "base/text.h"
#include "crypto/cpkdf.h"
#include "crypto/gost28147.h"

/* RFC 8891 A.2, where Magma is the same cipher with tables Z and every word the
 * other way round. */
static const uint8_t magma_key[] = {0xcc, 0xdd, 0xee, 0xff, 0x88, 0x99, 0xaa,
    0xbb, 0x44, 0x55, 0x66, 0x77, 0x00, 0x11, 0x22, 0x33, 0xf3, 0xf2, 0xf1,
    0xf0, 0xf7, 0xf6, 0xf5, 0xf4, 0xfb, 0xfa, 0xf9, 0xf8, 0xff, 0xfe, 0xfd,
    0xfc};
static const uint8_t magma_plain[] = {
    0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe};

static const struct slice key = {magma_key, sizeof(magma_key)};

static void
assert_hex(struct slice s, const char *hex)
{
	struct buf b = BUF_INIT(4096);

	text_hex(&b, s);
	assert_string_equal(buf_cstr(&b), hex);
	buf_clear(&b);
}

static void
test_ecb(void **state)
{
	/* Set A by npm node-gost-crypto 1.0.2. */
	static const char *const want[GOST89_SETS] = {
	    [GOST89_Z] = "3dcad8c2e501e94e",
	    [GOST89_A] = "4183b04ca32c22cd",
	};
	struct secret out = SECRET_EMPTY, back = SECRET_EMPTY;
	struct errinfo ei = {0};
	uint8_t twice[16];

	(void)state;
	for (unsigned set = 0; set < GOST89_SETS; set++) {
		assert_ok(gost89_ecb(set, key,
			      slice_make(magma_plain, sizeof(magma_plain)),
			      true, &out, &ei),
		    &ei);
		assert_hex(secret_slice(&out), want[set]);
		secret_clear(&out);
		/* Blocks do not depend on each other. */
		memcpy(twice, magma_plain, 8);
		memcpy(twice + 8, magma_plain, 8);
		assert_ok(gost89_ecb(set, key, slice_make(twice, sizeof(twice)),
			      true, &out, &ei),
		    &ei);
		assert_memory_equal(out.p, out.p + 8, 8);
		assert_ok(
		    gost89_ecb(set, key, secret_slice(&out), false, &back, &ei),
		    &ei);
		assert_memory_equal(back.p, twice, sizeof(twice));
		secret_clear(&out);
		secret_clear(&back);
	}
}

static void
test_sizes(void **state)
{
	struct secret out = SECRET_EMPTY;
	uint8_t mac[GOST89_MAC_SIZE];
	struct errinfo ei = {0};
	struct slice eight = slice_make(magma_plain, 8);
	struct slice seven = slice_make(magma_plain, 7);

	(void)state;
	assert_int_equal(
	    gost89_ecb(GOST89_Z, key, seven, true, &out, &ei), ERR_FORMAT);
	assert_int_equal(
	    gost89_ecb(GOST89_Z, key, SLICE_EMPTY, true, &out, &ei),
	    ERR_FORMAT);
	assert_int_equal(
	    gost89_ecb(GOST89_Z, eight, eight, true, &out, &ei), ERR_FORMAT);
	assert_int_equal(
	    gost89_mac(GOST89_Z, false, key, eight, mac, &ei), ERR_FORMAT);
	assert_int_equal(
	    gost89_mac(GOST89_Z, false, eight, key, mac, &ei), ERR_FORMAT);
	assert_string_equal(ei.rule, "gost89.size");
}

/*
 * Beside the command line of OpenSSL, which meshes; up to 1,024 bytes there is
 * nothing to mesh, and beyond it the two differ.
 */
static void
test_mac(void **state)
{
	static const size_t sizes[] = {
	    9, 12, 16, 17, 512, 768, 769, 1000, 1024, 1025, 1032, 2000, 5003};
	static const char hex[] =
	    "hexkey:ccddeeff8899aabb4455667700112233f3f2f1f0f7f6f5f4fbfaf9f8ff"
	    "fefdfc";
	uint8_t data[5003], plain[GOST89_MAC_SIZE], meshed[GOST89_MAC_SIZE];
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (uint8_t)(i * 7 + 1);
	}
	for (size_t i = 0; i < ARRAY_LEN(sizes) * GOST89_SETS; i++) {
		size_t size = sizes[i / GOST89_SETS];
		enum gost89_set set = i % GOST89_SETS;
		struct slice s = slice_make(data, size);
		struct buf said = BUF_INIT(4096), want = BUF_INIT(64);

		assert_ok(gost89_mac(set, false, key, s, plain, &ei), &ei);
		assert_ok(gost89_mac(set, true, key, s, meshed, &ei), &ei);
		assert_int_equal(
		    memcmp(plain, meshed, sizeof(plain)) == 0, size <= 1024);
		scratch_write("data", s);
		assert_int_equal(
		    RUN("openssl", "dgst", "-mac",
			set == GOST89_A ? "gost-mac" : "gost-mac-12", "-macopt",
			hex, "-out", scratch("mac"), scratch("data")),
		    0);
		scratch_read("mac", &said);
		text_hex(&want, slice_make(meshed, sizeof(meshed)));
		assert_non_null(strstr(buf_cstr(&said), buf_cstr(&want)));
		buf_clear(&said);
		buf_clear(&want);
	}
}

/* By the same text in another language: npm node-gost-crypto 1.0.2. */
static void
test_cpkdf(void **state)
{
	static const char salt[] = "123456789012";
	static const char word[] = "s\0\0\0e\0\0\0c\0\0\0r\0\0\0e\0\0\0t\0\0";
	struct secret out = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(
	    cpkdf(slice_make(word, sizeof(word)), slice_str(salt), &out, &ei),
	    &ei);
	assert_hex(secret_slice(&out), "aa49f09338e21e422595ec8f5239b52f"
				       "53806fd20312ee202d301c6a173aede9");
	secret_clear(&out);
	assert_ok(cpkdf(SLICE_EMPTY, slice_str(salt), &out, &ei), &ei);
	assert_hex(secret_slice(&out), "290cc0127e6755f4fe4ec3ae79a9f9db"
				       "6035cd6f32d3e9f29ed84a828758811d");
	secret_clear(&out);
	assert_int_equal(
	    cpkdf(SLICE_EMPTY, slice_make(word, 65), &out, &ei), ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ecb),
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_mac),
	    cmocka_unit_test(test_cpkdf),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
