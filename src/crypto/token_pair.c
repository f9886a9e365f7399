/* SPDX-License-Identifier: Apache-2.0 */
/* Key pairs on an active token, and their certificates. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/cert_bits.h"
#include "crypto/spki_priv.h"
#include "crypto/token_priv.h"

enum {
	PAIRS_MAX = 64,
	/* A key for the device's own operation journal (Rutoken's headers). */
	VENDOR_KEY_JOURNAL = 0x2002
};

static CK_OBJECT_CLASS public_class = CKO_PUBLIC_KEY;
static CK_OBJECT_CLASS private_class = CKO_PRIVATE_KEY;
static CK_OBJECT_CLASS cert_class = CKO_CERTIFICATE;

/* The objects of a class with an id; id_len 0: with any. */
static enum err
find_class(struct token *t, CK_OBJECT_CLASS *class, const uint8_t *id,
    size_t id_len, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *out_num,
    struct errinfo *ei)
{
	CK_ATTRIBUTE wanted[] = {
	    {CKA_CLASS, class, sizeof(*class)},
	    pkcs11_attribute(CKA_ID, id, id_len),
	};

	return token_find(t, wanted, id_len > 0 ? 2 : 1, out, max, out_num, ei);
}

/* --- what is there ----------------------------------------------------------
 */

static bool
read_id(struct token *t, CK_OBJECT_HANDLE object, struct token_pair *out)
{
	struct buf id = BUF_INIT(TOKEN_ID_MAX);
	bool ok = token_attribute(t, object, CKA_ID, &id, NULL) == ERR_OK &&
		  id.len > 0;

	if (ok) {
		memcpy(out->id, id.p, id.len);
		out->id_len = id.len;
	}
	buf_clear(&id);
	return ok;
}

static void
read_label(struct token *t, CK_OBJECT_HANDLE object, struct token_pair *out)
{
	struct buf label = BUF_INIT(TOKEN_NAME_SIZE - 1);

	if (token_attribute(t, object, CKA_LABEL, &label, NULL) == ERR_OK) {
		token_text(out->label, sizeof(out->label), buf_slice(&label));
	}
	buf_clear(&label);
}

/* As privkey_matches(): what may be left out of GOST parameters does not
 * count. */
static bool
is_same_key(struct slice a, struct slice b)
{
	struct spki one, two;

	return spki_parse(a, &one, NULL) == ERR_OK &&
	       spki_parse(b, &two, NULL) == ERR_OK && one.alg == two.alg &&
	       slice_eq(one.params, two.params) && slice_eq(one.bits, two.bits);
}

/* The certificate of this key among those of its id; none is fine. */
static void
read_cert(struct token *t, struct token_pair *pair)
{
	CK_OBJECT_HANDLE found[PAIRS_MAX];
	struct cert_bits bits;
	CK_ULONG num = 0;

	if (find_class(t, &cert_class, pair->id, pair->id_len, found,
		ARRAY_LEN(found), &num, NULL) != ERR_OK) {
		return;
	}
	for (CK_ULONG i = 0; i < num; i++) {
		buf_reset(&pair->cert);
		if (token_attribute(
			t, found[i], CKA_VALUE, &pair->cert, NULL) == ERR_OK &&
		    cert_bits_get(buf_slice(&pair->cert), &bits, NULL) ==
			ERR_OK &&
		    is_same_key(bits.spki, buf_slice(&pair->spki))) {
			return;
		}
	}
	buf_reset(&pair->cert);
}

/* False: not one that we know. */
static bool
read_pair(struct token *t, CK_OBJECT_HANDLE object, struct token_pair *out)
{
	struct token_pair pair = {.id_len = 0};
	const struct pkcs11_spec *spec;

	buf_init(&pair.spki, SPKI_BYTES_MAX);
	buf_init(&pair.cert, CERT_BYTES_MAX);
	if (!read_id(t, object, &pair) ||
	    pkcs11_read_spki(t->m->m, t->session, object, NULL, &pair.spki,
		NULL) != ERR_OK ||
	    (spec = pkcs11_spec_of(buf_slice(&pair.spki))) == NULL) {
		buf_clear(&pair.spki);
		return false;
	}
	(void)snprintf(pair.spec, sizeof(pair.spec), "%s", spec->spec);
	read_label(t, object, &pair);
	read_cert(t, &pair);
	*out = pair;
	return true;
}

static enum err
run_pairs(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE found[TOKEN_OBJECTS_MAX];
	CK_ULONG num = 0;
	enum err e = find_class(
	    j->t, &public_class, NULL, 0, found, ARRAY_LEN(found), &num, ei);

	for (CK_ULONG i = 0; e == ERR_OK && i < num && j->num < j->max; i++) {
		j->num += read_pair(j->t, found[i], &j->pairs[j->num]);
	}
	return e;
}

enum err
token_pairs(struct token *t, struct token_pair *out, size_t max,
    size_t *out_num, struct errinfo *ei)
{
	struct token_job *j = token_job_new(t->m, t, run_pairs);
	enum err e;

	if (j != NULL) {
		j->max = max < PAIRS_MAX ? max : PAIRS_MAX;
		j->pairs = calloc(j->max + 1, sizeof(*j->pairs));
	}
	if (j == NULL || j->pairs == NULL) {
		token_job_free(j);
		return err_nomem(ei);
	}
	e = token_do(&j, TOKEN_WAIT_MS, ei);
	if (e == ERR_OK) {
		*out_num = j->num;
		memcpy(out, j->pairs, j->num * sizeof(*out));
		j->num = 0; /* theirs now */
	}
	token_job_free(j);
	return e;
}

/* --- making -----------------------------------------------------------------
 */

static bool
is_bool(struct token *t, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    CK_BBOOL wanted)
{
	struct buf value = BUF_INIT(sizeof(CK_BBOOL));
	bool is = token_attribute(t, object, type, &value, NULL) == ERR_OK &&
		  value.len == 1 && value.p[0] == wanted;

	buf_clear(&value);
	return is;
}

/* Born there, and never to leave. */
static bool
is_tight(struct token *t, CK_OBJECT_HANDLE key)
{
	return is_bool(t, key, CKA_SENSITIVE, CK_TRUE) &&
	       is_bool(t, key, CKA_ALWAYS_SENSITIVE, CK_TRUE) &&
	       is_bool(t, key, CKA_EXTRACTABLE, CK_FALSE) &&
	       is_bool(t, key, CKA_NEVER_EXTRACTABLE, CK_TRUE) &&
	       is_bool(t, key, CKA_LOCAL, CK_TRUE);
}

static enum err
check_pair(struct token *t, CK_OBJECT_HANDLE public, CK_OBJECT_HANDLE private,
    struct errinfo *ei)
{
	CK_FUNCTION_LIST *f = t->m->m->f;

	if (is_tight(t, private)) {
		return ERR_OK;
	}
	(void)f->C_DestroyObject(t->session, private);
	(void)f->C_DestroyObject(t->session, public);
	return err_set(ei, ERR_POLICY, "token.key.leaky", NULL,
	    "the token does not say of its new key that it can never leave "
	    "it; the key was destroyed");
}

/* *out: 0, or the object of this class and id. */
static enum err
find_one(struct token_job *j, CK_OBJECT_CLASS *class, CK_OBJECT_HANDLE *out,
    struct errinfo *ei)
{
	CK_OBJECT_HANDLE found[2];
	CK_ULONG num = 0;
	enum err e = find_class(
	    j->t, class, j->id, j->id_len, found, ARRAY_LEN(found), &num, ei);

	*out = e == ERR_OK && num == 1 ? found[0] : CK_INVALID_HANDLE;
	return e == ERR_OK && num > 1
		   ? err_set(ei, ERR_AGAIN, "key.absent", NULL,
			 "the token has more than one key of this id")
		   : e;
}

static enum err
generate(struct token_job *j, CK_OBJECT_HANDLE *out_public,
    CK_OBJECT_HANDLE *out_private, struct errinfo *ei)
{
	struct pkcs11_where names = {.id_len = j->id_len};
	struct token *t = j->t;
	CK_MECHANISM_INFO info;
	struct errinfo own = {0};
	enum err e;

	memcpy(names.id, j->id, j->id_len);
	/* What is too long is cut: the certificate names the person. */
	(void)snprintf(names.label, sizeof(names.label), "%.*s",
	    (int)sizeof(names.label) - 1, j->name);
	if (j->m->m->f->C_GetMechanismInfo(
		t->slot, j->spec->mechanism, &info) != CKR_OK) {
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "the token makes no keys of the kind %s", j->spec->spec);
	}
	e = pkcs11_generate(j->m->m, t->session, &names, j->spec, out_public,
	    out_private, &own);
	if (e == ERR_AGAIN) {
		e = token_failed(
		    ei, t, "C_GenerateKeyPair", CKR_FUNCTION_FAILED);
		if (e == ERR_AGAIN && ei != NULL) {
			*ei = own;
		}
		return e;
	}
	if (e != ERR_OK && ei != NULL) {
		*ei = own;
	}
	return e;
}

static enum err
run_make(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE public = CK_INVALID_HANDLE, private;
	struct token *t = j->t;
	enum err e = find_one(j, &private_class, &private, ei);

	if (e == ERR_OK) {
		e = find_one(j, &public_class, &public, ei);
	}
	if (e == ERR_OK &&
	    (public == CK_INVALID_HANDLE || private == CK_INVALID_HANDLE)) {
		e = generate(j, &public, &private, ei);
	}
	if (e == ERR_OK) {
		e = check_pair(t, public, private, ei);
	}
	if (e == ERR_OK) {
		e = pkcs11_read_spki(
		    j->m->m, t->session, public, NULL, &j->out, ei);
	}
	if (e == ERR_OK && pkcs11_spec_of(buf_slice(&j->out)) != j->spec) {
		e = err_set(ei, ERR_CONFLICT, "key.exists", NULL,
		    "the token has a key of this id already, and it is of "
		    "another kind");
	}
	return e;
}

/* The names and the id of a pair. */
static struct token_job *
pair_job(struct token *t, struct slice id, const char *label,
    enum err (*run)(struct token_job *j, struct errinfo *ei))
{
	struct token_job *j = token_job_new(t->m, t, run);

	if (j != NULL) {
		ensure(id.len > 0 && id.len <= TOKEN_ID_MAX);
		memcpy(j->id, id.p, id.len);
		j->id_len = id.len;
		(void)snprintf(j->name, sizeof(j->name), "%s", label);
	}
	return j;
}

enum err
token_make_pair(struct token *t, struct slice id, const char *label,
    const char *spec, struct buf *out_spki, struct errinfo *ei)
{
	struct token_job *j = pair_job(t, id, label, run_make);
	enum err e = ERR_OK;

	if (j != NULL) {
		buf_init(&j->out, SPKI_BYTES_MAX);
		j->spec = pkcs11_spec_find(spec, true);
		if (j->spec == NULL) {
			e = err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
			    "a key of this kind is not made on a token");
		}
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_MAKE_MS, ei);
	}
	if (e == ERR_OK) {
		buf_add(out_spki, buf_slice(&j->out));
		e = buf_err(out_spki, ei);
	}
	token_job_free(j);
	return e;
}

/* --- the certificate
 * ----------------------------------------------------------
 */

static enum err
run_cert(struct token_job *j, struct errinfo *ei)
{
	static const CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	static const CK_ULONG user = 1; /* CKA_CERTIFICATE_CATEGORY */
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_OBJECT_HANDLE old[PAIRS_MAX], new = CK_INVALID_HANDLE;
	CK_FUNCTION_LIST *f = j->m->m->f;
	struct slice der = secret_slice(&j->one),
		     subject = secret_slice(&j->two);
	CK_ATTRIBUTE at[] = {
	    {CKA_CLASS, &cert_class, sizeof(cert_class)},
	    pkcs11_attribute(CKA_CERTIFICATE_TYPE, &x509, sizeof(x509)),
	    pkcs11_attribute(CKA_CERTIFICATE_CATEGORY, &user, sizeof(user)),
	    pkcs11_attribute(CKA_TOKEN, &yes, sizeof(yes)),
	    pkcs11_attribute(CKA_PRIVATE, &no, sizeof(no)),
	    pkcs11_attribute(CKA_ID, j->id, j->id_len),
	    pkcs11_attribute(CKA_LABEL, j->name, strlen(j->name)),
	    pkcs11_attribute(CKA_SUBJECT, subject.p, subject.len),
	    pkcs11_attribute(CKA_VALUE, der.p, der.len),
	};
	CK_ULONG num = 0;
	CK_RV rv;
	enum err e = find_class(
	    j->t, &cert_class, j->id, j->id_len, old, ARRAY_LEN(old), &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	rv = f->C_CreateObject(j->t->session, at, ARRAY_LEN(at), &new);
	if (rv == CKR_DEVICE_MEMORY) {
		return err_set(ei, ERR_LIMIT, "token.full", NULL,
		    "there is no room left on the token");
	}
	if (rv != CKR_OK) {
		return token_failed(ei, j->t, "C_CreateObject", rv);
	}
	for (CK_ULONG i = 0; i < num; i++) {
		rv = f->C_DestroyObject(j->t->session, old[i]);
		if (rv != CKR_OK) {
			return token_failed(ei, j->t, "C_DestroyObject", rv);
		}
	}
	return ERR_OK;
}

enum err
token_cert_write(struct token *t, struct slice id, const char *label,
    struct slice der, struct errinfo *ei)
{
	struct token_job *j;
	struct cert_bits bits;
	enum err e = cert_bits_get(der, &bits, ei);

	if (e != ERR_OK) {
		return e;
	}
	j = pair_job(t, id, label, run_cert);
	if (j != NULL) {
		e = secret_copy(&j->one, der, ei);
	}
	if (j != NULL && e == ERR_OK) {
		e = secret_copy(&j->two, bits.subject, ei);
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	token_job_free(j);
	return e;
}

/* --- signing (the thread's half)
 * -----------------------------------------------
 */

static enum err
find_private(struct token_job *j, CK_OBJECT_HANDLE *out, struct errinfo *ei)
{
	enum err e = find_one(j, &private_class, out, ei);

	if (e == ERR_OK && *out == CK_INVALID_HANDLE) {
		e = err_set(ei, ERR_AGAIN, "key.absent", NULL,
		    "the token does not have the private key of this id");
	}
	if (e == ERR_OK &&
	    is_bool(
		j->t, *out, CKA_VENDOR_DEFINED | VENDOR_KEY_JOURNAL, CK_TRUE)) {
		e = err_set(ei, ERR_POLICY, "token.key.journal", NULL,
		    "this key of the token signs its own journal and nothing "
		    "else");
	}
	return e;
}

enum err
token_run_sign(struct token_job *j, struct errinfo *ei)
{
	CK_MECHANISM mechanism = {j->mechanism, NULL, 0};
	CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
	CK_FUNCTION_LIST *f = j->m->m->f;
	CK_ULONG len = SIGNATURE_BYTES_MAX;
	const char *function = "C_SignInit";
	uint8_t sig[SIGNATURE_BYTES_MAX];
	enum err e = find_private(j, &key, ei);
	CK_RV rv;

	if (e != ERR_OK) {
		return e;
	}
	rv = f->C_SignInit(j->t->session, &mechanism, key);
	if (rv == CKR_OK) {
		function = "C_Sign";
		rv = f->C_Sign(j->t->session, j->one.p, j->one.len, sig, &len);
	}
	if (rv != CKR_OK || len > sizeof(sig)) {
		return token_failed(ei, j->t, function, rv);
	}
	buf_add(&j->out, slice_make(sig, len));
	return buf_err(&j->out, ei);
}
