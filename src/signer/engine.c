/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/engine.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/version.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/write.h"
#include "profile/profile.h"
#include "signer/engine_priv.h"

enum {
	CHECK_EVERY_MS = 1000,
};

enum err
engine_now(const struct engine *e, int64_t *out, struct errinfo *ei)
{
	int64_t now = clock_utc_sec(&e->clock);
	int64_t last = journal_time(ledger_journal(e->ledger));
	char now_text[TIME_TEXT_SIZE], last_text[TIME_TEXT_SIZE];

	if (now < last - CLOCK_SKEW_SEC) {
		time_text(now, now_text);
		time_text(last, last_text);
		return err_set(ei, ERR_STATE, "signer.clock", NULL,
		    "The signer's clock says %s, and its journal has an entry "
		    "of %s.  Set the clock.",
		    now_text, last_text);
	}
	*out = now;
	return ERR_OK;
}

static bool
is_check_due(struct engine *e)
{
	enum key_alg alg = privkey_alg(e->in->key);
	int64_t now = clock_mono_ms(&e->clock);

	if (alg != KEY_RSA && alg != KEY_ED25519 &&
	    !privkey_is_foreign(e->in->key) && e->checked &&
	    now - e->checked_ms < CHECK_EVERY_MS) {
		return false;
	}
	e->checked = true;
	e->checked_ms = now;
	return true;
}

static enum err
check(struct engine *e, struct slice input, struct buf *sig, struct errinfo *ei)
{
	const struct pubkey *key = privkey_pubkey(e->in->key);
	enum sig_alg alg = e->in->sig_alg;
	enum err err =
	    sig_alg_takes_data(alg)
		? pubkey_verify(key, alg, input, buf_slice(sig), NULL)
		: pubkey_verify_digest(key, alg, input, buf_slice(sig), NULL);

	if (err == ERR_OK) {
		return ERR_OK;
	}
	buf_wipe(sig);
	return err_set(ei, ERR_AGAIN, "signer.signature", NULL,
	    "The key of %s made a signature that does not fit it; it was "
	    "thrown away and nothing is issued.  Look after %s.",
	    e->in->settings->name,
	    privkey_is_foreign(e->in->key) ? "the device"
					   : "this machine's memory");
}

/* What engine_info() tells of the key. */
static enum err
note_key(struct engine *e, enum err err, const struct errinfo *ei)
{
	(void)snprintf(e->key_rule, sizeof(e->key_rule), "%s",
	    err == ERR_OK ? "" : ei->rule);
	return err;
}

/* input is the digest, or the data where the algorithm takes them. */
static enum err
sign(struct engine *e, struct slice input, struct buf *out_sig,
    struct errinfo *ei)
{
	enum sig_alg alg = e->in->sig_alg;
	struct errinfo own;
	enum err err;

	ei = ei != NULL ? ei : &own;
	buf_reset(out_sig);
	err = sig_alg_takes_data(alg)
		  ? privkey_sign(e->in->key, alg, input, out_sig, ei)
		  : privkey_sign_digest(e->in->key, alg, input, out_sig, ei);
	if (err == ERR_OK) {
		err = buf_err(out_sig, ei);
	}
	if (err == ERR_OK && is_check_due(e)) {
		err = check(e, input, out_sig, ei);
	}
	return note_key(e, err, ei);
}

enum err
engine_sign(struct engine *e, struct slice data, struct buf *out_sig,
    struct errinfo *ei)
{
	enum hash_alg alg = sig_alg_hash(e->in->sig_alg);
	uint8_t digest[HASH_SIZE_MAX];
	enum err err;

	if (sig_alg_takes_data(e->in->sig_alg)) {
		return sign(e, data, out_sig, ei);
	}
	err = hash_of(alg, data, digest, ei);
	return err == ERR_OK
		   ? sign(e, slice_make(digest, hash_size(alg)), out_sig, ei)
		   : err;
}

enum err
engine_sign_digest(struct engine *e, struct slice digest, struct buf *out_sig,
    struct errinfo *ei)
{
	ensure(!sig_alg_takes_data(e->in->sig_alg));
	return sign(e, digest, out_sig, ei);
}

enum err
engine_key(struct engine *e, struct errinfo *ei)
{
	return note_key(e, privkey_ready(e->in->key, ei), ei);
}

enum err
engine_unlock(
    struct engine *e, const char *dir, struct slice secret, struct errinfo *ei)
{
	enum err err = instance_unlock(e->in, dir, secret, ei);

	return err == ERR_OK ? note_key(e, err, ei) : err;
}

/* --- starting ----------------------------------------------------------- */

static enum err
note_start(struct engine *e, int64_t now, struct errinfo *ei)
{
	struct record_open *p = calloc(1, sizeof(*p));
	const struct instance *in = e->in;
	uint8_t hash[HASH_SIZE_MAX];
	enum err err;

	if (p == NULL) {
		return err_nomem(ei);
	}
	(void)snprintf(p->version, sizeof(p->version), "%s", surguch_version);
	memcpy(p->instance, in->settings->name, sizeof(p->instance));
	p->pid = (uint64_t)getpid();
	err = hash_of(HASH_SHA256, privkey_spki(in->key), hash, ei);
	if (err == ERR_OK) {
		memcpy(p->spki_sha256, hash, sizeof(p->spki_sha256));
		for (size_t i = 0; i < in->num_profiles; i++) {
			const struct profile *from = in->profiles[i].profile;

			(void)snprintf(p->profiles[i].name,
			    sizeof(p->profiles[i].name), "%s",
			    profile_name(from));
			memcpy(p->profiles[i].sha256, profile_sha256(from).p,
			    sizeof(p->profiles[i].sha256));
		}
		p->num_profiles = in->num_profiles;
		err = ledger_add_open(e->ledger, now, p, ei);
	}
	free(p);
	return err;
}

/* Whoever raises a ceiling leaves a trace that front cannot remove. */
static enum err
note_ceilings(struct engine *e, int64_t now, struct errinfo *ei)
{
	const struct instance *in = e->in;
	enum err err = ERR_OK;
	uint64_t known;

	for (size_t i = 0; i < in->num_profiles && err == ERR_OK; i++) {
		struct record_ceiling p = {.per_day = in->profiles[i].ceiling};
		const char *name = profile_name(in->profiles[i].profile);

		if (ledger_ceiling(e->ledger, name, &known) &&
		    known == p.per_day) {
			continue;
		}
		(void)snprintf(p.profile, sizeof(p.profile), "%s", name);
		err = ledger_add_ceiling(e->ledger, now, &p, ei);
	}
	return err;
}

enum err
engine_new(struct instance *in, struct ledger *ledger,
    const struct clock *clock, struct engine **out, struct errinfo *ei)
{
	struct engine *e = calloc(1, sizeof(*e));
	int64_t now;
	enum err err;

	if (e == NULL) {
		return err_nomem(ei);
	}
	e->in = in;
	e->ledger = ledger;
	e->clock = *clock;
	buf_init(&e->tbs, CERT_BYTES_MAX);
	buf_init(&e->sig, SIGNATURE_BYTES_MAX);
	buf_init(&e->cert, CERT_BYTES_MAX);
	buf_init(&e->crl_front, CERT_BYTES_MAX);
	buf_init(&e->crl_back, CERT_BYTES_MAX);
	buf_init(&e->crl_delta, CRL_BYTES_MAX);
	buf_init(&e->scratch, JOURNAL_RECORD_MAX + RECORD_OVERHEAD);
	err = engine_now(e, &now, ei);
	if (err == ERR_STATE) {
		/* It may still find and show what it has; the entry bears the
		 * time that the journal knows. */
		now = journal_time(ledger_journal(ledger));
		err = ERR_OK;
	}
	if (err == ERR_OK) {
		err = note_start(e, now, ei);
	}
	if (err == ERR_OK) {
		err = note_ceilings(e, now, ei);
	}
	if (err == ERR_OK) {
		err = ledger_commit(ledger, ei);
		/* Full: it may still answer for what it has issued. */
		err = err == ERR_STORE ? ERR_OK : err;
	}
	if (err != ERR_OK) {
		engine_free(e);
		return err;
	}
	*out = e;
	return ERR_OK;
}

void
engine_free(struct engine *e)
{
	if (e == NULL) {
		return;
	}
	buf_clear(&e->tbs);
	buf_clear(&e->sig);
	buf_clear(&e->cert);
	buf_clear(&e->crl_front);
	buf_clear(&e->crl_back);
	buf_clear(&e->crl_delta);
	buf_clear(&e->scratch);
	free(e);
}

/* --- telling ------------------------------------------------------------ */

enum err
engine_find(struct engine *e, const struct signer_find *m, struct buf *store,
    struct signer_issued *out, struct errinfo *ei)
{
	struct record_issue p;
	struct record r;
	enum err err;

	err = ledger_find(e->ledger, m->idem, store, &r, &p, ei);
	if (err != ERR_OK) {
		return err;
	}
	*out = (struct signer_issued){
	    .number = r.number,
	    .time = r.time,
	    .replay = true,
	    .cert = p.cert,
	};
	memcpy(out->request, p.request, sizeof(out->request));
	return ERR_OK;
}

size_t
engine_num_pending(const struct engine *e)
{
	return ledger_num_pending(e->ledger);
}

enum err
engine_commit(struct engine *e, struct errinfo *ei)
{
	return ledger_commit(e->ledger, ei);
}

uint64_t
engine_journal_number(const struct engine *e)
{
	return journal_number(ledger_journal(e->ledger));
}

static enum err
show_issue(
    struct slice payload, struct signer_journal_entry *out, struct errinfo *ei)
{
	struct record_issue p;
	enum err err = record_issue_unpack(payload, &p, ei);

	if (err == ERR_OK) {
		out->at = p.at;
		memcpy(out->idem, p.idem, sizeof(out->idem));
		memcpy(out->request, p.request, sizeof(out->request));
		memcpy(out->profile, p.profile, sizeof(out->profile));
		out->cert = p.cert;
		out->note = p.note;
	}
	return err;
}

static enum err
show_crl(
    struct slice payload, struct signer_journal_entry *out, struct errinfo *ei)
{
	struct record_crl p;
	enum err err = record_crl_unpack(payload, &p, ei);

	if (err == ERR_OK) {
		out->at = p.at;
		out->crl_number = p.number;
		out->this_update = p.this_update;
		out->next_update = p.next_update;
		memcpy(out->crl_sha256, p.sha256, sizeof(out->crl_sha256));
	}
	return err;
}

static enum err
show_epoch(
    struct slice payload, struct signer_journal_entry *out, struct errinfo *ei)
{
	struct signer_epoch p;
	enum err err = signer_epoch_unpack(payload, &p, ei);

	if (err == ERR_OK) {
		out->previous = p.previous;
		out->at = p.at;
	}
	return err;
}

enum err
engine_journal_entry(struct engine *e, uint64_t number, struct buf *store,
    struct signer_journal_entry *out, struct errinfo *ei)
{
	struct signer_journal_entry m = {0};
	struct record r;
	enum err err;

	if (number > engine_journal_number(e)) {
		return err_set(ei, ERR_NOTFOUND, "journal.number", NULL,
		    "The journal has no record %llu.",
		    (unsigned long long)number);
	}
	err = journal_read(ledger_journal(e->ledger), number, store, &r, ei);
	if (err != ERR_OK) {
		return err;
	}
	m.number = r.number;
	m.type = r.type;
	m.time = r.time;
	if (r.type == JOURNAL_ISSUE) {
		err = show_issue(r.payload, &m, ei);
	} else if (r.type == JOURNAL_CRL) {
		err = show_crl(r.payload, &m, ei);
	} else if (r.type == JOURNAL_EPOCH) {
		err = show_epoch(r.payload, &m, ei);
	}
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}

enum err
engine_epoch(struct engine *e, const struct signer_epoch *m,
    uint64_t *out_number, bool *fatal, struct errinfo *ei)
{
	uint64_t number = 0;
	int64_t now;
	enum err err;

	*fatal = false;
	ensure(ledger_num_pending(e->ledger) == 0);
	err = engine_now(e, &now, ei);
	if (err == ERR_OK &&
	    ledger_epochs_used(e->ledger, now) >= SIGNER_EPOCHS_MAX) {
		err = err_set(ei, ERR_POLICY, "signer.epochs", NULL,
		    "The database was put back %d times in 24 hours, which is "
		    "the ceiling.",
		    (int)SIGNER_EPOCHS_MAX);
	}
	if (err == ERR_OK) {
		err = ledger_add_epoch(e->ledger, now, m, &number, ei);
	}
	if (err != ERR_OK) {
		ledger_drop(e->ledger);
		return err;
	}
	err = ledger_commit(e->ledger, ei);
	*fatal = err != ERR_OK && err != ERR_STORE;
	if (err == ERR_OK) {
		*out_number = number;
	}
	return err;
}

static void
info_profiles(struct engine *e, int64_t now, struct signer_info *i)
{
	const struct instance *in = e->in;

	for (size_t k = 0; k < in->num_profiles; k++) {
		const struct profile *from = in->profiles[k].profile;
		struct signer_info_profile *to = &i->profiles[k];

		(void)snprintf(
		    to->name, sizeof(to->name), "%s", profile_name(from));
		memcpy(to->sha256, profile_sha256(from).p, sizeof(to->sha256));
		to->ceiling = in->profiles[k].ceiling;
		to->used = ledger_used(e->ledger, to->name, now);
	}
	i->num_profiles = in->num_profiles;
}

enum err
engine_info(struct engine *e, struct signer_info *out, struct errinfo *ei)
{
	const struct journal *journal = ledger_journal(e->ledger);
	const struct instance *in = e->in;
	struct slice spki = privkey_spki(in->key), cert = instance_cert(in);
	int64_t now = clock_utc_sec(&e->clock);
	struct signer_info i;

	signer_info_init(&i);
	i.spki = slice_dup(spki);
	i.cert = slice_dup(cert);
	if (i.spki == NULL || i.cert == NULL) {
		signer_info_clear(&i);
		return err_nomem(ei);
	}
	i.spki_len = spki.len;
	i.cert_len = cert.len;
	memcpy(i.name, in->settings->name, sizeof(i.name));
	i.ready = in->ready;
	i.ocsp = in->settings->kind == SIGNER_KIND_OCSP;
	i.key_alg = privkey_alg(in->key);
	i.journal_number = journal_number(journal);
	i.journal_time = journal_time(journal);
	memcpy(i.journal_hash, journal_hash(journal), sizeof(i.journal_hash));
	i.crl_number = ledger_last_crl(e->ledger)->number;
	i.crl_shards = e->in->settings->crl_shards;
	i.crl_delta_sec = e->in->settings->crl_delta_sec;
	i.now = now;
	memcpy(i.key_rule, e->key_rule, sizeof(i.key_rule));
	info_profiles(e, now, &i);
	signer_info_clear(out);
	*out = i;
	return ERR_OK;
}
