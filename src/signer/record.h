/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_RECORD_H
#define SURGUCH_SIGNER_RECORD_H
/*
 * One record of a signer's journal as bytes.  Integers are big-endian.
 *
 *	offset	size
 *	0	4	"SUJ1"
 *	4	4	n, length of the payload
 *	8	8	number: 1, 2, 3 ...
 *	16	8	type
 *	24	8	time, UTC seconds, two's complement
 *	32	8	synced: bytes of the file that were durable then
 *	40	32	previous: `hash` of the record before, or zeros
 *	72	n	payload
 *	72+n	32	hash: SHA-256 of everything above
 *
 * `previous` chains the records, so that none can be changed, dropped or put
 * between others without all that follow.  `synced` tells damage from a torn
 * end: what a later record calls durable was acknowledged.
 *
 * This module knows bytes only; the file is journal.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/audit_position.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "signer/message.h"

enum {
	RECORD_HEADER_SIZE = 72,
	RECORD_HASH_SIZE = 32,
	RECORD_OVERHEAD = RECORD_HEADER_SIZE + RECORD_HASH_SIZE,
};

struct record {
	uint64_t number;
	enum journal_type type;
	int64_t time;
	uint64_t synced;
	uint8_t previous[RECORD_HASH_SIZE];
	struct slice payload;
	uint8_t hash[RECORD_HASH_SIZE];
};

/* Append the record; r->hash is computed and set. */
ATTR_MUST_USE enum err record_pack(
    struct buf *b, struct record *r, struct errinfo *ei);
/* The header alone: *out_total is the whole record's length.  False when it
 * is none or too large. */
bool record_header(struct slice header, struct record *out, size_t *out_total);
/* One whole record, nothing behind it; the payload borrows.  ERR_FORMAT
 * "journal.record". */
ATTR_MUST_USE enum err record_unpack(
    struct slice whole, struct record *out, struct errinfo *ei);

/* --- payloads: one struct, pack and unpack each ------------------------- */

/* OPEN: a signer started on this journal. */
struct record_open {
	char version[32];
	char instance[HELLO_NAME_SIZE];
	uint64_t pid;
	uint8_t spki_sha256[32]; /* its key */
	size_t num_profiles;
	struct {
		char name[PROFILE_NAME_SIZE];
		uint8_t sha256[32]; /* of the file it was read from */
	} profiles[SIGNER_PROFILES_MAX];
};

/* ISSUE: a certificate that was signed.  Records end before an empty note. */
struct record_issue {
	uint8_t idem[VALUES_IDEM_SIZE];
	uint8_t request[VALUES_DIGEST_SIZE];
	char profile[PROFILE_NAME_SIZE];
	struct audit_position at;
	int64_t not_after;
	struct slice serial; /* INTEGER content */
	struct slice cert;
	struct slice note; /* the asker's, VALUES_NOTE_MAX */
};

/*
 * CRL: `revoked` is a run of what this CRL lists and the one before did not,
 * `dropped` of what the one before listed and this one does not; both
 * ascending by serial, to be read with record_revoked_next().  Of a shard "the
 * one before" means whatever list was made before; what was released is dropped
 * by it, but what has ended not before the full list drops it.  Of a delta the
 * runs are what the list would have changed that it is of.  Records of a full
 * list end before `shard`, those of a list before `base`.
 * A serial in both runs was on hold and is revoked for good now.
 */
struct record_crl {
	uint64_t number;
	int64_t this_update;
	int64_t next_update;
	uint8_t sha256[32]; /* of what is signed: the TBSCertList */
	uint64_t num_entries;
	struct audit_position at;
	struct slice revoked;
	struct slice dropped;
	struct crl_shard shard;
	uint64_t base; /* of a delta, the number of the list it is of; else 0 */
};

struct record_revoked {
	struct slice serial; /* INTEGER content */
	int64_t not_after;
	bool hold; /* certificateHold: it may leave, or become final */
};

/* RELEASE: a serial left the CRL before its certificate ended. */
struct record_release {
	struct slice serial;
	char by[128];
	char reason[256];
};

/* CEILING: what holds from here on. */
struct record_ceiling {
	char profile[PROFILE_NAME_SIZE];
	uint64_t per_day;
};

/* EPOCH: a struct signer_epoch, packed as the message. */

void record_open_pack(struct buf *b, const struct record_open *p);
ATTR_MUST_USE enum err record_open_unpack(
    struct slice payload, struct record_open *out, struct errinfo *ei);
void record_issue_pack(struct buf *b, const struct record_issue *p);
ATTR_MUST_USE enum err record_issue_unpack(
    struct slice payload, struct record_issue *out, struct errinfo *ei);
void record_crl_pack(struct buf *b, const struct record_crl *p);
ATTR_MUST_USE enum err record_crl_unpack(
    struct slice payload, struct record_crl *out, struct errinfo *ei);
void record_revoked_put(struct buf *b, const struct record_revoked *p);
/* False at the end; record_crl_unpack() has checked the form. */
bool record_revoked_next(struct slice *run, struct record_revoked *out);
void record_release_pack(struct buf *b, const struct record_release *p);
ATTR_MUST_USE enum err record_release_unpack(
    struct slice payload, struct record_release *out, struct errinfo *ei);
void record_ceiling_pack(struct buf *b, const struct record_ceiling *p);
ATTR_MUST_USE enum err record_ceiling_unpack(
    struct slice payload, struct record_ceiling *out, struct errinfo *ei);

#endif
