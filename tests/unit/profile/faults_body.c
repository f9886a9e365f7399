/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "der/der.h"
#include "der/write.h"
#include "x509/ext.h"

enum {
	DAY = 86400
};

/* --- helpers -------------------------------------------------------------- */

static struct slice
key_bits(struct slice spki)
{
	struct slice seq, alg, bits;
	unsigned unused;

	assert_int_equal(der_get(&spki, DER_SEQUENCE, &seq, NULL), ERR_OK);
	assert_int_equal(der_get(&seq, DER_SEQUENCE, &alg, NULL), ERR_OK);
	assert_int_equal(der_get_bits(&seq, &bits, &unused, NULL), ERR_OK);
	return bits;
}

void
scene_key(struct scene *s, struct slice spki)
{
	struct buf ski = BUF_INIT(200);
	uint8_t id[KEY_ID_SIZE];
	struct errinfo ei;

	assert_ok(key_id_of(key_bits(spki), id, &ei), &ei);
	ext_put_ski(&ski, slice_make(id, sizeof(id)));
	plan_put_ext(s->plan, buf_slice(&ski));
	s->plan->spki = plan_keep(s->plan, spki);
	assert_ok(values_set_spki(&s->k.v, spki, &ei), &ei);
	buf_clear(&ski);
}

void
scene_ask(struct scene *s, enum oid id, const char *text)
{
	struct subject_attrs *a = &s->k.v.attrs;
	size_t i = 0;

	while (i < a->num && a->at[i].id != id) {
		i++;
	}
	if (i < a->num) {
		free(a->at[i].text);
		memmove(&a->at[i], &a->at[i + 1],
		    (a->num - i - 1) * sizeof(a->at[0]));
		a->num--;
	}
	if (text != NULL) {
		/* Straight in: some of it is not text at all. */
		a->at[a->num].text = slice_dup_str(slice_str(text));
		a->at[a->num++].id = id;
	}
}

void
scene_set(struct scene *s, enum oid id, const char *text)
{
	scene_ask(s, id, text);
	plan_attr(s->plan, id)->value = plan_keep(s->plan, slice_str(text));
}

/* --- what cannot be parsed ------------------------------------------------ */

static void
serial(struct scene *s)
{
	static const struct {
		const char *rule;
		struct slice bytes;
	} bad[] = {
	    {"cert.serial.negative", {(const uint8_t *)"\x80"
						       "1234",
					 5}},
	    {"cert.serial.length",
		{(const uint8_t *)"@12345678901234567890", 21}},
	    {"der.integer.minimal", {(const uint8_t *)"\x00"
						      "123",
					4}},
	    {"der.integer.empty", {(const uint8_t *)"", 0}},
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (strcmp(bad[i].rule, s->fault->rule) == 0) {
			s->plan->serial = bad[i].bytes;
		}
	}
}

static void
version(struct scene *s)
{
	s->plan->version = (int)s->fault->ext; /* the number, borrowed */
}

static void
no_version(struct scene *s)
{
	s->plan->version = -1;
}

static void
empty_issuer(struct scene *s)
{
	s->plan->issuer = SLICE_LIT("\x30\x00");
}

static void
trailing(struct scene *s)
{
	s->plan->behind = SLICE_LIT("\x05\x00");
}

static void
twice(struct scene *s)
{
	struct plan *p = s->plan;

	p->exts[p->num_exts++] = p->exts[0];
}

static void
explicit_default(struct scene *s)
{
	plan_ext(s->plan, OID_SKI)->explicit_false = true;
}

static void
bad_ski(struct scene *s)
{
	plan_ext(s->plan, OID_SKI)->value = SLICE_LIT("\x04\x05"
						      "123");
}

static void
padded_usage(struct scene *s)
{
	/* A bit string with a trailing zero bit (X.690 11.2.2). */
	plan_ext(s->plan, OID_KEY_USAGE)->value = SLICE_LIT("\x03\x02\x00\x80");
}

static void
letters_in_number(struct scene *s)
{
	plan_attr(s->plan, OID_SNILS)->value = SLICE_LIT("0750012210A");
}

static void
broken_utf8(struct scene *s)
{
	plan_attr(s->plan, OID_CN)->value = SLICE_LIT("\xff\xfe");
}

static void
empty_value(struct scene *s)
{
	plan_attr(s->plan, OID_CN)->value = SLICE_EMPTY;
}

const struct fault faults_form[] = {
    {"negative serial", "tls-client", "cert.serial.negative", ERR_FORMAT,
	serial, 0, 0},
    {"long serial", "tls-client", "cert.serial.length", ERR_FORMAT, serial, 0,
	0},
    {"padded serial", "tls-client", "der.integer.minimal", ERR_FORMAT, serial,
	0, 0},
    {"empty serial", "tls-client", "der.integer.empty", ERR_FORMAT, serial, 0,
	0},
    {"version 1 written out", "tls-client", "cert.version.default", ERR_FORMAT,
	version, 0, (enum ext_kind)0},
    {"version 2 with extensions", "tls-client", "cert.version.extensions",
	ERR_FORMAT, version, 0, (enum ext_kind)1},
    {"version 4", "tls-client", "cert.version", ERR_FORMAT, version, 0,
	(enum ext_kind)3},
    {"version 1 with extensions", "tls-client", "cert.version.extensions",
	ERR_FORMAT, no_version, 0, 0},
    {"empty issuer", "tls-client", "cert.issuer.empty", ERR_FORMAT,
	empty_issuer, 0, 0},
    {"bytes behind", "tls-client", "der.trailing", ERR_FORMAT, trailing, 0, 0},
    {"extension twice", "tls-client", "ext.duplicate", ERR_FORMAT, twice, 0, 0},
    {"critical FALSE", "tls-client", "ext.critical.default", ERR_FORMAT,
	explicit_default, 0, 0},
    {"key id cut short", "tls-client", "der.length.overrun", ERR_FORMAT,
	bad_ski, 0, 0},
    {"key usage padded", "tls-client", "ext.key_usage.bits", ERR_FORMAT,
	padded_usage, 0, 0},
    {"letter in a number", "qualified-person", "name.value", ERR_FORMAT,
	letters_in_number, 0, 0},
    {"name not UTF-8", "tls-client", "name.value", ERR_FORMAT, broken_utf8, 0,
	0},
    {"empty name", "tls-client", "name.value.empty", ERR_FORMAT, empty_value, 0,
	0},
    {0},
};

/* --- body ------------------------------------------------------------------
 */

static void
other_profile(struct scene *s)
{
	(void)snprintf(s->k.v.profile, sizeof(s->k.v.profile), "tls-server");
}

static void
huge(struct scene *s)
{
	char uri[SAN_TEXT_MAX + 1];
	struct errinfo ei;

	memset(uri, 'a', sizeof(uri) - 1);
	uri[SAN_TEXT_MAX] = '\0';
	memcpy(uri, "urn:", 4);
	s->k.p->exts.san_max = SANS_MAX;
	for (size_t i = 0; i < SANS_MAX; i++) {
		uri[5] = (char)('0' + i / 10);
		uri[6] = (char)('0' + i % 10);
		assert_ok(
		    values_add_san(&s->k.v, SAN_URI, slice_str(uri), &ei), &ei);
	}
	scene_san(s);
}

static void
version_1(struct scene *s)
{
	for (size_t i = 0; i < EXT_KIND_MAX_; i++) {
		s->k.p->exts.need[i] = EXT_FORBIDDEN;
	}
	s->plan->num_exts = 0;
	s->plan->version = -1;
}

static void
short_serial(struct scene *s)
{
	s->plan->serial = SLICE_LIT("@1234567");
}

static void
counted_serial(struct scene *s)
{
	s->plan->serial = SLICE_LIT("@\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05");
}

static void
put_sig_alg(struct scene *s, enum sig_alg alg)
{
	struct buf b = BUF_INIT(100);

	sig_alg_put(&b, alg);
	s->plan->sig_alg = plan_keep(s->plan, buf_slice(&b));
	buf_clear(&b);
}

static void
other_signature(struct scene *s)
{
	put_sig_alg(s, SIG_ECDSA_SHA384);
}

/* RSA with NULL is the form; ECDSA with NULL is another one. */
static void
signature_with_null(struct scene *s)
{
	s->plan->sig_alg = SLICE_LIT(
	    "\x30\x0c\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02\x05\x00");
}

static void
signature_not_allowed(struct scene *s)
{
	s->k.p->signature[SIG_ECDSA_SHA256] = false;
}

static void
other_issuer(struct scene *s)
{
	/* CN=A */
	s->plan->issuer = SLICE_LIT(
	    "\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01\x41");
}

static void
generalized_too_early(struct scene *s)
{
	s->plan->not_after_tag = DER_GENERALIZED_TIME;
}

static void
put_times(struct scene *s, int64_t from, int64_t to)
{
	s->plan->not_before = s->k.v.not_before = from;
	s->plan->not_after = s->k.v.not_after = to;
}

static void
ends_before(struct scene *s)
{
	put_times(s, s->k.v.not_before, s->k.v.not_before - 1);
}

static void
ends_at_once(struct scene *s)
{
	put_times(s, s->k.v.not_before, s->k.v.not_before);
}

static void
lives_too_long(struct scene *s)
{
	int64_t most = (int64_t)s->k.p->max_days * DAY;

	put_times(s, s->k.v.not_before, s->k.v.not_before + most + 1);
}

static void
outlives_ca(struct scene *s)
{
	s->k.ca.not_after = s->k.v.not_after - 1;
}

static void
before_ca(struct scene *s)
{
	s->k.ca.not_before = s->k.v.not_before + 1;
}

static void
back_dated(struct scene *s)
{
	s->k.now += CLOCK_SKEW_SEC + s->k.p->backdate_sec + 1;
}

static void
post_dated(struct scene *s)
{
	s->k.now = s->k.v.not_before - CLOCK_SKEW_SEC - 1;
}

static void
other_end(struct scene *s)
{
	s->plan->not_after--;
}

static void
other_start(struct scene *s)
{
	s->plan->not_before++;
}

/* --- key --------------------------------------------------------------------
 */

static void
other_key(struct scene *s)
{
	struct slice spki = privkey_spki(kit_key(KEY_P384));

	s->k.p->keys[0].alg = KEY_P384;
	scene_key(s, spki);
	assert_ok(
	    values_set_spki(&s->k.v, privkey_spki(kit_key(KEY_P256)), NULL),
	    (&(struct errinfo){0}));
}

static void
key_not_allowed(struct scene *s)
{
	s->k.p->num_keys = 1;
	scene_key(s, privkey_spki(kit_key(KEY_P384)));
}

static void
rsa_too_small(struct scene *s)
{
	s->k.p->keys[2].min_bits = 3072;
	s->k.p->exts.rsa_key_usage = 0;
	scene_key(s, privkey_spki(kit_key(KEY_RSA)));
}

static void
params_not_allowed(struct scene *s)
{
	s->k.p->keys[0].params[0] = OID_GOST_CP_B;
}

/* A P-256 point in compressed form. */
static void
compressed_point(struct scene *s)
{
	struct slice spki = privkey_spki(kit_key(KEY_P256));
	struct buf b = BUF_INIT(SPKI_BYTES_MAX);
	struct slice seq, alg, bits = key_bits(spki);
	uint8_t point[33];
	size_t mark;

	assert_int_equal(der_get(&spki, DER_SEQUENCE, &seq, NULL), ERR_OK);
	assert_int_equal(der_get_whole(&seq, DER_SEQUENCE, &alg, NULL), ERR_OK);
	memcpy(point, bits.p, sizeof(point));
	point[0] = 2;
	mark = der_open(&b, DER_SEQUENCE);
	der_put_raw(&b, alg);
	der_put_bits(&b, slice_make(point, sizeof(point)), 0);
	der_close(&b, mark);
	scene_key(s, buf_slice(&b));
	buf_clear(&b);
}

/* Streebog-512 named beside a 256-bit key. */
static void
gost_other_digest(struct scene *s)
{
	struct slice spki = privkey_spki(kit_key(KEY_GOST256));
	struct slice digest = oid_bytes(OID_STREEBOG256);
	uint8_t copy[SPKI_BYTES_MAX];
	size_t at = 0;

	memcpy(copy, spki.p, spki.len);
	while (memcmp(copy + at, digest.p, digest.len) != 0) {
		at++;
		assert_true(at + digest.len < spki.len);
	}
	copy[at + digest.len - 1] =
	    oid_bytes(OID_STREEBOG512).p[digest.len - 1];
	scene_key(s, slice_make(copy, spki.len));
}

static void
ca_key(struct scene *s)
{
	scene_key(s, ca_identity_spki(&s->k.ca));
}

const struct fault faults_body[] = {
    {"values of another profile", "tls-client", "lint.profile", ERR_CONFLICT,
	other_profile, 0, 0},
    {"huge", "tls-client", "lint.size", ERR_LIMIT, huge, 0, 0},
    {"version 1", "tls-client", "lint.version", ERR_FORMAT, version_1, 0, 0},
    {"short serial", "tls-client", "lint.serial.size", ERR_POLICY, short_serial,
	0, 0},
    {"counted serial", "tls-client", "lint.serial.random", ERR_CRYPTO,
	counted_serial, 0, 0},
    {"another signature", "tls-client", "lint.signature.ca", ERR_CONFLICT,
	other_signature, 0, 0},
    {"signature with NULL", "tls-client", "lint.signature.ca", ERR_CONFLICT,
	signature_with_null, 0, 0},
    {"signature not allowed", "tls-client", "lint.signature.profile",
	ERR_POLICY, signature_not_allowed, 0, 0},
    {"another issuer", "tls-client", "lint.issuer", ERR_CONFLICT, other_issuer,
	0, 0},
    {"another issuer of a root", "root-ca", "lint.issuer", ERR_CONFLICT,
	other_issuer, 0, 0},
    {"GeneralizedTime too early", "tls-client", "lint.validity.form",
	ERR_FORMAT, generalized_too_early, 0, 0},
    {"ends before it begins", "tls-client", "lint.validity.order", ERR_FORMAT,
	ends_before, 0, 0},
    {"ends at once", "tls-client", "lint.validity.order", ERR_FORMAT,
	ends_at_once, 0, 0},
    {"lives too long", "tls-client", "lint.validity.length", ERR_POLICY,
	lives_too_long, 0, 0},
    {"outlives its CA", "tls-client", "lint.validity.ca_end", ERR_POLICY,
	outlives_ca, 0, 0},
    {"begins before its CA", "tls-client", "lint.validity.ca_start", ERR_POLICY,
	before_ca, 0, 0},
    {"back-dated", "tls-server", "lint.validity.clock", ERR_POLICY, back_dated,
	0, 0},
    {"post-dated", "tls-server", "lint.validity.clock", ERR_POLICY, post_dated,
	0, 0},
    {"another end", "tls-client", "lint.validity.asked", ERR_CONFLICT,
	other_end, 0, 0},
    {"another start", "tls-client", "lint.validity.asked", ERR_CONFLICT,
	other_start, 0, 0},
    {"another key", "tls-client", "lint.key.asked", ERR_CONFLICT, other_key, 0,
	0},
    {"key not allowed", "tls-client", "lint.key.allowed", ERR_POLICY,
	key_not_allowed, 0, 0},
    {"RSA too small", "tls-server", "lint.key.allowed", ERR_POLICY,
	rsa_too_small, 0, 0},
    {"parameter set not allowed", "qualified-person", "lint.key.allowed",
	ERR_POLICY, params_not_allowed, 0, 0},
    {"compressed point", "tls-client", "lint.key.form", ERR_FORMAT,
	compressed_point, 0, 0},
    {"another digest", "qualified-person", "lint.key.form", ERR_FORMAT,
	gost_other_digest, 0, 0},
    {"the CA's key", "tls-client", "lint.key.ca", ERR_POLICY, ca_key, 0, 0},
    {0},
};

/* --- subject
 * ------------------------------------------------------------------ */

static void
attr_lost(struct scene *s)
{
	plan_drop_attr(s->plan, OID_O);
}

static void
attr_changed(struct scene *s)
{
	plan_attr(s->plan, OID_CN)->value = SLICE_LIT("petrov");
}

static void
attr_invented(struct scene *s)
{
	scene_ask(s, OID_O, NULL);
}

static void
attrs_swapped(struct scene *s)
{
	struct plan_attr first = s->plan->attrs[0];

	s->plan->attrs[0] = s->plan->attrs[1];
	s->plan->attrs[1] = first;
}

static void
attr_not_allowed(struct scene *s)
{
	scene_ask(s, OID_L, "Екатеринбург");
	plan_add_attr(s->plan, OID_L, DER_UTF8_STRING, "Екатеринбург");
}

static void
attr_forbidden(struct scene *s)
{
	scene_ask(s, OID_TITLE, "Директор");
	plan_add_attr(s->plan, OID_TITLE, DER_UTF8_STRING, "Директор");
}

static void
attr_missing(struct scene *s)
{
	scene_ask(s, OID_CN, NULL);
	plan_drop_attr(s->plan, OID_CN);
}

static void
attr_too_often(struct scene *s)
{
	struct errinfo ei;

	assert_ok(
	    values_add_attr(&s->k.v, OID_EMAIL, SLICE_LIT("b@e.ru"), &ei), &ei);
	plan_add_attr(s->plan, OID_EMAIL, DER_IA5_STRING, "b@e.ru");
}

static void
attr_type(struct scene *s)
{
	plan_attr(s->plan, OID_CN)->tag = DER_PRINTABLE_STRING;
}

static void
number_type(struct scene *s)
{
	plan_attr(s->plan, OID_SNILS)->tag = DER_UTF8_STRING;
}

static void
attr_charset(struct scene *s)
{
	scene_set(s, OID_SERIAL_NUMBER, "a@b");
}

static void
attr_too_long(struct scene *s)
{
	char text[200];

	memset(text, 'a', sizeof(text));
	text[161] = '\0';
	scene_set(s, OID_CN, text);
}

static void
wrong_checksum(struct scene *s)
{
	static const struct {
		enum oid id;
		const char *text;
	} wrong[] = {
	    {OID_SNILS, "07500122106"},
	    {OID_INN, "500100732258"},
	    {OID_OGRN, "1234567890128"},
	    {OID_INNLE, "6688242591"},
	    {OID_OGRNIP, "304500116000158"},
	    {OID_ST, "66 Московская область"},
	    {OID_C, "DE"},
	    {OID_SN, "Ивaнов"}, /* Latin a */
	    {OID_EMAIL, "direktor@"},
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		if (wrong[i].id == s->fault->oid) {
			scene_set(s, wrong[i].id, wrong[i].text);
			return;
		}
	}
	fail();
}

static void
joined_rdn(struct scene *s)
{
	s->plan->attrs[1].joined = true;
}

static void
empty_subject(struct scene *s)
{
	for (size_t i = 0; i < s->k.p->num_attrs; i++) {
		s->k.p->attrs[i].required = false;
	}
	s->plan->num_attrs = 0;
	subject_attrs_clear(&s->k.v.attrs);
}

static void
name_of_ca(struct scene *s)
{
	scene_ask(s, OID_SERIAL_NUMBER, NULL);
	plan_drop_attr(s->plan, OID_SERIAL_NUMBER);
	scene_ask(s, OID_EMAIL, NULL);
	plan_drop_attr(s->plan, OID_EMAIL);
	scene_set(s, OID_CN, "Учебный центр");
}

const struct fault faults_subject[] = {
    {"attribute lost", "tls-client", "lint.subject.asked", ERR_CONFLICT,
	attr_lost, 0, 0},
    {"attribute changed", "tls-client", "lint.subject.asked", ERR_CONFLICT,
	attr_changed, 0, 0},
    {"attribute invented", "tls-client", "lint.subject.asked", ERR_CONFLICT,
	attr_invented, 0, 0},
    {"order", "tls-client", "lint.subject.order", ERR_POLICY, attrs_swapped, 0,
	0},
    {"attribute not allowed", "tls-client", "lint.subject.allowed", ERR_POLICY,
	attr_not_allowed, 0, 0},
    {"attribute forbidden", "qualified-org", "lint.subject.allowed", ERR_POLICY,
	attr_forbidden, 0, 0},
    {"attribute missing", "tls-client", "lint.subject.required", ERR_POLICY,
	attr_missing, 0, 0},
    {"attribute too often", "tls-client", "lint.subject.count", ERR_POLICY,
	attr_too_often, 0, 0},
    {"string type", "tls-client", "lint.subject.type", ERR_FORMAT, attr_type, 0,
	0},
    {"number as text", "qualified-person", "lint.subject.type", ERR_FORMAT,
	number_type, 0, 0},
    {"not in PrintableString", "tls-client", "lint.subject.charset", ERR_FORMAT,
	attr_charset, 0, 0},
    {"too long", "tls-client", "lint.subject.length", ERR_LIMIT, attr_too_long,
	0, 0},
    {"СНИЛС", "qualified-person", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_SNILS, 0},
    {"ИНН", "qualified-person", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_INN, 0},
    {"ОГРН", "qualified-org", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_OGRN, 0},
    {"ИНН ЮЛ", "qualified-org", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_INNLE, 0},
    {"ОГРНИП", "qualified-sole-proprietor", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_OGRNIP, 0},
    {"region", "qualified-person", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_ST, 0},
    {"country", "qualified-person", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_C, 0},
    {"surname of two alphabets", "qualified-person", "lint.subject.pattern",
	ERR_POLICY, wrong_checksum, OID_SN, 0},
    {"e-mail", "qualified-person", "lint.subject.pattern", ERR_POLICY,
	wrong_checksum, OID_EMAIL, 0},
    {"two attributes in one RDN", "tls-client", "lint.subject.rdn", ERR_FORMAT,
	joined_rdn, 0, 0},
    {"empty subject", "tls-client", "lint.subject.empty", ERR_FORMAT,
	empty_subject, 0, 0},
    {"the CA's name", "tls-client", "lint.subject.issuer", ERR_POLICY,
	name_of_ca, 0, 0},
    {0},
};
