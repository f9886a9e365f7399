/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_INIT_H
#define SURGUCH_CRYPTO_INIT_H
/*
 * The start of the crypto floor.  Loads OpenSSL without any configuration
 * file and the GOST engine from OpenSSL's own engine directory, whatever the
 * environment says.
 *
 * Call it first thing in main(), before any key is read and any thread is
 * started: a GOST key or certificate that was parsed before the engine is
 * there stays unusable for ever (facts/gost-tokens-profile.md 1.2).  Safe to
 * call again.  Every other function of this floor that needs OpenSSL fails
 * with ERR_STATE, rule "crypto.init", until it has succeeded.
 *
 * OpenSSL registers no exit handler, so a process may end while other threads
 * still sign.
 */
#include "base/err.h"

/* ERR_CRYPTO "crypto.engine" when the engine is missing or broken. */
ATTR_MUST_USE enum err crypto_init(struct errinfo *ei);

#endif
