/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_OCSP_H
#define SURGUCH_X509_OCSP_H
/*
 * OCSP (RFC 6960): requests read, responses written and read.
 * Signatures of requests (RFC 6960 4.1.2, optional) are kept and not checked.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "x509/ext_types.h"

struct ext_list;
struct ocsp_request;
struct ocsp_response;
struct pubkey;

/* RFC 6960 4.1.1.  hash_alg is the whole AlgorithmIdentifier. */
struct ocsp_cert_id {
	struct slice hash_alg;
	enum oid hash_oid;
	struct slice issuer_name_hash;
	struct slice issuer_key_hash;
	struct slice serial; /* INTEGER content */
};

/* --- requests -------------------------------------------------------- */

/* ERR_FORMAT "ocsp.*", ERR_LIMIT (OCSP_REQUEST_BYTES_MAX,
 * OCSP_SINGLES_MAX, OCSP_NONCE_MAX). */
ATTR_MUST_USE enum err ocsp_request_parse(
    struct slice der, struct ocsp_request **out, struct errinfo *ei);
void ocsp_request_free(struct ocsp_request *r);
size_t ocsp_request_num(const struct ocsp_request *r);
const struct ocsp_cert_id *ocsp_request_cert_id(
    const struct ocsp_request *r, size_t i);
/* Empty when there is none. */
struct slice ocsp_request_nonce(const struct ocsp_request *r);
/*
 * A request for one certificate with nothing else in it: no extension, no
 * requestor, no signature, and a hash that is ours (RFC 5019 2.1.1 asks
 * clients for it).  Borrows from der.  False for all others, right or wrong.
 */
struct ocsp_plain {
	enum hash_alg hash;
	struct slice issuer_name_hash; /* both hash_size(hash) */
	struct slice issuer_key_hash;
	struct slice serial; /* INTEGER content, at most SERIAL_BYTES_MAX */
};
bool ocsp_plain_get(struct slice der, struct ocsp_plain *out);
/* The request again, written from the typed fields. */
void ocsp_request_rebuild(const struct ocsp_request *r, struct buf *b);

/* --- responses ------------------------------------------------------- */

/* RFC 6960 4.2.1. */
enum ocsp_response_status {
	OCSP_SUCCESSFUL = 0,
	OCSP_MALFORMED_REQUEST = 1,
	OCSP_INTERNAL_ERROR = 2,
	OCSP_TRY_LATER = 3,
	OCSP_SIG_REQUIRED = 5,
	OCSP_UNAUTHORIZED = 6,
};

enum ocsp_cert_status {
	OCSP_GOOD = 0,
	OCSP_REVOKED = 1,
	OCSP_UNKNOWN = 2,
};

struct ocsp_single {
	struct ocsp_cert_id id;
	enum ocsp_cert_status status;
	enum crl_reason reason; /* REVOKED only */
	int64_t revoked_at;     /* REVOKED only */
	int64_t this_update;
	int64_t next_update;   /* if has_next_update */
	struct ext_list *exts; /* NULL when none */
	bool has_next_update;
};

/*
 * ResponseData, appended.  The responder is named by its key: the SHA-1 of
 * its public key's bits (RFC 6960 4.2.1).  An empty nonce: no extension.
 */
void ocsp_tbs_build(struct slice responder_key_id, int64_t produced_at,
    const struct ocsp_single *singles, size_t num, struct slice nonce,
    struct buf *out_tbs);
/* A successful OCSPResponse; cert_der may be empty. */
void ocsp_assemble(struct slice tbs, enum sig_alg alg, struct slice signature,
    struct slice cert_der, struct buf *out);
/* An OCSPResponse that is only a status (not OCSP_SUCCESSFUL). */
void ocsp_error_response(enum ocsp_response_status status, struct buf *out);

ATTR_MUST_USE enum err ocsp_response_parse(
    struct slice der, struct ocsp_response **out, struct errinfo *ei);
void ocsp_response_free(struct ocsp_response *r);
enum ocsp_response_status ocsp_response_status(const struct ocsp_response *r);
/* All below only when the status is OCSP_SUCCESSFUL. */
int64_t ocsp_response_produced_at(const struct ocsp_response *r);
size_t ocsp_response_num(const struct ocsp_response *r);
const struct ocsp_single *ocsp_response_single(
    const struct ocsp_response *r, size_t i);
struct slice ocsp_response_nonce(const struct ocsp_response *r);
size_t ocsp_response_num_certs(const struct ocsp_response *r);
struct slice ocsp_response_cert(const struct ocsp_response *r, size_t i);
ATTR_MUST_USE enum err ocsp_response_verify(const struct ocsp_response *r,
    const struct pubkey *responder_key, struct errinfo *ei);
/* The response again, written from the typed fields. */
void ocsp_response_rebuild(const struct ocsp_response *r, struct buf *b);
void ocsp_response_print(const struct ocsp_response *r, struct buf *b);

#endif
