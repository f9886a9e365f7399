/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROTOCOL_CRL_FILES_H
#define SURGUCH_PROTOCOL_CRL_FILES_H
/*
 * What certificates point to: CRLs, CA certificates and chains, over plain
 * HTTP (RFC 5280 4.2.1.13, 4.2.2.1).  CRLs of the CAs that we run, and of those
 * who stand above them, come from memory, the rest is read once at start from
 * the public directory.  Each has a tag, who shows it gets a 304; a list is not
 * to be kept beyond its nextUpdate, nor longer than five minutes.
 */
#include <stddef.h>

#include "base/err.h"
#include "http/router.h"

struct ca;
struct public_files;
struct responder;

/* Reads NAME.cer, NAME.p7b and NAME.crl of public_dir, and makes the OCSP
 * responder with this much memory for kept answers; ca is borrowed.
 * ERR_LIMIT above PUBLIC_FILES_MAX files. */
ATTR_MUST_USE enum err public_files_new(struct ca *ca, size_t ocsp_cache_bytes,
    struct public_files **out, struct errinfo *ei);
void public_files_free(struct public_files *p);

struct responder *public_files_responder(const struct public_files *p);

/* The routes of the public port, OCSP too; their arg is the files. */
const struct route *public_routes(size_t *out_num);

#endif
