/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/ca_identity.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "x509/cert.h"
#include "x509/ext.h"

static enum err
set_name(struct ca_identity *ca, const char *name, enum sig_alg sig_alg,
    struct errinfo *ei)
{
	if (name == NULL || name[0] == '\0' || strlen(name) >= CA_NAME_SIZE) {
		return err_set(ei, ERR_FORMAT, "ca.name", NULL,
		    "the CA's name has 1 to %d characters", CA_NAME_SIZE - 1);
	}
	if (sig_alg <= SIG_NONE || sig_alg >= SIG_ALG_MAX_) {
		return err_set(ei, ERR_FORMAT, "ca.sig_alg", NULL,
		    "the CA has no signature algorithm");
	}
	(void)snprintf(ca->name, sizeof(ca->name), "%s", name);
	ca->sig_alg = sig_alg;
	return ERR_OK;
}

enum err
ca_identity_init_self(struct ca_identity *ca, const char *name,
    enum sig_alg sig_alg, struct errinfo *ei)
{
	memset(ca, 0, sizeof(*ca));
	ca->self = true;
	ca->path_len = -1;
	return set_name(ca, name, sig_alg, ei);
}

/* The key of the certificate can make this signature. */
static enum err
check_key(const struct cert *cert, enum sig_alg sig_alg, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err = pubkey_parse(cert_spki(cert), &key, ei);

	if (err != ERR_OK) {
		return err;
	}
	if (!sig_alg_fits(sig_alg, pubkey_alg(key))) {
		err = err_set(ei, ERR_POLICY, "ca.sig_alg", NULL,
		    "a key %s cannot make signatures %s",
		    key_alg_name(pubkey_alg(key)), sig_alg_name(sig_alg));
	}
	pubkey_free(key);
	return err;
}

static enum err
take_extensions(
    struct ca_identity *ca, const struct ext_list *exts, struct errinfo *ei)
{
	const struct ext *basic = ext_find(exts, EXT_BASIC_CONSTRAINTS);
	const struct ext *ski = ext_find(exts, EXT_SKI);

	if (basic == NULL || !basic->u.basic.ca) {
		return err_set(ei, ERR_POLICY, "ca.not_ca", "RFC 5280 4.2.1.9",
		    "the certificate is not a CA's");
	}
	if (!ext_has_key_usage(exts, KU_CERT_SIGN | KU_CRL_SIGN)) {
		return err_set(ei, ERR_POLICY, "ca.key_usage",
		    "RFC 5280 4.2.1.3",
		    "the CA's certificate does not allow it to sign "
		    "certificates and CRLs: it needs keyCertSign and cRLSign");
	}
	if (ski == NULL || ski->u.octets.len == 0 ||
	    ski->u.octets.len > sizeof(ca->key_id)) {
		return err_set(ei, ERR_POLICY, "ca.ski", "RFC 5280 4.2.1.2",
		    "the CA's certificate has no usable subject key id");
	}
	memcpy(ca->key_id, ski->u.octets.p, ski->u.octets.len);
	ca->key_id_len = ski->u.octets.len;
	ca->path_len = basic->u.basic.path_len > INT16_MAX
			   ? INT16_MAX
			   : (int)basic->u.basic.path_len;
	return ERR_OK;
}

static enum err
take_cert(struct ca_identity *ca, const struct cert *cert, struct errinfo *ei)
{
	struct slice subject = cert_subject_der(cert);
	struct slice der = cert_der(cert);
	struct slice spki = cert_spki(cert);

	ca->subject = slice_dup(subject);
	ca->cert = slice_dup(der);
	ca->spki = slice_dup(spki);
	if (ca->subject == NULL || ca->cert == NULL || ca->spki == NULL) {
		return err_nomem(ei);
	}
	ca->spki_len = spki.len;
	ca->subject_len = subject.len;
	ca->cert_len = der.len;
	ca->not_before = cert_not_before(cert);
	ca->not_after = cert_not_after(cert);
	return take_extensions(ca, cert_exts(cert), ei);
}

enum err
ca_identity_init(struct ca_identity *ca, const char *name,
    struct slice cert_der_in, enum sig_alg sig_alg, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err err;

	memset(ca, 0, sizeof(*ca));
	err = set_name(ca, name, sig_alg, ei);
	if (err == ERR_OK) {
		err = cert_parse(cert_der_in, &cert, ei);
	}
	if (err == ERR_OK) {
		err = check_key(cert, sig_alg, ei);
	}
	if (err == ERR_OK) {
		err = take_cert(ca, cert, ei);
	}
	if (err != ERR_OK) {
		ca_identity_clear(ca);
	}
	cert_free(cert);
	return err;
}

static void
urls_clear(struct ca_urls *urls)
{
	for (size_t i = 0; i < urls->num; i++) {
		free(urls->at[i]);
	}
	urls->num = 0;
}

void
ca_identity_clear(struct ca_identity *ca)
{
	free(ca->cert);
	free(ca->subject);
	free(ca->spki);
	urls_clear(&ca->crl_urls);
	urls_clear(&ca->ca_issuers_urls);
	urls_clear(&ca->ocsp_urls);
	memset(ca, 0, sizeof(*ca));
}

/* Skips "http://" or "https://"; NULL when it is neither. */
static const char *
behind_scheme(const char *url)
{
	static const char *const schemes[] = {"http://", "https://"};

	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		if (strncmp(url, schemes[i], strlen(schemes[i])) == 0) {
			return url + strlen(schemes[i]);
		}
	}
	return NULL;
}

static enum err
add_url(struct ca_urls *urls, const char *url, struct errinfo *ei)
{
	const char *host = url != NULL ? behind_scheme(url) : NULL;
	bool good = host != NULL && strlen(url) <= CA_URL_LEN_MAX &&
		    host[0] != '\0' && strchr("/:?#", host[0]) == NULL;
	char *copy;

	for (const char *c = host; good && *c != '\0'; c++) {
		good = *c > ' ' && (unsigned char)*c <= 0x7e &&
		       strchr("\"<>\\^`{|}", *c) == NULL;
	}
	if (!good) {
		return err_set(ei, ERR_FORMAT, "ca.url", NULL,
		    "an address is http:// or https://, a host, and visible "
		    "ASCII, up to %d characters",
		    CA_URL_LEN_MAX);
	}
	if (urls->num == CA_URLS_MAX) {
		return err_set(ei, ERR_LIMIT, "ca.urls", NULL,
		    "there are more than %d addresses of one kind",
		    CA_URLS_MAX);
	}
	copy = slice_dup_str(slice_str(url));
	if (copy == NULL) {
		return err_nomem(ei);
	}
	urls->at[urls->num++] = copy;
	return ERR_OK;
}

enum err
ca_identity_add_crl_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei)
{
	return add_url(&ca->crl_urls, url, ei);
}

/* Can the addresses of other lists than the full one be told from its own? */
static enum err
check_crl_urls(const struct ca_identity *ca, struct errinfo *ei)
{
	struct crl_shard longest = {
	    .index = 0, .count = CRL_SHARDS_MAX, .delta = true};
	char url[CA_SHARD_URL_SIZE];

	for (size_t i = 0; i < ca->crl_urls.num; i++) {
		if (!crl_shard_url(
			ca->crl_urls.at[i], longest, url, sizeof(url))) {
			return err_set(ei, ERR_FORMAT, "ca.url", NULL,
			    "the address of a list that has shards or deltas "
			    "ends in .crl; %.256s does not",
			    ca->crl_urls.at[i]);
		}
	}
	return ERR_OK;
}

enum err
ca_identity_set_crl_shards(
    struct ca_identity *ca, unsigned num, struct errinfo *ei)
{
	struct crl_shard first = {.index = 0, .count = num};
	enum err e = ERR_OK;

	if (!crl_shard_ok(first)) {
		return err_set(ei, ERR_LIMIT, "ca.shards", NULL,
		    "a revocation list is cut into at most %d shards",
		    CRL_SHARDS_MAX);
	}
	if (num > 1) {
		e = check_crl_urls(ca, ei);
	}
	if (e == ERR_OK) {
		ca->crl_shards = num;
	}
	return e;
}

enum err
ca_identity_set_crl_deltas(struct ca_identity *ca, struct errinfo *ei)
{
	enum err e = check_crl_urls(ca, ei);

	if (e == ERR_OK) {
		ca->crl_deltas = true;
	}
	return e;
}

void
ca_identity_crl_url(const struct ca_identity *ca, size_t i,
    struct crl_shard shard, char out[CA_SHARD_URL_SIZE])
{
	const char *full = ca->crl_urls.at[i];
	size_t len = strlen(full);

	ensure(i < ca->crl_urls.num && len < CA_SHARD_URL_SIZE);
	if (!crl_shard_url(full, shard, out, CA_SHARD_URL_SIZE)) {
		memcpy(out, full, len + 1);
	}
}

enum err
ca_identity_add_ca_issuers_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei)
{
	return add_url(&ca->ca_issuers_urls, url, ei);
}

enum err
ca_identity_add_ocsp_url(
    struct ca_identity *ca, const char *url, struct errinfo *ei)
{
	return add_url(&ca->ocsp_urls, url, ei);
}

struct slice
ca_identity_cert(const struct ca_identity *ca)
{
	return slice_make(ca->cert, ca->cert_len);
}

struct slice
ca_identity_subject(const struct ca_identity *ca)
{
	return slice_make(ca->subject, ca->subject_len);
}

struct slice
ca_identity_spki(const struct ca_identity *ca)
{
	return slice_make(ca->spki, ca->spki_len);
}

struct slice
ca_identity_key_id(const struct ca_identity *ca)
{
	return slice_make(ca->key_id, ca->key_id_len);
}

enum err
key_id_of(struct slice key_bits, uint8_t out[KEY_ID_SIZE], struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	enum err err = hash_of(HASH_SHA1, key_bits, digest, ei);

	if (err == ERR_OK) {
		memcpy(out, digest, KEY_ID_SIZE);
	}
	return err;
}
