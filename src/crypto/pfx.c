/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OpenSSL's PKCS#12 does the work; what each part would cost and which cipher
 * it asks for is looked at before any of it runs.
 */
#include "crypto/pfx.h"

#include "base/text.h"
#include "crypto/cert_bits.h"
#include "crypto/ossl_priv.h"
#include "crypto/pbes_priv.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "der/oid.h"

enum {
	/* Each file is derived for three times, by whoever opens it.  RFC 9548
	 * has 2,000 in its examples; a guess costs a third of what a file
	 * does, here some 0.2 s with either. */
	ITERATIONS_GOST = 30000,
	ITERATIONS = 600000,
	SALT_SIZE = 16
};

static bool
is_gost(const struct privkey *k)
{
	return privkey_alg(k) == KEY_GOST256 || privkey_alg(k) == KEY_GOST512;
}

/* --- writing ---------------------------------------------------------------
 */

static enum err
check_options(const struct pfx_options *o, struct errinfo *ei)
{
	struct cert_bits bits;
	enum err e;

	if (o->password.len == 0) {
		return err_set(ei, ERR_POLICY, "pfx.password.empty", NULL,
		    "a key is not written into a PFX file without a password");
	}
	if (o->password.len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "pfx.password.size", NULL,
		    "the password is longer than %d bytes", PASSPHRASE_MAX);
	}
	if (o->iterations > KDF_ITERATIONS_MAX) {
		return err_set(ei, ERR_LIMIT, "key.iterations", "RFC 8018 4.2",
		    "%u iterations were asked for; at most %d can be done",
		    o->iterations, KDF_ITERATIONS_MAX);
	}
	if (o->cert.len == 0) {
		return ERR_OK;
	}
	if ((e = cert_bits_get(o->cert, &bits, ei)) != ERR_OK) {
		return e;
	}
	if (!privkey_matches(o->key, bits.spki)) {
		return err_set(ei, ERR_CONFLICT, "pfx.cert.key", NULL,
		    "the certificate is of another key");
	}
	return ERR_OK;
}

/* The password with a NUL behind it, as the library wants it. */
static enum err
terminated(struct slice password, struct secret *out, struct errinfo *ei)
{
	enum err e = secret_init(out, password.len + 1, ei);

	if (e == ERR_OK && password.len != 0) {
		memcpy(out->p, password.p, password.len);
	}
	return e;
}

static PKCS12 *
build(const struct pfx_options *o, EVP_PKEY *pkey, X509 *cert,
    const struct secret *password)
{
	const bool gost = is_gost(o->key);
	const int cipher = gost ? NID_id_Gost28147_89 : NID_aes_256_cbc;
	const char *pass = (const char *)password->p;
	int iterations = (int)(o->iterations != 0 ? o->iterations
			       : gost             ? ITERATIONS_GOST
						  : ITERATIONS);
	PKCS12 *p12;

	/* -1: the MAC is made below, with a digest of our choice. */
	p12 = PKCS12_create(
	    pass, o->name, pkey, cert, NULL, cipher, cipher, iterations, -1, 0);
	if (p12 != NULL &&
	    PKCS12_set_mac(p12, pass, (int)o->password.len, NULL, SALT_SIZE,
		iterations,
		crypto_md(gost ? HASH_STREEBOG512 : HASH_SHA256)) != 1) {
		PKCS12_free(p12);
		p12 = NULL;
	}
	return p12;
}

enum err
pfx_build(const struct pfx_options *o, struct buf *out, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	const unsigned char *p = o->cert.p;
	unsigned char *der = NULL;
	EVP_PKEY *pkey = NULL;
	X509 *cert = NULL;
	PKCS12 *p12 = NULL;
	int len;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK ||
	    (e = check_options(o, ei)) != ERR_OK ||
	    (e = terminated(o->password, &password, ei)) != ERR_OK ||
	    (e = crypto_pkey_of(o->key, &pkey, ei)) != ERR_OK) {
		goto out;
	}
	if (o->cert.len != 0 &&
	    (cert = d2i_X509(NULL, &p, (long)o->cert.len)) == NULL) {
		e = err_set(ei, ERR_FORMAT, "pfx.form", NULL,
		    "the certificate cannot be read");
		goto out;
	}
	p12 = build(o, pkey, cert, &password);
	len = p12 != NULL ? i2d_PKCS12(p12, &der) : -1;
	if (len <= 0) {
		e = crypto_library(ei, "PKCS#12");
		goto out;
	}
	buf_add(out, slice_make(der, (size_t)len));
	e = buf_err(out, ei);
	OPENSSL_free(der);
out:
	PKCS12_free(p12);
	X509_free(cert);
	EVP_PKEY_free(pkey);
	secret_clear(&password);
	return crypto_done(e);
}

/* --- reading ----------------------------------------------------------------
 */

struct reading {
	const char *password;
	int password_len;
	uint64_t left; /* iterations that may still be done */
	size_t num_parts;
	PKCS8_PRIV_KEY_INFO *key;
	size_t num_keys;
	STACK_OF(X509) * certs;
	char name[CONTAINER_LABEL_MAX + 1];
};

static enum err
bad_form(struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "pfx.form", "RFC 7292 4",
	    "the PFX file is cut short, damaged, or no PFX file");
}

static enum err
spend(struct reading *r, uint64_t iterations, struct errinfo *ei)
{
	if (iterations < 1 || iterations > r->left) {
		return err_set(ei, ERR_LIMIT, "key.iterations", "RFC 8018 4.2",
		    "the PFX file wants more iterations than are done for "
		    "one (%d)",
		    KDF_ITERATIONS_MAX);
	}
	r->left -= iterations;
	return ERR_OK;
}

static enum err
spend_integer(struct reading *r, const ASN1_INTEGER *n, struct errinfo *ei)
{
	uint64_t v = 1; /* RFC 7292 4: DEFAULT 1 */

	if (n != NULL && ASN1_INTEGER_get_uint64(&v, n) != 1) {
		v = 0;
	}
	return spend(r, v, ei);
}

/* pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER } */
static enum err
old_cipher(struct reading *r, struct slice params, struct errinfo *ei)
{
	struct slice seq, salt;
	uint64_t iterations;
	enum err e;

	if ((e = der_get(&params, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, &salt, ei)) != ERR_OK ||
	    (e = der_get_u63(&seq, DER_INTEGER, &iterations, ei)) != ERR_OK) {
		return e;
	}
	return spend(r, iterations, ei);
}

/* Is this AlgorithmIdentifier one that we let run, and for how long? */
static enum err
check_cipher(struct reading *r, const X509_ALGOR *alg, struct errinfo *ei)
{
	unsigned char *der = NULL;
	int len = alg != NULL ? i2d_X509_ALGOR(alg, &der) : -1;
	struct slice whole, rest, s, oid;
	char text[OID_TEXT_MAX];
	unsigned iterations;
	enum err e;

	if (len <= 0) {
		return bad_form(ei);
	}
	whole = rest = slice_make(der, (size_t)len);
	if (der_get(&rest, DER_SEQUENCE, &s, NULL) != ERR_OK ||
	    der_get_oid(&s, &oid, NULL) != ERR_OK) {
		e = bad_form(ei);
	} else if (oid_find(oid) == OID_PBES2) {
		e = pbes2_check(whole, &iterations, ei);
		if (e == ERR_OK) {
			e = spend(r, iterations, ei);
		}
	} else if (oid_find(oid) == OID_PBE_SHA1_3DES) {
		e = old_cipher(r, s, ei);
	} else {
		e = err_set(ei, ERR_UNSUPPORTED, "pfx.cipher", NULL,
		    "the PFX file is encrypted by %s; write it again with "
		    "AES-256 or GOST (openssl pkcs12 reads the old ones with "
		    "-legacy)",
		    oid_dotted(oid, text));
	}
	OPENSSL_free(der);
	return e;
}

static enum err
take_key(struct reading *r, const PKCS12_SAFEBAG *bag, struct errinfo *ei)
{
	const X509_SIG *sealed;
	const X509_ALGOR *alg = NULL;
	enum err e;

	if (++r->num_keys > 1) {
		return err_set(ei, ERR_UNSUPPORTED, "pfx.keys", NULL,
		    "the PFX file has more than one key; export each by "
		    "itself");
	}
	if (PKCS12_SAFEBAG_get_nid(bag) == NID_keyBag) {
		r->key = ASN1_item_dup(ASN1_ITEM_rptr(PKCS8_PRIV_KEY_INFO),
		    PKCS12_SAFEBAG_get0_p8inf(bag));
	} else {
		sealed = PKCS12_SAFEBAG_get0_pkcs8(bag);
		if (sealed == NULL) {
			return bad_form(ei);
		}
		X509_SIG_get0(sealed, &alg, NULL);
		if ((e = check_cipher(r, alg, ei)) != ERR_OK) {
			return e;
		}
		r->key = PKCS12_decrypt_skey(bag, r->password, r->password_len);
	}
	return r->key != NULL ? ERR_OK : bad_form(ei);
}

static void
take_name(struct reading *r, PKCS12_SAFEBAG *bag)
{
	char *name = PKCS12_get_friendlyname(bag);
	struct slice s = slice_str(name);

	if (s.len != 0 && s.len <= CONTAINER_LABEL_MAX && text_is_clean(s)) {
		memcpy(r->name, s.p, s.len);
		r->name[s.len] = '\0';
	}
	OPENSSL_free(name);
}

static enum err
take_bag(struct reading *r, PKCS12_SAFEBAG *bag, struct errinfo *ei)
{
	X509 *cert;

	if (++r->num_parts > PFX_PARTS_MAX) {
		return err_set(ei, ERR_LIMIT, "pfx.parts", NULL,
		    "the PFX file has more than %d keys and certificates",
		    PFX_PARTS_MAX);
	}
	switch (PKCS12_SAFEBAG_get_nid(bag)) {
	case NID_keyBag:
	case NID_pkcs8ShroudedKeyBag:
		take_name(r, bag);
		return take_key(r, bag, ei);
	case NID_certBag:
		if (PKCS12_SAFEBAG_get_bag_nid(bag) != NID_x509Certificate) {
			return ERR_OK; /* of another kind */
		}
		cert = PKCS12_SAFEBAG_get1_cert(bag);
		if (cert == NULL || sk_X509_push(r->certs, cert) == 0) {
			X509_free(cert);
			return bad_form(ei);
		}
		return ERR_OK;
	default:
		return ERR_OK; /* CRLs, secrets: nothing for us */
	}
}

/* One ContentInfo; NULL bags with ERR_OK: nothing that we read. */
static enum err
unpack(struct reading *r, PKCS7 *p7, STACK_OF(PKCS12_SAFEBAG) * *out,
    struct errinfo *ei)
{
	enum err e;

	if (PKCS7_type_is_data(p7)) {
		*out = PKCS12_unpack_p7data(p7);
	} else if (PKCS7_type_is_encrypted(p7)) {
		if (p7->d.encrypted == NULL ||
		    p7->d.encrypted->enc_data == NULL) {
			return bad_form(ei);
		}
		e = check_cipher(r, p7->d.encrypted->enc_data->algorithm, ei);
		if (e != ERR_OK) {
			return e;
		}
		*out =
		    PKCS12_unpack_p7encdata(p7, r->password, r->password_len);
	} else {
		return err_set(ei, ERR_UNSUPPORTED, "pfx.cipher", NULL,
		    "the PFX file is encrypted to a certificate and not with "
		    "a password");
	}
	return *out != NULL ? ERR_OK : bad_form(ei);
}

static enum err
take_all(struct reading *r, PKCS12 *p12, struct errinfo *ei)
{
	STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
	enum err e = safes != NULL ? ERR_OK : bad_form(ei);

	for (int i = 0; e == ERR_OK && i < sk_PKCS7_num(safes); i++) {
		STACK_OF(PKCS12_SAFEBAG) *bags = NULL;

		e = unpack(r, sk_PKCS7_value(safes, i), &bags, ei);
		for (int j = 0; e == ERR_OK && j < sk_PKCS12_SAFEBAG_num(bags);
		     j++) {
			e = take_bag(r, sk_PKCS12_SAFEBAG_value(bags, j), ei);
		}
		sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	}
	sk_PKCS7_pop_free(safes, PKCS7_free);
	return e;
}

static bool
mac_fits(struct reading *r, PKCS12 *p12)
{
	if (PKCS12_verify_mac(p12, r->password, r->password_len) == 1) {
		return true;
	}
	/* No password at all is written in two ways. */
	if (r->password_len == 0 && PKCS12_verify_mac(p12, NULL, 0) == 1) {
		r->password = NULL;
		return true;
	}
	return false;
}

/* A password that opens what is encrypted is right, whatever the MAC says. */
static enum err
read_all(struct reading *r, PKCS12 *p12, struct errinfo *ei)
{
	const ASN1_INTEGER *iterations = NULL;
	enum err e;

	if (PKCS12_mac_present(p12) != 1) {
		return err_set(ei, ERR_UNSUPPORTED, "pfx.mac", NULL,
		    "nothing in the PFX file shows that it is whole");
	}
	PKCS12_get0_mac(NULL, NULL, NULL, &iterations, p12);
	if ((e = spend_integer(r, iterations, ei)) != ERR_OK) {
		return e;
	}
	if (mac_fits(r, p12)) {
		return take_all(r, p12, ei);
	}
	e = take_all(r, p12, ei);
	if (e == ERR_OK && r->num_keys != 0) {
		return err_set(ei, ERR_CRYPTO, "pfx.damaged", NULL,
		    "the password is right, but the PFX file was changed or "
		    "is damaged; take it from a copy");
	}
	return e == ERR_LIMIT || e == ERR_UNSUPPORTED
		   ? e
		   : err_set(ei, ERR_CRYPTO, "pfx.password", NULL,
			 "the password does not open the PFX file, or the "
			 "file is damaged");
}

/* --- what was in it ----------------------------------------------------------
 */

static enum err
key_of(const struct reading *r, struct privkey **out, struct errinfo *ei)
{
	unsigned char *der = NULL;
	int len;
	enum err e;

	if (r->key == NULL) {
		return err_set(ei, ERR_NOTFOUND, "pfx.no_key", NULL,
		    "there is no private key in the PFX file");
	}
	len = i2d_PKCS8_PRIV_KEY_INFO(r->key, &der);
	if (len <= 0) {
		return bad_form(ei);
	}
	e = privkey_from_p8(slice_make(der, (size_t)len), SLICE_EMPTY, out, ei);
	OPENSSL_clear_free(der, (size_t)len);
	return e;
}

static enum err
cert_of(const struct reading *r, struct pfx *out, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (int i = 0; e == ERR_OK && i < sk_X509_num(r->certs); i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(r->certs, i), &der);
		struct slice s = slice_make(der, len > 0 ? (size_t)len : 0);
		struct cert_bits bits;

		if (len > 0 && out->cert.len == 0 &&
		    cert_bits_get(s, &bits, NULL) == ERR_OK &&
		    privkey_matches(out->key, bits.spki)) {
			buf_add(&out->cert, s);
			e = buf_err(&out->cert, ei);
		} else {
			out->num_others++;
		}
		OPENSSL_free(der);
	}
	return e;
}

enum err
pfx_open(struct slice der, struct slice password, unsigned max_iterations,
    struct pfx *out, struct errinfo *ei)
{
	struct reading r = {
	    .left = max_iterations != 0 ? max_iterations : KDF_ITERATIONS_MAX};
	struct pfx p = {.cert = BUF_INIT(CERT_BYTES_MAX)};
	struct secret text = SECRET_EMPTY;
	const unsigned char *at = der.p;
	PKCS12 *p12 = NULL;
	enum err e;

	if ((e = crypto_need(ei)) != ERR_OK) {
		return e;
	}
	if (der.len > PFX_BYTES_MAX || password.len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "pfx.size", NULL,
		    "a PFX file of %zu bytes or its password is too long",
		    der.len);
	}
	if ((e = terminated(password, &text, ei)) != ERR_OK) {
		return e;
	}
	r.password = (const char *)text.p;
	r.password_len = (int)password.len;
	r.certs = sk_X509_new_null();
	p12 = d2i_PKCS12(NULL, &at, (long)der.len);
	if (r.certs == NULL) {
		e = err_nomem(ei);
	} else if (p12 == NULL || at != der.p + der.len) {
		e = bad_form(ei);
	} else {
		e = read_all(&r, p12, ei);
	}
	if (e == ERR_OK && (e = key_of(&r, &p.key, ei)) == ERR_OK &&
	    (e = cert_of(&r, &p, ei)) == ERR_OK) {
		memcpy(p.name, r.name, sizeof(p.name));
		*out = p;
		p = (struct pfx){0};
	}
	pfx_clear(&p);
	PKCS8_PRIV_KEY_INFO_free(r.key);
	sk_X509_pop_free(r.certs, X509_free);
	PKCS12_free(p12);
	secret_clear(&text);
	return crypto_done(e);
}

void
pfx_clear(struct pfx *p)
{
	privkey_free(p->key);
	buf_clear(&p->cert);
	*p = (struct pfx){0};
}
