/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdio.h>

#include "crypto/privkey.h"
#include "der/der.h"
#include "x509/csr.h"
#include "x509/name.h"

enum {
	NAME_SIZE = 32
};

enum err
request_make(const char *key_spec, long i, struct buf *out, struct errinfo *ei)
{
	struct name *subject = name_new();
	struct privkey *key = NULL;
	char cn[NAME_SIZE];
	enum err e = subject != NULL ? ERR_OK : err_nomem(ei);

	(void)snprintf(cn, sizeof(cn), "user-%06ld", i);
	if (e == ERR_OK) {
		e = privkey_generate(key_spec, &key, ei);
	}
	if (e == ERR_OK) {
		e = name_add(
		    subject, OID_CN, DER_UTF8_STRING, slice_str(cn), ei);
	}
	if (e == ERR_OK) {
		e = csr_create(key, subject, SLICE_EMPTY, out, ei);
	}
	name_free(subject);
	privkey_free(key);
	return e;
}
