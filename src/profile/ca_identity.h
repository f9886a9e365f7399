/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_CA_IDENTITY_H
#define SURGUCH_PROFILE_CA_IDENTITY_H
/*
 * The CA as certificates mention it: its name byte for byte, its key id, how
 * long it lives, and the addresses of its CRL, certificate and OCSP.  Loaded
 * once by the signer from the CA's own certificate and settings; immutable
 * while a template made from it lives.
 *
 * Before a root has a certificate there is only its signature algorithm:
 * ca_identity_init_self() makes such an identity, and only profiles with
 * self_signed = true work with it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"
#include "x509/crl_shard.h"

enum {
	CA_NAME_SIZE = 64,
	KEY_ID_SIZE = 20
};

struct ca_urls {
	char *at[CA_URLS_MAX]; /* owned */
	size_t num;
};

struct ca_identity {
	char name[CA_NAME_SIZE];
	bool self; /* no certificate yet: it will sign itself */
	enum sig_alg sig_alg;
	uint8_t *cert; /* owned DER; NULL when self */
	size_t cert_len;
	uint8_t *subject; /* owned DER of the Name */
	size_t subject_len;
	uint8_t *spki; /* owned; whole SubjectPublicKeyInfo */
	size_t spki_len;
	uint8_t key_id[64]; /* subjectKeyIdentifier of the CA */
	size_t key_id_len;
	int64_t not_before;
	int64_t not_after;
	int path_len;            /* -1: not limited */
	struct ca_urls crl_urls; /* of the full list */
	unsigned crl_shards; /* into which new certificates go; 0, 1: none */
	bool crl_deltas;     /* beside each list, and named */
	struct ca_urls ca_issuers_urls;
	struct ca_urls ocsp_urls;
};

/*
 * From the CA's certificate.  Refused: not a CA (ERR_POLICY "ca.not_ca"), no
 * keyCertSign or cRLSign ("ca.key_usage"), no subjectKeyIdentifier ("ca.ski"),
 * a signature algorithm that its key cannot make ("ca.sig_alg").
 */
ATTR_MUST_USE enum err ca_identity_init(struct ca_identity *ca,
    const char *name, struct slice cert_der, enum sig_alg sig_alg,
    struct errinfo *ei);
ATTR_MUST_USE enum err ca_identity_init_self(struct ca_identity *ca,
    const char *name, enum sig_alg sig_alg, struct errinfo *ei);
void ca_identity_clear(struct ca_identity *ca);

/* http:// or https:// and a host, printable ASCII without spaces, up to
 * CA_URL_LEN_MAX: else ERR_FORMAT "ca.url".  Copies. */
ATTR_MUST_USE enum err ca_identity_add_crl_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei);
/* After the addresses, which must end in ".crl" if num > 1: ERR_FORMAT
 * "ca.url", ERR_LIMIT "ca.shards" above CRL_SHARDS_MAX. */
ATTR_MUST_USE enum err ca_identity_set_crl_shards(
    struct ca_identity *ca, unsigned num, struct errinfo *ei);
/* After the addresses, which must end in ".crl": ERR_FORMAT "ca.url". */
ATTR_MUST_USE enum err ca_identity_set_crl_deltas(
    struct ca_identity *ca, struct errinfo *ei);
enum {
	CA_SHARD_URL_SIZE = CA_URL_LEN_MAX + CRL_SHARD_TEXT_SIZE
};
/* Where the list of a shard is, or its delta; i < crl_urls.num. */
void ca_identity_crl_url(const struct ca_identity *ca, size_t i,
    struct crl_shard shard, char out[CA_SHARD_URL_SIZE]);
ATTR_MUST_USE enum err ca_identity_add_ca_issuers_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei);
ATTR_MUST_USE enum err ca_identity_add_ocsp_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei);

struct slice ca_identity_cert(const struct ca_identity *ca);
struct slice ca_identity_subject(const struct ca_identity *ca);
struct slice ca_identity_spki(const struct ca_identity *ca);
struct slice ca_identity_key_id(const struct ca_identity *ca);

/*
 * The key identifier that our certificates carry, for the subject's key and
 * for the CA's when it signs itself: SHA-1 of the BIT STRING's content
 * without tag, length and unused bits (RFC 5280 4.2.1.2 (1)).  It only finds
 * a key and protects nothing, and method (1) is what every other
 * implementation computes when it looks a key up.
 */
ATTR_MUST_USE enum err key_id_of(
    struct slice key_bits, uint8_t out[KEY_ID_SIZE], struct errinfo *ei);

#endif
