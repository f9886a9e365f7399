/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_MESSAGE_H
#define SURGUCH_SIGNER_MESSAGE_H
/*
 * The messages of a signer's channel: one struct, one pack and one unpack
 * each.  Unpack is strict (every byte consumed, every enum and count in
 * range); what it returns borrows from the body unless it says otherwise.
 * There is no message that carries bytes to be signed.
 *
 *	question		answer (or MSG_ERROR)
 *	SIGNER_ISSUE		SIGNER_ISSUED
 *	SIGNER_FIND		SIGNER_ISSUED
 *	SIGNER_CRL + memfd	SIGNER_CRL_DONE (+ memfd when large)
 *	SIGNER_JOURNAL		SIGNER_JOURNAL_ENTRY ..., SIGNER_JOURNAL_END
 *	SIGNER_OCSP		SIGNER_OCSP_DONE
 *	SIGNER_INFO		SIGNER_INFO_DONE
 *	SIGNER_EPOCH		SIGNER_EPOCH_DONE
 *	SIGNER_RENEW		SIGNER_RENEW_DONE
 *	SIGNER_PAGE_ORDER	SIGNER_PAGE_ORDER_DONE
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/audit_position.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "ipc/hello.h"
#include "profile/values.h"
#include "x509/crl_shard.h"
#include "x509/page_order.h"

enum signer_message {
	SIGNER_ISSUE = MSG_CHANNEL_FIRST,
	SIGNER_ISSUED,
	SIGNER_FIND,
	SIGNER_CRL,
	SIGNER_CRL_DONE = MSG_CHANNEL_FIRST + 5,
	SIGNER_JOURNAL,
	SIGNER_JOURNAL_ENTRY,
	SIGNER_JOURNAL_END,
	SIGNER_OCSP,
	SIGNER_OCSP_DONE,
	SIGNER_INFO,
	SIGNER_INFO_DONE,
	SIGNER_EPOCH,
	SIGNER_EPOCH_DONE,
	SIGNER_RENEW,
	SIGNER_RENEW_DONE,
	SIGNER_PAGE_ORDER,
	SIGNER_PAGE_ORDER_DONE,
	SIGNER_MESSAGE_MAX_
};

/* ISSUE: `values` is owned (signer_issue_clear). */
struct signer_issue_msg {
	struct issue_values values;
	struct audit_position at;
};
void signer_issue_pack(struct buf *b, const struct issue_values *values,
    const struct audit_position *at);
ATTR_MUST_USE enum err signer_issue_unpack(
    struct slice body, struct signer_issue_msg *out, struct errinfo *ei);
void signer_issue_clear(struct signer_issue_msg *m);

struct signer_issued {
	uint64_t number; /* in the journal */
	int64_t time;    /* when it was journaled, UTC seconds */
	bool replay;     /* it had been issued before this question */
	uint8_t request[VALUES_DIGEST_SIZE];
	struct slice cert;
};
void signer_issued_pack(struct buf *b, const struct signer_issued *m);
ATTR_MUST_USE enum err signer_issued_unpack(
    struct slice body, struct signer_issued *out, struct errinfo *ei);

struct signer_find {
	uint8_t idem[VALUES_IDEM_SIZE];
};
void signer_find_pack(struct buf *b, const struct signer_find *m);
ATTR_MUST_USE enum err signer_find_unpack(
    struct slice body, struct signer_find *out, struct errinfo *ei);

/* CRL: the entries are in the memfd that comes with it. */
struct signer_crl {
	uint64_t number;
	int64_t this_update;
	int64_t next_update;
	struct audit_position at;
	struct crl_shard shard; /* all zero: the full list */
	/* Of a delta too the entries are those of the whole list. */
};
void signer_crl_pack(struct buf *b, const struct signer_crl *m);
ATTR_MUST_USE enum err signer_crl_unpack(
    struct slice body, struct signer_crl *out, struct errinfo *ei);

/* CRL_DONE: the CRL is what stands in front, the entries, and what stands
 * behind.  The entries are those that came; of a delta those in the memfd that
 * comes with this. */
struct signer_crl_done {
	uint64_t journal_number; /* of the record that tells of it */
	uint8_t sha256[32];      /* of what is signed, as there */
	struct slice front;
	struct slice back;
	struct slice entries; /* of a delta; not in the message itself */
};
void signer_crl_done_pack(struct buf *b, const struct signer_crl_done *m);
ATTR_MUST_USE enum err signer_crl_done_unpack(
    struct slice body, struct signer_crl_done *out, struct errinfo *ei);

/* JOURNAL: the records numbered above `after`, at most `limit`. */
struct signer_journal {
	uint64_t after;
	uint32_t limit; /* 1..SIGNER_JOURNAL_PAGE_MAX */
};
void signer_journal_pack(struct buf *b, const struct signer_journal *m);
ATTR_MUST_USE enum err signer_journal_unpack(
    struct slice body, struct signer_journal *out, struct errinfo *ei);

/* The kinds of a journal record; the file and the message use the same. */
enum journal_type {
	JOURNAL_NONE,
	JOURNAL_OPEN,    /* a signer started on it */
	JOURNAL_ISSUE,   /* a certificate */
	JOURNAL_CRL,     /* a CRL, and what it revoked newly */
	JOURNAL_RELEASE, /* a serial may leave the CRL */
	JOURNAL_CEILING, /* a ceiling changed */
	JOURNAL_EPOCH,   /* the database was put back; its audit goes on */
	JOURNAL_TYPE_MAX_
};

struct signer_journal_entry {
	uint64_t number;
	enum journal_type type;
	int64_t time;
	/* ISSUE and CRL; EPOCH: the new chain's first record */
	struct audit_position at;
	/* EPOCH: where the old chain ends in the database that was put back */
	struct audit_position previous;
	/* ISSUE */
	uint8_t idem[VALUES_IDEM_SIZE];
	uint8_t request[VALUES_DIGEST_SIZE];
	char profile[PROFILE_NAME_SIZE];
	struct slice cert;
	struct slice note; /* the asker's */
	/* CRL */
	uint64_t crl_number;
	int64_t this_update;
	int64_t next_update;
	uint8_t crl_sha256[32];
};
void signer_journal_entry_pack(
    struct buf *b, const struct signer_journal_entry *m);
ATTR_MUST_USE enum err signer_journal_entry_unpack(
    struct slice body, struct signer_journal_entry *out, struct errinfo *ei);

struct signer_journal_end {
	uint64_t last; /* number of the journal's last record */
};
void signer_journal_end_pack(struct buf *b, const struct signer_journal_end *m);
ATTR_MUST_USE enum err signer_journal_end_unpack(
    struct slice body, struct signer_journal_end *out, struct errinfo *ei);

/*
 * EPOCH: a database that was put back begins a new audit chain; what the
 * journal has said until now about the old one beyond `previous` is not to be
 * found there any more.  The payload of the journal's record is the same.
 */
struct signer_epoch {
	struct audit_position previous; /* number 0: of nothing */
	struct audit_position at;       /* number 1 of another writer */
};
void signer_epoch_pack(struct buf *b, const struct signer_epoch *m);
ATTR_MUST_USE enum err signer_epoch_unpack(
    struct slice body, struct signer_epoch *out, struct errinfo *ei);

/* EPOCH_DONE: the number of its record in the journal. */
struct signer_epoch_done {
	uint64_t number;
};
void signer_epoch_done_pack(struct buf *b, const struct signer_epoch_done *m);
ATTR_MUST_USE enum err signer_epoch_done_unpack(
    struct slice body, struct signer_epoch_done *out, struct errinfo *ei);

/* RENEW: a new certificate for an OCSP key.  RENEW_DONE has no body. */
struct signer_renew {
	struct slice cert;
};
void signer_renew_pack(struct buf *b, const struct signer_renew *m);
ATTR_MUST_USE enum err signer_renew_unpack(
    struct slice body, struct signer_renew *out, struct errinfo *ei);

/*
 * OCSP: what to say about each certificate.  The signer itself checks the
 * issuer hashes against its CA, sets producedAt and builds the bytes.
 */
enum signer_ocsp_status {
	SIGNER_OCSP_GOOD,
	SIGNER_OCSP_REVOKED,
	SIGNER_OCSP_UNKNOWN,
	SIGNER_OCSP_STATUS_MAX_
};

struct signer_ocsp_single {
	enum hash_alg hash;
	uint8_t issuer_name_hash[64];
	uint8_t issuer_key_hash[64];      /* both hash_size(hash) bytes */
	uint8_t serial[SERIAL_BYTES_MAX]; /* INTEGER content octets */
	size_t serial_len;
	enum signer_ocsp_status status;
	int64_t revoked_at; /* SIGNER_OCSP_REVOKED only */
	int reason;         /* CRLReason, or -1 */
	int64_t this_update;
	int64_t next_update;
};

struct signer_ocsp {
	struct signer_ocsp_single singles[OCSP_SINGLES_MAX];
	size_t num_singles;
	uint8_t nonce[OCSP_NONCE_MAX];
	size_t nonce_len; /* 0: none */
};
void signer_ocsp_pack(struct buf *b, const struct signer_ocsp *m);
ATTR_MUST_USE enum err signer_ocsp_unpack(
    struct slice body, struct signer_ocsp *out, struct errinfo *ei);

struct signer_ocsp_done {
	struct slice response; /* whole OCSPResponse */
};
void signer_ocsp_done_pack(struct buf *b, const struct signer_ocsp_done *m);
ATTR_MUST_USE enum err signer_ocsp_done_unpack(
    struct slice body, struct signer_ocsp_done *out, struct errinfo *ei);

/*
 * PAGE_ORDER: what an agent is to do; the signer itself says whose pages these
 * are, draws the nonce, sets the times, and builds the bytes.  `order` has
 * everything but origin, nonce and times; unpacked, it borrows from the body.
 */
void signer_page_order_pack(struct buf *b, const struct page_order *order);
ATTR_MUST_USE enum err signer_page_order_unpack(
    struct slice body, struct page_order *out, struct errinfo *ei);

struct signer_page_order_done {
	struct slice order; /* whole */
	int64_t not_after;
};
void signer_page_order_done_pack(
    struct buf *b, const struct signer_page_order_done *m);
ATTR_MUST_USE enum err signer_page_order_done_unpack(
    struct slice body, struct signer_page_order_done *out, struct errinfo *ei);

/* INFO_DONE: what the signer is.  Fixed size apart from the two owned
 * buffers. */
struct signer_info_profile {
	char name[PROFILE_NAME_SIZE];
	uint8_t sha256[32];
	uint64_t ceiling; /* per 24 hours */
	uint64_t used;    /* in the last 24 hours */
};

struct signer_info {
	char name[HELLO_NAME_SIZE];
	bool ready; /* it has its CA certificate */
	bool ocsp;  /* an OCSP-only key */
	enum key_alg key_alg;
	uint64_t journal_number; /* of the last record */
	int64_t journal_time;
	uint8_t journal_hash[32];
	uint64_t crl_number;         /* of the last CRL; 0 none */
	unsigned crl_shards;         /* for new certificates; 1: none */
	int64_t crl_delta_sec;       /* a delta's life; 0: none are made */
	int64_t now;                 /* its clock */
	char key_rule[ERRINFO_RULE]; /* why the key does not sign, or "" */
	struct signer_info_profile profiles[SIGNER_PROFILES_MAX];
	size_t num_profiles;
	uint8_t *spki; /* owned */
	size_t spki_len;
	uint8_t *cert; /* owned; the CA's (or responder's); may be empty */
	size_t cert_len;
};
void signer_info_init(struct signer_info *i);
void signer_info_clear(struct signer_info *i);
void signer_info_pack(struct buf *b, const struct signer_info *i);
ATTR_MUST_USE enum err signer_info_unpack(
    struct slice body, struct signer_info *out, struct errinfo *ei);

#endif
