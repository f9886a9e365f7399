/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/entropy.h"

#include "crypto/ossl_priv.h"

/*
 * A reseed of the primary generator, from which the threads' own are seeded
 * anew when it has been.
 */
enum err
entropy_stir(struct slice bytes, struct errinfo *ei)
{
	EVP_RAND_CTX *primary = RAND_get0_primary(NULL);

	if (primary == NULL ||
	    EVP_RAND_reseed(primary, 0, NULL, 0, bytes.p, bytes.len) != 1) {
		return crypto_done(err_set(ei, ERR_CRYPTO, "entropy", NULL,
		    "the generator of random numbers could not be seeded"));
	}
	return crypto_done(ERR_OK);
}
