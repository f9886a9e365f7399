/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_ENGINE_PRIV_H
#define SURGUCH_SIGNER_ENGINE_PRIV_H
/* The inside of struct engine, for the engine_*.c files. */
#include "signer/engine.h"
#include "signer/instance.h"
#include "signer/ledger.h"

struct engine {
	struct instance *in;
	struct ledger *ledger;
	struct clock clock;
	struct buf tbs;
	struct buf sig;
	struct buf cert;
	/* The last list: what stands around its entries, which the caller
	 * keeps for us, or of a delta we. */
	struct buf crl_front;
	struct buf crl_back;
	struct buf crl_delta;
	struct slice crl_entries;
	struct crl_shard crl_shard;
	bool keep_crl;      /* it is to be kept */
	struct buf scratch; /* a journal record */
	int64_t ocsp_since; /* start of the 24 hours that ocsp_used counts */
	uint64_t ocsp_used;
	int64_t orders_since; /* the same of orders_used */
	uint64_t orders_used;
	int64_t checked_ms;          /* when a signature was last looked at */
	bool checked;                /* one has been */
	char key_rule[ERRINFO_RULE]; /* why the key does not sign, or "" */
};

/*
 * The time to sign by.  ERR_STATE "signer.clock" when it is more than
 * CLOCK_SKEW_SEC behind what the journal has seen.
 */
ATTR_MUST_USE enum err engine_now(
    const struct engine *e, int64_t *out, struct errinfo *ei);
/*
 * Sign data with the key.  A signature that erred arithmetic made shows a key
 * of RSA or Ed25519, so each of theirs is checked before it is let out, and
 * each that a module made; of the others, whose nonce is drawn anew, the first
 * and then one a second, so that a machine that errs is found and haste is not
 * paid for with each one.  ERR_AGAIN "signer.signature": it did not fit, and
 * has been wiped.
 */
ATTR_MUST_USE enum err engine_sign(struct engine *e, struct slice data,
    struct buf *out_sig, struct errinfo *ei);
/* The same as privkey_sign_digest(). */
ATTR_MUST_USE enum err engine_sign_digest(struct engine *e, struct slice digest,
    struct buf *out_sig, struct errinfo *ei);

#endif
