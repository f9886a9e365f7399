/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_CLIENT_PRIV_H
#define SURGUCH_SIGNER_CLIENT_PRIV_H
/* Shared by the files of the asking side. */
#include "signer/client.h"

struct client_question {
	uint16_t type;
	uint16_t want; /* the type of the answer */
	struct slice body;
};

/* Ask one thing that has one answer: its body replaces what is in the buf. */
ATTR_MUST_USE enum err client_exchange(struct signer_client *c,
    const struct client_question *q, struct buf *answer, struct errinfo *ei);

#endif
