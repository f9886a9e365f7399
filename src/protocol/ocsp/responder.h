/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROTOCOL_OCSP_RESPONDER_H
#define SURGUCH_PROTOCOL_OCSP_RESPONDER_H
/*
 * The OCSP responder over HTTP (RFC 6960 appendix A): POST with the request
 * as body, GET with it in base64 in the path.  Answers are made by the CA's
 * delegated OCSP signer from what the database says at that moment; what was
 * never issued is "unknown", never "good".
 *
 * An answer about one certificate without a nonce is kept for
 * OCSP_KEPT_SEC and then made anew for whoever asks; it goes out from the
 * server's loop, with the headers of RFC 5019 6.2.  It is dropped when the
 * certificate is revoked.  "unknown" is never kept, since the certificate may
 * be issued in a moment.
 */
#include <stdatomic.h>

#include "http/router.h"
#include "protocol/ocsp/cache.h"

struct ca;
struct responder;

enum {
	/* How long a client may keep an answer (nextUpdate). */
	OCSP_LIFE_SEC = 600,
	/* We give it out for the first half, and HTTP caches may keep it for
	 * the other: nobody gets one that has ended. */
	OCSP_KEPT_SEC = OCSP_LIFE_SEC / 2,
};

/* ca is borrowed; cache_bytes: at most so much memory for answers, 0 keeps
 * none. */
ATTR_MUST_USE enum err responder_new(struct ca *ca, size_t cache_bytes,
    struct responder **out, struct errinfo *ei);
void responder_free(struct responder *r); /* NULL is fine */

/* Since the start.  An answer about several certificates counts once. */
struct responder_counts {
	atomic_uint_fast64_t kept;    /* from the cache */
	atomic_uint_fast64_t made;    /* signed for whoever asked */
	atomic_uint_fast64_t refused; /* an unsigned error */
};
const struct responder_counts *responder_counts(const struct responder *r);
struct ocsp_cache_use responder_cache_use(struct responder *r);

/* Routes with {ca}; GET with {request*}.  arg: struct public_files *, see
 * protocol/crl/files.h. */
http_handler ocsp_post, ocsp_get;
http_quick ocsp_post_kept, ocsp_get_kept;

#endif
