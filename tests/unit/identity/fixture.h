/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_IDENTITY_FIXTURE_H
#define SURGUCH_TESTS_IDENTITY_FIXTURE_H
/*
 * A small centre in a temporary directory: a real database, a clock that the
 * test sets, and courier's key pair, so that a test can read its messages as
 * courier would.  Helpers end the test when something of them fails.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/secret.h"
#include "identity/otp.h"
#include "store/store.h"

enum {
	TEST_NOW = 1795334400
}; /* 2026-11-22T08:00:00Z */

struct fixture {
	char dir[64];
	char path[96];
	struct store *store;
	struct clock clock;
	int64_t now_ms;
	uint8_t courier_pub[32];
	struct secret courier_key;
	struct otp *otp;
};

struct fixture *fixture_new(void);
void fixture_free(struct fixture *f);
/* cmocka's hooks: *state is a struct fixture. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

void fixture_pass(struct fixture *f, int64_t sec);
/* The newest message that is due for the phone, opened and marked as sent;
 * false when there is none. */
bool fixture_message(
    struct fixture *f, const char *phone, char *out, size_t size);
/* The digits of the code in such a message; "" when there is none. */
void fixture_code(struct fixture *f, const char *phone, char out[16]);
/* A code that is certainly not this one. */
void fixture_wrong(const char *code, char out[16]);
/* One number out of the database, by SQL of the test's own. */
int64_t fixture_count(struct fixture *f, const char *sql);

#endif
