/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_EXT_H
#define SURGUCH_X509_EXT_H
/*
 * Extensions of certificates, requests, CRLs and OCSP (RFC 5280 4.2, 5.2,
 * 5.3; order 795; facts/gost-tokens-profile.md 3.2).  Parsing decides form
 * only: DER, types, duplicates.  What a profile wants is for profile/lint.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "x509/ext_types.h"

struct ext_list;
struct pool;

/*
 * The whole Extensions SEQUENCE, at least one member (RFC 5280 4.1.2.9).
 * ERR_FORMAT: "ext.*" rules, errinfo.object names the extension; among them
 * "ext.duplicate" (RFC 5280 4.2) and "ext.critical.default" (X.690 11.5).
 * ERR_LIMIT: CERT_EXTS_MAX, EXT_VALUE_MAX and the limits inside.
 * The result owns copies of all values and keeps no DER.
 */
ATTR_MUST_USE enum err ext_list_parse(
    struct slice der_whole, struct ext_list **out, struct errinfo *ei);
/* The same into a pool: the list dies with it, ext_list_free() is not called.
 */
ATTR_MUST_USE enum err ext_list_parse_in(struct pool *pool,
    struct slice der_whole, struct ext_list **out, struct errinfo *ei);
void ext_list_free(struct ext_list *l);
/* 0 when l is NULL. */
size_t ext_list_num(const struct ext_list *l);
/* i < ext_list_num(). */
const struct ext *ext_list_at(const struct ext_list *l, size_t i);
/* NULL when there is none, or when l is NULL. */
const struct ext *ext_find(const struct ext_list *l, enum ext_kind kind);
/* Extensions SEQUENCE from the typed fields. */
void ext_list_build(const struct ext_list *l, struct buf *b);
/* One Extension from its typed fields. */
void ext_build(const struct ext *x, struct buf *b);
/* The content of extnValue alone. */
void ext_build_value(const struct ext *x, struct buf *b);
/* "keyUsage"; "unknown" of EXT_RAW. */
const char *ext_kind_name(enum ext_kind kind);
/* One line an extension, each after `indent`. */
void ext_list_print(
    const struct ext_list *l, const char *indent, struct buf *b);

/* "keyCompromise"; NULL when there is no such reason. */
const char *crl_reason_name(enum crl_reason reason);

/* True when the extension is EXT_KEY_USAGE with all these bits. */
bool ext_has_key_usage(const struct ext_list *l, uint32_t bits);
/* True when extKeyUsage lists this purpose. */
bool ext_has_purpose(const struct ext_list *l, enum oid purpose);
/* True when certificatePolicies lists this one. */
bool ext_has_policy(const struct ext_list *l, enum oid policy);

/*
 * Builders: each appends one whole Extension.  Errors are the buffer's.
 * Text goes in as UTF-8; URLs and DNS names must be ASCII already.
 */
void ext_put_key_usage(struct buf *b, bool critical, uint32_t bits);
void ext_put_ext_key_usage(
    struct buf *b, bool critical, const struct slice *oids, size_t num);
/* path_len -1: none. */
void ext_put_basic_constraints(
    struct buf *b, bool critical, bool ca, int64_t path_len);
void ext_put_ski(struct buf *b, struct slice key_id);
void ext_put_aki(struct buf *b, struct slice key_id);
/* One distribution point for each URL. */
void ext_put_crl_points(struct buf *b, const char *const *urls, size_t num);
/* The same of the delta lists (RFC 5280 4.2.1.15, 5.2.6). */
void ext_put_freshest_crl(struct buf *b, const char *const *urls, size_t num);
/* RFC 5280 5.2.5, critical: the list is the one at these addresses. */
void ext_put_idp(struct buf *b, const char *const *urls, size_t num);
/* Writes nothing when both are empty. */
void ext_put_aia(struct buf *b, const char *const *ca_issuers,
    size_t num_ca_issuers, const char *const *ocsp, size_t num_ocsp);
void ext_put_policies(struct buf *b, const struct slice *oids, size_t num);
void ext_put_subject_sign_tool(struct buf *b, const char *text);
void ext_put_issuer_sign_tool(
    struct buf *b, const char *const text[ISSUER_SIGN_TOOL_TEXTS]);
void ext_put_identification_kind(struct buf *b, uint64_t kind);
void ext_put_private_key_period(struct buf *b, int64_t from, int64_t to);
void ext_put_ocsp_no_check(struct buf *b);
void ext_put_ocsp_nonce(struct buf *b, struct slice nonce);
/* Unsigned magnitude, big-endian (RFC 5280 5.2.3). */
void ext_put_crl_number(struct buf *b, struct slice number);
/* RFC 5280 5.2.4, critical: what has changed since the list of this number. */
void ext_put_delta_crl(struct buf *b, struct slice base);
void ext_put_reason_code(struct buf *b, enum crl_reason reason);
/* RFC 5280 5.3.2. */
void ext_put_invalidity_date(struct buf *b, int64_t sec);

#endif
