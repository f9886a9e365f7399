/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CRL_H
#define SURGUCH_X509_CRL_H
/*
 * Certificate revocation lists (RFC 5280 5): a reader into typed fields, and
 * a writer for which entries are ready DER, so that a list of a million
 * costs a hash.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "x509/ext_types.h"

struct crl;
struct ext_list;
struct name;
struct pubkey;

/*
 * One revoked certificate.  reason is CRL_REASON_NONE when not given, and
 * invalid_from (invalidityDate, RFC 5280 5.3.2) 0.  exts is NULL unless the
 * entry has extensions beyond a plain reason code.
 */
struct crl_entry {
	struct slice serial; /* INTEGER content */
	int64_t revoked_at;
	int64_t invalid_from;
	struct ext_list *exts;
	enum crl_reason reason;
	uint8_t time_tag;
};

/* Whole input or failure, own copy, signature not checked.  ERR_FORMAT
 * ("crl.*" and below), ERR_LIMIT (CRL_BYTES_MAX). */
ATTR_MUST_USE enum err crl_parse(
    struct slice der, struct crl **out, struct errinfo *ei);
void crl_free(struct crl *c);

const struct name *crl_issuer(const struct crl *c);
struct slice crl_issuer_der(const struct crl *c);
int64_t crl_this_update(const struct crl *c);
/* False when there is no nextUpdate. */
bool crl_next_update(const struct crl *c, int64_t *out_sec);
const struct ext_list *crl_exts(const struct crl *c);
/* INTEGER content of crlNumber; empty when there is none. */
struct slice crl_number(const struct crl *c);
size_t crl_num_entries(const struct crl *c);
const struct crl_entry *crl_entry_at(const struct crl *c, size_t i);
/* By INTEGER content; NULL when it is not listed.  Linear. */
const struct crl_entry *crl_find(const struct crl *c, struct slice serial);
ATTR_MUST_USE enum err crl_verify(
    const struct crl *c, const struct pubkey *issuer_key, struct errinfo *ei);
/* The list again, written from the typed fields. */
void crl_build(const struct crl *c, struct buf *b);
void crl_print(const struct crl *c, struct buf *b);

/* --- writing --------------------------------------------------------- */

struct crl_params {
	struct slice issuer; /* whole Name */
	enum sig_alg sig_alg;
	int64_t this_update;
	int64_t next_update;
	struct slice number; /* unsigned magnitude, big-endian */
	struct slice aki;    /* issuer's key id; empty: no extension */
	struct slice exts;   /* further whole Extensions, in a row; or empty */
};

/* Append one entry; serial is INTEGER content or magnitude, positive. */
void crl_entry_put(struct buf *b, struct slice serial, int64_t revoked_at,
    enum crl_reason reason);
/* The same with the date since when it is known not to be good; 0: none. */
void crl_entry_put_since(struct buf *b, struct slice serial, int64_t revoked_at,
    enum crl_reason reason, int64_t invalid_from);
/*
 * Take one entry from a run of entries as these two write them, with no
 * allocation: *out borrows from the input.  ERR_UNSUPPORTED when it has
 * extensions other than a plain reason code and, behind it, an invalidityDate.
 */
ATTR_MUST_USE enum err crl_entry_get(
    struct slice *s, struct crl_entry *out, struct errinfo *ei);
/* Numeric order of two INTEGER contents, both positive. */
int crl_serial_cmp(struct slice a, struct slice b);
/*
 * All of a run of entries: form, and serials strictly ascending (so each
 * once): ERR_FORMAT "crl.entries.order".
 */
ATTR_MUST_USE enum err crl_entries_check(
    struct slice entries, size_t *out_num, struct errinfo *ei);
/*
 * TBSCertList from parameters, around so many bytes of ready entries, which
 * stay where they are: what stands in front of them is appended to *out_front,
 * and what stands behind to *out_back.  ERR_LIMIT when all of it would be more
 * than CRL_BYTES_MAX.
 */
ATTR_MUST_USE enum err crl_tbs_around(const struct crl_params *p,
    size_t entries_len, struct buf *out_front, struct buf *out_back,
    struct errinfo *ei);

#endif
