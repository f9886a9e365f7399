/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "signer/index.h"
#include "signer/revoked.h"
#include "signer/tally.h"

enum {
	/* Names in the journal, of profiles long gone too. */
	LEDGER_PROFILES_MAX = 1024
};

struct ledger_profile {
	char name[PROFILE_NAME_SIZE];
	struct tally issued;
	bool has_ceiling;
	uint64_t ceiling;
};

/* The last list of each shard. */
struct ledger_list {
	struct crl_shard shard;
	int64_t this_update;
};

/* A certificate that is appended and not yet committed. */
struct ledger_pending {
	uint64_t number;
	uint8_t idem[VALUES_IDEM_SIZE];
	char profile[PROFILE_NAME_SIZE];
	uint8_t serial[SERIAL_BYTES_MAX];
	size_t serial_len;
};

struct ledger {
	struct journal *journal;
	struct index by_idem;
	struct index by_serial;
	struct ledger_profile *profiles;
	size_t num_profiles;
	struct tally crls;
	struct tally epochs;
	struct ledger_crl last_crl;
	struct ledger_list *lists;
	size_t num_lists;
	struct revoked revoked;
	bool deltas; /* changes are kept */
	struct changes changes;
	bool opened; /* the journal has been read */
	struct ledger_pending pending[SIGNER_BATCH_MAX];
	size_t num_pending;
	struct buf scratch;
};

/* --- what a record means ------------------------------------------------ */

static struct ledger_profile *
find_profile(const struct ledger *l, const char *name)
{
	for (size_t i = 0; i < l->num_profiles; i++) {
		if (strcmp(l->profiles[i].name, name) == 0) {
			return &l->profiles[i];
		}
	}
	return NULL;
}

static enum err
need_profile(struct ledger *l, const char *name, struct ledger_profile **out,
    struct errinfo *ei)
{
	struct ledger_profile *p = find_profile(l, name);

	if (p == NULL) {
		if (l->num_profiles == LEDGER_PROFILES_MAX) {
			return err_set(ei, ERR_LIMIT, "journal.profiles", NULL,
			    "The journal names more than %d profiles.",
			    (int)LEDGER_PROFILES_MAX);
		}
		p = realloc(l->profiles, (l->num_profiles + 1) * sizeof(*p));
		if (p == NULL) {
			return err_nomem(ei);
		}
		l->profiles = p;
		p = &l->profiles[l->num_profiles++];
		memset(p, 0, sizeof(*p));
		memcpy(p->name, name, strlen(name));
	}
	*out = p;
	return ERR_OK;
}

static enum err
apply_issue(struct ledger *l, const struct record *r, struct errinfo *ei)
{
	struct ledger_profile *profile = NULL;
	struct record_issue p;
	enum err err;

	err = record_issue_unpack(r->payload, &p, ei);
	if (err == ERR_OK) {
		err = index_add(&l->by_idem, slice_make(p.idem, sizeof(p.idem)),
		    r->number, ei);
	}
	if (err == ERR_OK) {
		err = index_add(&l->by_serial, p.serial, r->number, ei);
	}
	if (err == ERR_OK) {
		err = need_profile(l, p.profile, &profile, ei);
	}
	if (err == ERR_OK) {
		err = tally_add(&profile->issued, r->time, ei);
	}
	return err;
}

static struct ledger_list *
find_list(const struct ledger *l, struct crl_shard shard)
{
	for (size_t i = 0; i < l->num_lists; i++) {
		if (crl_shard_eq(l->lists[i].shard, shard)) {
			return &l->lists[i];
		}
	}
	return NULL;
}

static enum err
note_list(struct ledger *l, const struct record_crl *p, struct errinfo *ei)
{
	struct ledger_list *list = find_list(l, p->shard);

	if (list == NULL) {
		list = realloc(l->lists, (l->num_lists + 1) * sizeof(*list));
		if (list == NULL) {
			return err_nomem(ei);
		}
		l->lists = list;
		list = &l->lists[l->num_lists++];
		list->shard = p->shard;
	}
	list->this_update = p->this_update;
	return ERR_OK;
}

static enum err
apply_crl(struct ledger *l, const struct record *r, struct errinfo *ei)
{
	struct record_crl p;
	enum err err;

	err = record_crl_unpack(r->payload, &p, ei);
	if (err == ERR_OK) {
		err = l->opened ? revoked_change(
				      &l->revoked, p.dropped, p.revoked, ei)
				: revoked_change_later(
				      &l->revoked, p.dropped, p.revoked, ei);
	}
	if (err == ERR_OK) {
		err = tally_add(&l->crls, r->time, ei);
	}
	if (err == ERR_OK) {
		err = note_list(l, &p, ei);
	}
	if (err == ERR_OK && l->deltas) {
		err = changes_note(&l->changes, &p, r->time, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	l->last_crl.number = p.number;
	l->last_crl.this_update = p.this_update;
	return ERR_OK;
}

static enum err
apply_ceiling(struct ledger *l, const struct record *r, struct errinfo *ei)
{
	struct ledger_profile *profile = NULL;
	struct record_ceiling p;
	enum err err;

	err = record_ceiling_unpack(r->payload, &p, ei);
	if (err == ERR_OK) {
		err = need_profile(l, p.profile, &profile, ei);
	}
	if (err == ERR_OK) {
		profile->has_ceiling = true;
		profile->ceiling = p.per_day;
	}
	return err;
}

static enum err
apply_epoch(struct ledger *l, const struct record *r, struct errinfo *ei)
{
	struct signer_epoch p;
	enum err err = signer_epoch_unpack(r->payload, &p, ei);

	return err == ERR_OK ? tally_add(&l->epochs, r->time, ei) : err;
}

/* The one place where a durable record changes what the ledger knows. */
static enum err
apply(void *arg, const struct record *r, struct errinfo *ei)
{
	struct ledger *l = arg;
	struct record_release release;
	struct record_open open;

	switch (r->type) {
	case JOURNAL_OPEN:
		return record_open_unpack(r->payload, &open, ei);
	case JOURNAL_ISSUE:
		return apply_issue(l, r, ei);
	case JOURNAL_CRL:
		return apply_crl(l, r, ei);
	case JOURNAL_RELEASE:
		return record_release_unpack(r->payload, &release, ei);
	case JOURNAL_CEILING:
		return apply_ceiling(l, r, ei);
	case JOURNAL_EPOCH:
		return apply_epoch(l, r, ei);
	case JOURNAL_NONE:
	case JOURNAL_TYPE_MAX_:
		break;
	}
	return err_set(ei, ERR_INTERNAL, "journal.type", NULL,
	    "A record of type %d.", (int)r->type);
}

enum err
ledger_open(const char *dir, bool deltas, struct journal_report *report,
    struct ledger **out, struct errinfo *ei)
{
	struct ledger *l = calloc(1, sizeof(*l));
	enum err err;

	if (l == NULL) {
		return err_nomem(ei);
	}
	l->deltas = deltas;
	buf_init(&l->scratch, JOURNAL_RECORD_MAX + RECORD_OVERHEAD);
	err = index_init(&l->by_idem, ei);
	if (err == ERR_OK) {
		err = index_init(&l->by_serial, ei);
	}
	if (err == ERR_OK) {
		err = journal_open(dir, apply, l, report, &l->journal, ei);
	}
	if (err == ERR_OK) {
		err = revoked_settle(&l->revoked, ei);
	}
	l->opened = true;
	if (err != ERR_OK) {
		ledger_close(l);
		return err;
	}
	*out = l;
	return ERR_OK;
}

void
ledger_close(struct ledger *l)
{
	if (l == NULL) {
		return;
	}
	journal_close(l->journal);
	index_clear(&l->by_idem);
	index_clear(&l->by_serial);
	for (size_t i = 0; i < l->num_profiles; i++) {
		tally_clear(&l->profiles[i].issued);
	}
	free(l->profiles);
	free(l->lists);
	tally_clear(&l->crls);
	tally_clear(&l->epochs);
	revoked_clear(&l->revoked);
	changes_clear(&l->changes);
	buf_clear(&l->scratch);
	free(l);
}

const struct journal *
ledger_journal(const struct ledger *l)
{
	return l->journal;
}

/* --- asking ------------------------------------------------------------- */

static enum err
read_issue(struct ledger *l, uint64_t number, struct buf *store,
    struct record *r, struct record_issue *out, struct errinfo *ei)
{
	enum err err = journal_read(l->journal, number, store, r, ei);

	return err == ERR_OK ? record_issue_unpack(r->payload, out, ei) : err;
}

static uint64_t
find_pending(const struct ledger *l, const uint8_t idem[VALUES_IDEM_SIZE])
{
	for (size_t i = 0; i < l->num_pending; i++) {
		if (memcmp(l->pending[i].idem, idem, VALUES_IDEM_SIZE) == 0) {
			return l->pending[i].number;
		}
	}
	return 0;
}

enum err
ledger_find(struct ledger *l, const uint8_t idem[VALUES_IDEM_SIZE],
    struct buf *store, struct record *record, struct record_issue *out,
    struct errinfo *ei)
{
	struct index_cursor c;
	uint64_t number = find_pending(l, idem);
	enum err err;

	if (number != 0) {
		return read_issue(l, number, store, record, out, ei);
	}
	c = index_look(&l->by_idem, slice_make(idem, VALUES_IDEM_SIZE));
	while ((number = index_next(&l->by_idem, &c)) != 0) {
		err = read_issue(l, number, store, record, out, ei);
		if (err != ERR_OK ||
		    memcmp(out->idem, idem, VALUES_IDEM_SIZE) == 0) {
			return err;
		}
	}
	return err_set(ei, ERR_NOTFOUND, "signer.idem", NULL,
	    "Nothing was issued under this idempotency key.");
}

bool
ledger_has_serial(const struct ledger *l, struct slice serial)
{
	struct index_cursor c = index_look(&l->by_serial, serial);

	for (size_t i = 0; i < l->num_pending; i++) {
		if (slice_eq(slice_make(l->pending[i].serial,
				 l->pending[i].serial_len),
			serial)) {
			return true;
		}
	}
	return index_next(&l->by_serial, &c) != 0;
}

enum err
ledger_not_after(struct ledger *l, struct slice serial, struct buf *store,
    int64_t *out, struct errinfo *ei)
{
	struct index_cursor c = index_look(&l->by_serial, serial);
	struct record_issue p;
	struct record r;
	uint64_t number;
	enum err err;

	while ((number = index_next(&l->by_serial, &c)) != 0) {
		err = read_issue(l, number, store, &r, &p, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (slice_eq(p.serial, serial)) {
			*out = p.not_after;
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_NOTFOUND, "signer.serial", NULL,
	    "No certificate with this serial number was issued here.");
}

uint64_t
ledger_used(struct ledger *l, const char *profile, int64_t now)
{
	struct ledger_profile *p = find_profile(l, profile);
	uint64_t used = p == NULL ? 0 : tally_count(&p->issued, now);

	for (size_t i = 0; i < l->num_pending; i++) {
		used += strcmp(l->pending[i].profile, profile) == 0;
	}
	return used;
}

bool
ledger_ceiling(
    const struct ledger *l, const char *profile, uint64_t *out_per_day)
{
	const struct ledger_profile *p = find_profile(l, profile);

	if (p == NULL || !p->has_ceiling) {
		return false;
	}
	*out_per_day = p->ceiling;
	return true;
}

const struct ledger_crl *
ledger_last_crl(const struct ledger *l)
{
	return &l->last_crl;
}

int64_t
ledger_last_update(const struct ledger *l, struct crl_shard shard)
{
	const struct ledger_list *list = find_list(l, shard);

	return list != NULL ? list->this_update : 0;
}

uint64_t
ledger_delta_base(const struct ledger *l, struct crl_shard shard, int64_t now)
{
	return changes_base(&l->changes, shard, now);
}

enum err
ledger_changed(const struct ledger *l, struct crl_shard shard, uint64_t base,
    struct slice added, struct slice dropped, struct changed *out,
    struct errinfo *ei)
{
	return changes_since(&l->changes, shard, base, added, dropped, out, ei);
}

uint64_t
ledger_crls_used(struct ledger *l, int64_t now)
{
	return tally_count(&l->crls, now);
}

uint64_t
ledger_epochs_used(struct ledger *l, int64_t now)
{
	return tally_count(&l->epochs, now);
}

size_t
ledger_num_revoked(const struct ledger *l)
{
	return l->revoked.num;
}

size_t
ledger_revoked_from(const struct ledger *l, struct slice serial)
{
	return revoked_from(&l->revoked, serial);
}

size_t
ledger_num_unknown(const struct ledger *l)
{
	return l->revoked.num_unknown;
}

struct record_revoked
ledger_revoked(const struct ledger *l, size_t i)
{
	return revoked_get(&l->revoked, i);
}

/* --- writing ------------------------------------------------------------ */

/* Append what `scratch` holds. */
static enum err
append(struct ledger *l, enum journal_type type, int64_t now,
    uint64_t *out_number, struct errinfo *ei)
{
	enum err err = buf_err(&l->scratch, ei);

	if (err == ERR_OK) {
		err = journal_append(l->journal, type, now,
		    buf_slice(&l->scratch), out_number, ei);
	}
	buf_reset(&l->scratch);
	return err;
}

enum err
ledger_add_open(struct ledger *l, int64_t now, const struct record_open *p,
    struct errinfo *ei)
{
	record_open_pack(&l->scratch, p);
	return append(l, JOURNAL_OPEN, now, NULL, ei);
}

enum err
ledger_add_ceiling(struct ledger *l, int64_t now,
    const struct record_ceiling *p, struct errinfo *ei)
{
	record_ceiling_pack(&l->scratch, p);
	return append(l, JOURNAL_CEILING, now, NULL, ei);
}

enum err
ledger_add_issue(struct ledger *l, int64_t now, const struct record_issue *p,
    uint64_t *out_number, struct errinfo *ei)
{
	struct ledger_pending *pending;
	uint64_t number;
	enum err err;

	ensure(l->num_pending < ARRAY_LEN(l->pending));
	record_issue_pack(&l->scratch, p);
	err = append(l, JOURNAL_ISSUE, now, &number, ei);
	if (err != ERR_OK) {
		return err;
	}
	pending = &l->pending[l->num_pending++];
	memset(pending, 0, sizeof(*pending));
	pending->number = number;
	memcpy(pending->idem, p->idem, sizeof(pending->idem));
	memcpy(pending->profile, p->profile, sizeof(pending->profile));
	ensure(p->serial.len <= sizeof(pending->serial));
	memcpy(pending->serial, p->serial.p, p->serial.len);
	pending->serial_len = p->serial.len;
	*out_number = number;
	return ERR_OK;
}

enum err
ledger_add_release(struct ledger *l, int64_t now,
    const struct record_release *p, struct errinfo *ei)
{
	record_release_pack(&l->scratch, p);
	return append(l, JOURNAL_RELEASE, now, NULL, ei);
}

enum err
ledger_add_crl(struct ledger *l, int64_t now, const struct record_crl *p,
    uint64_t *out_number, struct errinfo *ei)
{
	record_crl_pack(&l->scratch, p);
	return append(l, JOURNAL_CRL, now, out_number, ei);
}

enum err
ledger_add_epoch(struct ledger *l, int64_t now, const struct signer_epoch *p,
    uint64_t *out_number, struct errinfo *ei)
{
	signer_epoch_pack(&l->scratch, p);
	return append(l, JOURNAL_EPOCH, now, out_number, ei);
}

void
ledger_drop(struct ledger *l)
{
	journal_drop(l->journal);
	l->num_pending = 0;
}

size_t
ledger_num_pending(const struct ledger *l)
{
	return journal_num_pending(l->journal);
}

enum err
ledger_commit(struct ledger *l, struct errinfo *ei)
{
	uint64_t number = journal_number(l->journal) + 1;
	uint64_t end = journal_next_number(l->journal);
	struct record r;
	enum err err;

	err = journal_commit(l->journal, ei);
	l->num_pending = 0;
	for (; err == ERR_OK && number < end; number++) {
		err = journal_read(l->journal, number, &l->scratch, &r, ei);
		if (err == ERR_OK) {
			err = apply(l, &r, ei);
		}
		/* It is on the disk and we could not take it in: not a full
		 * disk, after which the process might go on. */
		if (err == ERR_STORE) {
			err = ERR_INTERNAL;
		}
	}
	buf_reset(&l->scratch);
	return err;
}
