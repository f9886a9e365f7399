/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "keys/keys.h"
#include "os/file.h"
#include "subject/subject.h"
#include "x509/signed.h"

const char *const kit_profiles[] = {
    "qualified-person",
    "qualified-sole-proprietor",
    "qualified-org-person",
    "qualified-org",
    "tls-client",
    "tls-server",
    "ocsp",
    "time-stamping",
    "page-order",
    "issuing-ca",
    "root-ca",
    "qualified-person@gost512",
    "qualified-org@gost512",
    "tls-client@p384",
    "tls-client@rsa",
    "tls-client@ed25519",
    "tls-server@p384",
    "tls-server@rsa",
    "tls-server@ed25519",
    "ocsp@gost",
    "ocsp@gost512",
    "ocsp@p384",
    "ocsp@rsa",
    "ocsp@ed25519",
    "time-stamping@gost",
    "time-stamping@gost512",
    "time-stamping@rsa",
    "issuing-ca@gost",
    "issuing-ca@gost512",
    "issuing-ca@p384",
    "issuing-ca@rsa",
    "issuing-ca@ed25519",
    "root-ca@gost",
    "root-ca@gost512",
    "root-ca@p384",
    "root-ca@rsa",
    "root-ca@ed25519",
};
const size_t kit_num_profiles = ARRAY_LEN(kit_profiles);

/* Subject keys, and for each hierarchy the root's and the issuing CA's. */
static struct privkey *keys[KEY_ALG_MAX_];
static struct hierarchy {
	const char *suffix;
	enum sig_alg sig_alg;
	enum key_alg key_alg;
	const char *spec;
	struct privkey *root_key;
	struct privkey *issuing_key;
	struct buf root; /* certificates */
	struct buf issuing;
} hierarchies[] = {
    {.suffix = "gost",
	.sig_alg = SIG_GOST256,
	.key_alg = KEY_GOST256,
	.spec = "gost2012-256:A"},
    {.suffix = "p256",
	.sig_alg = SIG_ECDSA_SHA256,
	.key_alg = KEY_P256,
	.spec = "p256"},
    {.suffix = "gost512",
	.sig_alg = SIG_GOST512,
	.key_alg = KEY_GOST512,
	.spec = "gost2012-512:A"},
    {.suffix = "p384",
	.sig_alg = SIG_ECDSA_SHA384,
	.key_alg = KEY_P384,
	.spec = "p384"},
    {.suffix = "rsa",
	.sig_alg = SIG_RSA_SHA256,
	.key_alg = KEY_RSA,
	.spec = "rsa:2048"},
    {.suffix = "ed25519",
	.sig_alg = SIG_ED25519,
	.key_alg = KEY_ED25519,
	.spec = "ed25519"},
};

struct privkey *
kit_key(enum key_alg alg)
{
	return keys[alg];
}

void
kit_path(const char *name, char out[4096])
{
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	(void)snprintf(out, 4096, "%s/profiles/%.*s.conf",
	    root != NULL ? root : ".", (int)strcspn(name, "@"), name);
}

enum {
	FILE_BYTES_MAX = 1024 * 1024
};

void
kit_read(const char *path, struct buf *out)
{
	struct errinfo ei;

	assert_ok(file_read(path, FILE_BYTES_MAX, out, &ei), &ei);
}

static struct hierarchy *
hierarchy_of(const char *profile)
{
	const char *suffix = strchr(profile, '@');
	bool gost = strncmp(profile, "qualified", 9) == 0 ||
		    strcmp(profile, "rfc9215") == 0;

	for (size_t i = 0; suffix != NULL && i < ARRAY_LEN(hierarchies); i++) {
		if (strcmp(suffix + 1, hierarchies[i].suffix) == 0) {
			return &hierarchies[i];
		}
	}
	assert_null(suffix);
	return &hierarchies[gost ? 0 : 1];
}

static void
add(struct issue_values *v, enum oid id, const char *text)
{
	struct errinfo ei;

	assert_ok(values_add_attr(v, id, slice_str(text), &ei), &ei);
}

static const struct subject_fields person = {
    .surname = "Иванов",
    .given_name = "Иван",
    .patronymic = "Иванович",
    .snils = "07500122105",
    .inn = "500100732259",
    .email = "direktor@e.ru",
    .region = "66",
    .locality = "Екатеринбург",
};

static void
fill_qualified(struct issue_values *v)
{
	struct subject_fields f = person;
	enum owner_kind kind = OWNER_PERSON;
	struct errinfo ei;

	while (strcmp(owner_kind_profile(kind), v->profile) != 0) {
		kind = (enum owner_kind)(kind + 1);
	}
	if (kind == OWNER_SOLE_PROPRIETOR) {
		f.ogrnip = "304500116000157";
	}
	if (kind == OWNER_ORG_WITH_PERSON || kind == OWNER_ORG) {
		f.street = "ул. Ленина, 1";
		f.organisation_name = "ООО «Ромашка»";
		f.unit = "0";
		f.organisation_inn = "6688242590";
		f.ogrn = "1234567890127";
		f.fss_number = "6600012345";
		f.position = kind == OWNER_ORG ? NULL : "Директор";
	}
	if (kind == OWNER_ORG) {
		f.surname = f.given_name = f.patronymic = NULL;
		f.snils = f.inn = NULL;
	}
	assert_ok(subject_build(kind, &f, &v->attrs, &ei), &ei);
	v->identification_kind = IDENTIFICATION_PERSONAL;
}

static void
fill_values(struct issue_values *v, const char *profile, struct privkey *key)
{
	struct errinfo ei;

	assert_ok(values_set_profile(
		      v, slice_make(profile, strcspn(profile, "@")), &ei),
	    &ei);
	assert_ok(values_set_spki(v, privkey_spki(key), &ei), &ei);
	memset(v->idem, 7, sizeof(v->idem));
	if (strncmp(profile, "qualified", 9) == 0) {
		fill_qualified(v);
		return;
	}
	/* Not in the profiles' order: that is the template's business. */
	if (strcmp(v->profile, "tls-server") == 0) {
		add(v, OID_CN, "www.example.ru");
		add(v, OID_O, "ООО «Ромашка»");
		assert_ok(values_add_san(
			      v, SAN_DNS, SLICE_LIT("www.example.ru"), &ei),
		    &ei);
		assert_ok(
		    values_add_san(v, SAN_DNS, SLICE_LIT("*.example.ru"), &ei),
		    &ei);
		assert_ok(
		    values_add_san(v, SAN_IP, SLICE_LIT("192.0.2.1"), &ei),
		    &ei);
		assert_ok(
		    values_add_san(v, SAN_IP, SLICE_LIT("2001:db8::1"), &ei),
		    &ei);
		return;
	}
	if (strcmp(v->profile, "tls-client") == 0) {
		add(v, OID_CN, "ivanov");
		add(v, OID_SERIAL_NUMBER, "17-4");
		add(v, OID_EMAIL, "ivanov@example.ru");
	} else if (strncmp(profile, "ocsp", 4) == 0) {
		add(v, OID_CN, "Служба OCSP");
	} else if (strncmp(profile, "time", 4) == 0) {
		add(v, OID_CN, "Служба меток времени");
	} else if (strncmp(profile, "page", 4) == 0) {
		add(v, OID_CN, "Задания агентам");
	} else if (strncmp(profile, "root", 4) == 0) {
		add(v, OID_CN, "Корень Учебного центра");
	} else {
		add(v, OID_CN, "Учебный центр");
	}
	add(v, OID_O, "ООО «Сургуч»");
	add(v, OID_C, "RU");
}

static void
load(struct kit *k, const char *profile)
{
	char path[4096];
	struct errinfo ei;

	kit_path(profile, path);
	assert_ok(profile_load(path, NULL, &k->p, &ei), &ei);
}

static void
add_urls(struct ca_identity *ca, const char *name)
{
	char url[200];
	struct errinfo ei;

	for (int i = 1; i <= 2; i++) {
		(void)snprintf(url, sizeof(url),
		    "http://cdp%d.example.ru/crl/%s.crl", i, name);
		assert_ok(ca_identity_add_crl_url(ca, url, &ei), &ei);
	}
	(void)snprintf(
	    url, sizeof(url), "http://cdp1.example.ru/ca/%s.cer", name);
	assert_ok(ca_identity_add_ca_issuers_url(ca, url, &ei), &ei);
	assert_ok(
	    ca_identity_add_ocsp_url(ca, "http://ocsp.example.ru/", &ei), &ei);
}

static void
take_ca(struct kit *k, struct hierarchy *h, const char *profile)
{
	struct errinfo ei;
	bool by_root = strncmp(profile, "issuing", 7) == 0;
	const struct buf *cert = by_root ? &h->root : &h->issuing;

	if (strncmp(profile, "root", 4) == 0) {
		assert_ok(
		    ca_identity_init_self(&k->ca, h->suffix, h->sig_alg, &ei),
		    &ei);
		k->ca_key = h->root_key;
		return;
	}
	assert_ok(ca_identity_init(
		      &k->ca, h->suffix, buf_slice(cert), h->sig_alg, &ei),
	    &ei);
	add_urls(&k->ca, by_root ? "root" : "issuing");
	k->ca_key = by_root ? h->root_key : h->issuing_key;
}

void
kit_init(struct kit *k, const char *profile, int64_t now)
{
	struct hierarchy *h = hierarchy_of(profile);
	struct errinfo ei;

	memset(k, 0, sizeof(*k));
	k->now = now;
	values_init(&k->v);
	load(k, profile);
	take_ca(k, h, profile);
	k->key = keys[h->key_alg];
	if (k->ca.self) {
		k->key = h->root_key;
	} else if (strncmp(profile, "issuing", 7) == 0) {
		k->key = h->issuing_key;
	}
	fill_values(&k->v, profile, k->key);
	assert_ok(profile_resolve_times(k->p, &k->ca, &k->v, now,
		      &k->v.not_before, &k->v.not_after, &ei),
	    &ei);
	assert_ok(template_new(k->p, &k->ca, &k->t, &ei), &ei);
}

void
kit_clear(struct kit *k)
{
	template_free(k->t);
	values_clear(&k->v);
	ca_identity_clear(&k->ca);
	profile_free(k->p);
}

void
kit_build(struct kit *k, struct buf *tbs)
{
	uint8_t random[SERIAL_SIZE];
	uint8_t serial[SERIAL_SIZE];
	struct errinfo ei;

	for (size_t i = 0; i < sizeof(random); i++) {
		random[i] = (uint8_t)(i * 37 + 5);
	}
	serial_make(random, serial);
	assert_ok(template_build(k->t, &k->v,
		      slice_make(serial, sizeof(serial)), tbs, &ei),
	    &ei);
}

void
kit_sign(struct kit *k, struct slice tbs, struct buf *der)
{
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct errinfo ei;

	assert_ok(privkey_sign(k->ca_key, k->ca.sig_alg, tbs, &sig, &ei), &ei);
	x509_assemble(tbs, k->ca.sig_alg, buf_slice(&sig), der);
	assert_int_equal(der->err, ERR_OK);
	buf_clear(&sig);
}

static void
make_cert(const char *kind, struct hierarchy *h, struct buf *out)
{
	char profile[64];
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	struct kit k;

	(void)snprintf(profile, sizeof(profile), "%s@%s", kind, h->suffix);
	kit_init(&k, profile, KIT_NOW - 86400);
	kit_build(&k, &tbs);
	kit_sign(&k, buf_slice(&tbs), out);
	buf_clear(&tbs);
	kit_clear(&k);
}

int
kit_group_setup(void **state)
{
	static const struct {
		enum key_alg alg;
		const char *spec;
	} specs[] = {
	    {KEY_GOST256, "gost2012-256:A"},
	    {KEY_GOST512, "gost2012-512:A"},
	    {KEY_P256, "p256"},
	    {KEY_P384, "p384"},
	    {KEY_RSA, "rsa:2048"},
	    {KEY_ED25519, "ed25519"},
	};
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		keys[specs[i].alg] = unit_key(specs[i].spec, 0);
	}
	for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++) {
		struct hierarchy *h = &hierarchies[i];

		h->root_key = unit_key(h->spec, 1);
		h->issuing_key = unit_key(h->spec, 2);
		buf_init(&h->root, CERT_BYTES_MAX);
		buf_init(&h->issuing, CERT_BYTES_MAX);
		make_cert("root-ca", h, &h->root);
		make_cert("issuing-ca", h, &h->issuing);
	}
	return 0;
}

int
kit_group_teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEY_ALG_MAX_; i++) {
		privkey_free(keys[i]);
		keys[i] = NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++) {
		privkey_free(hierarchies[i].root_key);
		privkey_free(hierarchies[i].issuing_key);
		buf_clear(&hierarchies[i].root);
		buf_clear(&hierarchies[i].issuing);
	}
	return 0;
}
