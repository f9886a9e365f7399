/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_PBES_PRIV_H
#define SURGUCH_CRYPTO_PBES_PRIV_H
/* What nobody's file may choose for us: the cipher and the cost of opening it
 * (RFC 8018 A.4). */
#include "base/err.h"
#include "base/slice.h"

/* A whole AlgorithmIdentifier; ERR_UNSUPPORTED "key.cipher", ERR_LIMIT
 * "key.iterations", ERR_FORMAT. */
ATTR_MUST_USE enum err pbes2_check(
    struct slice algid, unsigned *out_iterations, struct errinfo *ei);
/* The content of the AlgorithmIdentifier of a cipher that we let run. */
ATTR_MUST_USE enum err cipher_check(struct slice s, struct errinfo *ei);

#endif
