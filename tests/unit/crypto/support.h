/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_CRYPTO_SUPPORT_H
#define SURGUCH_TESTS_CRYPTO_SUPPORT_H
/* Shared by the tests of this floor: cmocka in its order, the reference data,
 * a scratch folder, other people's programs, and the parts of signed things. */
#include "unit.h"

#include <stdbool.h>

#include "crypto/alg.h"

/* cmocka group fixtures: crypto_init() and a scratch folder of our own. */
int group_setup(void **state);
int group_teardown(void **state);

/* A file of the reference data (SURGUCH_REFERENCE_DATA); skips the test,
 * saying so, when the data are not there. */
void ref_read(const char *name, struct buf *out);
/* All file names of a folder of the reference data that end in `ext`, sorted;
 * returns the count. */
size_t ref_list(
    const char *sub, const char *ext, char names[][128], size_t max);

/* "scratch/name", in one of a few static buffers. */
const char *scratch(const char *name);
void scratch_write(const char *name, struct slice content);
void scratch_read(const char *name, struct buf *out);

/* Run a program with its output in scratch("out"); the exit status, or -1 if
 * it is not there.  OPENSSL_CONF loads the GOST engine. */
int run(const char *const *argv);
#define RUN(...) run((const char *const[]){__VA_ARGS__, NULL})

/* SEQUENCE { tbs, AlgorithmIdentifier, BIT STRING }: certificates, requests
 * and CRLs alike. */
struct signed_parts {
	struct slice tbs;
	struct slice alg;
	struct slice sig;
};
void cut_signed(struct slice der, struct signed_parts *out);
/* The SubjectPublicKeyInfo of a request. */
struct slice request_spki(struct slice tbs);

/* The first PEM block of a text, decoded. */
void pem_read(struct slice text, struct buf *out);

/* A self-signed certificate of the least sort, by `key`. */
struct privkey;
void make_cert(struct privkey *key, const char *name, struct buf *out);

/* A SubjectPublicKeyInfo from its parts. */
void make_spki(struct buf *out, const char *alg_dotted, struct slice params,
    struct slice bits, unsigned unused);

/* unit_key(), RSA in one size for all. */
struct privkey *make_key(const char *spec);

/* Every kind of key that privkey_generate() makes. */
extern const char *const all_specs[];
extern const size_t num_specs;

#endif
