/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CSR_PRIV_H
#define SURGUCH_X509_CSR_PRIV_H
/* The inside of struct csr; see cert_priv.h. */
#include "x509/csr.h"
#include "x509/pool.h"
#include "x509/signed.h"
#include "x509/spki.h"

/* One attribute: its type and the inside of its SET of values. */
struct csr_attr {
	struct slice oid;
	struct slice values; /* empty for the extension request */
};

struct csr {
	uint8_t *bytes;
	struct slice der;
	struct slice info_der; /* CertificationRequestInfo: what is signed */

	struct pool pool;
	struct name *subject;
	struct spki key;
	struct csr_attr *attrs;
	size_t num_attrs;
	struct ext_list *exts;
	struct signature sig;

	struct pubkey *pubkey; /* made when first asked for */
};

#endif
