/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_CERT_STOP_H
#define SURGUCH_API_CERT_STOP_H
/*
 * An owner ends their own certificate at once: proved by a code to the phone,
 * or by the certificate's own key (api/my_certificates.c, api/stop.c).
 */
#include "api/call.h"

struct certificate;
struct otp_proof;

/* Where the owner names none. */
#define STOP_REASON_DEFAULT "unspecified"

/* A signature that asks for it; kept with the application. */
struct stop_signature {
	struct slice text;
	struct slice cms;
	uint8_t signer_sha256[32];
};

/*
 * proof      the code that is spent with it, or NULL
 * signature  or NULL
 * actor      text of the audit row
 * Sends the answer.  One that has ended already is answered alike, and nothing
 * changes.  The phone of the form is told.
 */
ATTR_MUST_USE enum err cert_stop(struct call *c, const struct certificate *cert,
    const char *reason, const char *actor, const struct otp_proof *proof,
    const struct stop_signature *signature);

/* "Иванов Иван, …0a1b2c": whose certificate, and which of several. */
ATTR_MUST_USE enum err cert_stop_what(
    struct call *c, const struct certificate *cert, struct buf *out);

#endif
