/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/keys.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "base/secret.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "os/random.h"
#include "x509/cert.h"

enum {
	PASS_SIZE = 32,
	/* The passphrase is 256 random bits: stretching adds nothing. */
	ITERATIONS = 1000,
};

static enum err
write_new(const char *dir, const char *name, struct slice content,
    unsigned mode, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, dir, name, ei);

	return err == ERR_OK ? file_write_new(path, content, mode, ei) : err;
}

static enum err
make_pass(struct secret *out, struct errinfo *ei)
{
	enum err err = secret_init(out, PASS_SIZE, ei);

	return err == ERR_OK ? random_bytes(out->p, out->len, ei) : err;
}

enum err
keys_make(const char *dir, const char *spec, struct errinfo *ei)
{
	struct secret pass = SECRET_EMPTY;
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	struct privkey *key = NULL;
	enum err err;

	err = make_pass(&pass, ei);
	if (err == ERR_OK) {
		err = privkey_generate(spec, &key, ei);
	}
	if (err == ERR_OK) {
		err = privkey_to_p8(
		    key, secret_slice(&pass), ITERATIONS, &p8, ei);
	}
	/* The passphrase first: a key that cannot be opened must not stand
	 * there after a crash. */
	if (err == ERR_OK) {
		err = write_new(dir, "key.pass", secret_slice(&pass), 0400, ei);
	}
	if (err == ERR_OK) {
		err = write_new(dir, "key.p8", buf_slice(&p8), 0400, ei);
	}
	if (err == ERR_OK) {
		err = write_new(dir, "spki.der", privkey_spki(key), 0644, ei);
	}
	secret_clear(&pass);
	buf_wipe(&p8);
	privkey_free(key);
	return err;
}

enum err
keys_load(const char *dir, struct privkey **out, struct errinfo *ei)
{
	struct secret pass = SECRET_EMPTY;
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	char path[PATH_TEXT_SIZE];
	enum err err;

	err = path_join(path, dir, "key.pass", ei);
	if (err == ERR_OK) {
		err = file_read_secret(path, PASSPHRASE_MAX, &pass, ei);
	}
	if (err == ERR_OK) {
		err = path_join(path, dir, "key.p8", ei);
	}
	if (err == ERR_OK) {
		err = file_check_secret_mode(path, ei);
	}
	if (err == ERR_OK) {
		err = file_read(path, KEY_FILE_MAX, &p8, ei);
	}
	if (err == ERR_OK) {
		err = privkey_from_p8(
		    buf_slice(&p8), secret_slice(&pass), out, ei);
	}
	secret_clear(&pass);
	buf_wipe(&p8);
	return err;
}

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
	struct privkey *key = NULL;
	enum err err;

	err = keys_load(dir, &key, ei);
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
	return err;
}
