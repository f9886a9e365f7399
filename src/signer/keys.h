/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_KEYS_H
#define SURGUCH_SIGNER_KEYS_H
/*
 * A signer's key, in its directory or on a token: made once by
 * `surguch-signer --make-key`, never through front; opened at start or by
 * `surguchctl unlock`; given its certificate by `surguch-signer
 * --install-cert`.
 *
 * What opens it (a file's passphrase, a token's PIN), by the settings:
 *
 *	secret = "file"        key.pass, 32 random octets made with the key;
 *	                       key.pin, which somebody put there (0400)
 *	secret = "credential"  a descriptor: the parent opened what systemd
 *	                       keeps for it
 *	secret = "unlock"      nobody knows it but people; it comes by a
 *	                       descriptor too, when a ceremony asked for it
 *
 * A line end behind a secret that people made is not part of it.
 */
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "signer/key_settings.h"

struct pkcs11;
struct privkey;

/* Where a key is. */
struct keys_at {
	const char *dir;
	const struct signer_key *settings;
	struct pkcs11 *module; /* of keys_module(); NULL for a key in a file */
};

/*
 * Load the module that the settings name, with the environment that they give
 * it; *out is NULL when they name none.  Nobody but root or `trusted` may have
 * been able to write it: ERR_DENIED.  The errors of pkcs11_load().
 */
ATTR_MUST_USE enum err keys_module(const struct signer_key *settings,
    uid_t trusted, struct pkcs11 **out, struct errinfo *ei);

/* What opens the key; the caller clears it.  secret_fd -1: none was given.
 * ERR_AGAIN "key.locked" when somebody has to come and say it. */
ATTR_MUST_USE enum err keys_secret(const char *dir,
    const struct signer_key *settings, int secret_fd, struct secret *out,
    struct errinfo *ei);
/* The same from a descriptor, whatever the settings. */
ATTR_MUST_USE enum err keys_secret_from(
    int fd, struct secret *out, struct errinfo *ei);

/*
 * Make a key (spec as privkey_generate() or pkcs11_make_key()), write it as
 * key.p8 (0400) or let the token keep it, and write spki.der (0644).  secret
 * opens it; for a key in a file it may be empty, and 32 random octets become
 * key.pass (0400).  ERR_POLICY "key.passphrase.short" under PASSPHRASE_MIN
 * bytes; ERR_CONFLICT "file.exists" when the directory has a key already.
 */
ATTR_MUST_USE enum err keys_make(const struct keys_at *at, const char *spec,
    struct slice secret, struct errinfo *ei);

/* The public half, which is beside the key and known while it is locked. */
ATTR_MUST_USE enum err keys_public(
    const char *dir, struct buf *spki, struct errinfo *ei);
/* Open it.  A token is not asked yet.  ERR_CONFLICT "signer.key" when
 * spki.der is of another key; ERR_CRYPTO "key.passphrase". */
ATTR_MUST_USE enum err keys_open(const struct keys_at *at, struct slice secret,
    struct privkey **out, struct errinfo *ei);

/*
 * A PKCS#10 request (RFC 2986) with the key, for the CA above: it proves that
 * we have it.  Its subject is a common name alone; what the certificate says
 * is decided there.
 */
ATTR_MUST_USE enum err keys_request(const struct keys_at *at,
    struct slice secret, const char *common_name, struct buf *out,
    struct errinfo *ei);

/*
 * Give the key its certificate (DER).  issuer empty: a CA's own, kept as
 * ca.der.  Otherwise the certificate of an OCSP key, kept as cert.der, and
 * its issuer's, which must have signed it, kept as ca.der.  ERR_CONFLICT
 * "signer.key" when it is of another key.
 */
ATTR_MUST_USE enum err keys_install_cert(const char *dir, struct slice cert,
    struct slice issuer, struct errinfo *ei);

#endif
