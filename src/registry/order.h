/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_ORDER_H
#define SURGUCH_REGISTRY_ORDER_H
/*
 * A direct order as the signer's journal keeps it beside the certificate: whose
 * it is, and which request is answered with it.  Whoever adopts the certificate
 * completes the order from that; the database has nothing of it before.
 *
 *	version (1), then account, operation and key, each behind its length
 *	in one byte; 32 bytes SHA-256 of the body; 16 bytes id of the person
 */
#include "base/buf.h"
#include "base/id.h"
#include "base/slice.h"
#include "registry/idem.h"

struct order {
	struct idem_request request; /* borrowed */
	struct id person;
};

/* At most VALUES_NOTE_MAX bytes. */
void order_put(const struct order *o, struct buf *out);

/* What a note says; account and operation need NUL, so they are kept here. */
struct order_text {
	char account[IDEM_ACCOUNT_MAX];
	char operation[IDEM_OPERATION_MAX];
};
/* False when the note is none of ours; *out borrows from note and text. */
bool order_get(struct slice note, struct order_text *text, struct order *out);

#endif
