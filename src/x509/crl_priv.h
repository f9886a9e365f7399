/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CRL_PRIV_H
#define SURGUCH_X509_CRL_PRIV_H
/* The inside of struct crl; see cert_priv.h. */
#include "x509/crl.h"
#include "x509/pool.h"
#include "x509/signed.h"

struct crl {
	uint8_t *bytes;
	struct slice der;
	struct slice tbs_der;
	struct slice issuer_der;

	struct pool pool;
	unsigned version; /* as in DER: 1 is v2; 0 when absent */
	struct name *issuer;
	int64_t this_update;
	int64_t next_update;
	uint8_t this_update_tag;
	uint8_t next_update_tag; /* 0: none */
	struct crl_entry *entries;
	size_t num_entries;
	struct ext_list *exts;
	struct signature sig;
};

#endif
