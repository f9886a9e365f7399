/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/message.h"

#include <string.h>

#include "crypto/hash.h"
#include "ipc/wire.h"

enum {
	REASON_MAX = 10 /* aACompromise, RFC 5280 5.3.1 */
};

static void
put_single(struct buf *b, const struct signer_ocsp_single *s)
{
	wire_put_u32(b, (uint32_t)s->hash);
	wire_put_fixed(b, s->issuer_name_hash, hash_size(s->hash));
	wire_put_fixed(b, s->issuer_key_hash, hash_size(s->hash));
	wire_put_bytes(b, slice_make(s->serial, s->serial_len));
	wire_put_u32(b, (uint32_t)s->status);
	wire_put_i64(b, s->revoked_at);
	wire_put_i64(b, s->reason);
	wire_put_i64(b, s->this_update);
	wire_put_i64(b, s->next_update);
}

void
signer_ocsp_pack(struct buf *b, const struct signer_ocsp *m)
{
	wire_put_u32(b, (uint32_t)m->num_singles);
	for (size_t i = 0; i < m->num_singles; i++) {
		put_single(b, &m->singles[i]);
	}
	wire_put_bytes(b, slice_make(m->nonce, m->nonce_len));
}

/* One single, and only what its status may say. */
static void
get_single(struct wire *w, struct signer_ocsp_single *s)
{
	struct slice serial;
	int64_t reason;

	s->hash = (enum hash_alg)wire_get_below(w, HASH_ALG_MAX_);
	wire_get_fixed(w, s->issuer_name_hash, hash_size(s->hash));
	wire_get_fixed(w, s->issuer_key_hash, hash_size(s->hash));
	serial = wire_get_bytes(w, sizeof(s->serial));
	if (serial.len > 0) {
		memcpy(s->serial, serial.p, serial.len);
	}
	s->serial_len = serial.len;
	s->status =
	    (enum signer_ocsp_status)wire_get_below(w, SIGNER_OCSP_STATUS_MAX_);
	s->revoked_at = wire_get_i64(w);
	reason = wire_get_i64(w);
	s->this_update = wire_get_i64(w);
	s->next_update = wire_get_i64(w);
	if (w->bad) {
		return;
	}
	if (s->hash == HASH_NONE || serial.len == 0) {
		wire_bad(w, "a certificate is not named");
	} else if (reason < -1 || reason > REASON_MAX || reason == 7) {
		wire_bad(w, "a reason is unknown");
	} else if (s->status != SIGNER_OCSP_REVOKED &&
		   (s->revoked_at != 0 || reason != -1)) {
		wire_bad(w, "a certificate that is not revoked has a reason");
	} else {
		s->reason = (int)reason;
	}
}

enum err
signer_ocsp_unpack(
    struct slice body, struct signer_ocsp *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_ocsp m = {0};
	struct slice nonce;
	enum err err;

	m.num_singles = wire_get_below(&w, OCSP_SINGLES_MAX + 1);
	if (!w.bad && m.num_singles == 0) {
		wire_bad(&w, "it asks about nothing");
	}
	for (size_t i = 0; i < m.num_singles && !w.bad; i++) {
		get_single(&w, &m.singles[i]);
	}
	nonce = wire_get_bytes(&w, sizeof(m.nonce));
	if (nonce.len > 0) {
		memcpy(m.nonce, nonce.p, nonce.len);
	}
	m.nonce_len = nonce.len;
	err = wire_end(&w, "ocsp", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_ocsp_done_pack(struct buf *b, const struct signer_ocsp_done *m)
{
	wire_put_bytes(b, m->response);
}

enum err
signer_ocsp_done_unpack(
    struct slice body, struct signer_ocsp_done *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_ocsp_done m;
	enum err err;

	m.response = wire_get_bytes(&w, OCSP_RESPONSE_BYTES_MAX);
	err = wire_end(&w, "ocsp_done", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}
