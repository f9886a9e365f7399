/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The floor of `./bench crl`: to hash the bytes of a list once, sign, and write
 * them to a file that is there for good.
 *
 *	loop_crl CRL_FILE DIRECTORY
 *
 * Prints "sign S write S cpu S", the last for both; signing hashes.
 */
#include <stdio.h>
#include <time.h>

#include "cpu.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "os/file.h"

static double
now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	struct buf crl = BUF_INIT(CRL_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct privkey *key = NULL;
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	double t[3], cpu;

	if (argc != 3 || crypto_init(&ei) != ERR_OK ||
	    privkey_generate("p256", &key, &ei) != ERR_OK ||
	    file_read(argv[1], CRL_BYTES_MAX, &crl, &ei) != ERR_OK ||
	    path_join(path, argv[2], "floor.crl", &ei) != ERR_OK) {
		(void)fprintf(stderr, "loop_crl: %s %s\n", ei.rule, ei.text);
		return 1;
	}
	cpu = own_cpu();
	t[0] = now();
	if (privkey_sign(key, SIG_ECDSA_SHA256, buf_slice(&crl), &sig, &ei) !=
	    ERR_OK) {
		return 1;
	}
	t[1] = now();
	if (file_write_atomic(path, buf_slice(&crl), 0644, &ei) != ERR_OK) {
		return 1;
	}
	t[2] = now();
	cpu = own_cpu() - cpu;
	(void)printf(
	    "sign %.6f write %.6f cpu %.6f\n", t[1] - t[0], t[2] - t[1], cpu);
	privkey_free(key);
	buf_clear(&crl);
	buf_clear(&sig);
	return 0;
}
