/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CRL: the entries come from front, and front may have been taken over.  So
 * nothing is believed but what cannot do harm: a serial more is at worst a
 * nuisance, and few are taken that this journal did not issue, because they
 * never leave; a serial less, a number or a time that goes back, or a CRL that
 * never ends would hide a revocation.  A shard's list is held against its own
 * range of serials.
 *
 * For a delta front sends the whole list too, and it is judged like one: a
 * delta that is made of what has passed says nothing that the list itself
 * could not have said.  What it is of, and what has changed since, only the
 * journal tells.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hash.h"
#include "der/write.h"
#include "os/file.h"
#include "signer/engine_priv.h"
#include "signer/revoked.h"
#include "x509/crl.h"
#include "x509/ext.h"
#include "x509/signed.h"

enum {
	NUMBER_SIZE = 8
};

/* --- is it allowed at all ----------------------------------------------- */

/* RFC 5280 5.2.3: a list and its delta that are made at the same time have one
 * number; ours never share one, so they are never made at the same time. */
static enum err
check_twin(
    const struct engine *e, const struct signer_crl *m, struct errinfo *ei)
{
	struct crl_shard twin = m->shard;

	twin.delta = !twin.delta;
	if (m->this_update <= ledger_last_update(e->ledger, twin)) {
		return err_set(ei, ERR_POLICY, "crl.this_update",
		    "RFC 5280 5.2.3", "thisUpdate is not after that of the %s.",
		    twin.delta ? "list's last delta"
			       : "list that the delta is of");
	}
	return ERR_OK;
}

static enum err
check_times(const struct engine *e, const struct signer_crl *m, int64_t now,
    struct errinfo *ei)
{
	const struct ledger_crl *last = ledger_last_crl(e->ledger);
	int64_t max = m->shard.delta ? e->in->settings->crl_delta_sec
				     : e->in->settings->crl_sec_max;

	if (m->this_update < now - CLOCK_SKEW_SEC ||
	    m->this_update > now + CLOCK_SKEW_SEC) {
		return err_set(ei, ERR_POLICY, "crl.this_update", NULL,
		    "thisUpdate is more than %d s from the signer's clock.",
		    (int)CLOCK_SKEW_SEC);
	}
	if (m->this_update < last->this_update) {
		return err_set(ei, ERR_POLICY, "crl.this_update", NULL,
		    "thisUpdate is before that of the last CRL.");
	}
	if (m->next_update <= m->this_update ||
	    m->next_update - m->this_update > max) {
		return err_set(ei, ERR_POLICY, "crl.next_update", NULL,
		    "nextUpdate must follow thisUpdate by at most %lld hours.",
		    (long long)(max / 3600));
	}
	return check_twin(e, m, ei);
}

static enum err
check_delta(
    const struct engine *e, const struct signer_crl *m, struct errinfo *ei)
{
	if (!m->shard.delta) {
		return ERR_OK;
	}
	if (e->in->settings->crl_delta_sec == 0) {
		return err_set(ei, ERR_POLICY, "crl.delta", NULL,
		    "Signer %s makes no deltas: its settings have no "
		    "crl_delta_hours.",
		    e->in->settings->name);
	}
	if (ledger_delta_base(e->ledger, m->shard, m->this_update) == 0) {
		return err_set(ei, ERR_STATE, "crl.base", "RFC 5280 5.2.4",
		    "No list that the delta could be of is in force: make "
		    "that one first.");
	}
	return ERR_OK;
}

static enum err
check_order(struct engine *e, const struct signer_crl *m, int64_t now,
    struct errinfo *ei)
{
	const struct ledger_crl *last = ledger_last_crl(e->ledger);
	enum err err;

	if (e->in->settings->kind != SIGNER_KIND_CA) {
		return err_set(ei, ERR_STATE, "signer.kind", NULL,
		    "Signer %s makes no CRLs.", e->in->settings->name);
	}
	if (!e->in->ready) {
		return err_set(ei, ERR_STATE, "signer.new", NULL,
		    "Signer %s has no certificate of its own yet.",
		    e->in->settings->name);
	}
	if (m->number <= last->number) {
		return err_set(ei, ERR_CONFLICT, "crl.number", "RFC 5280 5.2.3",
		    "CRL number %llu is not above the last one, %llu.",
		    (unsigned long long)m->number,
		    (unsigned long long)last->number);
	}
	if (m->number - last->number > CRL_NUMBER_STEP_MAX) {
		return err_set(ei, ERR_POLICY, "crl.number_step", NULL,
		    "CRL number %llu is more than %d above the last one, "
		    "%llu: few would be left.",
		    (unsigned long long)m->number, (int)CRL_NUMBER_STEP_MAX,
		    (unsigned long long)last->number);
	}
	if (ledger_crls_used(e->ledger, now) >= e->in->settings->crl_per_day) {
		return err_set(ei, ERR_POLICY, "crl.ceiling", NULL,
		    "%llu CRLs have been made in 24 hours, which is the "
		    "ceiling.",
		    (unsigned long long)e->in->settings->crl_per_day);
	}
	err = check_delta(e, m, ei);
	return err == ERR_OK ? check_times(e, m, now, ei) : err;
}

/* --- what it changes ---------------------------------------------------- */

/* Entries against the last CRL. */
struct change {
	struct buf added; /* runs of record_revoked */
	struct buf dropped;
	size_t num_entries;
	uint64_t num_unknown; /* in the new CRL, as far as we have come */
	size_t next_old;      /* index into the ledger's revoked */
	size_t end_old;       /* where the shard's range ends there */
	struct crl_shard shard;
	uint64_t base; /* of a delta, the list that it is of */
};

/* The part of the last list that this one is to be compared with. */
static void
set_range(const struct engine *e, struct change *c)
{
	struct crl_shard s = c->shard;
	uint8_t first[CRL_SHARD_SERIAL];

	c->next_old = 0;
	c->end_old = ledger_num_revoked(e->ledger);
	if (crl_shard_is_full(s)) {
		return;
	}
	if (s.index > 0) {
		crl_shard_first(s, first);
		c->next_old = ledger_revoked_from(
		    e->ledger, slice_make(first, sizeof(first)));
	}
	if (s.index + 1 < s.count) {
		s.index++;
		crl_shard_first(s, first);
		c->end_old = ledger_revoked_from(
		    e->ledger, slice_make(first, sizeof(first)));
	}
}

/* Until when what is listed has been on a list after its end.  A shard's may
 * have been on the full one; that it was on a delta is not enough. */
static int64_t
last_update(const struct engine *e, struct crl_shard shard)
{
	int64_t own = ledger_last_update(e->ledger, crl_shard_base(shard));
	int64_t full = ledger_last_update(e->ledger, (struct crl_shard){0});

	return own > full ? own : full;
}

static enum err
drop(struct engine *e, struct change *c, struct record_revoked one, int64_t now,
    struct errinfo *ei)
{
	const struct signer_release *release = NULL;
	struct record_release note = {.serial = one.serial};
	/* RFC 5280 3.3: an entry stays until it has been on a CRL issued
	 * beyond the certificate's validity; 5.3.1: or is released. */
	bool ended = one.not_after < last_update(e, c->shard);
	char text[TIME_TEXT_SIZE];
	struct buf hex = BUF_INIT((size_t)2 * SERIAL_BYTES_MAX);
	enum err err;

	if (!one.hold && !ended) {
		release = signer_settings_release(e->in->settings, one.serial);
	}
	/* What has ended and leaves a shard leaves the full list too, later.
	 * What is released may come back, and is then a change again. */
	if (crl_shard_is_full(c->shard) || one.hold || release != NULL) {
		record_revoked_put(&c->dropped, &one);
		c->num_unknown -= one.not_after == REVOKED_UNKNOWN;
	}
	if (one.hold || ended) {
		return ERR_OK;
	}
	if (release != NULL) {
		memcpy(note.by, release->by, sizeof(note.by));
		memcpy(note.reason, release->reason, sizeof(note.reason));
		return ledger_add_release(e->ledger, now, &note, ei);
	}
	text_hex(&hex, one.serial);
	time_text(one.not_after == REVOKED_UNKNOWN ? e->in->ca.not_after
						   : one.not_after,
	    text);
	err = err_object(ei,
	    err_set(ei, ERR_POLICY, "crl.dropped", "RFC 5280 3.3",
		"The last CRL revoked %s, whose certificate ends %s; it must "
		"stay unless the signer's settings release it.",
		buf_cstr(&hex), text),
	    buf_cstr(&hex));
	buf_clear(&hex);
	return err;
}

static enum err
add(struct engine *e, struct change *c, const struct crl_entry *entry,
    struct errinfo *ei)
{
	struct record_revoked one = {
	    .serial = entry->serial,
	    .hold = entry->reason == CRL_REASON_HOLD,
	};
	enum err err;

	err = ledger_not_after(
	    e->ledger, one.serial, &e->scratch, &one.not_after, ei);
	if (err == ERR_NOTFOUND) {
		one.not_after = REVOKED_UNKNOWN;
		err = ++c->num_unknown <= e->in->settings->crl_unknown_max
			  ? ERR_OK
			  : err_set(ei, ERR_POLICY, "crl.unknown", NULL,
				"The list would hold more than %llu serial "
				"numbers that this signer did not issue; its "
				"settings may allow more.",
				(unsigned long long)
				    e->in->settings->crl_unknown_max);
	}
	if (err == ERR_OK) {
		record_revoked_put(&c->added, &one);
	}
	return err;
}

static enum err
check_entry(const struct crl_entry *entry, const struct signer_crl *m,
    struct errinfo *ei)
{
	if (!crl_shard_has(m->shard, entry->serial)) {
		return err_set(ei, ERR_POLICY, "crl.shard", "RFC 5280 5.2.5",
		    "A serial number that another shard covers.");
	}
	if (entry->serial.len > SERIAL_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "crl.entry", "RFC 5280 4.1.2.2",
		    "A serial number of %zu octets.", entry->serial.len);
	}
	if (entry->reason == CRL_REASON_REMOVE_FROM_CRL) {
		return err_set(ei, ERR_FORMAT, "crl.entry", "RFC 5280 5.3.1",
		    "removeFromCRL stands in delta CRLs only.");
	}
	if (entry->revoked_at > m->this_update + CLOCK_SKEW_SEC) {
		return err_set(ei, ERR_POLICY, "crl.entry", NULL,
		    "A certificate is revoked in the future.");
	}
	return ERR_OK;
}

/* It was there before: a hold may become final, never the other way. */
static enum err
go_on(struct change *c, struct record_revoked old, enum crl_reason reason,
    struct errinfo *ei)
{
	if (old.hold == (reason == CRL_REASON_HOLD)) {
		return ERR_OK;
	}
	if (!old.hold) {
		return err_set(ei, ERR_POLICY, "crl.final", "RFC 5280 5.3.1",
		    "A certificate that the last CRL revoked for good cannot "
		    "be put on hold.");
	}
	record_revoked_put(&c->dropped, &old);
	old.hold = false;
	record_revoked_put(&c->added, &old);
	return ERR_OK;
}

/* Everything of the last CRL that comes before the entry (NULL: all that is
 * left) is gone; true in *out_known when the entry itself was there. */
static enum err
pass_old(struct engine *e, struct change *c, const struct crl_entry *entry,
    int64_t now, bool *out_known, struct errinfo *ei)
{
	enum err err = ERR_OK;

	*out_known = false;
	while (c->next_old < c->end_old && err == ERR_OK) {
		struct record_revoked old =
		    ledger_revoked(e->ledger, c->next_old);
		int order = entry == NULL
				? -1
				: crl_serial_cmp(old.serial, entry->serial);

		if (order > 0) {
			break;
		}
		c->next_old++;
		if (order == 0) {
			*out_known = true;
			return go_on(c, old, entry->reason, ei);
		}
		err = drop(e, c, old, now, ei);
	}
	return err;
}

/* One pass: each entry's form, its place after the one before, and what it
 * changes. */
static enum err
compare_each(struct engine *e, const struct signer_crl *m, struct slice entries,
    int64_t now, struct change *c, struct errinfo *ei)
{
	struct crl_entry entry = {.reason = CRL_REASON_NONE};
	struct slice last = SLICE_EMPTY;
	bool known = false;
	enum err err = ERR_OK;

	while (entries.len > 0 && err == ERR_OK) {
		err = crl_entry_get(&entries, &entry, ei);
		if (err == ERR_OK && c->num_entries > 0 &&
		    crl_serial_cmp(last, entry.serial) >= 0) {
			return ERR_FORMAT; /* crl_entries_check() says it */
		}
		if (err == ERR_OK) {
			err = check_entry(&entry, m, ei);
		}
		if (err == ERR_OK) {
			err = pass_old(e, c, &entry, now, &known, ei);
		}
		if (err == ERR_OK && !known) {
			err = add(e, c, &entry, ei);
		}
		last = entry.serial;
		c->num_entries++;
	}
	return err == ERR_OK ? pass_old(e, c, NULL, now, &known, ei) : err;
}

static enum err
compare(struct engine *e, const struct signer_crl *m, struct slice entries,
    int64_t now, struct change *c, struct errinfo *ei)
{
	size_t num;
	enum err err;

	set_range(e, c);
	err = compare_each(e, m, entries, now, c, ei);
	if (err != ERR_OK || c->num_entries > CRL_ENTRIES_MAX) {
		/* A list that has not the form is not worth more words. */
		enum err form = crl_entries_check(entries, &num, ei);

		return form != ERR_OK ? form : err;
	}
	err = buf_err(&c->added, ei);
	return err == ERR_OK ? buf_err(&c->dropped, ei) : err;
}

/* --- making it ---------------------------------------------------------- */

static void
write_number(uint64_t number, uint8_t out[NUMBER_SIZE])
{
	for (size_t i = 0; i < NUMBER_SIZE; i++) {
		out[i] = (uint8_t)(number >> (8 * (NUMBER_SIZE - 1 - i)));
	}
}

static void
put_urls(struct buf *exts, const struct ca_identity *ca, struct crl_shard shard,
    void put(struct buf *, const char *const *, size_t))
{
	char text[CA_URLS_MAX][CA_SHARD_URL_SIZE];
	const char *urls[CA_URLS_MAX];

	for (size_t i = 0; i < ca->crl_urls.num; i++) {
		ca_identity_crl_url(ca, i, shard, text[i]);
		urls[i] = text[i];
	}
	put(exts, urls, ca->crl_urls.num);
}

/* RFC 5280 5.2.5: a shard says at which addresses it is, the same ones as in
 * the certificates that it covers; 5.2.4: and its delta says the same. */
static void
put_exts(const struct ca_identity *ca, struct crl_shard shard, uint64_t base,
    struct buf *exts)
{
	uint8_t number[NUMBER_SIZE];

	if (shard.delta) {
		write_number(base, number);
		ext_put_delta_crl(exts, slice_make(number, sizeof(number)));
	} else if (ca->crl_deltas && ca->crl_urls.num > 0) {
		put_urls(
		    exts, ca, crl_shard_delta(shard), ext_put_freshest_crl);
	}
	if (!crl_shard_is_full(shard)) {
		put_urls(exts, ca, crl_shard_base(shard), ext_put_idp);
	}
}

/* What is signed, where it lies. */
struct pieces {
	struct slice at[3];
};

static enum err
hash_pieces(const struct pieces *p, enum hash_alg alg,
    uint8_t out[HASH_SIZE_MAX], struct errinfo *ei)
{
	struct hasher *h = NULL;
	enum err err = hasher_new(alg, &h, ei);

	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < ARRAY_LEN(p->at); i++) {
		hasher_add(h, p->at[i]);
	}
	err = hasher_end(h, out, ei);
	hasher_free(h);
	return err;
}

static enum err
sign_joined(struct engine *e, const struct pieces *p, struct errinfo *ei)
{
	struct buf whole = BUF_INIT(CRL_BYTES_MAX);
	enum err err;

	for (size_t i = 0; i < ARRAY_LEN(p->at); i++) {
		buf_add(&whole, p->at[i]);
	}
	err = buf_err(&whole, ei);
	if (err == ERR_OK) {
		err = engine_sign(e, buf_slice(&whole), &e->sig, ei);
	}
	buf_clear(&whole);
	return err;
}

/* The signature into e->sig, and the SHA-256 of what it is over; the same pass
 * does for both where that is the signature's hash. */
static enum err
sign_pieces(struct engine *e, const struct pieces *p, uint8_t sha256[32],
    struct errinfo *ei)
{
	enum hash_alg alg = sig_alg_hash(e->in->sig_alg);
	uint8_t digest[HASH_SIZE_MAX];
	enum err err;

	if (sig_alg_takes_data(e->in->sig_alg)) {
		err = sign_joined(e, p, ei);
	} else {
		err = hash_pieces(p, alg, digest, ei);
		if (err == ERR_OK) {
			err = engine_sign_digest(
			    e, slice_make(digest, hash_size(alg)), &e->sig, ei);
		}
	}
	if (err == ERR_OK && alg != HASH_SHA256) {
		err = hash_pieces(p, HASH_SHA256, digest, ei);
	}
	if (err == ERR_OK) {
		memcpy(sha256, digest, SHA256_SIZE);
	}
	return err;
}

/* The entries stay where they are: a list of a million is not copied. */
static enum err
make(struct engine *e, const struct signer_crl *m, uint64_t base,
    struct slice entries, struct signer_crl_done *out, struct errinfo *ei)
{
	struct buf exts = BUF_INIT(PROFILE_TBS_MAX);
	uint8_t number[NUMBER_SIZE];
	struct crl_params p = {
	    .issuer = ca_identity_subject(&e->in->ca),
	    .sig_alg = e->in->sig_alg,
	    .this_update = m->this_update,
	    .next_update = m->next_update,
	    .number = slice_make(number, sizeof(number)),
	    .aki = ca_identity_key_id(&e->in->ca),
	};
	struct pieces pieces;
	enum err err;

	write_number(m->number, number);
	put_exts(&e->in->ca, m->shard, base, &exts);
	p.exts = buf_slice(&exts);
	e->keep_crl = false;
	buf_reset(&e->tbs);
	buf_reset(&e->crl_front);
	buf_reset(&e->crl_back);
	err = buf_err(&exts, ei);
	if (err == ERR_OK) {
		err =
		    crl_tbs_around(&p, entries.len, &e->tbs, &e->crl_back, ei);
	}
	if (err == ERR_OK) {
		pieces = (struct pieces){
		    {buf_slice(&e->tbs), entries, buf_slice(&e->crl_back)}};
		err = sign_pieces(e, &pieces, out->sha256, ei);
	}
	if (err == ERR_OK) {
		x509_around(e->tbs.len + entries.len + e->crl_back.len,
		    e->in->sig_alg, buf_slice(&e->sig), &e->crl_front,
		    &e->crl_back);
		buf_add(&e->crl_front, buf_slice(&e->tbs));
		err = buf_err(&e->crl_front, ei);
	}
	if (err == ERR_OK) {
		err = buf_err(&e->crl_back, ei);
	}
	out->front = buf_slice(&e->crl_front);
	out->back = buf_slice(&e->crl_back);
	buf_clear(&exts);
	return err;
}

/* Of the whole list, what a delta says: *out, and counted anew. */
static enum err
cut_delta(struct engine *e, const struct signer_crl *m, struct slice entries,
    struct change *c, struct buf *out, struct errinfo *ei)
{
	struct changed changed = {0};
	enum err err;

	buf_reset(out);
	c->base = ledger_delta_base(e->ledger, m->shard, m->this_update);
	err = ledger_changed(e->ledger, m->shard, c->base, buf_slice(&c->added),
	    buf_slice(&c->dropped), &changed, ei);
	if (err == ERR_OK) {
		err = changes_entries(&changed, entries, m->this_update, out,
		    &c->num_entries, ei);
	}
	free(changed.at);
	return err;
}

static enum err
note(struct engine *e, const struct signer_crl *m, const struct change *c,
    int64_t now, struct signer_crl_done *out, struct errinfo *ei)
{
	struct record_crl p = {
	    .number = m->number,
	    .this_update = m->this_update,
	    .next_update = m->next_update,
	    .num_entries = c->num_entries,
	    .at = m->at,
	    .revoked = buf_slice(&c->added),
	    .dropped = buf_slice(&c->dropped),
	    .shard = m->shard,
	    .base = c->base,
	};

	memcpy(p.sha256, out->sha256, sizeof(p.sha256));
	return ledger_add_crl(e->ledger, now, &p, &out->journal_number, ei);
}

enum err
engine_crl(struct engine *e, const struct signer_crl *m, struct slice entries,
    struct signer_crl_done *out, bool *fatal, struct errinfo *ei)
{
	struct change c = {
	    .added = BUF_INIT(JOURNAL_RECORD_MAX),
	    .dropped = BUF_INIT(JOURNAL_RECORD_MAX),
	    .shard = m->shard,
	};
	struct signer_crl_done done = {0};
	int64_t now;
	enum err err;

	*fatal = false;
	c.num_unknown = ledger_num_unknown(e->ledger);
	ensure(ledger_num_pending(e->ledger) == 0);
	err = engine_now(e, &now, ei);
	if (err == ERR_OK) {
		err = check_order(e, m, now, ei);
	}
	if (err == ERR_OK) {
		err = compare(e, m, entries, now, &c, ei);
	}
	if (err == ERR_OK && m->shard.delta) {
		err = cut_delta(e, m, entries, &c, &e->crl_delta, ei);
		entries = buf_slice(&e->crl_delta);
		done.entries = entries;
	}
	if (err == ERR_OK) {
		err = make(e, m, c.base, entries, &done, ei);
	}
	if (err == ERR_OK) {
		err = note(e, m, &c, now, &done, ei);
	}
	if (err != ERR_OK) {
		ledger_drop(e->ledger);
		goto out;
	}
	err = ledger_commit(e->ledger, ei);
	*fatal = err != ERR_OK && err != ERR_STORE;
	if (err == ERR_OK) {
		e->crl_entries = entries;
		e->crl_shard = m->shard;
		e->keep_crl = true;
		*out = done;
	}
out:
	buf_clear(&c.added);
	buf_clear(&c.dropped);
	return err;
}

void
engine_keep_crl(struct engine *e, const char *dir)
{
	char text[CRL_SHARD_TEXT_SIZE], name[CRL_SHARD_TEXT_SIZE + 8];
	char path[PATH_TEXT_SIZE];
	const struct slice pieces[] = {
	    buf_slice(&e->crl_front), e->crl_entries, buf_slice(&e->crl_back)};

	if (!e->keep_crl) {
		return;
	}
	e->keep_crl = false;
	crl_shard_text(e->crl_shard, text);
	(void)snprintf(name, sizeof(name), "crl%s.der", text);
	if (path_join(path, dir, name, NULL) == ERR_OK) {
		(void)!file_write_pieces(
		    path, pieces, ARRAY_LEN(pieces), 0644, NULL);
	}
}
