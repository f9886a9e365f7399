/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_trust_sign.h"

#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "cli/password.h"
#include "crypto/cert_bits.h"
#include "crypto/privkey.h"
#include "os/file.h"
#include "x509/pem.h"

/* A folder holds "." */
static bool
is_folder(const char *path)
{
	char inside[PATH_TEXT_SIZE];

	return path_join(inside, path, ".", NULL) == ERR_OK &&
	       file_exists(inside);
}

static bool
is_pfx(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL &&
	       (strcasecmp(dot, ".pfx") == 0 || strcasecmp(dot, ".p12") == 0);
}

/* DER of the file, whatever it is written in; the caller wipes it. */
static enum err
read_p8(const char *path, struct buf *out, struct errinfo *ei)
{
	struct secret file = SECRET_EMPTY;
	struct slice text;
	enum err e = file_read_secret(path, KEY_FILE_MAX, &file, ei);

	if (e != ERR_OK) {
		return err_object(ei, e, path);
	}
	text = secret_slice(&file);
	if (!pem_looks_like(text)) {
		buf_add(out, text);
		e = buf_err(out, ei);
	} else {
		e = pem_get(&text, PEM_ENCRYPTED_KEY, out, NULL);
		if (e == ERR_NOTFOUND) {
			e = pem_get(&text, PEM_KEY, out, ei);
		}
	}
	secret_clear(&file);
	return e == ERR_OK ? e : err_object(ei, e, path);
}

static enum err
open_p8(const char *path, const char *password_file, struct privkey **out,
    struct errinfo *ei)
{
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	struct secret password = SECRET_EMPTY;
	enum err e = read_p8(path, &p8, ei);

	if (e == ERR_OK) {
		e = privkey_from_p8(buf_slice(&p8), SLICE_EMPTY, out, ei);
	}
	if (e == ERR_STATE && strcmp(ei->rule, "key.encrypted") == 0) {
		e = cli_password(password_file, false, &password, ei);
		if (e == ERR_OK) {
			e = privkey_from_p8(
			    buf_slice(&p8), secret_slice(&password), out, ei);
		}
	}
	secret_clear(&password);
	buf_wipe(&p8);
	return e;
}

static enum err
open_key(struct list_signer *s, const char *path, const char *password_file,
    struct errinfo *ei)
{
	enum err e;

	if (is_folder(path) || is_pfx(path)) {
		e = key_source_open(&s->source, path, password_file, ei);
		s->signer.key = s->source.key;
	} else {
		e = open_p8(path, password_file, &s->key, ei);
		s->signer.key = s->key;
	}
	return e;
}

/* Which of them is the key's; the others go along. */
static enum err
choose(struct list_signer *s, const char *path, struct errinfo *ei)
{
	size_t num = 0;

	for (size_t i = 0; i < trust_certs_num(s->certs.certs); i++) {
		struct slice der = trust_certs_at(s->certs.certs, i)->der;
		struct cert_bits bits;

		if (s->signer.cert.len == 0 &&
		    cert_bits_get(der, &bits, NULL) == ERR_OK &&
		    privkey_matches(s->signer.key, bits.spki)) {
			s->signer.cert = der;
		} else if (num < CMS_CERTS_MAX) {
			s->chain[num++] = der;
		} else {
			return err_set(ei, ERR_LIMIT, "cms.certificates", NULL,
			    "more than %d certificates beside the signer's",
			    CMS_CERTS_MAX);
		}
	}
	s->signer.chain = s->chain;
	s->signer.num_chain = num;
	if (s->signer.cert.len == 0) {
		(void)err_set(ei, ERR_NOTFOUND, "list.certificate", NULL,
		    "none of these certificates is of the key that is to sign");
		return err_object(ei, ERR_NOTFOUND, path);
	}
	return ERR_OK;
}

enum err
list_signer_open(struct list_signer *s, const char *key_path,
    const char *cert_path, const char *password_file, struct errinfo *ei)
{
	enum err e = open_key(s, key_path, password_file, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (cert_path == NULL && s->source.cert.len > 0) {
		s->signer.cert = s->source.cert;
		return ERR_OK;
	}
	if (cert_path == NULL) {
		(void)err_set(ei, ERR_NOTFOUND, "list.certificate", NULL,
		    "the key has no certificate beside it; --cert FILE names "
		    "it");
		return err_object(ei, ERR_NOTFOUND, key_path);
	}
	e = trust_file_load(cert_path, &s->certs, ei);
	return e == ERR_OK ? choose(s, cert_path, ei) : e;
}

void
list_signer_clear(struct list_signer *s)
{
	trust_file_clear(&s->certs);
	privkey_free(s->key);
	key_source_clear(&s->source);
}
