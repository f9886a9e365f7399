/* SPDX-License-Identifier: Apache-2.0 */
#include "os/random.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>

enum err
random_bytes(void *p, size_t len, struct errinfo *ei)
{
	uint8_t *at = p;
	ssize_t n;

	while (len > 0) {
		n = getrandom(at, len, 0);
		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return err_sys(ei, "random.kernel",
			    "The kernel gives no random bytes");
		}
		at += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

enum err
id_new(const struct clock *clock, struct id *out, struct errinfo *ei)
{
	uint8_t random[10];
	enum err err;

	err = random_bytes(random, sizeof(random), ei);
	if (err != ERR_OK) {
		return err;
	}
	id_make(out, clock_utc_ms(clock), random);
	return ERR_OK;
}
