/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_UNIT_KEYS_H
#define SURGUCH_TESTS_UNIT_KEYS_H
/*
 * A key of a test.  RSA's come from tests/data/rsa: making one takes a second,
 * and half a minute under valgrind.
 */
struct privkey;

enum {
	UNIT_RSA_KEYS = 3
};

/* As privkey_generate(); of RSA, 2048 bits only, the n-th of UNIT_RSA_KEYS
 * (n is of no account for others).  Wants SURGUCH_SOURCE_ROOT. */
struct privkey *unit_key(const char *spec, unsigned n);

#endif
