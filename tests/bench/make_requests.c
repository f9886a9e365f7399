/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificate requests for the benches, each with a key and a subject of its
 * own, as base64 of the DER, one a line.
 *
 *	make_requests KEY_SPEC NUMBER
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "crypto/init.h"
#include "request.h"

static enum err
make_one(const char *spec, long i, struct buf *line)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	enum err e = request_make(spec, i, &der, NULL);

	if (e == ERR_OK) {
		text_base64(line, buf_slice(&der));
		buf_add_u8(line, '\n');
		e = buf_err(line, NULL);
	}
	buf_clear(&der);
	return e;
}

int
main(int argc, char **argv)
{
	struct buf line = BUF_INIT((size_t)2 * CSR_BYTES_MAX);
	long num;

	if (argc != 3 || (num = strtol(argv[2], NULL, 10)) < 1 ||
	    crypto_init(NULL) != ERR_OK) {
		return 2;
	}
	for (long i = 0; i < num; i++) {
		buf_reset(&line);
		if (make_one(argv[1], i, &line) != ERR_OK ||
		    fwrite(line.p, 1, line.len, stdout) != line.len) {
			return 1;
		}
	}
	buf_clear(&line);
	return 0;
}
