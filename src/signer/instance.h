/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_INSTANCE_H
#define SURGUCH_SIGNER_INSTANCE_H
/*
 * What one signer process is, read once at start and, but for a key that is
 * unlocked or a certificate that is renewed later, never again: its settings,
 * its one key, whom it signs for, and its profiles compiled to templates.
 * Everything comes from files that front cannot write.
 *
 * In its directory:
 *	key.p8, key.pass  the key and its passphrase (0400; keys.h)
 *	key.pin           the PIN of a token that holds the key instead
 *	spki.der          the public key
 *	ca.der            a CA: its own certificate, once it has one;
 *	                  an OCSP key: its issuer's
 *	cert.der          an OCSP key: the responder's own certificate
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/hash.h"
#include "profile/ca_identity.h"
#include "signer/settings.h"

struct accreditation;
struct pkcs11;
struct privkey;
struct profile;
struct template;

struct instance_profile {
	struct profile *profile;
	struct template *template;
	uint64_t ceiling; /* per 24 hours */
};

/* An issuer as OCSP requests name it (RFC 6960 4.1.1), under one hash. */
struct instance_issuer {
	uint8_t name_hash[HASH_SIZE_MAX];
	uint8_t key_hash[HASH_SIZE_MAX];
};

struct instance {
	struct signer_settings *settings;
	struct pkcs11 *module; /* NULL: the key is in a file */
	struct privkey *key;   /* maybe locked (privkey_ready()) */
	enum sig_alg sig_alg;
	bool ready; /* has the certificate that its work needs */
	/* SIGNER_KIND_CA */
	struct ca_identity ca;
	struct instance_profile profiles[SIGNER_PROFILES_MAX];
	size_t num_profiles;
	/* SIGNER_KIND_OCSP and _CENTRE */
	uint8_t *responder_cert;
	size_t responder_cert_len;
	uint8_t responder_key_id[KEY_ID_SIZE];
	struct instance_issuer issuer[HASH_ALG_MAX_];
};

struct instance_paths {
	const char *name; /* must be the settings' name */
	const char *state_dir;
	const char *settings;
	const char *profile_dir; /* NAME.conf each */
	uid_t trusted;           /* besides root, may own the last two */
	const struct accreditation *accreditation; /* of the centre, or NULL */
	const int *secret_fd; /* what opens the key; NULL: none given */
};

/*
 * Load all of it.  A CA without ca.der is loaded with the profiles that sign
 * themselves, for its root certificate; with it, with all others.  ERR_DENIED
 * for a file that somebody else could have written, ERR_CONFLICT
 * "signer.key" when the certificate is of another key, and whatever settings,
 * profiles and key say.
 */
ATTR_MUST_USE enum err instance_load(const struct instance_paths *paths,
    struct instance **out, struct errinfo *ei);
void instance_free(struct instance *in);

/*
 * Open the key with what somebody came and said.  ERR_CONFLICT "key.open" when
 * it is not locked; the errors of keys_open() and privkey_ready(), after which
 * it is as it was.
 */
ATTR_MUST_USE enum err instance_unlock(struct instance *in, const char *dir,
    struct slice secret, struct errinfo *ei);

/*
 * The next certificate of a service's key: checked as at the start, kept as
 * dir/cert.der, used from now on.  ERR_POLICY "signer.older" when it does not
 * end later than the present one; ERR_STATE "signer.kind" for a CA's key.
 */
ATTR_MUST_USE enum err instance_renew(struct instance *in, const char *dir,
    struct slice cert_der_in, struct errinfo *ei);

const struct instance_profile *instance_profile(
    const struct instance *in, const char *name);
/* The certificate it speaks for: the CA's, or the responder's; or empty. */
struct slice instance_cert(const struct instance *in);

#endif
