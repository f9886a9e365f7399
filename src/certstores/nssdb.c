/* SPDX-License-Identifier: Apache-2.0 */
#include "certstores/nssdb.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cert.h>
#include <certdb.h>
#include <keyhi.h>
#include <nss.h>
#include <pk11pub.h>
#include <prerror.h>
#include <secerr.h>

#include "os/file.h"

enum {
	NAME_SIZE = PATH_TEXT_SIZE + 8,
};

struct nss {
	NSSInitContext *context;
	PK11SlotInfo *slot;
};

/* Held while a database is open: the library's slot is the process's. */
static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;

/* --- opening ------------------------------------------------------------- */

static enum err
failed(struct errinfo *ei, const char *what)
{
	PRErrorCode code = PR_GetError();

	if (code == SEC_ERROR_TOKEN_NOT_LOGGED_IN ||
	    code == SEC_ERROR_BAD_PASSWORD) {
		return err_set(ei, ERR_DENIED, "certstores.password", NULL,
		    "the browser's certificates are protected by a password "
		    "of their own; change them in the browser");
	}
	return err_set(ei, ERR_STORE, "certstores.database", NULL,
	    "%s in a database of certificates failed (%s)", what,
	    PR_ErrorToName(code) != NULL ? PR_ErrorToName(code) : "unknown");
}

static bool
has_database(const char *dir)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, dir, "cert9.db", NULL) == ERR_OK &&
	       file_exists(path);
}

static enum err
open_locked(const char *dir, struct nss *n, struct errinfo *ei)
{
	char name[NAME_SIZE];

	(void)snprintf(name, sizeof(name), "sql:%s", dir);
	n->context = NSS_InitContext(name, "", "", "", NULL,
	    NSS_INIT_NOMODDB | NSS_INIT_NOROOTINIT | NSS_INIT_OPTIMIZESPACE);
	if (n->context == NULL) {
		return failed(ei, "opening");
	}
	n->slot = PK11_GetInternalKeySlot();
	if (n->slot == NULL) {
		return failed(ei, "opening");
	}
	return ERR_OK;
}

static enum err
open_it(const char *dir, struct nss **out, struct errinfo *ei)
{
	struct nss *n = calloc(1, sizeof(*n));
	enum err e;

	if (n == NULL) {
		return err_nomem(ei);
	}
	(void)pthread_mutex_lock(&one);
	e = open_locked(dir, n, ei);
	if (e != ERR_OK) {
		nss_close(n);
		return err_object(ei, e, dir);
	}
	*out = n;
	return ERR_OK;
}

enum err
nss_open(const char *dir, struct nss **out, struct errinfo *ei)
{
	if (!has_database(dir)) {
		return err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "certstores.none", NULL,
			"there is no database of certificates"),
		    dir);
	}
	return open_it(dir, out, ei);
}

enum err
nss_create(const char *dir, struct nss **out, struct errinfo *ei)
{
	enum err e;

	if (has_database(dir)) {
		return err_object(ei,
		    err_set(ei, ERR_CONFLICT, "certstores.exists", NULL,
			"there is a database of certificates already"),
		    dir);
	}
	e = open_it(dir, out, ei);
	if (e == ERR_OK && PK11_NeedUserInit((*out)->slot) &&
	    PK11_InitPin((*out)->slot, NULL, "") != SECSuccess) {
		e = failed(ei, "beginning");
		nss_close(*out);
		*out = NULL;
	}
	return e;
}

void
nss_close(struct nss *n)
{
	if (n == NULL) {
		return;
	}
	if (n->slot != NULL) {
		PK11_FreeSlot(n->slot);
	}
	if (n->context != NULL) {
		(void)NSS_ShutdownContext(n->context);
	}
	free(n);
	(void)pthread_mutex_unlock(&one);
}

/* --- one certificate ----------------------------------------------------- */

static SECItem
item_of(struct slice der)
{
	/* NSS does not write to what it is given here. */
	return (SECItem){siDERCertBuffer, (unsigned char *)(uintptr_t)der.p,
	    (unsigned)der.len};
}

/* NULL when it is not in this database. */
static CERTCertificate *
find(struct nss *n, struct slice der)
{
	SECItem item = item_of(der);

	return PK11_FindCertFromDERCertItem(n->slot, &item, NULL);
}

static enum nss_held
held_as(const CERTCertificate *cert)
{
	CERTCertTrust trust;

	return CERT_GetCertTrust(cert, &trust) == SECSuccess &&
		       (trust.sslFlags & CERTDB_TRUSTED_CA) != 0
		   ? NSS_TRUSTED
		   : NSS_HELD;
}

enum err
nss_look(
    struct nss *n, struct slice der, enum nss_held *out, struct errinfo *ei)
{
	CERTCertificate *cert = find(n, der);

	(void)ei;
	*out = cert != NULL ? held_as(cert) : NSS_ABSENT;
	if (cert != NULL) {
		CERT_DestroyCertificate(cert);
	}
	return ERR_OK;
}

/* Without the empty password nothing that is signed with it can be changed. */
static enum err
log_in(struct nss *n, struct errinfo *ei)
{
	if (PK11_NeedLogin(n->slot) && !PK11_IsLoggedIn(n->slot, NULL) &&
	    PK11_CheckUserPassword(n->slot, "") != SECSuccess) {
		PR_SetError(SEC_ERROR_TOKEN_NOT_LOGGED_IN, 0);
		return failed(ei, "signing in");
	}
	return ERR_OK;
}

static enum err
write_trust(struct nss *n, CERTCertificate *cert, CERTCertTrust trust,
    struct errinfo *ei)
{
	enum err e = log_in(n, ei);

	if (e != ERR_OK) {
		return e;
	}
	PR_SetError(0, 0);
	return CERT_ChangeCertTrust(CERT_GetDefaultCertDB(), cert, &trust) ==
		       SECSuccess
		   ? ERR_OK
		   : failed(ei, "trusting a certificate");
}

static enum err
set_trust(
    struct nss *n, CERTCertificate *cert, bool trusted, struct errinfo *ei)
{
	/* NSS itself adds the middle one. */
	const unsigned root_flags =
	    CERTDB_TRUSTED_CA | CERTDB_NS_TRUSTED_CA | CERTDB_VALID_CA;
	CERTCertTrust trust = {0, 0, 0};

	/* What it is trusted for besides stays. */
	if (CERT_GetCertTrust(cert, &trust) != SECSuccess) {
		trust = (CERTCertTrust){0, 0, 0};
	}
	if (trusted) {
		trust.sslFlags |= CERTDB_TRUSTED_CA | CERTDB_VALID_CA;
	} else {
		trust.sslFlags &= ~root_flags;
	}
	/* Told of every CA; written, it would say more than was there. */
	if ((trust.emailFlags & CERTDB_TRUSTED_CA) == 0) {
		trust.emailFlags &= ~(unsigned)CERTDB_VALID_CA;
	}
	return write_trust(n, cert, trust, ei);
}

static enum err
add(struct nss *n, struct slice der, const char *label, CERTCertificate **out,
    struct errinfo *ei)
{
	SECItem item = item_of(der);
	CERTCertificate *cert = CERT_NewTempCertificate(
	    CERT_GetDefaultCertDB(), &item, NULL, PR_FALSE, PR_TRUE);

	if (cert == NULL) {
		return err_set(ei, ERR_FORMAT, "certstores.certificate", NULL,
		    "NSS does not read this certificate");
	}
	if (PK11_ImportCert(n->slot, cert, CK_INVALID_HANDLE, label,
		PR_FALSE) != SECSuccess) {
		enum err e = failed(ei, "keeping a certificate");

		CERT_DestroyCertificate(cert);
		return e;
	}
	*out = cert;
	return ERR_OK;
}

enum err
nss_put(struct nss *n, struct slice der, const char *label, enum nss_held as,
    struct errinfo *ei)
{
	CERTCertificate *cert;
	enum err e = as == NSS_TRUSTED ? log_in(n, ei) : ERR_OK;

	if (e != ERR_OK) {
		return e;
	}
	cert = find(n, der);
	if (cert == NULL) {
		e = add(n, der, label, &cert, ei);
	}
	if (e == ERR_OK && as == NSS_TRUSTED && held_as(cert) != NSS_TRUSTED) {
		e = set_trust(n, cert, true, ei);
	}
	if (cert != NULL) {
		CERT_DestroyCertificate(cert);
	}
	return e;
}

enum err
nss_take_back(
    struct nss *n, struct slice der, enum nss_held to, struct errinfo *ei)
{
	CERTCertificate *cert = find(n, der);
	enum err e = ERR_OK;

	if (cert == NULL) {
		return ERR_OK;
	}
	if (to == NSS_HELD && held_as(cert) == NSS_TRUSTED) {
		e = set_trust(n, cert, false, ei);
	} else if (to == NSS_ABSENT) {
		if (SEC_DeletePermCertificate(cert) != SECSuccess) {
			e = failed(ei, "removing a certificate");
		}
	}
	CERT_DestroyCertificate(cert);
	return e;
}

/* As it was given: what is found on a token is told with the token's name. */
static const char *
given_name(struct nss *n, const CERTCertificate *cert)
{
	const char *name = cert->nickname != NULL ? cert->nickname : "";
	const char *token = PK11_GetTokenName(n->slot);
	size_t len = token != NULL ? strlen(token) : 0;

	return len > 0 && strncmp(name, token, len) == 0 && name[len] == ':'
		   ? name + len + 1
		   : name;
}

enum err
nss_remember(
    struct nss *n, struct slice der, struct buf *out, struct errinfo *ei)
{
	CERTCertTrust trust = {0, 0, 0};
	CERTCertificate *cert = find(n, der);

	(void)ei;
	if (cert == NULL) {
		return ERR_OK;
	}
	if (CERT_GetCertTrust(cert, &trust) != SECSuccess) {
		trust = (CERTCertTrust){0, 0, 0};
	}
	buf_printf(out, "%x %x %x %s", trust.sslFlags, trust.emailFlags,
	    trust.objectSigningFlags, given_name(n, cert));
	CERT_DestroyCertificate(cert);
	return ERR_OK;
}

/* Hexadecimal digits and a space. */
static bool
take_flags(const char **at, unsigned *out)
{
	char *end = NULL;
	unsigned long flags = strtoul(*at, &end, 16);

	if (end == *at || *end != ' ' || flags > UINT_MAX) {
		return false;
	}
	*out = (unsigned)flags;
	*at = end + 1;
	return true;
}

static enum err
restore(
    struct nss *n, struct slice der, const char *remembered, struct errinfo *ei)
{
	CERTCertTrust trust = {0, 0, 0};
	CERTCertificate *cert;
	const char *at = remembered;
	enum err e = ERR_OK;

	if (!take_flags(&at, &trust.sslFlags) ||
	    !take_flags(&at, &trust.emailFlags) ||
	    !take_flags(&at, &trust.objectSigningFlags)) {
		return err_set(ei, ERR_FORMAT, "certstores.remembered", NULL,
		    "this is not how a certificate of NSS is remembered");
	}
	cert = find(n, der);
	if (cert == NULL) {
		e = add(n, der, at, &cert, ei);
	}
	if (e == ERR_OK) {
		e = write_trust(n, cert, trust, ei);
	}
	if (cert != NULL) {
		CERT_DestroyCertificate(cert);
	}
	return e;
}

enum err
nss_restore(struct nss *n, struct slice der, struct slice remembered,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(remembered.len + 1);
	enum err e;

	buf_add(&text, remembered);
	e = restore(n, der, buf_cstr(&text), ei);
	buf_clear(&text);
	return e;
}

/* --- all of them --------------------------------------------------------- */

static bool
has_key(CERTCertificate *cert)
{
	SECKEYPrivateKey *key = PK11_FindKeyByAnyCert(cert, NULL);

	if (key != NULL) {
		SECKEY_DestroyPrivateKey(key);
	}
	return key != NULL;
}

enum err
nss_each(struct nss *n, void (*tell)(void *arg, const struct nss_entry *entry),
    void *arg, struct errinfo *ei)
{
	CERTCertList *list = PK11_ListCertsInSlot(n->slot);

	if (list == NULL) {
		return failed(ei, "listing certificates");
	}
	for (CERTCertListNode *node = CERT_LIST_HEAD(list);
	     !CERT_LIST_END(node, list); node = CERT_LIST_NEXT(node)) {
		const struct nss_entry entry = {
		    slice_make(
			node->cert->derCert.data, node->cert->derCert.len),
		    node->cert->nickname != NULL ? node->cert->nickname : "",
		    held_as(node->cert),
		    has_key(node->cert),
		};

		tell(arg, &entry);
	}
	CERT_DestroyCertList(list);
	return ERR_OK;
}
