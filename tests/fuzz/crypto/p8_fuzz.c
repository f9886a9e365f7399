/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key file that is read, plain or under the passphrase "x", works with its
 * public key (privkey_from_p8 signs to see), and is read again from what we
 * write.  Files that want more than ITERATIONS are left alone: they are meant
 * to be slow.
 */
#include "base/bounds.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ITERATIONS = 1000
};

static bool
is_dear(struct slice der)
{
	struct slice s = der, oid;
	uint64_t n = 0;

	/* EncryptedPrivateKeyInfo, AlgorithmIdentifier, PBES2, KDF */
	if (der_get(&s, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get(&s, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get_oid(&s, &oid, NULL) != ERR_OK ||
	    der_get(&s, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get(&s, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get_oid(&s, &oid, NULL) != ERR_OK ||
	    der_get(&s, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get(&s, DER_OCTET_STRING, &oid, NULL) != ERR_OK ||
	    der_get_u63(&s, DER_INTEGER, &n, NULL) != ERR_OK) {
		return false;
	}
	return n > ITERATIONS && n <= KDF_ITERATIONS_MAX;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct privkey *k = NULL, *again = NULL;
	struct secret plain = SECRET_EMPTY;
	struct errinfo ei = {0};

	ensure(crypto_init(NULL) == ERR_OK);
	if (privkey_from_p8(in, SLICE_EMPTY, &k, &ei) != ERR_OK &&
	    (is_dear(in) ||
		privkey_from_p8(in, SLICE_LIT("x"), &k, &ei) != ERR_OK)) {
		ensure(k == NULL && ei.rule[0] != '\0');
		return 0;
	}
	ensure(privkey_to_p8_insecure_plain(k, &plain, &ei) == ERR_OK);
	ensure(privkey_from_p8(
		   secret_slice(&plain), SLICE_EMPTY, &again, &ei) == ERR_OK);
	ensure(privkey_matches(again, privkey_spki(k)));
	secret_clear(&plain);
	privkey_free(again);
	privkey_free(k);
	return 0;
}
