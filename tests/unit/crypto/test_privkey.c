/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <pthread.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/cert_bits.h"
#include "crypto/entropy.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/tlskey.h"

/* Over a digest, and over the data: each fits the other's verdict. */
static void
check_digest(struct privkey *k, enum sig_alg alg, struct slice data)
{
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	const struct pubkey *pub = privkey_pubkey(k);
	uint8_t hash[HASH_SIZE_MAX];
	struct slice digest = slice_make(hash, hash_size(sig_alg_hash(alg)));
	struct errinfo ei = {0};

	assert_ok(hash_of(sig_alg_hash(alg), data, hash, &ei), &ei);
	if (sig_alg_takes_data(alg)) {
		assert_int_equal(privkey_sign_digest(k, alg, digest, &sig, &ei),
		    ERR_UNSUPPORTED);
		assert_ok(privkey_sign(k, alg, data, &sig, &ei), &ei);
		assert_int_equal(pubkey_verify_digest(
				     pub, alg, digest, buf_slice(&sig), &ei),
		    ERR_CRYPTO);
		buf_clear(&sig);
		return;
	}
	assert_ok(privkey_sign_digest(k, alg, digest, &sig, &ei), &ei);
	assert_ok(pubkey_verify(pub, alg, data, buf_slice(&sig), &ei), &ei);
	buf_reset(&sig);
	assert_ok(privkey_sign(k, alg, data, &sig, &ei), &ei);
	assert_ok(
	    pubkey_verify_digest(pub, alg, digest, buf_slice(&sig), &ei), &ei);
	digest.len--;
	assert_int_equal(
	    pubkey_verify_digest(pub, alg, digest, buf_slice(&sig), &ei),
	    ERR_CRYPTO);
	assert_int_equal(
	    privkey_sign_digest(k, alg, digest, &sig, &ei), ERR_UNSUPPORTED);
	assert_string_equal(ei.rule, "signature.digest");
	digest.len++;
	hash[0] ^= 1;
	assert_int_equal(
	    pubkey_verify_digest(pub, alg, digest, buf_slice(&sig), &ei),
	    ERR_CRYPTO);
	assert_string_equal(ei.rule, "signature.mismatch");
	buf_clear(&sig);
}

static void
test_all_specs(void **state)
{
	static const struct slice data = {(const uint8_t *)"to be signed", 12};

	(void)state;
	for (size_t i = 0; i < num_specs; i++) {
		struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
		struct privkey *k = NULL, *other = NULL;
		struct errinfo ei = {0};

		print_message("%s\n", all_specs[i]);
		/* The one place where RSA's is really made. */
		if (is_slow_run()) {
			k = make_key(all_specs[i]);
		} else {
			assert_ok(privkey_generate(all_specs[i], &k, &ei), &ei);
		}
		other = make_key(
		    strncmp(all_specs[i], "rsa", 3) == 0 && is_slow_run()
			? "p256"
			: all_specs[i]);
		assert_true(privkey_matches(k, privkey_spki(k)));
		assert_false(privkey_matches(k, privkey_spki(other)));
		for (unsigned a = SIG_NONE; a < SIG_ALG_MAX_; a++) {
			enum sig_alg alg = (enum sig_alg)a;

			buf_reset(&sig);
			if (!sig_alg_fits(alg, privkey_alg(k))) {
				assert_int_equal(
				    privkey_sign(k, alg, data, &sig, &ei),
				    ERR_CRYPTO);
				assert_string_equal(
				    ei.rule, "signature.algorithm");
				assert_int_equal(sig.len, 0);
				continue;
			}
			assert_ok(privkey_sign(k, alg, data, &sig, &ei), &ei);
			assert_ok(pubkey_verify(privkey_pubkey(k), alg, data,
				      buf_slice(&sig), &ei),
			    &ei);
			assert_int_equal(pubkey_verify(privkey_pubkey(other),
					     alg, data, buf_slice(&sig), &ei),
			    ERR_CRYPTO);
			assert_int_equal(
			    pubkey_verify(privkey_pubkey(k), alg,
				slice_make(data.p, 11), buf_slice(&sig), &ei),
			    ERR_CRYPTO);
			check_digest(k, alg, data);
		}
		privkey_free(k);
		privkey_free(other);
		buf_clear(&sig);
	}
	privkey_free(NULL);
}

static void
test_no_room(void **state)
{
	struct buf sig = BUF_INIT(63);
	struct privkey *k = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("gost2012-256:A", &k, &ei), &ei);
	assert_int_equal(
	    privkey_sign(k, SIG_GOST256, SLICE_EMPTY, &sig, &ei), ERR_LIMIT);
	assert_int_equal(sig.len, 0);
	buf_clear(&sig);
	privkey_free(k);
}

/*
 * What is stirred in is added, never instead: with nothing, with all zeros and
 * with the same bytes again and again, no two keys are alike.
 */
static void
test_entropy(void **state)
{
	static const uint8_t zeros[4096];
	const struct slice stirred[] = {
	    SLICE_EMPTY, slice_make(zeros, sizeof(zeros)), SLICE_LIT("page")};
	enum {
		KEYS = 24
	};
	struct privkey *keys[KEYS];
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < KEYS; i++) {
		const char *spec = i % 2 == 0 ? "gost2012-256:A" : "p256";

		assert_ok(entropy_stir(stirred[i / 2 % 3], &ei), &ei);
		assert_ok(privkey_generate(spec, &keys[i], &ei), &ei);
		for (size_t j = 0; j < i; j++) {
			assert_false(
			    privkey_matches(keys[j], privkey_spki(keys[i])));
		}
	}
	for (size_t i = 0; i < KEYS; i++) {
		privkey_free(keys[i]);
	}
}

static void
test_bad_specs(void **state)
{
	static const char *const specs[] = {"", "p-256", "P256", "p521", "rsa",
	    "rsa:1024", "rsa:2047", "rsa:99999", "gost2012-256",
	    "gost2012-256:", "gost2012-256:D", "gost2012-256:a",
	    "gost2012-512:TCA", "gost2012-512:0", "gost2012-256:A ",
	    "gost2001:A", "ed448"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct privkey *k = NULL;
		struct errinfo ei = {0};

		assert_int_equal(
		    privkey_generate(specs[i], &k, &ei), ERR_UNSUPPORTED);
		assert_string_equal(ei.rule, "key.spec");
		assert_null(k);
	}
}

/* --- one key, several threads --------------------------------------------- */

enum {
	THREADS = 4,
	ROUNDS = 40,
	ROUNDS_SLOW = 5
};

struct work {
	struct privkey *key;
	unsigned seed;
	unsigned rounds;
	unsigned good;
};

static void *
sign_and_verify(void *arg)
{
	struct work *w = arg;
	enum sig_alg alg = key_alg_default_sig(privkey_alg(w->key));
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);

	for (unsigned i = 0; i < w->rounds; i++) {
		unsigned text[2] = {w->seed, i};
		struct slice data = slice_make(text, sizeof(text));

		buf_reset(&sig);
		if (privkey_sign(w->key, alg, data, &sig, NULL) == ERR_OK &&
		    pubkey_verify(privkey_pubkey(w->key), alg, data,
			buf_slice(&sig), NULL) == ERR_OK) {
			w->good++;
		}
	}
	buf_clear(&sig);
	return NULL;
}

static void
test_threads(void **state)
{
	static const char *const specs[] = {
	    "p256", "gost2012-256:A", "ed25519", "rsa:2048"};
	unsigned rounds = is_slow_run() ? ROUNDS_SLOW : ROUNDS;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct work work[THREADS] = {{0}};
		pthread_t thread[THREADS];
		struct privkey *k = make_key(specs[i]);

		for (unsigned t = 0; t < THREADS; t++) {
			work[t].key = k;
			work[t].seed = t;
			work[t].rounds = rounds;
			assert_int_equal(pthread_create(&thread[t], NULL,
					     sign_and_verify, &work[t]),
			    0);
		}
		for (unsigned t = 0; t < THREADS; t++) {
			assert_int_equal(pthread_join(thread[t], NULL), 0);
			assert_int_equal(work[t].good, rounds);
		}
		privkey_free(k);
	}
}

/* --- published keys ---------------------------------------------------------
 */

/* A published key signs, its published certificate verifies. */
static void
assert_pair(struct slice p8, const char *crt_name)
{
	static const struct slice data = {(const uint8_t *)"message", 7};
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX), crt;
	struct cert_bits bits;
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct pubkey *pub = NULL;
	enum sig_alg alg;

	assert_ok(privkey_from_p8(p8, SLICE_EMPTY, &k, &ei), &ei);
	ref_read(crt_name, &crt);
	assert_ok(cert_bits_get(buf_slice(&crt), &bits, &ei), &ei);
	assert_ok(pubkey_parse(bits.spki, &pub, &ei), &ei);
	alg = key_alg_default_sig(privkey_alg(k));
	assert_ok(privkey_sign(k, alg, data, &sig, &ei), &ei);
	assert_ok(pubkey_verify(pub, alg, data, buf_slice(&sig), &ei), &ei);
	assert_true(slice_eq(
	    pubkey_bits_content(pub), pubkey_bits_content(privkey_pubkey(k))));
	pubkey_free(pub);
	privkey_free(k);
	buf_clear(&crt);
	buf_clear(&sig);
}

static void
test_tc26_keys(void **state)
{
	struct buf p8;

	(void)state;
	ref_read("gost/vectors/tc26-x509-256.key.der", &p8);
	assert_pair(buf_slice(&p8), "gost/vectors/tc26-x509-256.crt.der");
	buf_clear(&p8);
	ref_read("gost/vectors/tc26-x509-512.key.der", &p8);
	assert_pair(buf_slice(&p8), "gost/vectors/tc26-x509-512.crt.der");
	buf_clear(&p8);
}

static void
test_pem(void **state)
{
	(void)state;
	for (size_t i = 0; i < num_specs; i++) {
		struct secret pem = SECRET_EMPTY;
		struct privkey *k = NULL, *back = NULL;
		struct errinfo ei = {0};
		struct buf der;

		k = make_key(all_specs[i]);
		assert_ok(privkey_to_pem_insecure_plain(k, &pem, &ei), &ei);
		assert_int_equal(strlen((const char *)pem.p) + 1, pem.len);
		pem_read(slice_make(pem.p, pem.len - 1), &der);
		assert_ok(
		    privkey_from_p8(buf_slice(&der), SLICE_EMPTY, &back, &ei),
		    &ei);
		assert_true(privkey_matches(back, privkey_spki(k)));
		scratch_write("key.pem", slice_make(pem.p, pem.len - 1));
		if (strchr(all_specs[i], ':') == NULL) {
			assert_int_equal(RUN("openssl", "pkey", "-in",
					     scratch("key.pem"), "-noout"),
			    0);
		}
		buf_wipe(&der);
		secret_clear(&pem);
		privkey_free(k);
		privkey_free(back);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_all_specs),
	    cmocka_unit_test(test_no_room),
	    cmocka_unit_test(test_entropy),
	    cmocka_unit_test(test_bad_specs),
	    cmocka_unit_test(test_threads),
	    cmocka_unit_test(test_tc26_keys),
	    cmocka_unit_test(test_pem),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
