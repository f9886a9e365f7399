/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/record.h"

#include <string.h>

#include "crypto/hash.h"
#include "ipc/wire.h"
#include "x509/crl.h"

static const uint8_t magic[4] = {'S', 'U', 'J', '1'};

enum err
record_pack(struct buf *b, struct record *r, struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	size_t start = b->len;
	enum err err;

	ensure(r->payload.len <= JOURNAL_RECORD_MAX);
	wire_put_fixed(b, magic, sizeof(magic));
	wire_put_u32(b, (uint32_t)r->payload.len);
	wire_put_u64(b, r->number);
	wire_put_u64(b, (uint64_t)r->type);
	wire_put_i64(b, r->time);
	wire_put_u64(b, r->synced);
	wire_put_fixed(b, r->previous, sizeof(r->previous));
	buf_add(b, r->payload);
	err = buf_err(b, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = hash_of(
	    HASH_SHA256, slice_make(b->p + start, b->len - start), hash, ei);
	if (err != ERR_OK) {
		return err;
	}
	memcpy(r->hash, hash, sizeof(r->hash));
	wire_put_fixed(b, r->hash, sizeof(r->hash));
	return buf_err(b, ei);
}

bool
record_header(struct slice header, struct record *out, size_t *out_total)
{
	struct wire w = wire_init(header);
	struct record r = {0};
	uint8_t start[sizeof(magic)];
	uint32_t len;
	uint64_t type;

	wire_get_fixed(&w, start, sizeof(start));
	len = wire_get_u32(&w);
	r.number = wire_get_u64(&w);
	type = wire_get_u64(&w);
	r.time = wire_get_i64(&w);
	r.synced = wire_get_u64(&w);
	wire_get_fixed(&w, r.previous, sizeof(r.previous));
	if (w.bad || memcmp(start, magic, sizeof(magic)) != 0 ||
	    len > JOURNAL_RECORD_MAX || type == JOURNAL_NONE ||
	    type >= JOURNAL_TYPE_MAX_) {
		return false;
	}
	r.type = (enum journal_type)type;
	*out = r;
	*out_total = (size_t)len + RECORD_OVERHEAD;
	return true;
}

enum err
record_unpack(struct slice whole, struct record *out, struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	struct slice rest = whole, end;
	struct record r;
	size_t total;
	enum err err;

	if (!record_header(whole, &r, &total) || total != whole.len) {
		return err_set(ei, ERR_FORMAT, "journal.record", NULL,
		    "A record's header is damaged.");
	}
	err = hash_of(HASH_SHA256,
	    slice_make(whole.p, whole.len - RECORD_HASH_SIZE), hash, ei);
	if (err != ERR_OK) {
		return err;
	}
	ensure(slice_get_bytes(&rest, RECORD_HEADER_SIZE, &end) &&
	       slice_get_bytes(&rest, total - RECORD_OVERHEAD, &r.payload));
	if (memcmp(rest.p, hash, RECORD_HASH_SIZE) != 0) {
		return err_set(ei, ERR_FORMAT, "journal.record", NULL,
		    "Record %llu does not have the hash that it bears.",
		    (unsigned long long)r.number);
	}
	memcpy(r.hash, hash, sizeof(r.hash));
	*out = r;
	return ERR_OK;
}

/* --- payloads ----------------------------------------------------------- */

void
record_open_pack(struct buf *b, const struct record_open *p)
{
	wire_put_text(b, p->version);
	wire_put_text(b, p->instance);
	wire_put_u64(b, p->pid);
	wire_put_fixed(b, p->spki_sha256, sizeof(p->spki_sha256));
	wire_put_u32(b, (uint32_t)p->num_profiles);
	for (size_t i = 0; i < p->num_profiles; i++) {
		wire_put_text(b, p->profiles[i].name);
		wire_put_fixed(
		    b, p->profiles[i].sha256, sizeof(p->profiles[i].sha256));
	}
}

enum err
record_open_unpack(
    struct slice payload, struct record_open *out, struct errinfo *ei)
{
	struct wire w = wire_init(payload);
	struct record_open p;
	enum err err;

	memset(&p, 0, sizeof(p));
	wire_get_text(&w, p.version, sizeof(p.version));
	wire_get_text(&w, p.instance, sizeof(p.instance));
	p.pid = wire_get_u64(&w);
	wire_get_fixed(&w, p.spki_sha256, sizeof(p.spki_sha256));
	p.num_profiles = wire_get_below(&w, SIGNER_PROFILES_MAX + 1);
	for (size_t i = 0; i < p.num_profiles && !w.bad; i++) {
		wire_get_text(
		    &w, p.profiles[i].name, sizeof(p.profiles[i].name));
		wire_get_fixed(
		    &w, p.profiles[i].sha256, sizeof(p.profiles[i].sha256));
	}
	err = wire_end(&w, "record_open", ei);
	if (err == ERR_OK) {
		*out = p;
	}
	return err;
}

void
record_issue_pack(struct buf *b, const struct record_issue *p)
{
	wire_put_fixed(b, p->idem, sizeof(p->idem));
	wire_put_fixed(b, p->request, sizeof(p->request));
	wire_put_text(b, p->profile);
	wire_put_audit(b, &p->at);
	wire_put_i64(b, p->not_after);
	wire_put_bytes(b, p->serial);
	wire_put_bytes(b, p->cert);
	if (p->note.len > 0) {
		wire_put_bytes(b, p->note);
	}
}

/* A serial as INTEGER content; empty marks the message bad. */
static struct slice
get_serial(struct wire *w)
{
	struct slice s = wire_get_bytes(w, SERIAL_BYTES_MAX);

	if (s.len == 0) {
		wire_bad(w, "a serial number is empty");
	}
	return s;
}

enum err
record_issue_unpack(
    struct slice payload, struct record_issue *out, struct errinfo *ei)
{
	struct wire w = wire_init(payload);
	struct record_issue p = {0};
	enum err err;

	wire_get_fixed(&w, p.idem, sizeof(p.idem));
	wire_get_fixed(&w, p.request, sizeof(p.request));
	wire_get_text(&w, p.profile, sizeof(p.profile));
	wire_get_audit(&w, &p.at);
	p.not_after = wire_get_i64(&w);
	p.serial = get_serial(&w);
	p.cert = wire_get_bytes(&w, CERT_BYTES_MAX);
	if (w.rest.len > 0) {
		p.note = wire_get_bytes(&w, VALUES_NOTE_MAX);
		if (p.note.len == 0) {
			wire_bad(&w, "an empty note stands in a record");
		}
	}
	err = wire_end(&w, "record_issue", ei);
	if (err == ERR_OK) {
		*out = p;
	}
	return err;
}

void
record_crl_pack(struct buf *b, const struct record_crl *p)
{
	wire_put_u64(b, p->number);
	wire_put_i64(b, p->this_update);
	wire_put_i64(b, p->next_update);
	wire_put_fixed(b, p->sha256, sizeof(p->sha256));
	wire_put_u64(b, p->num_entries);
	wire_put_audit(b, &p->at);
	wire_put_bytes(b, p->revoked);
	wire_put_bytes(b, p->dropped);
	if (!crl_shard_is_full(p->shard) || p->shard.delta) {
		wire_put_u32(b, p->shard.index);
		wire_put_u32(b, p->shard.count);
	}
	if (p->shard.delta) {
		wire_put_u64(b, p->base);
	}
}

void
record_revoked_put(struct buf *b, const struct record_revoked *p)
{
	wire_put_bytes(b, p->serial);
	wire_put_i64(b, p->hold ? ~p->not_after : p->not_after);
}

/* No certificate ends before 1970: below 0 it is the complement of the end of
 * one on hold. */
static void
get_revoked(struct wire *w, struct record_revoked *out)
{
	int64_t end;

	out->serial = get_serial(w);
	end = wire_get_i64(w);
	out->hold = end < 0;
	out->not_after = out->hold ? ~end : end;
}

bool
record_revoked_next(struct slice *run, struct record_revoked *out)
{
	struct wire w = wire_init(*run);

	if (run->len == 0) {
		return false;
	}
	get_revoked(&w, out);
	ensure(!w.bad);
	*run = w.rest;
	return true;
}

/* A run of record_revoked, ascending by serial. */
static struct slice
get_run(struct wire *w)
{
	struct slice all = wire_get_bytes(w, JOURNAL_RECORD_MAX);
	struct record_revoked one = {0}, last = {0};
	struct wire run = wire_init(all);

	while (run.rest.len > 0) {
		get_revoked(&run, &one);
		if (run.bad) {
			wire_bad(w, run.why);
			return SLICE_EMPTY;
		}
		if (crl_serial_cmp(last.serial, one.serial) >= 0) {
			wire_bad(w, "serial numbers are out of order");
			return SLICE_EMPTY;
		}
		last = one;
	}
	return all;
}

/* What stands behind the runs of all but full lists. */
static void
get_shard(struct wire *w, struct record_crl *p)
{
	p->shard.index = wire_get_below(w, CRL_SHARDS_MAX);
	p->shard.count = wire_get_below(w, CRL_SHARDS_MAX + 1);
	p->shard.delta = w->rest.len > 0;
	if (p->shard.delta) {
		p->base = wire_get_u64(w);
	}
	if (p->shard.delta && (p->base == 0 || p->base >= p->number)) {
		wire_bad(w, "a delta is of no list before it");
	}
	if (!crl_shard_ok(p->shard) ||
	    (crl_shard_is_full(p->shard) &&
		(!p->shard.delta || p->shard.index > 0 ||
		    p->shard.count > 0))) {
		wire_bad(w, "there is no such shard");
	}
}

enum err
record_crl_unpack(
    struct slice payload, struct record_crl *out, struct errinfo *ei)
{
	struct wire w = wire_init(payload);
	struct record_crl p = {0};
	enum err err;

	p.number = wire_get_u64(&w);
	p.this_update = wire_get_i64(&w);
	p.next_update = wire_get_i64(&w);
	wire_get_fixed(&w, p.sha256, sizeof(p.sha256));
	p.num_entries = wire_get_u64(&w);
	wire_get_audit(&w, &p.at);
	p.revoked = get_run(&w);
	p.dropped = get_run(&w);
	if (w.rest.len > 0) {
		get_shard(&w, &p);
	}
	err = wire_end(&w, "record_crl", ei);
	if (err == ERR_OK) {
		*out = p;
	}
	return err;
}

void
record_release_pack(struct buf *b, const struct record_release *p)
{
	wire_put_bytes(b, p->serial);
	wire_put_text(b, p->by);
	wire_put_text(b, p->reason);
}

enum err
record_release_unpack(
    struct slice payload, struct record_release *out, struct errinfo *ei)
{
	struct wire w = wire_init(payload);
	struct record_release p;
	enum err err;

	p.serial = get_serial(&w);
	wire_get_text(&w, p.by, sizeof(p.by));
	wire_get_text(&w, p.reason, sizeof(p.reason));
	err = wire_end(&w, "record_release", ei);
	if (err == ERR_OK) {
		*out = p;
	}
	return err;
}

void
record_ceiling_pack(struct buf *b, const struct record_ceiling *p)
{
	wire_put_text(b, p->profile);
	wire_put_u64(b, p->per_day);
}

enum err
record_ceiling_unpack(
    struct slice payload, struct record_ceiling *out, struct errinfo *ei)
{
	struct wire w = wire_init(payload);
	struct record_ceiling p;
	enum err err;

	wire_get_text(&w, p.profile, sizeof(p.profile));
	p.per_day = wire_get_u64(&w);
	err = wire_end(&w, "record_ceiling", ei);
	if (err == ERR_OK) {
		*out = p;
	}
	return err;
}
