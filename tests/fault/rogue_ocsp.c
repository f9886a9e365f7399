/* SPDX-License-Identifier: Apache-2.0 */
/* OCSP answers that the responder must not give. */
#include <string.h>

#include "crypto/hash.h"
#include "rogue.h"
#include "x509/cert.h"
#include "x509/spki.h"

enum {
	HOUR = 3600
};

/* How OCSP names the CA behind a channel. */
static void
name_issuer(struct rogue *r, const char *ca, struct signer_ocsp_single *out)
{
	struct signer_info info;
	struct cert *cert = NULL;

	ask_info(channel_of(r, ca), &info);
	ensure(cert_parse(slice_make(info.cert, info.cert_len), &cert, NULL) ==
	       ERR_OK);
	out->hash = HASH_SHA256;
	ensure(hash_of(out->hash, cert_subject_der(cert), out->issuer_name_hash,
		   NULL) == ERR_OK);
	ensure(hash_of(out->hash, cert_key(cert)->bits, out->issuer_key_hash,
		   NULL) == ERR_OK);
	cert_free(cert);
	signer_info_clear(&info);
}

static void
nothing(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	(void)s;
}

static void
other_name(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->issuer_name_hash[0] ^= 1;
}

static void
other_key(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->issuer_key_hash[31] ^= 1;
}

static void
other_ca(struct rogue *r, struct signer_ocsp_single *s)
{
	name_issuer(r, "issuing-gost", s);
}

static void
other_hash(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->hash = HASH_STREEBOG256;
}

static void
too_long(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->next_update += 1;
}

static void
ended(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->next_update = s->this_update;
}

static void
back_dated(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->this_update -= (int64_t)2 * HOUR;
}

static void
post_dated(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->this_update += 310;
	s->next_update += 310;
}

static void
beyond_times(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->this_update = INT64_MIN;
	s->next_update = INT64_MAX;
}

static void
in_future(struct rogue *r, struct signer_ocsp_single *s)
{
	s->status = SIGNER_OCSP_REVOKED;
	s->revoked_at = rogue_now(r) + HOUR;
}

static void
before_all(struct rogue *r, struct signer_ocsp_single *s)
{
	(void)r;
	s->status = SIGNER_OCSP_REVOKED;
	s->revoked_at = INT64_MIN;
}

static const struct {
	const char *name;
	const char *on;
	void (*spoil)(struct rogue *r, struct signer_ocsp_single *s);
} attempts[] = {
    {"allowed answer", "ocsp-p256", nothing},
    {"another issuer's name", "ocsp-p256", other_name},
    {"another issuer's key", "ocsp-p256", other_key},
    {"another CA of the centre", "ocsp-p256", other_ca},
    {"hashes under another algorithm", "ocsp-p256", other_hash},
    {"valid too long", "ocsp-p256", too_long},
    {"ended already", "ocsp-p256", ended},
    {"back-dated", "ocsp-p256", back_dated},
    {"post-dated", "ocsp-p256", post_dated},
    {"times beyond all times", "ocsp-p256", beyond_times},
    {"revoked in the future", "ocsp-p256", in_future},
    {"revoked before all times", "ocsp-p256", before_all},
    {"an OCSP answer by the CA's key", "issuing-p256", nothing},
};

void
try_ocsp(struct rogue *r)
{
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct signer_ocsp m = {.num_singles = 1};
		struct signer_ocsp_single *s = &m.singles[0];
		struct buf body = BUF_INIT(FRAME_BODY_MAX);
		struct outcome o;

		name_issuer(r, "issuing-p256", s);
		s->serial[0] = 1;
		s->serial_len = 1;
		s->reason = -1;
		s->this_update = rogue_now(r);
		s->next_update = s->this_update + HOUR;
		attempts[i].spoil(r, s);
		signer_ocsp_pack(&body, &m);
		ensure(buf_err(&body, NULL) == ERR_OK);
		o = ask(channel_of(r, attempts[i].on), SIGNER_OCSP,
		    buf_slice(&body), -1);
		report(r, attempts[i].name, attempts[i].on, o.got, o.rule);
		buf_clear(&body);
	}
}
