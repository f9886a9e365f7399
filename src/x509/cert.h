/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_CERT_H
#define SURGUCH_X509_CERT_H
/*
 * X.509 certificates (RFC 5280 4.1), read strictly into typed fields.  Form
 * only: whether a certificate is good for something is for profile/lint.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct alg_id;
struct cert;
struct ext_list;
struct name;
struct pubkey;
struct spki;

/*
 * Consumes the whole input or fails; on failure *out is untouched.  The
 * result holds its own copy of everything.  The signature is not checked.
 * ERR_FORMAT: "cert.*", "name.*", "ext.*", "der.*" rules: version and
 * extensions that do not agree (RFC 5280 4.1.2.1), negative or overlong
 * serial (4.1.2.2), two unequal algorithm identifiers (4.1.1.2), an empty
 * issuer (4.1.2.4), trailing bytes.  ERR_LIMIT: CERT_BYTES_MAX and those
 * inside.  ERR_UNSUPPORTED: unique identifiers (4.1.2.8).
 */
ATTR_MUST_USE enum err cert_parse(
    struct slice der, struct cert **out, struct errinfo *ei);
/* The same for a TBSCertificate alone, before it is signed: cert_der() is
 * then empty. */
ATTR_MUST_USE enum err cert_parse_tbs(
    struct slice tbs, struct cert **out, struct errinfo *ei);
void cert_free(struct cert *c);

/* Getters borrow; the results die with the certificate. */
struct slice cert_der(const struct cert *c);
unsigned cert_version(const struct cert *c);    /* 1, 2, 3 */
struct slice cert_serial(const struct cert *c); /* INTEGER content */
const struct name *cert_subject(const struct cert *c);
const struct name *cert_issuer(const struct cert *c);
struct slice cert_subject_der(const struct cert *c); /* whole Name */
struct slice cert_issuer_der(const struct cert *c);
int64_t cert_not_before(const struct cert *c); /* UTC seconds */
int64_t cert_not_after(const struct cert *c);
uint8_t cert_not_before_tag(const struct cert *c); /* DER_UTC_TIME or
						      DER_GENERALIZED_TIME */
uint8_t cert_not_after_tag(const struct cert *c);
struct slice cert_spki(const struct cert *c); /* whole, for pubkey_parse */
const struct spki *cert_key(const struct cert *c);
const struct alg_id *cert_sig_alg(const struct cert *c);
/* NULL when there are none; the ext_ functions take that. */
const struct ext_list *cert_exts(const struct cert *c);
/* basicConstraints says cA. */
bool cert_is_ca(const struct cert *c);

/* Check the signature with this key.  ERR_CRYPTO when it does not fit,
 * ERR_UNSUPPORTED for an algorithm that we do not do. */
ATTR_MUST_USE enum err cert_verify(
    const struct cert *c, const struct pubkey *issuer_key, struct errinfo *ei);

/* The same, and RSA over SHA-1 counts (crypto/pubkey.h). */
ATTR_MUST_USE enum err cert_verify_old(
    const struct cert *c, const struct pubkey *issuer_key, struct errinfo *ei);

/* The certificate (or, parsed from a TBS alone, the TBS) again, written from
 * the typed fields. */
void cert_build(const struct cert *c, struct buf *b);
/* Lines for people. */
void cert_print(const struct cert *c, struct buf *b);

#endif
