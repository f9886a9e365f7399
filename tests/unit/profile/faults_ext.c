/* SPDX-License-Identifier: Apache-2.0 */
#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "base/text.h"
#include "der/der.h"
#include "der/write.h"
#include "x509/ext.h"

enum {
	DAY = 86400
};

/* --- there or not, critical or not ---------------------------------------- */

/* The profile wants what its certificate has not: for extensions that none
 * of the product's profiles has. */
static void
wanted(struct scene *s)
{
	s->k.p->exts.need[s->fault->ext] = EXT_REQUIRED;
}

static void
dropped(struct scene *s)
{
	plan_drop_ext(s->plan, s->fault->oid);
}

static void
flipped(struct scene *s)
{
	struct plan_ext *x = plan_ext(s->plan, s->fault->oid);

	assert_non_null(x);
	x->critical = !x->critical;
}

static void
put_policies(struct scene *s, const char *const *names, size_t num)
{
	struct profile_oids *o = &s->k.p->exts.policies;
	struct buf ext = BUF_INIT(1000);

	o->num = 0;
	for (size_t i = 0; i < num; i++) {
		struct buf oid = BUF_INIT(OID_BYTES_MAX);

		assert_true(oid_encode(names[i], &oid));
		memcpy(o->at[i].b, oid.p, oid.len);
		o->at[i].len = oid.len;
		o->slices[i] = slice_make(o->at[i].b, oid.len);
		o->num++;
		buf_clear(&oid);
	}
	s->k.p->exts.need[EXT_POLICIES] = EXT_REQUIRED;
	ext_put_policies(&ext, o->slices, o->num);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static const char *const own_policy[] = {"1.2.3.4"};

static void
policies_critical(struct scene *s)
{
	put_policies(s, own_policy, 1);
	plan_ext(s->plan, OID_POLICIES)->critical = true;
}

static void
unexpected(struct scene *s)
{
	struct buf ext = BUF_INIT(100);

	ext_put_basic_constraints(&ext, true, false, -1);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
unknown(struct scene *s)
{
	plan_put_raw(
	    s->plan, SLICE_LIT("\x2a\x03\x04"), false, SLICE_LIT("\x05\x00"));
}

#define PRESENT(profile, name, oid)                                            \
	{                                                                      \
		name " missing", profile, "lint." name ".present", ERR_POLICY, \
		    dropped, oid, 0                                            \
	}
#define CRITICAL(profile, name, oid)                                           \
	{                                                                      \
		name " critical", profile, "lint." name ".critical",           \
		    ERR_POLICY, flipped, oid, 0                                \
	}

const struct fault faults_exts[] = {
    PRESENT("tls-client", "key_usage", OID_KEY_USAGE),
    CRITICAL("tls-client", "key_usage", OID_KEY_USAGE),
    PRESENT("tls-client", "ext_key_usage", OID_EXT_KEY_USAGE),
    CRITICAL("tls-client", "ext_key_usage", OID_EXT_KEY_USAGE),
    {"basic_constraints missing", "tls-client",
	"lint.basic_constraints.present", ERR_POLICY, wanted, 0,
	EXT_BASIC_CONSTRAINTS},
    CRITICAL("issuing-ca", "basic_constraints", OID_BASIC_CONSTRAINTS),
    {"policies missing", "tls-client", "lint.policies.present", ERR_POLICY,
	wanted, 0, EXT_POLICIES},
    {"policies critical", "tls-client", "lint.policies.critical", ERR_POLICY,
	policies_critical, 0, 0},
    PRESENT("tls-client", "subject_key_id", OID_SKI),
    CRITICAL("tls-client", "subject_key_id", OID_SKI),
    PRESENT("tls-client", "authority_key_id", OID_AKI),
    CRITICAL("tls-client", "authority_key_id", OID_AKI),
    PRESENT("tls-client", "crl_points", OID_CRL_POINTS),
    CRITICAL("tls-client", "crl_points", OID_CRL_POINTS),
    PRESENT("tls-client", "aia", OID_AIA),
    CRITICAL("tls-client", "aia", OID_AIA),
    PRESENT("tls-server", "san", OID_SAN),
    CRITICAL("tls-server", "san", OID_SAN),
    PRESENT("qualified-person", "private_key_period", OID_PRIVATE_KEY_PERIOD),
    CRITICAL("qualified-person", "private_key_period", OID_PRIVATE_KEY_PERIOD),
    PRESENT("qualified-person", "subject_sign_tool", OID_SUBJECT_SIGN_TOOL),
    CRITICAL("qualified-person", "subject_sign_tool", OID_SUBJECT_SIGN_TOOL),
    PRESENT("qualified-person", "issuer_sign_tool", OID_ISSUER_SIGN_TOOL),
    CRITICAL("qualified-person", "issuer_sign_tool", OID_ISSUER_SIGN_TOOL),
    PRESENT("qualified-person", "identification_kind", OID_IDENTIFICATION_KIND),
    CRITICAL(
	"qualified-person", "identification_kind", OID_IDENTIFICATION_KIND),
    PRESENT("ocsp", "ocsp_no_check", OID_OCSP_NO_CHECK),
    CRITICAL("ocsp", "ocsp_no_check", OID_OCSP_NO_CHECK),
    {"an extension too many", "tls-client", "lint.ext.unexpected", ERR_POLICY,
	unexpected, 0, 0},
    {"an unknown extension", "tls-client", "lint.ext.unknown", ERR_UNSUPPORTED,
	unknown, 0, 0},
    {0},
};

/* --- what they say ---------------------------------------------------------
 */

static void
put_usage(struct scene *s, uint32_t bits)
{
	struct buf ext = BUF_INIT(100);

	ext_put_key_usage(&ext, true, bits);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
other_usage(struct scene *s)
{
	put_usage(s, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION);
}

static void
allow_usage(struct scene *s, uint32_t bits)
{
	s->k.p->exts.key_usage = bits;
	put_usage(s, bits);
}

static void
signs_certificates(struct scene *s)
{
	allow_usage(s, KU_DIGITAL_SIGNATURE | KU_CERT_SIGN);
}

static void
ca_without_cert_sign(struct scene *s)
{
	allow_usage(s, KU_CRL_SIGN);
}

/* An RSA key without the bits that are for RSA keys. */
static void
rsa_usage_lost(struct scene *s)
{
	put_usage(s, KU_DIGITAL_SIGNATURE);
}

static void
usage_serves_nothing(struct scene *s)
{
	allow_usage(s, KU_NON_REPUDIATION);
}

static void
ec_enciphers(struct scene *s)
{
	allow_usage(s, KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT);
}

static void
put_purposes(struct scene *s, enum oid first, enum oid second)
{
	struct slice oids[2] = {oid_bytes(first), SLICE_EMPTY};
	struct buf ext = BUF_INIT(200);

	if (second != OID_UNKNOWN) {
		oids[1] = oid_bytes(second);
	}
	ext_put_ext_key_usage(&ext, false, oids, second != OID_UNKNOWN ? 2 : 1);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
other_purpose(struct scene *s)
{
	put_purposes(s, OID_KP_SERVER, OID_UNKNOWN);
}

static void
one_purpose_more(struct scene *s)
{
	put_purposes(s, OID_KP_CLIENT, OID_KP_SERVER);
}

static void
stamps_not_critical(struct scene *s)
{
	s->k.p->exts.critical[EXT_EXT_KEY_USAGE] = false;
	plan_ext(s->plan, OID_EXT_KEY_USAGE)->critical = false;
}

static void
stamps_and_more(struct scene *s)
{
	struct profile_oids *o = &s->k.p->exts.purposes;

	put_purposes(s, OID_KP_TIMESTAMP, OID_KP_EMAIL);
	plan_ext(s->plan, OID_EXT_KEY_USAGE)->critical = true;
	o->slices[o->num++] = oid_bytes(OID_KP_EMAIL);
}

static void
longer_path(struct scene *s)
{
	struct buf ext = BUF_INIT(100);

	ext_put_basic_constraints(&ext, true, true, 1);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
no_room_below(struct scene *s)
{
	s->k.ca.path_len = 0;
}

static void
other_policy(struct scene *s)
{
	put_policies(s, own_policy, 1);
	s->k.p->exts.policies.at[0].b[2] ^= 1;
}

static void
policy_with_qualifier(struct scene *s)
{
	put_policies(s, own_policy, 1);
	/* 1.2.3.4 { id-qt-cps, IA5String "x" } */
	plan_ext(s->plan, OID_POLICIES)->value =
	    SLICE_LIT("\x30\x18\x30\x16\x06\x03\x2a\x03\x04\x30\x0f\x30\x0d"
		      "\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x16\x01x");
}

static void
class_of_certified_tool(struct scene *s)
{
	static const char *const class[] = {"1.2.643.100.113.1"};

	put_policies(s, class, 1);
}

static void
other_ski(struct scene *s)
{
	struct buf ext = BUF_INIT(100);

	ext_put_ski(&ext, ca_identity_key_id(&s->k.ca));
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
other_aki(struct scene *s)
{
	s->k.ca.key_id[0] ^= 1;
}

static void
aki_of_root(struct scene *s)
{
	struct buf ext = BUF_INIT(100);

	s->k.p->exts.need[EXT_AKI] = EXT_REQUIRED;
	ext_put_aki(&ext, SLICE_LIT("12345678901234567890"));
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

/* keyIdentifier, authorityCertIssuer (a DNS name), serial 1 */
static void
aki_with_serial(struct scene *s)
{
	struct plan_ext *x = plan_ext(s->plan, OID_AKI);
	struct slice id = ca_identity_key_id(&s->k.ca);
	struct buf b = BUF_INIT(200);
	size_t seq = der_open(&b, DER_SEQUENCE);

	der_put(&b, DER_CONTEXT(0), id);
	der_put(&b, DER_CONTEXT_CONS(1),
	    SLICE_LIT("\x82\x03"
		      "a.b"));
	der_put(&b, DER_CONTEXT(2), SLICE_LIT("\x01"));
	der_close(&b, seq);
	x->value = plan_keep(s->plan, buf_slice(&b));
	buf_clear(&b);
}

static void
other_crl_address(struct scene *s)
{
	s->k.ca.crl_urls.at[1][7] ^= 1;
}

static void
crl_address_lost(struct scene *s)
{
	struct buf ext = BUF_INIT(300);

	ext_put_crl_points(&ext, (const char *const *)s->k.ca.crl_urls.at, 1);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
other_ocsp_address(struct scene *s)
{
	s->k.ca.ocsp_urls.at[0][7] ^= 1;
}

static void
ca_issuers_lost(struct scene *s)
{
	struct buf ext = BUF_INIT(300);

	ext_put_aia(
	    &ext, NULL, 0, (const char *const *)s->k.ca.ocsp_urls.at, 1);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
put_period(struct scene *s, int64_t from, int64_t to)
{
	struct buf ext = BUF_INIT(200);

	ext_put_private_key_period(&ext, from, to);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
half_period(struct scene *s)
{
	struct plan_ext *x = plan_ext(s->plan, OID_PRIVATE_KEY_PERIOD);

	/* Only notAfter of the two: the second half of the value. */
	x->value.p += 2 + 17;
	x->value.len = 17;
	x->value = plan_keep(s->plan, x->value);
	{
		struct buf b = BUF_INIT(100);

		der_put(&b, DER_SEQUENCE, x->value);
		x->value = plan_keep(s->plan, buf_slice(&b));
		buf_clear(&b);
	}
}

static void
shorter_period(struct scene *s)
{
	put_period(s, s->k.v.not_before, s->k.v.not_after - DAY);
}

static void
period_starts_elsewhere(struct scene *s)
{
	put_period(s, s->k.v.not_before + 1, s->k.v.not_after);
}

static void
period_beyond_end(struct scene *s)
{
	s->k.p->private_key_days = 400;
	put_period(
	    s, s->k.v.not_before, s->k.v.not_before + (int64_t)400 * DAY);
}

static void
put_subject_tool(struct scene *s, const char *text)
{
	struct buf ext = BUF_INIT(4000);

	ext_put_subject_sign_tool(&ext, text);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
put_issuer_tool(struct scene *s)
{
	struct buf ext = BUF_INIT(4000);

	ext_put_issuer_sign_tool(
	    &ext, (const char *const *)s->k.p->exts.issuer_tool);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
other_subject_tool(struct scene *s)
{
	put_subject_tool(s, "other (не сертифицировано)");
}

static void
other_issuer_tool(struct scene *s)
{
	put_issuer_tool(s);
	/* The first text is the software's name; the profile's changes. */
	s->k.p->exts.issuer_tool[0][0] ^= 1;
}

/* A copy of the text, filled up with dots to num characters. */
static char *
stretched(const char *text, size_t num)
{
	struct buf b = BUF_INIT(4000);
	size_t chars = text_num_chars(slice_str(text));
	char *copy;

	buf_add_str(&b, text);
	for (; chars < num; chars++) {
		buf_add_u8(&b, '.');
	}
	copy = slice_dup_str(buf_slice(&b));
	assert_non_null(copy);
	buf_clear(&b);
	return copy;
}

static void
long_subject_tool(struct scene *s)
{
	char *text = stretched(s->k.p->exts.subject_tool, 201);

	free(s->k.p->exts.subject_tool);
	s->k.p->exts.subject_tool = text;
	put_subject_tool(s, text);
}

static void
long_issuer_tool(struct scene *s)
{
	char *text = stretched(s->k.p->exts.issuer_tool[1], 201);

	free(s->k.p->exts.issuer_tool[1]);
	s->k.p->exts.issuer_tool[1] = text;
	put_issuer_tool(s);
}

/* The same characters as BMPString. */
static void
tool_as_bmp(struct scene *s)
{
	static const char text[] = "surguch (";
	static const uint16_t rest[] = {0x43d, 0x435, ' ', 0x441, 0x435, 0x440,
	    0x442, 0x438, 0x444, 0x438, 0x446, 0x438, 0x440, 0x43e, 0x432,
	    0x430, 0x43d, 0x43e, ')'};
	struct buf value = BUF_INIT(200);
	struct buf b = BUF_INIT(200);

	for (const char *c = text; *c != '\0'; c++) {
		buf_add_u16(&value, (uint8_t)*c);
	}
	for (size_t i = 0; i < ARRAY_LEN(rest); i++) {
		buf_add_u16(&value, rest[i]);
	}
	der_put(&b, DER_BMP_STRING, buf_slice(&value));
	plan_ext(s->plan, OID_SUBJECT_SIGN_TOOL)->value =
	    plan_keep(s->plan, buf_slice(&b));
	buf_clear(&value);
	buf_clear(&b);
}

static void
tool_claims(struct scene *s)
{
	free(s->k.p->exts.subject_tool);
	s->k.p->exts.subject_tool =
	    slice_dup_str(slice_str("КриптоПро CSP 5.0"));
	put_subject_tool(s, s->k.p->exts.subject_tool);
}

static void
document_claims(struct scene *s)
{
	free(s->k.p->exts.issuer_tool[2]);
	s->k.p->exts.issuer_tool[2] = slice_dup_str(slice_str("СФ/124-0000"));
	put_issuer_tool(s);
}

/* The profile claims, by an accreditation that ended yesterday. */
static void
accreditation_ended(struct scene *s)
{
	s->k.p->claims = true;
	s->k.p->claims_until = s->k.now - DAY;
}

static void
accreditation_to_come(struct scene *s)
{
	s->k.p->claims = true;
	s->k.p->claims_from = s->k.now + 1;
	s->k.p->claims_until = s->k.now + DAY;
}

static void
other_identification(struct scene *s)
{
	struct buf ext = BUF_INIT(100);

	ext_put_identification_kind(&ext, IDENTIFICATION_REMOTE_SYSTEM);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
identification_not_allowed(struct scene *s)
{
	s->k.p->exts.identification[IDENTIFICATION_PERSONAL] = false;
}

const struct fault faults_values[] = {
    {"another usage", "tls-client", "lint.key_usage.value", ERR_POLICY,
	other_usage, 0, 0},
    {"signs certificates", "tls-client", "lint.key_usage.ca", ERR_CONFLICT,
	signs_certificates, 0, 0},
    {"a CA without keyCertSign", "issuing-ca", "lint.key_usage.ca",
	ERR_CONFLICT, ca_without_cert_sign, 0, 0},
    {"an RSA key's usage lost", "tls-server@rsa", "lint.key_usage.value",
	ERR_POLICY, rsa_usage_lost, 0, 0},
    {"usage serves no purpose", "tls-client", "lint.key_usage.purpose",
	ERR_CONFLICT, usage_serves_nothing, 0, 0},
    {"an EC key enciphers", "tls-client", "lint.key_usage.key", ERR_CONFLICT,
	ec_enciphers, 0, 0},
    {"another purpose", "tls-client", "lint.ext_key_usage.value", ERR_POLICY,
	other_purpose, 0, 0},
    {"one purpose more", "tls-client", "lint.ext_key_usage.value", ERR_POLICY,
	one_purpose_more, 0, 0},
    {"time-stamping not critical", "time-stamping",
	"lint.ext_key_usage.time_stamping", ERR_CONFLICT, stamps_not_critical,
	0, 0},
    {"time-stamping and more", "time-stamping",
	"lint.ext_key_usage.time_stamping", ERR_CONFLICT, stamps_and_more, 0,
	0},
    {"longer path", "issuing-ca", "lint.basic_constraints.value", ERR_POLICY,
	longer_path, 0, 0},
    {"no room below the CA", "issuing-ca", "lint.basic_constraints.path",
	ERR_POLICY, no_room_below, 0, 0},
    {"another policy", "tls-client", "lint.policies.value", ERR_POLICY,
	other_policy, 0, 0},
    {"policy with a qualifier", "tls-client", "lint.policies.qualifiers",
	ERR_POLICY, policy_with_qualifier, 0, 0},
    {"class of a certified tool", "qualified-person", "lint.policies.class",
	ERR_DENIED, class_of_certified_tool, 0, 0},
    {"another key's id", "tls-client", "lint.subject_key_id.value",
	ERR_CONFLICT, other_ski, 0, 0},
    {"another CA's key id", "tls-client", "lint.authority_key_id.value",
	ERR_CONFLICT, other_aki, 0, 0},
    {"another key id in a root", "root-ca", "lint.authority_key_id.value",
	ERR_CONFLICT, aki_of_root, 0, 0},
    {"issuer and serial", "tls-client", "lint.authority_key_id.form",
	ERR_POLICY, aki_with_serial, 0, 0},
    {"another CRL address", "tls-client", "lint.crl_points.value", ERR_CONFLICT,
	other_crl_address, 0, 0},
    {"a CRL address lost", "tls-client", "lint.crl_points.value", ERR_CONFLICT,
	crl_address_lost, 0, 0},
    {"another OCSP address", "tls-client", "lint.aia.value", ERR_CONFLICT,
	other_ocsp_address, 0, 0},
    {"the CA's address lost", "tls-client", "lint.aia.value", ERR_CONFLICT,
	ca_issuers_lost, 0, 0},
    {"half a period", "qualified-person", "lint.private_key_period.form",
	ERR_FORMAT, half_period, 0, 0},
    {"a shorter period", "qualified-person", "lint.private_key_period.value",
	ERR_CONFLICT, shorter_period, 0, 0},
    {"period starts elsewhere", "qualified-person",
	"lint.private_key_period.value", ERR_CONFLICT, period_starts_elsewhere,
	0, 0},
    {"period beyond the end", "qualified-person",
	"lint.private_key_period.inside", ERR_POLICY, period_beyond_end, 0, 0},
    {"another owner's tool", "qualified-person", "lint.subject_sign_tool.value",
	ERR_CONFLICT, other_subject_tool, 0, 0},
    {"owner's tool too long", "qualified-person",
	"lint.subject_sign_tool.length", ERR_LIMIT, long_subject_tool, 0, 0},
    {"another issuer's tool", "qualified-person", "lint.issuer_sign_tool.value",
	ERR_CONFLICT, other_issuer_tool, 0, 0},
    {"issuer's tool too long", "qualified-person",
	"lint.issuer_sign_tool.length", ERR_LIMIT, long_issuer_tool, 0, 0},
    {"tool as BMPString", "qualified-person", "lint.tools.type", ERR_FORMAT,
	tool_as_bmp, 0, 0},
    {"tool claims", "qualified-person", "lint.tools.claim", ERR_DENIED,
	tool_claims, 0, 0},
    {"document claims", "qualified-person", "lint.tools.claim", ERR_DENIED,
	document_claims, 0, 0},
    {"accreditation ended", "qualified-person", "lint.accreditation",
	ERR_POLICY, accreditation_ended, 0, 0},
    {"accreditation to come", "qualified-person", "lint.accreditation",
	ERR_POLICY, accreditation_to_come, 0, 0},
    {"another identification", "qualified-person",
	"lint.identification_kind.value", ERR_CONFLICT, other_identification, 0,
	0},
    {"identification not allowed", "qualified-person",
	"lint.identification_kind.allowed", ERR_POLICY,
	identification_not_allowed, 0, 0},
    {0},
};

/* --- alternative names ------------------------------------------------------
 */

void
scene_san(struct scene *s)
{
	struct general_name names[SANS_MAX];
	uint8_t octets[SANS_MAX][16];
	struct buf ext = BUF_INIT(EXT_VALUE_MAX);

	memset(names, 0, sizeof(names));
	for (size_t i = 0; i < s->k.v.num_sans; i++) {
		const struct san *san = &s->k.v.sans[i];

		names[i].value = slice_str(san->text);
		names[i].kind = san->kind == SAN_DNS     ? GN_DNS
				: san->kind == SAN_EMAIL ? GN_EMAIL
				: san->kind == SAN_URI   ? GN_URI
							 : GN_IP;
		if (san->kind == SAN_IP) {
			names[i].value = slice_make(octets[i],
			    ip_parse(slice_str(san->text), octets[i]));
		}
	}
	ext_build(
	    &(struct ext){.kind = EXT_SAN, .u.names = {names, s->k.v.num_sans}},
	    &ext);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
add_san(struct scene *s, enum san_kind kind, const char *text)
{
	struct issue_values *v = &s->k.v;

	/* Straight in: some of it is malformed. */
	v->sans[v->num_sans].kind = kind;
	v->sans[v->num_sans++].text = slice_dup_str(slice_str(text));
	scene_san(s);
}

static void
san_not_asked(struct scene *s)
{
	add_san(s, SAN_DNS, "mail.example.ru");
	free(s->k.v.sans[--s->k.v.num_sans].text);
}

static void
sans_swapped(struct scene *s)
{
	struct san first = s->k.v.sans[0];

	s->k.v.sans[0] = s->k.v.sans[1];
	s->k.v.sans[1] = first;
}

static void
san_kind(struct scene *s)
{
	add_san(s, SAN_URI, "urn:x");
}

static void
san_form_dns(struct scene *s)
{
	add_san(s, SAN_DNS, "a_b.example.ru");
}

static void
san_form_dot(struct scene *s)
{
	add_san(s, SAN_DNS, "example.ru.");
}

static void
san_form_email(struct scene *s)
{
	add_san(s, SAN_EMAIL, "ivanov");
}

static void
san_wildcard(struct scene *s)
{
	s->k.p->exts.san_wildcards = false;
}

static void
san_count(struct scene *s)
{
	s->k.p->exts.san_max = 3;
}

static void
san_twice(struct scene *s)
{
	add_san(s, SAN_DNS, "www.example.ru");
}

static void
san_common_name(struct scene *s)
{
	scene_set(s, OID_CN, "other.example.ru");
}

const struct fault faults_san[] = {
    {"a name not asked for", "tls-server", "lint.san.asked", ERR_CONFLICT,
	san_not_asked, 0, 0},
    {"names swapped", "tls-server", "lint.san.asked", ERR_CONFLICT,
	sans_swapped, 0, 0},
    {"kind of name", "tls-server", "lint.san.kind", ERR_POLICY, san_kind, 0, 0},
    {"underscore", "tls-server", "lint.san.form", ERR_FORMAT, san_form_dns, 0,
	0},
    {"final dot", "tls-server", "lint.san.form", ERR_FORMAT, san_form_dot, 0,
	0},
    {"no address", "tls-client", "lint.san.form", ERR_FORMAT, san_form_email, 0,
	0},
    {"wildcard", "tls-server", "lint.san.wildcard", ERR_POLICY, san_wildcard, 0,
	0},
    {"too many names", "tls-server", "lint.san.count", ERR_LIMIT, san_count, 0,
	0},
    {"a name twice", "tls-server", "lint.san.twice", ERR_CONFLICT, san_twice, 0,
	0},
    {"common name not listed", "tls-server", "lint.san.common_name", ERR_POLICY,
	san_common_name, 0, 0},
    {0},
};
