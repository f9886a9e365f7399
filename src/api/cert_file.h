/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_CERT_FILE_H
#define SURGUCH_API_CERT_FILE_H
/* A certificate as a file: DER, PEM, or with its chain as PKCS#7 (A14); and
 * what is known of it, in JSON. */
#include "api/call.h"

struct certificate;

enum {
	CERT_FILE_CHAIN_MAX = 16
};

/* Sends the first of these (num is not 0), or as p7b all of them, in the
 * format that the path's {format} names: der, pem, p7b.  stem: of the file's
 * name. */
ATTR_MUST_USE enum err certs_send_file(
    struct call *c, const char *stem, const struct slice *certs, size_t num);

/* A certificate with its chain. */
ATTR_MUST_USE enum err certificate_send_file(
    struct call *c, const struct certificate *cert);
/* Sends its dates, serial and status. */
ATTR_MUST_USE enum err certificate_send(
    struct call *c, const struct certificate *cert);

#endif
