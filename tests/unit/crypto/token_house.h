/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_TOKEN_HOUSE_H
#define SURGUCH_TESTS_TOKEN_HOUSE_H
/* Tokens of our own module (tests/token/README.md), in a scratch directory
 * that $SURGUCH_TEST_TOKENS names; $SURGUCH_TOKEN_MODULE is the module. */
#include "base/attr.h"

void token_house_open(void);
void token_house_close(void);
/* A token of this description (what it has is kept), in the slot of this
 * name. */
void token_house_insert(const char *slot, const char *description, ...)
    ATTR_PRINTF(2, 3);
void token_house_clean(const char *slot); /* no objects any more */
void token_house_pull(const char *slot);
void token_house_put_back(const char *slot);
void token_house_fail(const char *slot, const char *what);

#endif
