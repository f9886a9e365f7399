/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_OFFICE_H
#define SURGUCH_TESTS_FAULT_OFFICE_H
/*
 * A centre without its walls: the database, courier's key and the authority
 * inside this process, with the real signers of a P-256 and a GOST CA behind
 * their channels.
 */
#include "identity/fixture.h"
#include "profile/accreditation.h"
#include "signer/house.h"

struct ca;

struct office {
	struct fixture *f; /* its clock goes, two seconds before the signers' */
	struct house house;
	char public_dir[PATH_TEXT_SIZE];
	struct accreditation none;
	struct ca *ca;
	pid_t signers[2];
};

/* cmocka's hooks: *state is a struct office. */
int office_setup(void **state);
/* The same of an issuing CA with two shards and deltas. */
int office_setup_deltas(void **state);
int office_teardown(void **state);

/* fixture_code() by that clock. */
void office_code(struct office *o, const char *phone, char out[16]);

#endif
