/* SPDX-License-Identifier: Apache-2.0 */
/* The key and the chain of a new centre's API. */
#include "base/bounds.h"
#include "base/buf.h"
#include "base/secret.h"
#include "cli/centre.h"
#include "crypto/privkey.h"
#include "crypto/tlskey.h"
#include "x509/pem.h"

enum {
	CHAIN_MAX = 65536
};

enum err
centre_write_tls(const struct centre *c, uid_t owner, struct privkey *key,
    struct slice leaf, struct slice issuer, struct errinfo *ei)
{
	struct buf chain = BUF_INIT(CHAIN_MAX);
	struct secret pem = SECRET_EMPTY;
	enum err e = privkey_to_pem_insecure_plain(key, &pem, ei);

	pem_put(&chain, PEM_CERTIFICATE, leaf);
	pem_put(&chain, PEM_CERTIFICATE, issuer);
	if (e == ERR_OK) {
		e = buf_err(&chain, ei);
	}
	if (e == ERR_OK) {
		e = centre_write(c, CENTRE_TLS_KEY,
		    slice_make(pem.p, pem.len - 1), 0400, owner, ei);
	}
	/* Last: where it is, the key is, too. */
	if (e == ERR_OK) {
		e = centre_write(
		    c, CENTRE_TLS_CHAIN, buf_slice(&chain), 0444, owner, ei);
	}
	secret_clear(&pem);
	buf_clear(&chain);
	return e;
}
