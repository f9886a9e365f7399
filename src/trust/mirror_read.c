/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/mirror_read.h"

#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "trust/mirror_priv.h"

enum {
	CERT_DIGITS = 2 * ROOT_SHA1
};

bool
trust_mirror_is_cert(const char *name)
{
	return strspn(name, "0123456789abcdefABCDEF") == CERT_DIGITS &&
	       strcasecmp(name + CERT_DIGITS, ".crt") == 0;
}

enum err
trust_mirror_read_cert(const struct trust_source *from, const char *name,
    struct buf *out, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	uint8_t hash[HASH_SIZE_MAX], said[ROOT_SHA1];
	enum err e = mirror_read_cert(from, name, &der, ei);

	if (e == ERR_OK) {
		e = hash_of(HASH_SHA1, buf_slice(&der), hash, ei);
	}
	if (e == ERR_OK &&
	    (!text_unhex(slice_make(name, CERT_DIGITS), said, sizeof(said)) ||
		memcmp(hash, said, sizeof(said)) != 0)) {
		(void)err_set(ei, ERR_FORMAT, "mirror.certificate", NULL,
		    "it is not the certificate that its name says");
		e = err_object(ei, ERR_FORMAT, name);
	}
	if (e == ERR_OK) {
		buf_add(out, buf_slice(&der));
		e = buf_err(out, ei);
	}
	buf_clear(&der);
	return e;
}
