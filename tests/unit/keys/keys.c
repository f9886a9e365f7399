/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "keys/keys.h"

#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "crypto/privkey.h"
#include "os/file.h"

enum {
	P8_MAX = 4096
};

struct privkey *
unit_key(const char *spec, unsigned n)
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	struct buf p8 = BUF_INIT(P8_MAX);
	struct privkey *k = NULL;
	struct errinfo ei = {0};
	char path[PATH_MAX];

	if (strcmp(spec, "rsa:2048") != 0) {
		assert_ok(privkey_generate(spec, &k, &ei), &ei);
		return k;
	}
	assert_true(n < UNIT_RSA_KEYS);
	(void)snprintf(path, sizeof(path), "%s/tests/data/rsa/%u.p8",
	    root != NULL ? root : ".", n + 1);
	assert_ok(file_read(path, P8_MAX, &p8, &ei), &ei);
	assert_ok(privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, &k, &ei), &ei);
	buf_clear(&p8);
	return k;
}
