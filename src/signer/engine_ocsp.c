/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto/privkey.h"
#include "signer/engine_priv.h"
#include "x509/ocsp.h"

enum {
	ALGID_BYTES_MAX = 64 /* of a digest; real ones have 13 */
};

/* Counted in memory, in steps of 24 hours: answers are not journaled. */
static enum err
count(struct engine *e, int64_t now, struct errinfo *ei)
{
	if (now < e->ocsp_since || now >= e->ocsp_since + DAY_SEC) {
		e->ocsp_since = now;
		e->ocsp_used = 0;
	}
	if (e->ocsp_used >= e->in->settings->ocsp_per_day) {
		return err_set(ei, ERR_POLICY, "ocsp.ceiling", NULL,
		    "%llu OCSP answers have been signed in 24 hours, which is "
		    "the ceiling.",
		    (unsigned long long)e->in->settings->ocsp_per_day);
	}
	e->ocsp_used++;
	return ERR_OK;
}

static enum err
check_single(const struct engine *e, const struct signer_ocsp_single *s,
    int64_t now, struct errinfo *ei)
{
	const struct instance_issuer *issuer = &e->in->issuer[s->hash];
	size_t len = hash_size(s->hash);
	int64_t max = e->in->settings->ocsp_sec_max;

	if (memcmp(s->issuer_name_hash, issuer->name_hash, len) != 0 ||
	    memcmp(s->issuer_key_hash, issuer->key_hash, len) != 0) {
		return err_set(ei, ERR_POLICY, "ocsp.issuer", NULL,
		    "The certificate is of another CA.");
	}
	if (s->this_update > now + CLOCK_SKEW_SEC ||
	    s->this_update < now - max) {
		return err_set(ei, ERR_POLICY, "ocsp.this_update", NULL,
		    "thisUpdate is too far from the signer's clock.");
	}
	if (s->next_update <= s->this_update ||
	    s->next_update - s->this_update > max) {
		return err_set(ei, ERR_POLICY, "ocsp.next_update", NULL,
		    "nextUpdate must follow thisUpdate by at most %lld hours.",
		    (long long)(max / 3600));
	}
	if (s->status == SIGNER_OCSP_REVOKED &&
	    (s->revoked_at < 0 || s->revoked_at > now + CLOCK_SKEW_SEC)) {
		return err_set(ei, ERR_POLICY, "ocsp.revoked_at", NULL,
		    "A certificate is revoked in the future, or before 1970.");
	}
	return ERR_OK;
}

static void
fill(const struct signer_ocsp_single *s, struct slice algid,
    struct ocsp_single *out)
{
	static const enum ocsp_cert_status statuses[] = {
	    [SIGNER_OCSP_GOOD] = OCSP_GOOD,
	    [SIGNER_OCSP_REVOKED] = OCSP_REVOKED,
	    [SIGNER_OCSP_UNKNOWN] = OCSP_UNKNOWN,
	};
	size_t len = hash_size(s->hash);

	*out = (struct ocsp_single){
	    .id =
		{
		    .hash_alg = algid,
		    .issuer_name_hash = slice_make(s->issuer_name_hash, len),
		    .issuer_key_hash = slice_make(s->issuer_key_hash, len),
		    .serial = slice_make(s->serial, s->serial_len),
		},
	    .status = statuses[s->status],
	    .revoked_at = s->revoked_at,
	    .reason =
		s->reason < 0 ? CRL_REASON_NONE : (enum crl_reason)s->reason,
	    .this_update = s->this_update,
	    .has_next_update = true,
	    .next_update = s->next_update,
	};
}

static enum err
build(struct engine *e, const struct signer_ocsp *m, int64_t now,
    struct errinfo *ei)
{
	struct ocsp_single singles[OCSP_SINGLES_MAX];
	struct buf algids[OCSP_SINGLES_MAX];
	enum err err = ERR_OK;
	size_t done = 0;

	for (; done < m->num_singles && err == ERR_OK; done++) {
		const struct signer_ocsp_single *s = &m->singles[done];

		buf_init(&algids[done], ALGID_BYTES_MAX);
		err = check_single(e, s, now, ei);
		if (err == ERR_OK) {
			hash_alg_put(&algids[done], s->hash);
			err = buf_err(&algids[done], ei);
			fill(s, buf_slice(&algids[done]), &singles[done]);
		}
	}
	if (err == ERR_OK) {
		buf_reset(&e->tbs);
		ocsp_tbs_build(slice_make(e->in->responder_key_id,
				   sizeof(e->in->responder_key_id)),
		    now, singles, m->num_singles,
		    slice_make(m->nonce, m->nonce_len), &e->tbs);
		err = buf_err(&e->tbs, ei);
	}
	for (size_t i = 0; i < done; i++) {
		buf_clear(&algids[i]);
	}
	return err;
}

enum err
engine_ocsp(struct engine *e, const struct signer_ocsp *m, struct buf *response,
    struct errinfo *ei)
{
	int64_t now;
	enum err err;

	if (e->in->settings->kind != SIGNER_KIND_OCSP || !e->in->ready) {
		return err_set(ei, ERR_STATE, "signer.kind", NULL,
		    "Signer %s signs no OCSP answers.", e->in->settings->name);
	}
	err = engine_now(e, &now, ei);
	if (err == ERR_OK) {
		err = count(e, now, ei);
	}
	if (err == ERR_OK) {
		err = build(e, m, now, ei);
	}
	if (err == ERR_OK) {
		err = engine_sign(e, buf_slice(&e->tbs), &e->sig, ei);
	}
	if (err == ERR_OK) {
		buf_reset(response);
		ocsp_assemble(buf_slice(&e->tbs), e->in->sig_alg,
		    buf_slice(&e->sig), instance_cert(e->in), response);
		err = buf_err(response, ei);
	}
	return err;
}
