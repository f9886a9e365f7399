/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/message.h"

#include <string.h>

#include "der/oid.h"
#include "ipc/frame.h"
#include "ipc/wire.h"

_Static_assert(
    (int)PROFILE_TBS_MAX + 2 * (int)SIGNATURE_BYTES_MAX < (int)FRAME_BODY_MAX,
    "a certificate of ours fits into a frame");
_Static_assert((int)SUBJECT_ATTRS_MAX *((int)SUBJECT_TEXT_MAX + 48) +
		       (int)SANS_MAX * ((int)SAN_TEXT_MAX + 5) +
		       (int)SPKI_BYTES_MAX + (int)VALUES_NOTE_MAX + 512 <
		   (int)FRAME_BODY_MAX,
    "the fullest request fits into a frame");

/* --- ISSUE -------------------------------------------------------------- */

void
signer_issue_pack(struct buf *b, const struct issue_values *values,
    const struct audit_position *at)
{
	wire_put_fixed(b, values->idem, sizeof(values->idem));
	wire_put_text(b, values->profile);
	wire_put_u32(b, (uint32_t)values->attrs.num);
	for (size_t i = 0; i < values->attrs.num; i++) {
		wire_put_bytes(b, oid_bytes(values->attrs.at[i].id));
		wire_put_text(b, values->attrs.at[i].text);
	}
	wire_put_u32(b, (uint32_t)values->num_sans);
	for (size_t i = 0; i < values->num_sans; i++) {
		wire_put_u32(b, (uint32_t)values->sans[i].kind);
		wire_put_text(b, values->sans[i].text);
	}
	wire_put_i64(b, values->not_before);
	wire_put_i64(b, values->not_after);
	wire_put_i64(b, values->identification_kind);
	wire_put_bytes(b, values_spki(values));
	wire_put_bytes(b, values_note(values));
	wire_put_audit(b, at);
}

/* A failing setter makes the message malformed: front used the same one. */
static void
get_attrs(struct wire *w, struct issue_values *v)
{
	uint32_t num = wire_get_below(w, SUBJECT_ATTRS_MAX + 1);

	for (uint32_t i = 0; i < num && !w->bad; i++) {
		enum oid id = oid_find(wire_get_bytes(w, OID_BYTES_MAX));
		struct slice text = wire_get_bytes(w, SUBJECT_TEXT_MAX);

		if (w->bad) {
			return;
		}
		if (id == OID_UNKNOWN ||
		    values_add_attr(v, id, text, NULL) != ERR_OK) {
			wire_bad(w, "an attribute is not acceptable");
		}
	}
}

static void
get_sans(struct wire *w, struct issue_values *v)
{
	uint32_t num = wire_get_below(w, SANS_MAX + 1);

	for (uint32_t i = 0; i < num && !w->bad; i++) {
		uint32_t kind = wire_get_below(w, SAN_KIND_MAX_);
		struct slice text = wire_get_bytes(w, SAN_TEXT_MAX);

		if (w->bad) {
			return;
		}
		if (values_add_san(v, (enum san_kind)kind, text, NULL) !=
		    ERR_OK) {
			wire_bad(w, "an alternative name is not acceptable");
		}
	}
}

static void
get_key(struct wire *w, struct issue_values *v)
{
	struct slice spki = wire_get_bytes(w, SPKI_BYTES_MAX);

	if (!w->bad && values_set_spki(v, spki, NULL) != ERR_OK) {
		wire_bad(w, "the public key is not acceptable");
	}
}

static void
get_note(struct wire *w, struct issue_values *v)
{
	struct slice note = wire_get_bytes(w, VALUES_NOTE_MAX);

	ensure(w->bad || values_set_note(v, note, NULL) == ERR_OK);
}

enum err
signer_issue_unpack(
    struct slice body, struct signer_issue_msg *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct issue_values v;
	struct audit_position at;
	struct slice profile;
	int64_t kind;
	enum err err;

	values_init(&v);
	wire_get_fixed(&w, v.idem, sizeof(v.idem));
	profile = wire_get_bytes(&w, PROFILE_NAME_MAX);
	if (!w.bad && values_set_profile(&v, profile, NULL) != ERR_OK) {
		wire_bad(&w, "the profile's name is not acceptable");
	}
	get_attrs(&w, &v);
	get_sans(&w, &v);
	v.not_before = wire_get_i64(&w);
	v.not_after = wire_get_i64(&w);
	kind = wire_get_i64(&w);
	if (kind < IDENTIFICATION_NONE || kind > IDENTIFICATION_REMOTE_SYSTEM) {
		wire_bad(&w, "the kind of identification is unknown");
		kind = IDENTIFICATION_NONE;
	}
	v.identification_kind = (int)kind;
	get_key(&w, &v);
	get_note(&w, &v);
	wire_get_audit(&w, &at);
	err = wire_end(&w, "issue", ei);
	if (err != ERR_OK) {
		values_clear(&v);
		return err;
	}
	out->values = v;
	out->at = at;
	return ERR_OK;
}

void
signer_issue_clear(struct signer_issue_msg *m)
{
	values_clear(&m->values);
}

/* --- ISSUED, FIND ------------------------------------------------------- */

void
signer_issued_pack(struct buf *b, const struct signer_issued *m)
{
	wire_put_u64(b, m->number);
	wire_put_i64(b, m->time);
	wire_put_bool(b, m->replay);
	wire_put_fixed(b, m->request, sizeof(m->request));
	wire_put_bytes(b, m->cert);
}

enum err
signer_issued_unpack(
    struct slice body, struct signer_issued *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_issued m = {0};
	enum err err;

	m.number = wire_get_u64(&w);
	m.time = wire_get_i64(&w);
	m.replay = wire_get_bool(&w);
	wire_get_fixed(&w, m.request, sizeof(m.request));
	m.cert = wire_get_bytes(&w, CERT_BYTES_MAX);
	err = wire_end(&w, "issued", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_find_pack(struct buf *b, const struct signer_find *m)
{
	wire_put_fixed(b, m->idem, sizeof(m->idem));
}

enum err
signer_find_unpack(
    struct slice body, struct signer_find *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_find m;
	enum err err;

	wire_get_fixed(&w, m.idem, sizeof(m.idem));
	err = wire_end(&w, "find", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

/* --- CRL ---------------------------------------------------------------- */

void
signer_crl_pack(struct buf *b, const struct signer_crl *m)
{
	wire_put_u64(b, m->number);
	wire_put_i64(b, m->this_update);
	wire_put_i64(b, m->next_update);
	wire_put_audit(b, &m->at);
	wire_put_u32(b, m->shard.index);
	wire_put_u32(b, m->shard.count);
	wire_put_bool(b, m->shard.delta);
}

enum err
signer_crl_unpack(struct slice body, struct signer_crl *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_crl m;
	enum err err;

	m.number = wire_get_u64(&w);
	m.this_update = wire_get_i64(&w);
	m.next_update = wire_get_i64(&w);
	wire_get_audit(&w, &m.at);
	m.shard.index = wire_get_below(&w, CRL_SHARDS_MAX);
	m.shard.count = wire_get_below(&w, CRL_SHARDS_MAX + 1);
	m.shard.delta = wire_get_bool(&w);
	if (!crl_shard_ok(m.shard) ||
	    (crl_shard_is_full(m.shard) &&
		(m.shard.index > 0 || m.shard.count > 0))) {
		wire_bad(&w, "there is no such shard");
	}
	err = wire_end(&w, "crl", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_crl_done_pack(struct buf *b, const struct signer_crl_done *m)
{
	wire_put_u64(b, m->journal_number);
	wire_put_fixed(b, m->sha256, sizeof(m->sha256));
	wire_put_bytes(b, m->front);
	wire_put_bytes(b, m->back);
}

enum err
signer_crl_done_unpack(
    struct slice body, struct signer_crl_done *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_crl_done m = {0};
	enum err err;

	m.journal_number = wire_get_u64(&w);
	wire_get_fixed(&w, m.sha256, sizeof(m.sha256));
	m.front = wire_get_bytes(&w, FRAME_BODY_MAX);
	m.back = wire_get_bytes(&w, FRAME_BODY_MAX);
	err = wire_end(&w, "crl_done", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}
