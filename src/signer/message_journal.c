/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/message.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/frame.h"
#include "ipc/wire.h"

void
signer_journal_pack(struct buf *b, const struct signer_journal *m)
{
	wire_put_u64(b, m->after);
	wire_put_u32(b, m->limit);
}

enum err
signer_journal_unpack(
    struct slice body, struct signer_journal *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_journal m;
	enum err err;

	m.after = wire_get_u64(&w);
	m.limit = wire_get_below(&w, SIGNER_JOURNAL_PAGE_MAX + 1);
	if (!w.bad && m.limit == 0) {
		wire_bad(&w, "it asks for no record");
	}
	err = wire_end(&w, "journal", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_journal_entry_pack(struct buf *b, const struct signer_journal_entry *m)
{
	wire_put_u64(b, m->number);
	wire_put_u32(b, (uint32_t)m->type);
	wire_put_i64(b, m->time);
	if (m->type == JOURNAL_ISSUE) {
		wire_put_audit(b, &m->at);
		wire_put_fixed(b, m->idem, sizeof(m->idem));
		wire_put_fixed(b, m->request, sizeof(m->request));
		wire_put_text(b, m->profile);
		wire_put_bytes(b, m->cert);
		wire_put_bytes(b, m->note);
	} else if (m->type == JOURNAL_CRL) {
		wire_put_audit(b, &m->at);
		wire_put_u64(b, m->crl_number);
		wire_put_i64(b, m->this_update);
		wire_put_i64(b, m->next_update);
		wire_put_fixed(b, m->crl_sha256, sizeof(m->crl_sha256));
	} else if (m->type == JOURNAL_EPOCH) {
		wire_put_audit(b, &m->previous);
		wire_put_audit(b, &m->at);
	}
}

enum err
signer_journal_entry_unpack(
    struct slice body, struct signer_journal_entry *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_journal_entry m = {0};
	enum err err;

	m.number = wire_get_u64(&w);
	m.type = (enum journal_type)wire_get_below(&w, JOURNAL_TYPE_MAX_);
	m.time = wire_get_i64(&w);
	if (m.type == JOURNAL_ISSUE) {
		wire_get_audit(&w, &m.at);
		wire_get_fixed(&w, m.idem, sizeof(m.idem));
		wire_get_fixed(&w, m.request, sizeof(m.request));
		wire_get_text(&w, m.profile, sizeof(m.profile));
		m.cert = wire_get_bytes(&w, CERT_BYTES_MAX);
		m.note = wire_get_bytes(&w, VALUES_NOTE_MAX);
	} else if (m.type == JOURNAL_CRL) {
		wire_get_audit(&w, &m.at);
		m.crl_number = wire_get_u64(&w);
		m.this_update = wire_get_i64(&w);
		m.next_update = wire_get_i64(&w);
		wire_get_fixed(&w, m.crl_sha256, sizeof(m.crl_sha256));
	} else if (m.type == JOURNAL_EPOCH) {
		wire_get_audit(&w, &m.previous);
		wire_get_audit(&w, &m.at);
	} else if (m.type == JOURNAL_NONE) {
		wire_bad(&w, "a record has no type");
	}
	err = wire_end(&w, "journal_entry", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_journal_end_pack(struct buf *b, const struct signer_journal_end *m)
{
	wire_put_u64(b, m->last);
}

enum err
signer_journal_end_unpack(
    struct slice body, struct signer_journal_end *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_journal_end m;
	enum err err;

	m.last = wire_get_u64(&w);
	err = wire_end(&w, "journal_end", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

/* --- EPOCH -------------------------------------------------------------- */

void
signer_epoch_pack(struct buf *b, const struct signer_epoch *m)
{
	wire_put_audit(b, &m->previous);
	wire_put_audit(b, &m->at);
}

enum err
signer_epoch_unpack(
    struct slice body, struct signer_epoch *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_epoch m;
	enum err err;

	wire_get_audit(&w, &m.previous);
	wire_get_audit(&w, &m.at);
	if (!w.bad &&
	    (m.at.number != 1 || id_eq(&m.at.writer, &m.previous.writer))) {
		wire_bad(&w, "it begins no chain of its own");
	}
	err = wire_end(&w, "epoch", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

void
signer_epoch_done_pack(struct buf *b, const struct signer_epoch_done *m)
{
	wire_put_u64(b, m->number);
}

enum err
signer_epoch_done_unpack(
    struct slice body, struct signer_epoch_done *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_epoch_done m;
	enum err err;

	m.number = wire_get_u64(&w);
	err = wire_end(&w, "epoch_done", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

/* --- RENEW -------------------------------------------------------------- */

void
signer_renew_pack(struct buf *b, const struct signer_renew *m)
{
	wire_put_bytes(b, m->cert);
}

enum err
signer_renew_unpack(
    struct slice body, struct signer_renew *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_renew m;
	enum err err;

	m.cert = wire_get_bytes(&w, CERT_BYTES_MAX);
	err = wire_end(&w, "renew", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

/* --- INFO_DONE ---------------------------------------------------------- */

void
signer_info_init(struct signer_info *i)
{
	memset(i, 0, sizeof(*i));
}

void
signer_info_clear(struct signer_info *i)
{
	free(i->spki);
	free(i->cert);
	memset(i, 0, sizeof(*i));
}

void
signer_info_pack(struct buf *b, const struct signer_info *i)
{
	wire_put_text(b, i->name);
	wire_put_bool(b, i->ready);
	wire_put_bool(b, i->ocsp);
	wire_put_u32(b, (uint32_t)i->key_alg);
	wire_put_u64(b, i->journal_number);
	wire_put_i64(b, i->journal_time);
	wire_put_fixed(b, i->journal_hash, sizeof(i->journal_hash));
	wire_put_u64(b, i->crl_number);
	wire_put_u32(b, i->crl_shards);
	wire_put_i64(b, i->crl_delta_sec);
	wire_put_i64(b, i->now);
	wire_put_text(b, i->key_rule);
	wire_put_u32(b, (uint32_t)i->num_profiles);
	for (size_t k = 0; k < i->num_profiles; k++) {
		const struct signer_info_profile *p = &i->profiles[k];

		wire_put_text(b, p->name);
		wire_put_fixed(b, p->sha256, sizeof(p->sha256));
		wire_put_u64(b, p->ceiling);
		wire_put_u64(b, p->used);
	}
	wire_put_bytes(b, slice_make(i->spki, i->spki_len));
	wire_put_bytes(b, slice_make(i->cert, i->cert_len));
}

static void
get_profiles(struct wire *w, struct signer_info *i)
{
	i->num_profiles = wire_get_below(w, SIGNER_PROFILES_MAX + 1);
	for (size_t k = 0; k < i->num_profiles && !w->bad; k++) {
		struct signer_info_profile *p = &i->profiles[k];

		wire_get_text(w, p->name, sizeof(p->name));
		wire_get_fixed(w, p->sha256, sizeof(p->sha256));
		p->ceiling = wire_get_u64(w);
		p->used = wire_get_u64(w);
	}
}

enum err
signer_info_unpack(
    struct slice body, struct signer_info *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_info i = {0};
	struct slice spki, cert;
	enum err err;

	wire_get_text(&w, i.name, sizeof(i.name));
	i.ready = wire_get_bool(&w);
	i.ocsp = wire_get_bool(&w);
	i.key_alg = (enum key_alg)wire_get_below(&w, KEY_ALG_MAX_);
	i.journal_number = wire_get_u64(&w);
	i.journal_time = wire_get_i64(&w);
	wire_get_fixed(&w, i.journal_hash, sizeof(i.journal_hash));
	i.crl_number = wire_get_u64(&w);
	i.crl_shards = wire_get_below(&w, CRL_SHARDS_MAX + 1);
	i.crl_delta_sec = wire_get_i64(&w);
	i.now = wire_get_i64(&w);
	wire_get_text(&w, i.key_rule, sizeof(i.key_rule));
	get_profiles(&w, &i);
	spki = wire_get_bytes(&w, SPKI_BYTES_MAX);
	cert = wire_get_bytes(&w, CERT_BYTES_MAX);
	err = wire_end(&w, "info_done", ei);
	if (err != ERR_OK) {
		return err;
	}
	i.spki = slice_dup(spki);
	i.spki_len = spki.len;
	i.cert = slice_dup(cert);
	i.cert_len = cert.len;
	if (i.spki == NULL || i.cert == NULL) {
		signer_info_clear(&i);
		return err_nomem(ei);
	}
	signer_info_clear(out);
	*out = i;
	return ERR_OK;
}
