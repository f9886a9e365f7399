/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_COURIER_MSG_H
#define SURGUCH_IPC_COURIER_MSG_H
/*
 * The channel between front and courier (design 10): bodies of frames, after
 * the common hello (ipc/hello.h).
 *
 *   courier -> front  COURIER_KEY      behind each hello of courier's: the
 *                     public key to seal to
 *   courier -> front  COURIER_ROUTES   behind each COURIER_KEY, and when one
 *                     began or ended to cool down: its ways out
 *   front -> courier  COURIER_DELIVER  one message of the outbox; the frame's
 *                     id is front's choice
 *   courier -> front  COURIER_RESULT   one for each DELIVER, with its id, in
 *                     any order
 *
 * When courier says hello with id 0 it has just started: every DELIVER before
 * it that has no RESULT is unclear.
 *
 * The body of a message is sealed to the courier's key with a context made of
 * outbox id, kind and address, so that a row of the database whose address was
 * changed cannot be opened.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "ipc/hello.h"

enum courier_frame {
	COURIER_KEY = MSG_CHANNEL_FIRST,
	COURIER_DELIVER,
	COURIER_RESULT,
	COURIER_ROUTES,
};

enum courier_kind {
	COURIER_SMS = 1,
	COURIER_MAIL,
	COURIER_KIND_MAX_
};

enum courier_outcome {
	COURIER_DELIVERED = 1, /* the gateway took it */
	COURIER_RETRY,         /* certainly not sent; may be tried again */
	COURIER_UNCLEAR,       /* perhaps sent; never retried by itself */
	COURIER_REFUSED,       /* will not work again either */
	COURIER_OUTCOME_MAX_
};

enum {
	COURIER_KEY_SIZE = 32,
	COURIER_TO_MAX = 254, /* an e-mail address */
	COURIER_PROVIDER_ID_MAX = 64,
	COURIER_ROUTE_MAX = 63,   /* a way's name in courier.conf */
	COURIER_PATTERNS_MAX = 8, /* of one kind */
	COURIER_PATTERN_MAX = 127,
	COURIER_REPORT_MAX = 63, /* msg_..., a dot, 22 characters */
	COURIER_AVOID_MAX = 511, /* names of ways with a space between */
	COURIER_DETAIL_MAX = ERRINFO_TEXT - 1,
};

struct courier_key {
	uint8_t key[COURIER_KEY_SIZE]; /* X25519 */
	bool ready;                    /* a gateway is configured */
	bool mail;                     /* a mail server is */
};

/*
 * expires_sec  UTC; after it the message is refused, not sent (a code that
 *              nobody can use any more); 0: never
 * report       what a report of delivery shows: the message's id, a dot, a
 *              secret; "": nobody waits for one
 * avoid        ways that had it and did not deliver it, "main spare"
 * sealed       crypto/seal.h of the text (of a mail: the subject, a line end,
 *              the body); see courier_seal_context()
 * Texts and slices are borrowed from the frame after unpack.
 */
struct courier_deliver {
	struct id outbox;
	enum courier_kind kind;
	char to[COURIER_TO_MAX + 1]; /* "+79161234567" or "a@example.ru" */
	int64_t expires_sec;
	char report[COURIER_REPORT_MAX + 1];
	char avoid[COURIER_AVOID_MAX + 1];
	struct slice sealed;
};

/* The name of the way that mail takes, beside the gateways'. */
#define COURIER_MAIL_ROUTE "mail"

/* One way that was asked. */
struct courier_try {
	char route[COURIER_ROUTE_MAX + 1];
	enum courier_outcome outcome;
};

/*
 * route   which way took it, or may have; "" when none did
 * parts   of that SMS, which were paid for; 0 when none was sent
 * cost    of them, in hundredths of the currency's unit
 * tries   every way that was asked, in order
 * detail  what the ways that did not take it said: for operators, without the
 *         message and without the address
 */
struct courier_result {
	struct id outbox;
	enum courier_outcome outcome;
	char route[COURIER_ROUTE_MAX + 1];
	uint32_t parts;
	int64_t cost;
	struct courier_try tries[COURIER_ROUTES_MAX];
	size_t num_tries;
	char provider_id[COURIER_PROVIDER_ID_MAX + 1];
	char detail[COURIER_DETAIL_MAX + 1];
};

/*
 * One way out, and what its reports of delivery look like (base/pattern.h).
 * Without patterns for a failure it sends none.
 * cool_until  UTC; until then it is asked last, because it failed; 0: it works
 */
struct courier_route {
	char name[COURIER_ROUTE_MAX + 1];
	char delivered[COURIER_PATTERNS_MAX][COURIER_PATTERN_MAX + 1];
	size_t num_delivered;
	char failed[COURIER_PATTERNS_MAX][COURIER_PATTERN_MAX + 1];
	size_t num_failed;
	int64_t cool_until;
};

struct courier_routes {
	struct courier_route at[COURIER_ROUTES_MAX];
	size_t num;
};

/* Append the body of a frame; failures are in buf_err(). */
void courier_key_pack(const struct courier_key *m, struct buf *out);
void courier_deliver_pack(const struct courier_deliver *m, struct buf *out);
void courier_result_pack(const struct courier_result *m, struct buf *out);
void courier_routes_pack(const struct courier_routes *m, struct buf *out);

/* The whole body or FORMAT "wire.message"; *out is untouched then. */
ATTR_MUST_USE enum err courier_key_unpack(
    struct slice body, struct courier_key *out, struct errinfo *ei);
ATTR_MUST_USE enum err courier_deliver_unpack(
    struct slice body, struct courier_deliver *out, struct errinfo *ei);
ATTR_MUST_USE enum err courier_result_unpack(
    struct slice body, struct courier_result *out, struct errinfo *ei);
ATTR_MUST_USE enum err courier_routes_unpack(
    struct slice body, struct courier_routes *out, struct errinfo *ei);

/*
 * The context for seal_to() and seal_open(): "surguch.courier.1", outbox id,
 * kind, address.
 */
void courier_seal_context(const struct id *outbox, enum courier_kind kind,
    const char *to, struct buf *out);

const char *courier_outcome_name(enum courier_outcome outcome);

#endif
