/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor under issuing, for `./bench issue`: per certificate one request
 * parsed and its signature verified, and one signature made over as many
 * bytes as a certificate has.  No template, lint, journal, database or HTTP.
 *
 *	loop_issue REQUEST_FILE SECONDS
 *
 * Prints "loops N cpu S".
 */
#include <stdio.h>
#include <stdlib.h>

#include "cpu.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "os/file.h"
#include "x509/csr.h"

enum {
	TBS_LEN = 650,
	LOOK_EVERY = 64
};

static bool
one(struct slice request, struct privkey *key, struct slice tbs)
{
	struct buf signature = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct csr *csr = NULL;
	bool done = csr_parse(request, &csr, NULL) == ERR_OK &&
		    csr_verify(csr, NULL) == ERR_OK &&
		    privkey_sign(
			key, SIG_ECDSA_SHA256, tbs, &signature, NULL) == ERR_OK;

	csr_free(csr);
	buf_clear(&signature);
	return done;
}

int
main(int argc, char **argv)
{
	static const uint8_t tbs[TBS_LEN];
	struct buf request = BUF_INIT(CSR_BYTES_MAX);
	struct privkey *key = NULL;
	unsigned long num = 0;
	double start, sec;

	if (argc != 3 || crypto_init(NULL) != ERR_OK ||
	    file_read(argv[1], CSR_BYTES_MAX, &request, NULL) != ERR_OK ||
	    privkey_generate("p256", &key, NULL) != ERR_OK) {
		return 1;
	}
	sec = strtod(argv[2], NULL);
	start = own_cpu();
	while (num % LOOK_EVERY != 0 || own_cpu() - start < sec) {
		if (!one(buf_slice(&request), key,
			slice_make(tbs, sizeof(tbs)))) {
			return 1;
		}
		num++;
	}
	(void)printf("loops %lu cpu %.3f\n", num, own_cpu() - start);
	privkey_free(key);
	buf_clear(&request);
	return 0;
}
