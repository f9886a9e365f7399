/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/pkcs11.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "os/file.h"
#include "os/random.h"
#include "x509/cert.h"
#include "x509/csr.h"
#include "x509/name.h"

enum {
	PASS_SIZE = 32,
	/* A passphrase of 256 random bits gains nothing by stretching; one
	 * that somebody can remember gains a second. */
	ITERATIONS_RANDOM = 1000,
	ITERATIONS_PEOPLE = 200000,
};

static enum err
write_new(const char *dir, const char *name, struct slice content,
    unsigned mode, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, name, ei);

	return err == ERR_OK ? file_write_new(path, content, mode, ei) : err;
}

/* --- what opens it ------------------------------------------------------ */

static void
drop_line_end(struct secret *s)
{
	if (s->len > 0 && s->p[s->len - 1] == '\n') {
		s->len--;
	}
	if (s->len > 0 && s->p[s->len - 1] == '\r') {
		s->len--;
	}
}

enum err
keys_secret_from(int fd, struct secret *out, struct errinfo *ei)
{
	enum err err = fd_read_secret(fd, PASSPHRASE_MAX, out, ei);

	if (err == ERR_OK) {
		drop_line_end(out);
	}
	return err;
}

static enum err
from_file(const char *dir, enum signer_key_kind kind, struct secret *out,
    struct errinfo *ei)
{
	bool pin = kind == SIGNER_KEY_MODULE;
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, pin ? "key.pin" : "key.pass", ei);

	if (err == ERR_OK) {
		err = file_read_secret(path, PASSPHRASE_MAX, out, ei);
	}
	if (err == ERR_OK && pin) {
		drop_line_end(out);
	}
	return err;
}

enum err
keys_secret(const char *dir, const struct signer_key *settings, int secret_fd,
    struct secret *out, struct errinfo *ei)
{
	if (settings->secret == SIGNER_SECRET_FILE) {
		return from_file(dir, settings->kind, out, ei);
	}
	if (secret_fd >= 0) {
		return keys_secret_from(secret_fd, out, ei);
	}
	return err_set(ei, ERR_AGAIN, "key.locked", NULL,
	    settings->secret == SIGNER_SECRET_UNLOCK
		? "The key is locked: run surguchctl unlock."
		: "The key is locked: systemd gave no credential of its name. "
		  "See LoadCredentialEncrypted in surguchd(8), or run "
		  "surguchctl unlock.");
}

/* --- the module --------------------------------------------------------- */

/* NAME=VALUE, for a library that reads its environment; before threads. */
static enum err
set_environment(const struct signer_key *settings, struct errinfo *ei)
{
	char name[PATH_TEXT_SIZE];

	for (size_t i = 0; i < settings->num_env; i++) {
		const char *equals = strchr(settings->env[i], '=');

		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)(equals - settings->env[i]), settings->env[i]);
		if (setenv(name, equals + 1, 1) != 0) {
			return err_sys(
			    ei, "key.environment", "%s cannot be set", name);
		}
	}
	return ERR_OK;
}

enum err
keys_module(const struct signer_key *settings, uid_t trusted,
    struct pkcs11 **out, struct errinfo *ei)
{
	enum err err;

	if (settings->kind != SIGNER_KEY_MODULE) {
		*out = NULL;
		return ERR_OK;
	}
	err = file_check_trusted(settings->module, trusted, ei);
	if (err == ERR_OK) {
		err = set_environment(settings, ei);
	}
	return err == ERR_OK ? pkcs11_load(settings->module, out, ei) : err;
}

/* --- making ------------------------------------------------------------- */

/* key.p8 under the passphrase; *key is the new key. */
static enum err
write_p8(const char *dir, struct privkey *key, struct slice pass,
    unsigned iterations, struct errinfo *ei)
{
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	enum err err = privkey_to_p8(key, pass, iterations, &p8, ei);

	if (err == ERR_OK) {
		err = write_new(dir, "key.p8", buf_slice(&p8), 0400, ei);
	}
	buf_wipe(&p8);
	return err;
}

/* The passphrase first: a key that cannot be opened must not stand there
 * after a crash. */
static enum err
write_with_pass(const char *dir, struct privkey *key, struct errinfo *ei)
{
	struct secret pass = SECRET_EMPTY;
	enum err err = secret_init(&pass, PASS_SIZE, ei);

	if (err == ERR_OK) {
		err = random_bytes(pass.p, pass.len, ei);
	}
	if (err == ERR_OK) {
		err = write_new(dir, "key.pass", secret_slice(&pass), 0400, ei);
	}
	if (err == ERR_OK) {
		err = write_p8(
		    dir, key, secret_slice(&pass), ITERATIONS_RANDOM, ei);
	}
	secret_clear(&pass);
	return err;
}

static enum err
make_file(const char *dir, const char *spec, struct slice secret,
    struct buf *spki, struct errinfo *ei)
{
	struct privkey *key = NULL;
	enum err err;

	if (secret.len > 0 && secret.len < PASSPHRASE_MIN) {
		return err_set(ei, ERR_POLICY, "key.passphrase.short", NULL,
		    "A passphrase of a CA's key has %d bytes or more.",
		    (int)PASSPHRASE_MIN);
	}
	err = privkey_generate(spec, &key, ei);
	if (err == ERR_OK) {
		err = secret.len == 0
			  ? write_with_pass(dir, key, ei)
			  : write_p8(dir, key, secret, ITERATIONS_PEOPLE, ei);
	}
	if (err == ERR_OK) {
		buf_add(spki, privkey_spki(key));
		err = buf_err(spki, ei);
	}
	privkey_free(key);
	return err;
}

enum err
keys_make(const struct keys_at *at, const char *spec, struct slice secret,
    struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, at->dir, "spki.der", ei);

	/* Asked first: a key on a token cannot be taken back. */
	if (err == ERR_OK && file_exists(path)) {
		err = err_object(ei,
		    err_set(ei, ERR_CONFLICT, "file.exists", NULL,
			"This signer has a key already."),
		    path);
	}
	if (err == ERR_OK) {
		err = at->module == NULL
			  ? make_file(at->dir, spec, secret, &spki, ei)
			  : pkcs11_make_key(at->module, &at->settings->where,
				secret, spec, &spki, ei);
	}
	if (err == ERR_OK) {
		err = file_write_new(path, buf_slice(&spki), 0644, ei);
	}
	buf_clear(&spki);
	return err;
}

/* --- opening ------------------------------------------------------------ */

enum err
keys_public(const char *dir, struct buf *spki, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, "spki.der", ei);

	return err == ERR_OK ? file_read(path, SPKI_BYTES_MAX, spki, ei) : err;
}

static enum err
open_file(const char *dir, struct slice secret, struct privkey **out,
    struct errinfo *ei)
{
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, "key.p8", ei);

	if (err == ERR_OK) {
		err = file_check_secret_mode(path, ei);
	}
	if (err == ERR_OK) {
		err = file_read(path, KEY_FILE_MAX, &p8, ei);
	}
	if (err == ERR_OK) {
		err = privkey_from_p8(buf_slice(&p8), secret, out, ei);
	}
	buf_wipe(&p8);
	return err;
}

enum err
keys_open(const struct keys_at *at, struct slice secret, struct privkey **out,
    struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct privkey *key = NULL;
	enum err err = keys_public(at->dir, &spki, ei);

	if (err == ERR_OK) {
		err = at->module == NULL
			  ? open_file(at->dir, secret, &key, ei)
			  : pkcs11_privkey(at->module, &at->settings->where,
				secret, buf_slice(&spki), &key, ei);
	}
	if (err == ERR_OK && !privkey_matches(key, buf_slice(&spki))) {
		err = err_set(ei, ERR_CONFLICT, "signer.key", NULL,
		    "key.p8 and spki.der are not of one key.");
	}
	if (err == ERR_OK) {
		*out = key;
		key = NULL;
	}
	privkey_free(key);
	buf_clear(&spki);
	return err;
}

/* --- its request -------------------------------------------------------- */

enum err
keys_request(const struct keys_at *at, struct slice secret,
    const char *common_name, struct buf *out, struct errinfo *ei)
{
	struct name *name = name_new();
	struct privkey *key = NULL;
	enum err err = name == NULL ? err_nomem(ei)
				    : name_add(name, OID_CN, DER_UTF8_STRING,
					  slice_str(common_name), ei);

	if (err == ERR_OK) {
		err = keys_open(at, secret, &key, ei);
	}
	if (err == ERR_OK) {
		err = csr_create(key, name, SLICE_EMPTY, out, ei);
	}
	privkey_free(key);
	name_free(name);
	return err;
}

/* --- its certificate ---------------------------------------------------- */

static enum err
check_issued_by(
    const struct cert *cert, const struct cert *issuer, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err = pubkey_parse(cert_spki(issuer), &key, ei);

	if (err == ERR_OK) {
		err = cert_verify(cert, key, ei);
	}
	pubkey_free(key);
	return err;
}

static enum err
write_cert(const char *dir, const char *name, const struct cert *cert,
    struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, name, ei);

	return err == ERR_OK ? file_write_atomic(path, cert_der(cert), 0644, ei)
			     : err;
}

enum err
keys_install_cert(const char *dir, struct slice cert_der_in,
    struct slice issuer_der_in, struct errinfo *ei)
{
	struct cert *cert = NULL, *issuer = NULL;
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct privkey *key = NULL;
	enum err err = keys_public(dir, &spki, ei);

	/* The key itself may be locked, or away. */
	if (err == ERR_OK) {
		err = privkey_locked(buf_slice(&spki), &key, ei);
	}
	if (err == ERR_OK) {
		err = cert_parse(cert_der_in, &cert, ei);
	}
	if (err == ERR_OK && !privkey_matches(key, cert_spki(cert))) {
		err = err_set(ei, ERR_CONFLICT, "signer.key", NULL,
		    "The certificate is of another key.");
	}
	if (err == ERR_OK && issuer_der_in.len > 0) {
		err = cert_parse(issuer_der_in, &issuer, ei);
		if (err == ERR_OK) {
			err = check_issued_by(cert, issuer, ei);
		}
		/* The issuer's first: cert.der is what makes it ready. */
		if (err == ERR_OK) {
			err = write_cert(dir, "ca.der", issuer, ei);
		}
	}
	if (err == ERR_OK) {
		err = write_cert(
		    dir, issuer == NULL ? "ca.der" : "cert.der", cert, ei);
	}
	cert_free(cert);
	cert_free(issuer);
	privkey_free(key);
	buf_clear(&spki);
	return err;
}
