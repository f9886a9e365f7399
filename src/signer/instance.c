/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/instance.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/pkcs11.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "profile/profile.h"
#include "profile/template.h"
#include "signer/keys.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/page_order.h"

/* --- settings and key --------------------------------------------------- */

static enum err
load_settings(
    struct instance *in, const struct instance_paths *paths, struct errinfo *ei)
{
	enum err err = file_check_trusted(paths->settings, paths->trusted, ei);

	if (err == ERR_OK) {
		err = signer_settings_load(paths->settings, &in->settings, ei);
	}
	if (err == ERR_OK && strcmp(in->settings->name, paths->name) != 0) {
		err = err_object(ei,
		    err_set(ei, ERR_CONFLICT, "signer.name", NULL,
			"These are the settings of %s, and this is signer %s.",
			in->settings->name, paths->name),
		    paths->settings);
	}
	return err;
}

static enum err
check_sig_alg(struct instance *in, struct errinfo *ei)
{
	in->sig_alg = in->settings->sig_alg;
	if (in->sig_alg == SIG_NONE) {
		in->sig_alg = key_alg_default_sig(privkey_alg(in->key));
	}
	if (!sig_alg_fits(in->sig_alg, privkey_alg(in->key))) {
		return err_set(ei, ERR_CONFLICT, "signer.signature", NULL,
		    "The settings want signatures %s, which a key %s cannot "
		    "make.",
		    sig_alg_name(in->sig_alg),
		    key_alg_name(privkey_alg(in->key)));
	}
	return ERR_OK;
}

static enum err
load_locked(struct instance *in, const char *dir, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	enum err err = keys_public(dir, &spki, ei);

	if (err == ERR_OK) {
		err = privkey_locked(buf_slice(&spki), &in->key, ei);
	}
	buf_clear(&spki);
	return err;
}

static enum err
load_key(
    struct instance *in, const struct instance_paths *paths, struct errinfo *ei)
{
	const struct signer_key *settings = &in->settings->key;
	struct secret secret = SECRET_EMPTY;
	struct keys_at at = {.dir = paths->state_dir, .settings = settings};
	enum err err = keys_module(settings, paths->trusted, &in->module, ei);

	if (err == ERR_OK) {
		at.module = in->module;
		err = keys_secret(paths->state_dir, settings,
		    paths->secret_fd != NULL ? *paths->secret_fd : -1, &secret,
		    ei);
	}
	if (err == ERR_OK) {
		err = keys_open(&at, secret_slice(&secret), &in->key, ei);
	} else if (err == ERR_AGAIN && settings->secret != SIGNER_SECRET_FILE) {
		err = load_locked(in, paths->state_dir, ei);
	}
	secret_clear(&secret);
	return err == ERR_OK ? check_sig_alg(in, ei) : err;
}

enum err
instance_unlock(struct instance *in, const char *dir, struct slice secret,
    struct errinfo *ei)
{
	const struct keys_at at = {
	    .dir = dir, .settings = &in->settings->key, .module = in->module};
	struct privkey *key = NULL;
	enum err err;

	/* Not tried unasked for: a token counts. */
	if (privkey_ready(in->key, NULL) == ERR_OK) {
		return err_set(ei, ERR_CONFLICT, "key.open", NULL,
		    "The key of %s is not locked.", in->settings->name);
	}
	err = keys_open(&at, secret, &key, ei);
	if (err == ERR_OK) {
		err = privkey_ready(key, ei);
	}
	if (err != ERR_OK) {
		privkey_free(key);
		return err;
	}
	privkey_free(in->key);
	in->key = key;
	return ERR_OK;
}

/* A certificate in the state directory; ERR_NOTFOUND when there is none. */
static enum err
load_cert(
    const char *dir, const char *name, struct cert **out, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err err;

	err = path_join(path, dir, name, ei);
	if (err == ERR_OK) {
		err = file_read(path, CERT_BYTES_MAX, &der, ei);
	}
	if (err == ERR_OK) {
		err = cert_parse(buf_slice(&der), out, ei);
	}
	buf_clear(&der);
	return err;
}

static enum err
check_own(
    const struct instance *in, const struct cert *cert, struct errinfo *ei)
{
	return privkey_matches(in->key, cert_spki(cert))
		   ? ERR_OK
		   : err_set(ei, ERR_CONFLICT, "signer.key", NULL,
			 "The certificate of signer %s is of another key.",
			 in->settings->name);
}

/* --- a CA --------------------------------------------------------------- */

static enum err
add_urls(
    struct ca_identity *ca, const struct signer_settings *s, struct errinfo *ei)
{
	enum err err = ERR_OK;

	for (size_t i = 0; i < s->crl_urls.num && err == ERR_OK; i++) {
		err = ca_identity_add_crl_url(ca, s->crl_urls.at[i], ei);
	}
	for (size_t i = 0; i < s->ca_urls.num && err == ERR_OK; i++) {
		err = ca_identity_add_ca_issuers_url(ca, s->ca_urls.at[i], ei);
	}
	for (size_t i = 0; i < s->ocsp_urls.num && err == ERR_OK; i++) {
		err = ca_identity_add_ocsp_url(ca, s->ocsp_urls.at[i], ei);
	}
	if (err == ERR_OK) {
		err = ca_identity_set_crl_shards(ca, s->crl_shards, ei);
	}
	return err == ERR_OK && s->crl_delta_sec > 0
		   ? ca_identity_set_crl_deltas(ca, ei)
		   : err;
}

static enum err
load_identity(struct instance *in, const char *dir, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err err = load_cert(dir, "ca.der", &cert, ei);

	if (err == ERR_OK) {
		err = check_own(in, cert, ei);
		if (err == ERR_OK) {
			err = ca_identity_init(&in->ca, in->settings->name,
			    cert_der(cert), in->sig_alg, ei);
		}
		in->ready = err == ERR_OK;
	} else if (err == ERR_NOTFOUND) {
		err = ca_identity_init_self(
		    &in->ca, in->settings->name, in->sig_alg, ei);
	}
	cert_free(cert);
	return err == ERR_OK ? add_urls(&in->ca, in->settings, ei) : err;
}

static enum err
load_profile(struct instance *in, const struct instance_paths *paths,
    const char *name, struct errinfo *ei)
{
	struct instance_profile p = {0};
	char file[PROFILE_NAME_SIZE + 8], path[PATH_TEXT_SIZE];
	enum err err;

	(void)snprintf(file, sizeof(file), "%s.conf", name);
	err = path_join(path, paths->profile_dir, file, ei);
	if (err == ERR_OK) {
		err = file_check_trusted(path, paths->trusted, ei);
	}
	if (err == ERR_OK) {
		err = profile_load(path, paths->accreditation, &p.profile, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (strcmp(profile_name(p.profile), name) != 0) {
		err = err_object(ei,
		    err_set(ei, ERR_CONFLICT, "signer.profile_name", NULL,
			"The file of profile %s holds %s.", name,
			profile_name(p.profile)),
		    path);
		goto out;
	}
	/* Before a root has its certificate it can do nothing but make it,
	 * and afterwards anything but that. */
	if (profile_self_signed(p.profile) != in->ca.self) {
		goto out;
	}
	err = template_new(p.profile, &in->ca, &p.template, ei);
	if (err != ERR_OK) {
		err = err_object(ei, err, path);
		goto out;
	}
	if (!signer_settings_ceiling(in->settings, name, &p.ceiling)) {
		p.ceiling = profile_ceiling(p.profile);
	}
	in->profiles[in->num_profiles++] = p;
	p = (struct instance_profile){0};
out:
	template_free(p.template);
	profile_free(p.profile);
	return err;
}

static enum err
load_ca(
    struct instance *in, const struct instance_paths *paths, struct errinfo *ei)
{
	const struct signer_settings *s = in->settings;
	enum err err;

	err = load_identity(in, paths->state_dir, ei);
	if (err == ERR_OK && s->num_profiles > 0) {
		err =
		    file_check_trusted(paths->profile_dir, paths->trusted, ei);
	}
	for (size_t i = 0; i < s->num_profiles && err == ERR_OK; i++) {
		err = load_profile(in, paths, s->profiles[i], ei);
	}
	return err;
}

/* --- the key of a service: OCSP, or page orders ------------------------- */

static enum err
hash_issuer(struct instance *in, const struct cert *issuer, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err = pubkey_parse(cert_spki(issuer), &key, ei);

	for (int h = HASH_NONE + 1; h < HASH_ALG_MAX_ && err == ERR_OK; h++) {
		struct instance_issuer *to = &in->issuer[h];

		err = hash_of((enum hash_alg)h, cert_subject_der(issuer),
		    to->name_hash, ei);
		if (err == ERR_OK) {
			err = hash_of((enum hash_alg)h,
			    pubkey_bits_content(key), to->key_hash, ei);
		}
	}
	pubkey_free(key);
	return err;
}

/* For what it is, and nothing else? */
static enum err
check_purpose(
    const struct instance *in, const struct cert *cert, struct errinfo *ei)
{
	if (in->settings->kind == SIGNER_KIND_CENTRE) {
		return page_order_is_signer(cert)
			   ? ERR_OK
			   : err_set(ei, ERR_POLICY, "signer.page_orderer",
				 NULL,
				 "The certificate of signer %s is not for "
				 "signing page orders alone.",
				 in->settings->name);
	}
	return ext_has_purpose(cert_exts(cert), OID_KP_OCSP)
		   ? ERR_OK
		   : err_set(ei, ERR_POLICY, "signer.responder",
			 "RFC 6960 4.2.2.2",
			 "The certificate of signer %s is not for signing "
			 "OCSP answers.",
			 in->settings->name);
}

/* What makes a service one that its CA has delegated (RFC 6960 4.2.2.2). */
static enum err
check_responder(const struct instance *in, const struct cert *cert,
    const struct cert *issuer, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err = check_own(in, cert, ei);

	if (err == ERR_OK) {
		err = pubkey_parse(cert_spki(issuer), &key, ei);
	}
	if (err == ERR_OK) {
		err = cert_verify(cert, key, ei);
	}
	if (err == ERR_OK) {
		err = check_purpose(in, cert, ei);
	}
	pubkey_free(key);
	return err;
}

static enum err
load_responder(struct instance *in, const char *dir, struct errinfo *ei)
{
	struct cert *cert = NULL, *issuer = NULL;
	enum err err;

	err = load_cert(dir, "cert.der", &cert, ei);
	if (err == ERR_NOTFOUND) {
		return ERR_OK; /* new: it waits for one */
	}
	if (err == ERR_OK) {
		err = load_cert(dir, "ca.der", &issuer, ei);
	}
	if (err == ERR_OK) {
		err = check_responder(in, cert, issuer, ei);
	}
	if (err == ERR_OK) {
		err = hash_issuer(in, issuer, ei);
	}
	if (err == ERR_OK) {
		err = key_id_of(pubkey_bits_content(privkey_pubkey(in->key)),
		    in->responder_key_id, ei);
	}
	if (err == ERR_OK) {
		in->responder_cert = slice_dup(cert_der(cert));
		in->responder_cert_len = cert_der(cert).len;
		err = in->responder_cert == NULL ? err_nomem(ei) : ERR_OK;
	}
	in->ready = err == ERR_OK;
	cert_free(cert);
	cert_free(issuer);
	return err;
}

static enum err
check_later(
    const struct instance *in, const struct cert *next, struct errinfo *ei)
{
	struct cert *now = NULL;
	enum err err = cert_parse(instance_cert(in), &now, ei);

	if (err == ERR_OK && cert_not_after(next) <= cert_not_after(now)) {
		err = err_set(ei, ERR_POLICY, "signer.older", NULL,
		    "The certificate does not end later than the one that "
		    "signer %s has.",
		    in->settings->name);
	}
	cert_free(now);
	return err;
}

static enum err
keep_responder(struct instance *in, const char *dir, const struct cert *cert,
    struct errinfo *ei)
{
	struct slice der = cert_der(cert);
	uint8_t *own = slice_dup(der);
	char path[PATH_TEXT_SIZE];
	enum err err =
	    own == NULL ? err_nomem(ei) : path_join(path, dir, "cert.der", ei);

	if (err == ERR_OK) {
		err = file_write_atomic(path, der, 0644, ei);
	}
	if (err != ERR_OK) {
		free(own);
		return err;
	}
	free(in->responder_cert);
	in->responder_cert = own;
	in->responder_cert_len = der.len;
	return ERR_OK;
}

enum err
instance_renew(struct instance *in, const char *dir, struct slice cert_der_in,
    struct errinfo *ei)
{
	struct cert *cert = NULL, *issuer = NULL;
	enum err err;

	if (in->settings->kind == SIGNER_KIND_CA || !in->ready) {
		return err_set(ei, ERR_STATE, "signer.kind", NULL,
		    "Signer %s is no service with a certificate.",
		    in->settings->name);
	}
	err = cert_parse(cert_der_in, &cert, ei);
	if (err == ERR_OK) {
		err = load_cert(dir, "ca.der", &issuer, ei);
	}
	if (err == ERR_OK) {
		err = check_responder(in, cert, issuer, ei);
	}
	if (err == ERR_OK) {
		err = check_later(in, cert, ei);
	}
	if (err == ERR_OK) {
		err = keep_responder(in, dir, cert, ei);
	}
	cert_free(cert);
	cert_free(issuer);
	return err;
}

/* --- all of it ---------------------------------------------------------- */

enum err
instance_load(const struct instance_paths *paths, struct instance **out,
    struct errinfo *ei)
{
	struct instance *in = calloc(1, sizeof(*in));
	enum err err;

	if (in == NULL) {
		return err_nomem(ei);
	}
	err = load_settings(in, paths, ei);
	if (err == ERR_OK) {
		err = load_key(in, paths, ei);
	}
	if (err == ERR_OK) {
		err = in->settings->kind == SIGNER_KIND_CA
			  ? load_ca(in, paths, ei)
			  : load_responder(in, paths->state_dir, ei);
	}
	if (err != ERR_OK) {
		instance_free(in);
		return err;
	}
	*out = in;
	return ERR_OK;
}

void
instance_free(struct instance *in)
{
	if (in == NULL) {
		return;
	}
	for (size_t i = 0; i < in->num_profiles; i++) {
		template_free(in->profiles[i].template);
		profile_free(in->profiles[i].profile);
	}
	ca_identity_clear(&in->ca);
	privkey_free(in->key);
	pkcs11_free(in->module);
	free(in->responder_cert);
	signer_settings_free(in->settings);
	free(in);
}

const struct instance_profile *
instance_profile(const struct instance *in, const char *name)
{
	for (size_t i = 0; i < in->num_profiles; i++) {
		if (strcmp(profile_name(in->profiles[i].profile), name) == 0) {
			return &in->profiles[i];
		}
	}
	return NULL;
}

struct slice
instance_cert(const struct instance *in)
{
	if (in->settings->kind != SIGNER_KIND_CA) {
		return slice_make(in->responder_cert, in->responder_cert_len);
	}
	return ca_identity_cert(&in->ca);
}
