/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CERT_PRIV_H
#define SURGUCH_X509_CERT_PRIV_H
/*
 * The inside of struct cert, for cert.c, print.c and the test that overwrites
 * `bytes` to prove that cert_build() does not look there.
 */
#include "x509/cert.h"
#include "x509/pool.h"
#include "x509/signed.h"
#include "x509/spki.h"

struct cert {
	/* The input, copied, and places in it: for checking the signature,
	 * and for fingerprints. */
	uint8_t *bytes;
	struct slice der;
	struct slice tbs_der;
	struct slice issuer_der;
	struct slice subject_der;

	/* The typed fields, which share nothing with `bytes` but the places
	 * key.der and sig.alg_der. */
	struct pool pool;
	bool is_tbs;      /* no signature */
	unsigned version; /* as in DER: 2 is v3 */
	struct slice serial;
	struct name *issuer;
	int64_t not_before;
	int64_t not_after;
	uint8_t not_before_tag;
	uint8_t not_after_tag;
	struct name *subject;
	struct spki key;
	struct ext_list *exts;
	struct signature sig;
};

#endif
