/* SPDX-License-Identifier: Apache-2.0 */
/* Entries of a list, and lists made of ready entries (x509/crl.h). */
#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/crl.h"
#include "x509/crl_entry.h"
#include "x509/ext.h"
#include "x509/ext_priv.h"

enum {
	HEAD_BYTES_MAX = 65536, /* everything but the entries */
	NUMBER_BYTES_MAX = 20,  /* RFC 5280 5.2.3 */
};

enum err
crl_entry_outline(struct slice *s, struct crl_entry *out,
    struct slice *out_exts, struct errinfo *ei)
{
	struct slice seq, serial;
	enum err err;

	*out = (struct crl_entry){.reason = CRL_REASON_NONE};
	*out_exts = SLICE_EMPTY;
	if ((err = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (err = der_get_integer(&seq, &serial, ei)) != ERR_OK) {
		return err;
	}
	if ((serial.p[0] & 0x80) != 0 || serial.len > SERIAL_BYTES_MAX) {
		return err_set(ei, ERR_FORMAT, "crl.serial", "RFC 5280 4.1.2.2",
		    "a revoked serial number that is negative or over %d "
		    "octets",
		    SERIAL_BYTES_MAX);
	}
	out->serial = serial;
	if ((err = der_get_time(&seq, &out->revoked_at, &out->time_tag, ei)) !=
		ERR_OK ||
	    (seq.len > 0 && (err = der_get_whole(&seq, DER_SEQUENCE, out_exts,
				 ei)) != ERR_OK)) {
		return err;
	}
	return der_end(seq, ei);
}

/* One Extension of this kind, not critical: its value. */
static bool
take_plain(struct slice *list, enum oid id, struct slice *out_value)
{
	struct slice x = SLICE_EMPTY, oid = SLICE_EMPTY;

	return der_get(list, DER_SEQUENCE, &x, NULL) == ERR_OK &&
	       der_get_oid(&x, &oid, NULL) == ERR_OK &&
	       slice_eq(oid, oid_bytes(id)) &&
	       der_get(&x, DER_OCTET_STRING, out_value, NULL) == ERR_OK &&
	       x.len == 0;
}

static bool
take_reason(struct slice *list, enum crl_reason *out)
{
	struct slice value = SLICE_EMPTY;

	return take_plain(list, OID_REASON_CODE, &value) &&
	       crl_reason_get(&value, out, NULL) == ERR_OK && value.len == 0;
}

bool
crl_entry_plain_reason(struct slice exts, enum crl_reason *out)
{
	struct slice list = SLICE_EMPTY;

	return der_get(&exts, DER_SEQUENCE, &list, NULL) == ERR_OK &&
	       take_reason(&list, out) && list.len == 0;
}

bool
crl_entry_plain_exts(struct slice exts, struct crl_entry *out)
{
	struct slice list = SLICE_EMPTY, value = SLICE_EMPTY;
	struct slice date = SLICE_EMPTY, rest;

	if (der_get(&exts, DER_SEQUENCE, &list, NULL) != ERR_OK) {
		return false;
	}
	rest = list;
	if (take_reason(&rest, &out->reason)) {
		list = rest;
	}
	return list.len == 0 ||
	       (take_plain(&list, OID_INVALIDITY_DATE, &value) &&
		   list.len == 0 &&
		   der_get(&value, DER_GENERALIZED_TIME, &date, NULL) ==
		       ERR_OK &&
		   value.len == 0 &&
		   der_time_content(DER_GENERALIZED_TIME, date,
		       &out->invalid_from, NULL) == ERR_OK);
}

enum {
	UTC_TIME_LEN = 13,
	REASON_LEN = 14, /* Extensions with one reasonCode */
};

/* The reason of the last octets; false when they are not exactly so. */
static bool
usual_reason(const uint8_t *p, enum crl_reason *out)
{
	static const uint8_t front[REASON_LEN - 1] = {
	    0x30, 12, 0x30, 10, 6, 3, 0x55, 0x1d, 21, 4, 3, 10, 1};
	uint8_t value = p[REASON_LEN - 1];

	*out = (enum crl_reason)value;
	return memcmp(p, front, sizeof(front)) == 0 &&
	       value <= CRL_REASON_AA_COMPROMISE && value != 7;
}

/*
 * An entry as crl_entry_put() writes nearly all: a UTCTime, a reason or
 * nothing.  What it takes crl_entry_outline() takes too, and the same, ten
 * times slower: a list of a million is read within the time to hash it.
 */
static bool
usual_entry(struct slice *s, struct crl_entry *out)
{
	struct crl_entry e = {
	    .reason = CRL_REASON_NONE, .time_tag = DER_UTC_TIME};
	const uint8_t *p = s->p;
	size_t whole, serial, rest;

	if (s->len < 4 || p[0] != DER_SEQUENCE || p[1] > 0x7f ||
	    p[2] != DER_INTEGER) {
		return false;
	}
	whole = 2 + (size_t)p[1];
	serial = p[3];
	if (whole > s->len || serial == 0 || serial > SERIAL_BYTES_MAX ||
	    whole < 4 + serial + 2 + UTC_TIME_LEN || p[4] > 0x7f ||
	    (serial > 1 && p[4] == 0 && p[5] <= 0x7f)) {
		return false;
	}
	e.serial = slice_make(p + 4, serial);
	p += 4 + serial;
	rest = whole - 4 - serial - 2 - UTC_TIME_LEN;
	if (p[0] != DER_UTC_TIME || p[1] != UTC_TIME_LEN ||
	    der_time_content(DER_UTC_TIME, slice_make(p + 2, UTC_TIME_LEN),
		&e.revoked_at, NULL) != ERR_OK) {
		return false;
	}
	p += 2 + UTC_TIME_LEN;
	if (rest != 0 && (rest != REASON_LEN || !usual_reason(p, &e.reason))) {
		return false;
	}
	*out = e;
	s->p += whole;
	s->len -= whole;
	return true;
}

enum err
crl_entry_get(struct slice *s, struct crl_entry *out, struct errinfo *ei)
{
	struct slice rest = *s, exts;
	struct crl_entry e;
	enum err err;

	if (usual_entry(s, out)) {
		return ERR_OK;
	}
	err = crl_entry_outline(&rest, &e, &exts, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (exts.len > 0 && !crl_entry_plain_exts(exts, &e)) {
		return err_set(ei, ERR_UNSUPPORTED, "crl.entry.extensions",
		    NULL,
		    "a ready entry with extensions other than one reason and "
		    "one invalidityDate");
	}
	*out = e;
	*s = rest;
	return ERR_OK;
}

int
crl_serial_cmp(struct slice a, struct slice b)
{
	/* Minimal and not negative: the longer is the larger. */
	if (a.len != b.len) {
		return a.len < b.len ? -1 : 1;
	}
	return slice_cmp(a, b);
}

enum err
crl_entries_check(struct slice entries, size_t *out_num, struct errinfo *ei)
{
	struct slice last = SLICE_EMPTY;
	struct crl_entry e = {.reason = CRL_REASON_NONE};
	size_t num = 0;
	enum err err;

	while (entries.len > 0) {
		err = crl_entry_get(&entries, &e, ei);
		if (err != ERR_OK) {
			return err;
		}
		if (num > 0 && crl_serial_cmp(last, e.serial) >= 0) {
			return err_set(ei, ERR_FORMAT, "crl.entries.order",
			    NULL,
			    "entry %zu is not above the one before it; "
			    "entries come in the order of serials, each once",
			    num + 1);
		}
		last = e.serial;
		num++;
	}
	if (num > CRL_ENTRIES_MAX) {
		return err_set(ei, ERR_LIMIT, "crl.entries.number", NULL,
		    "%zu entries; at most %d are written", num,
		    CRL_ENTRIES_MAX);
	}
	*out_num = num;
	return ERR_OK;
}

void
crl_entry_build(const struct crl_entry *e, struct buf *b)
{
	size_t seq = der_open(b, DER_SEQUENCE), exts;

	der_put(b, DER_INTEGER, e->serial);
	der_put_time(b, e->time_tag, e->revoked_at);
	if (e->exts != NULL) {
		ext_list_build(e->exts, b);
	} else if (e->reason != CRL_REASON_NONE) {
		exts = der_open(b, DER_SEQUENCE);
		ext_put_reason_code(b, e->reason);
		der_close(b, exts);
	}
	der_close(b, seq);
}

void
crl_entry_put_since(struct buf *b, struct slice serial, int64_t revoked_at,
    enum crl_reason reason, int64_t invalid_from)
{
	size_t seq = der_open(b, DER_SEQUENCE), exts;

	der_put_unsigned(b, serial);
	der_put_time_5280(b, revoked_at);
	if (reason != CRL_REASON_NONE || invalid_from != 0) {
		exts = der_open(b, DER_SEQUENCE);
		if (reason != CRL_REASON_NONE) {
			ext_put_reason_code(b, reason);
		}
		if (invalid_from != 0) {
			ext_put_invalidity_date(b, invalid_from);
		}
		der_close(b, exts);
	}
	der_close(b, seq);
}

void
crl_entry_put(struct buf *b, struct slice serial, int64_t revoked_at,
    enum crl_reason reason)
{
	crl_entry_put_since(b, serial, revoked_at, reason, 0);
}

/* RFC 5280 5.2: both AKI and number must stand in a list. */
static void
put_exts(const struct crl_params *p, struct buf *b)
{
	size_t explicit = der_open(b, DER_CONTEXT_CONS(0));
	size_t list = der_open(b, DER_SEQUENCE);

	if (p->aki.len > 0) {
		ext_put_aki(b, p->aki);
	}
	ext_put_crl_number(b, p->number);
	der_put_raw(b, p->exts);
	der_close(b, list);
	der_close(b, explicit);
}

/* Everything in front of the entries. */
static void
put_head(const struct crl_params *p, struct buf *b)
{
	der_put_u63(b, DER_INTEGER, 1); /* v2 */
	sig_alg_put(b, p->sig_alg);
	der_put_raw(b, p->issuer);
	der_put_time_5280(b, p->this_update);
	der_put_time_5280(b, p->next_update);
}

static enum err
check_params(const struct crl_params *p, struct errinfo *ei)
{
	struct civil c;

	if (p->number.len > NUMBER_BYTES_MAX ||
	    (p->number.len == NUMBER_BYTES_MAX &&
		(p->number.p[0] & 0x80) != 0)) {
		return err_set(ei, ERR_LIMIT, "crl.number", "RFC 5280 5.2.3",
		    "a number of more than %d octets", NUMBER_BYTES_MAX);
	}
	if (!civil_from_sec(p->this_update, &c) ||
	    !civil_from_sec(p->next_update, &c) ||
	    p->next_update <= p->this_update) {
		return err_set(ei, ERR_POLICY, "crl.times", "RFC 5280 5.1.2.5",
		    "nextUpdate must be later than thisUpdate");
	}
	return ERR_OK;
}

enum err
crl_tbs_around(const struct crl_params *p, size_t entries_len,
    struct buf *out_front, struct buf *out_back, struct errinfo *ei)
{
	struct buf head = BUF_INIT(HEAD_BYTES_MAX);
	struct buf tail = BUF_INIT(HEAD_BYTES_MAX);
	size_t len;
	enum err err;

	err = check_params(p, ei);
	if (err != ERR_OK) {
		return err;
	}
	put_head(p, &head);
	if (entries_len > 0) {
		der_put_header(&head, DER_SEQUENCE, entries_len);
	}
	put_exts(p, &tail);
	len = head.len + entries_len + tail.len;
	if (entries_len > CRL_BYTES_MAX || len > CRL_BYTES_MAX) {
		err = err_set(ei, ERR_LIMIT, "crl.size", NULL,
		    "a list of more than %d bytes", CRL_BYTES_MAX);
	}
	if (err == ERR_OK) {
		der_put_header(out_front, DER_SEQUENCE, len);
		buf_add(out_front, buf_slice(&head));
		buf_add(out_back, buf_slice(&tail));
		err = buf_err(&head, ei);
	}
	if (err == ERR_OK) {
		err = buf_err(&tail, ei);
	}
	if (err == ERR_OK) {
		err = buf_err(out_front, ei);
	}
	if (err == ERR_OK) {
		err = buf_err(out_back, ei);
	}
	buf_clear(&head);
	buf_clear(&tail);
	return err;
}
