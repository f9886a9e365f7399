/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_SIGN_H
#define SURGUCH_CLI_CMD_TRUST_SIGN_H
/* Who signs a list of trust: a key, its certificate, and those above it. */
#include "base/bounds.h"
#include "base/err.h"
#include "cli/key_source.h"
#include "crypto/cms.h"
#include "trust/file.h"

/* Zero to begin with. */
struct list_signer {
	struct cms_signer signer; /* borrows from the rest */
	struct privkey *key;      /* of a file; owned */
	struct key_source source; /* of a container or a PFX file */
	struct trust_file certs;
	struct slice chain[CMS_CERTS_MAX];
};

/*
 * The key: a PKCS#8 file (DER or PEM; its password is asked for when it has
 * one, password_file: as cli_password()), a container's folder, or a PFX file
 * (.pfx, .p12).  The certificates: a file that has the signer's and those above
 * it, in any order and form; NULL: the container's own.
 * ERR_NOTFOUND "list.certificate" (none is of this key); ERR_LIMIT
 * "cms.certificates".  list_signer_clear() in every case.
 */
ATTR_MUST_USE enum err list_signer_open(struct list_signer *s,
    const char *key_path, const char *cert_path, const char *password_file,
    struct errinfo *ei);
void list_signer_clear(struct list_signer *s);

#endif
