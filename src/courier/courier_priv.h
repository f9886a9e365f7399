/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_COURIER_PRIV_H
#define SURGUCH_COURIER_COURIER_PRIV_H
/* Shared by courier.c and serve.c. */
#include "base/secret.h"
#include "courier/courier.h"
#include "courier/mailer.h"
#include "courier/route.h"
#include "crypto/seal.h"
#include "ipc/courier_msg.h"

struct courier {
	struct conf *conf;
	struct routes *routes;
	struct mailer *mailer; /* NULL: none is configured */
	struct clock clock;
	uint8_t pub[SEAL_KEY_SIZE];
	struct secret priv;
};

/* Open one message, send it, say what became of it.  Any thread. */
void courier_deliver(const struct courier *c, const struct courier_deliver *m,
    struct courier_result *out);

#endif
