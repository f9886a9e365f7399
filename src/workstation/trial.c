/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/trial.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/cms.h"
#include "crypto/cms_encrypt.h"
#include "os/random.h"

enum {
	PROOF_SIZE = 32,
};

enum err
key_trial(struct privkey *key, struct slice cert, int64_t now,
    bool *out_decrypts, struct errinfo *ei)
{
	uint8_t bytes[PROOF_SIZE] = {0};
	struct slice text = slice_make(bytes, sizeof(bytes));
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	enum err e;

	if (cert.len == 0) {
		return err_set(ei, ERR_STATE, "container.cert.none", NULL,
		    "there is no certificate with the key, so there is "
		    "nothing to try it under");
	}
	if ((e = random_bytes(bytes, sizeof(bytes), ei)) == ERR_OK &&
	    (e = cms_sign_detached(key, cert, NULL, 0, text, now, &cms, ei)) ==
		ERR_OK &&
	    (e = cms_verify_detached(buf_slice(&cms), text, cert, ei)) ==
		ERR_OK) {
		e = cms_decryption_trial(key, cert, out_decrypts, ei);
	}
	buf_clear(&cms);
	return e;
}
