/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_COURIER_MSG_H
#define SURGUCH_IPC_COURIER_MSG_H
/*
 * The channel between front and courier (design 10): bodies of frames.
 *
 *   courier -> front  COURIER_HELLO    first after each start; the public key
 *                     to seal to.  Everything in flight before it is unclear
 *   front -> courier  COURIER_DELIVER  one message of the outbox
 *   courier -> front  COURIER_RESULT   one for each DELIVER, any order
 *
 * The body of a message is sealed to the courier's key with a context made of
 * outbox id, kind and address, so that a row of the database whose address was
 * changed cannot be opened.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"

enum courier_frame {
	COURIER_HELLO = 0x0301,
	COURIER_DELIVER = 0x0302,
	COURIER_RESULT = 0x0303,
};

enum courier_kind {
	COURIER_SMS = 1,
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
	COURIER_VERSION = 1,
	COURIER_KEY_SIZE = 32,
	COURIER_TO_MAX = 128, /* an e-mail address, later */
	COURIER_PROVIDER_ID_MAX = 64,
	COURIER_DETAIL_MAX = 200,
};

struct courier_hello {
	uint16_t version;
	uint8_t key[COURIER_KEY_SIZE]; /* X25519 */
	uint8_t ready;                 /* 1: a gateway is configured */
};

/*
 * expires_sec  UTC; after it the message is refused, not sent (a code that
 *              nobody can use any more); 0: never
 * sealed       crypto/seal.h of the text; see courier_seal_context()
 * Texts and slices are borrowed from the frame after unpack.
 */
struct courier_deliver {
	struct id outbox;
	enum courier_kind kind;
	char to[COURIER_TO_MAX + 1]; /* SMS: "+79161234567" */
	int64_t expires_sec;
	struct slice sealed;
};

/* detail: for operators, without the message and without the address. */
struct courier_result {
	struct id outbox;
	enum courier_outcome outcome;
	char provider_id[COURIER_PROVIDER_ID_MAX + 1];
	char detail[COURIER_DETAIL_MAX + 1];
};

/* Append the body of a frame; failures are in buf_err(). */
void courier_hello_pack(const struct courier_hello *m, struct buf *out);
void courier_deliver_pack(const struct courier_deliver *m, struct buf *out);
void courier_result_pack(const struct courier_result *m, struct buf *out);

/* The whole body or FORMAT/LIMIT "ipc.courier"; *out is untouched then. */
ATTR_MUST_USE enum err courier_hello_unpack(
    struct slice body, struct courier_hello *out, struct errinfo *ei);
ATTR_MUST_USE enum err courier_deliver_unpack(
    struct slice body, struct courier_deliver *out, struct errinfo *ei);
ATTR_MUST_USE enum err courier_result_unpack(
    struct slice body, struct courier_result *out, struct errinfo *ei);

/*
 * The context for seal_to() and seal_open(): "surguch.courier.1", outbox id,
 * kind, address.
 */
void courier_seal_context(const struct id *outbox, enum courier_kind kind,
    const char *to, struct buf *out);

const char *courier_outcome_name(enum courier_outcome outcome);

#endif
