/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_TRIAL_H
#define SURGUCH_WORKSTATION_TRIAL_H
/* Is a key well: does it sign, and read what is encrypted to it? (A21) */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct privkey;

/*
 * Sign random bytes, verify that under the certificate, and read a message
 * that is encrypted to it.  *out_decrypts false: that cannot be tried, the key
 * is for signatures alone or stays on its token.  ERR_STATE
 * "container.cert.none" when cert is empty; what cms_sign_detached(),
 * cms_verify_detached() and cms_decryption_trial() say.
 */
ATTR_MUST_USE enum err key_trial(struct privkey *key, struct slice cert,
    int64_t now, bool *out_decrypts, struct errinfo *ei);

#endif
