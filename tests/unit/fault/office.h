/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_OFFICE_H
#define SURGUCH_TESTS_FAULT_OFFICE_H
/*
 * A centre without its walls: the database, courier's key and the authority
 * inside this process, with the real signer of a P-256 CA behind its channel.
 */
#include "identity/fixture.h"
#include "profile/accreditation.h"
#include "signer/house.h"

struct ca;

struct office {
	struct fixture *f;
	struct house house;
	char public_dir[PATH_TEXT_SIZE];
	struct accreditation none;
	struct ca *ca;
	pid_t signer;
};

/* cmocka's hooks: *state is a struct office. */
int office_setup(void **state);
int office_teardown(void **state);

/* The fixture's clock stands; set it to now and two seconds, so that what the
 * signer has done is past. */
void office_pass(struct office *o);

#endif
