/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_CRYPTO_SOFTHSM_H
#define SURGUCH_TESTS_CRYPTO_SOFTHSM_H
/*
 * A token of SoftHSM in a scratch directory, behind the module that fails on
 * command (tests/fault/faulty_module.c).
 */
#include <stdbool.h>

#include "os/file.h"

#define SOFTHSM_TOKEN "surguch-test"
#define SOFTHSM_PIN   "12345678"

struct softhsm {
	char dir[PATH_TEXT_SIZE];
	char module[PATH_TEXT_SIZE];
	char conf[PATH_TEXT_SIZE];  /* SOFTHSM2_CONF */
	char order[PATH_TEXT_SIZE]; /* FAULTY_DO */
	char log[PATH_TEXT_SIZE];   /* FAULTY_LOG */
};

/* Sets this process's environment, too.  False when the programs are not
 * there. */
bool softhsm_open(struct softhsm *h);
void softhsm_close(struct softhsm *h);
/* What the module shall do from now on; "" nothing. */
void softhsm_order(const struct softhsm *h, const char *what);
/* How often it was called so since the start, as FAULTY_LOG knows. */
unsigned softhsm_calls(const struct softhsm *h, const char *function);

#endif
