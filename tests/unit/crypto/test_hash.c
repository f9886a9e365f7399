/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"

/* M1 of RFC 6986, 10.1. */
#define M1 "012345678901234567890123456789012345678901234567890123456789012"

static const struct {
	enum hash_alg alg;
	const char *data;
	const char *hex;
} digests[] = {
    {HASH_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {HASH_SHA256, "abc",
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {HASH_SHA384, "abc",
	"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	"8086072ba1e7cc2358baeca134c825a7"},
    {HASH_SHA512, "abc",
	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    {HASH_STREEBOG256, M1,
	"9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"},
    {HASH_STREEBOG512, M1,
	"1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
	"00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"},
    {HASH_SHA256, "",
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
};

static void
assert_hex(const uint8_t *p, size_t len, const char *hex)
{
	struct buf b = BUF_INIT(256);

	text_hex(&b, slice_make(p, len));
	assert_string_equal(buf_cstr(&b), hex);
	buf_clear(&b);
}

static void
test_digests(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(digests); i++) {
		struct slice data = slice_str(digests[i].data);
		uint8_t out[HASH_SIZE_MAX];
		struct errinfo ei = {0};

		print_message("%s\n", digests[i].hex);
		assert_ok(hash_of(digests[i].alg, data, out, &ei), &ei);
		assert_hex(out, hash_size(digests[i].alg), digests[i].hex);
	}
}

static void
test_no_digest(void **state)
{
	uint8_t out[HASH_SIZE_MAX] = {0x5a};
	struct errinfo ei = {0};

	(void)state;
	assert_int_equal(
	    hash_of(HASH_NONE, SLICE_EMPTY, out, &ei), ERR_UNSUPPORTED);
	assert_int_equal(out[0], 0x5a);
	assert_int_equal(
	    hash_of((enum hash_alg)77, SLICE_EMPTY, out, &ei), ERR_UNSUPPORTED);
}

/* RFC 4231, cases 1, 2 and 6; HMAC("", ""). */
static void
test_hmac(void **state)
{
	uint8_t key[131], out[HMAC_SHA256_SIZE];
	struct errinfo ei = {0};

	(void)state;
	memset(key, 0x0b, 20);
	assert_ok(
	    hmac_sha256(slice_make(key, 20), SLICE_LIT("Hi There"), out, &ei),
	    &ei);
	assert_hex(out, sizeof(out),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff"
	    "7");
	assert_ok(hmac_sha256(SLICE_LIT("Jefe"),
		      SLICE_LIT("what do ya want for nothing?"), out, &ei),
	    &ei);
	assert_hex(out, sizeof(out),
	    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384"
	    "3");
	memset(key, 0xaa, sizeof(key));
	assert_ok(hmac_sha256(slice_make(key, sizeof(key)),
		      SLICE_LIT("Test Using Larger Than Block-Size Key - "
				"Hash Key First"),
		      out, &ei),
	    &ei);
	assert_hex(out, sizeof(out),
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f5"
	    "4");
	assert_ok(hmac_sha256(SLICE_EMPTY, SLICE_EMPTY, out, &ei), &ei);
	assert_hex(out, sizeof(out),
	    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5a"
	    "d");
}

/* RFC 7914 11. */
static void
test_pbkdf2(void **state)
{
	struct secret out = SECRET_EMPTY;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(pbkdf2_sha256(
		      SLICE_LIT("passwd"), SLICE_LIT("salt"), 1, 64, &out, &ei),
	    &ei);
	assert_hex(out.p, out.len,
	    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacb"
	    "c49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19"
	    "783");
	secret_clear(&out);
	assert_int_equal(
	    pbkdf2_sha256(SLICE_LIT("p"), SLICE_LIT("s"), 0, 32, &out, &ei),
	    ERR_LIMIT);
	assert_int_equal(pbkdf2_sha256(SLICE_LIT("p"), SLICE_LIT("s"),
			     KDF_ITERATIONS_MAX + 1U, 32, &out, &ei),
	    ERR_LIMIT);
	assert_int_equal(
	    pbkdf2_sha256(SLICE_LIT("p"), SLICE_LIT("s"), 1, 0, &out, &ei),
	    ERR_LIMIT);
	assert_null(out.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_digests),
	    cmocka_unit_test(test_no_digest),
	    cmocka_unit_test(test_hmac),
	    cmocka_unit_test(test_pbkdf2),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
