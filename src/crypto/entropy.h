/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_ENTROPY_H
#define SURGUCH_CRYPTO_ENTROPY_H
/*
 * Something more for the generator that keys are made with.  It comes in
 * addition to a fresh seed of the system's, never instead: it is credited with
 * nothing, and whoever chose it can make no key worse (NIST SP 800-90A 8.7.2,
 * additional input).
 */
#include "base/err.h"
#include "base/slice.h"

/* May be empty.  ERR_CRYPTO "entropy" when the generator does not seed. */
ATTR_MUST_USE enum err entropy_stir(struct slice bytes, struct errinfo *ei);

#endif
