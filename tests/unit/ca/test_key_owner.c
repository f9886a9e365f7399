/* SPDX-License-Identifier: Apache-2.0 */
/* A key that is certified for one person is nobody else's. */
#include "unit.h"

#include <string.h>

#include "ca/key_owner.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/oid.h"
#include "der/write.h"
#include "store/store.h"
#include "util.h"

enum {
	SPKI_BYTES = 1024
};

static struct place place;
static struct store *store;
static unsigned num_certs;

static struct id
person_id(unsigned n)
{
	return nth_id(1000 + n);
}

static int
open_store(void **state)
{
	const struct value none = V_TEXT("");
	struct errinfo ei = {0};
	struct unit u;

	if (store_test_start(state) != 0) {
		return -1;
	}
	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	unit_init(&u);
	for (unsigned n = 1; n <= 2; n++) {
		struct id id = person_id(n);

		unit_add(&u, ST_PERSON_INSERT, EXPECT(1), V_ID(&id), none, none,
		    none, none, none, none, none, none, none, none, V_INT(1));
	}
	assert_ok(store_submit(store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	return 0;
}

static int
close_store(void **state)
{
	store_close(store);
	place_free(&place);
	return store_test_end(state);
}

/* person 0: none. */
static void
certify(struct slice spki, unsigned person)
{
	struct id id = nth_id(++num_certs), owner = person_id(person);
	uint8_t serial[19], digest[32], key[SHA256_SIZE];
	struct errinfo ei = {0};
	struct unit u;

	assert_ok(sha256_of(spki, key, &ei), &ei);
	unit_init(&u);
	unit_add(&u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id), V_TEXT("ca"),
	    V_BLOB(nth_serial(num_certs, serial)),
	    V_BLOB(nth_digest(num_certs, digest)), V_BLOB(SLICE_LIT("subject")),
	    V_BLOB(slice_make(key, sizeof(key))), V_BLOB(SLICE_LIT("der")),
	    V_INT(1), V_INT(2), V_TEXT("tls-client"), V_NULL, V_INT(num_certs),
	    V_INT(1), V_ID(person != 0 ? &owner : NULL));
	assert_ok(store_submit(store, &u, NULL, &ei), &ei);
	unit_clear(&u);
}

static bool
may(struct slice spki, unsigned person)
{
	struct id id = person_id(person);
	struct errinfo ei = {0};
	enum err e =
	    key_owner_check(store, spki, person != 0 ? &id : NULL, &ei);

	if (e != ERR_OK) {
		assert_int_equal(e, ERR_POLICY);
		assert_string_equal(ei.rule, "key.shared");
	}
	return e == ERR_OK;
}

static void
test_owner(void **state)
{
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	struct slice spki;

	(void)state;
	assert_ok(privkey_generate("p256", &k, &ei), &ei);
	spki = privkey_spki(k);
	assert_true(may(spki, 0));
	assert_true(may(spki, 1));
	certify(spki, 1);
	assert_true(may(spki, 1));
	assert_false(may(spki, 2));
	assert_false(may(spki, 0));
	/* Two of them have it: neither gets it again. */
	certify(spki, 2);
	assert_false(may(spki, 1));
	privkey_free(k);
}

/* The centre's own key is no person's. */
static void
test_nobodys(void **state)
{
	struct privkey *k = NULL;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("ed25519", &k, &ei), &ei);
	certify(privkey_spki(k), 0);
	assert_false(may(privkey_spki(k), 1));
	assert_false(may(privkey_spki(k), 0));
	privkey_free(k);
}

/* SubjectPublicKeyInfo of one GOST point, with and without the digest. */
static void
gost_spki(uint8_t fill, bool digest, struct buf *b)
{
	uint8_t point[64];
	struct buf key = BUF_INIT(SPKI_BYTES);
	size_t spki = der_open(b, DER_SEQUENCE);
	size_t alg = der_open(b, DER_SEQUENCE), params;

	memset(point, fill, sizeof(point));
	der_put_oid(b, oid_bytes(OID_GOST256));
	params = der_open(b, DER_SEQUENCE);
	der_put_oid(b, oid_bytes(OID_GOST_CP_A));
	if (digest) {
		der_put_oid(b, oid_bytes(OID_STREEBOG256));
	}
	der_close(b, params);
	der_close(b, alg);
	der_put(&key, DER_OCTET_STRING, slice_make(point, sizeof(point)));
	der_put_bits(b, buf_slice(&key), 0);
	der_close(b, spki);
	buf_clear(&key);
}

static void
test_gost_forms(void **state)
{
	(void)state;
	for (int digest = 0; digest <= 1; digest++) {
		struct buf a = BUF_INIT(SPKI_BYTES), b = BUF_INIT(SPKI_BYTES);

		gost_spki((uint8_t)(7 + digest), digest != 0, &a);
		gost_spki((uint8_t)(7 + digest), digest == 0, &b);
		assert_false(slice_eq(buf_slice(&a), buf_slice(&b)));
		certify(buf_slice(&a), 1);
		assert_true(may(buf_slice(&b), 1));
		assert_false(may(buf_slice(&b), 2));
		buf_clear(&a);
		buf_clear(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_owner),
	    cmocka_unit_test(test_nobodys),
	    cmocka_unit_test(test_gost_forms),
	};
	struct errinfo ei = {0};

	assert_ok(crypto_init(&ei), &ei);
	return cmocka_run_group_tests(tests, open_store, close_store);
}
