/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include "der/der.h"

static void
test_round_trip(void **state)
{
	struct errinfo ei = {0};
	struct buf b = BUF_INIT(256);

	(void)state;
	for (unsigned i = SIG_NONE + 1; i < SIG_ALG_MAX_; i++) {
		enum sig_alg alg = (enum sig_alg)i, back = SIG_NONE;

		buf_reset(&b);
		sig_alg_put(&b, alg);
		assert_ok(sig_alg_get(buf_slice(&b), &back, &ei), &ei);
		assert_int_equal(back, alg);
		assert_int_equal(sig_alg_by_name(sig_alg_name(alg)), alg);
		assert_true(sig_alg_fits(alg, sig_alg_key(alg)));
		assert_int_equal(
		    sig_alg_of(sig_alg_key(alg), sig_alg_hash(alg)), alg);
		assert_false(sig_alg_fits(alg, KEY_NONE));
	}
	for (unsigned i = HASH_NONE + 1; i < HASH_ALG_MAX_; i++) {
		enum hash_alg alg = (enum hash_alg)i, back = HASH_NONE;

		buf_reset(&b);
		hash_alg_put(&b, alg);
		assert_ok(hash_alg_get(buf_slice(&b), &back, &ei), &ei);
		assert_int_equal(back, alg);
	}
	for (unsigned i = KEY_NONE + 1; i < KEY_ALG_MAX_; i++) {
		enum key_alg key = (enum key_alg)i;

		assert_true(sig_alg_fits(key_alg_default_sig(key), key));
	}
	buf_clear(&b);
}

#define GOST     "\x06\x08\x2a\x85\x03\x07\x01\x01\x03\x02"
#define RSA      "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define ECDSA    "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define ED       "\x06\x03\x2b\x65\x70"
#define SHA1_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"
#define IN(s)                                                                  \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

static const struct {
	const char *name;
	struct slice in;
	enum sig_alg want;
	const char *rule;
} sig_cases[] = {
    {"GOST, absent", IN("\x30\x0a" GOST), SIG_GOST256, NULL},
    {"GOST, NULL", IN("\x30\x0c" GOST "\x05\x00"), SIG_GOST256, NULL},
    {"RSA, NULL", IN("\x30\x0d" RSA "\x05\x00"), SIG_RSA_SHA256, NULL},
    {"RSA, absent", IN("\x30\x0b" RSA), SIG_RSA_SHA256, NULL},
    {"ECDSA, absent", IN("\x30\x0a" ECDSA), SIG_ECDSA_SHA256, NULL},
    {"Ed25519, absent", IN("\x30\x05" ED), SIG_ED25519, NULL},
    {"ECDSA, NULL", IN("\x30\x0c" ECDSA "\x05\x00"), 0, "alg.form"},
    {"Ed25519, NULL", IN("\x30\x07" ED "\x05\x00"), 0, "alg.form"},
    {"RSA, an OID", IN("\x30\x10" RSA ED), 0, "alg.parameters"},
    {"RSA, two NULLs", IN("\x30\x0f" RSA "\x05\x00\x05\x00"), 0,
	"alg.parameters"},
    {"SHA-1", IN("\x30\x0d" SHA1_RSA "\x05\x00"), 0, "alg.signature"},
    {"a key's OID", IN("\x30\x08\x06\x06\x2a\x85\x03\x02\x02\x13"), 0,
	"alg.signature"},
    {"bytes behind", IN("\x30\x0a" GOST "\x00"), 0, "der.trailing"},
    {"not a SEQUENCE", IN("\x31\x0a" GOST), 0, "der.tag"},
    {"empty", {NULL, 0}, 0, "der.truncated"},
};

static void
test_parameters(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sig_cases); i++) {
		enum sig_alg alg = SIG_NONE;
		struct errinfo ei = {0};
		enum err e;

		print_message("%s\n", sig_cases[i].name);
		e = sig_alg_get(sig_cases[i].in, &alg, &ei);
		if (sig_cases[i].rule == NULL) {
			assert_ok(e, &ei);
		} else {
			assert_int_not_equal(e, ERR_OK);
			assert_string_equal(ei.rule, sig_cases[i].rule);
		}
		assert_int_equal(alg, sig_cases[i].want);
	}
}

static void
test_out_of_range(void **state)
{
	(void)state;
	assert_string_equal(sig_alg_name((enum sig_alg)99), "none");
	assert_string_equal(key_alg_name((enum key_alg)99), "none");
	assert_int_equal(sig_alg_by_name("gost"), SIG_NONE);
	assert_false(sig_alg_fits(SIG_GOST256, KEY_GOST512));
	assert_true(sig_alg_fits(SIG_ECDSA_SHA384, KEY_P256));
	assert_int_equal(sig_alg_of(KEY_RSA, HASH_SHA1), SIG_NONE);
	assert_int_equal(sig_alg_of(KEY_GOST256, HASH_SHA256), SIG_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_parameters),
	    cmocka_unit_test(test_out_of_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
