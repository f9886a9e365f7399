/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROTOCOL_OCSP_RESPONDER_H
#define SURGUCH_PROTOCOL_OCSP_RESPONDER_H
/*
 * The OCSP responder over HTTP (RFC 6960 appendix A): POST with the request
 * as body, GET with it in base64 in the path.  Each answer is made by the
 * CA's delegated OCSP signer from what the database says at that moment;
 * what was never issued is "unknown", never "good".
 */
#include "http/router.h"

/* arg: struct public_files *, see protocol/crl/files.h */
http_handler ocsp_post, ocsp_get;

#endif
