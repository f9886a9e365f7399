/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/profile_priv.h"

#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "profile/settings.h"

/* One profile under examination; every rule complains through it. */
struct exam {
	const struct profile *p;
	const struct profile_exts *x;
	struct conf_cursor c;
	struct conf_report *report;
	bool is_ca; /* an issuing CA or a root */
};

static bool
has_purpose(const struct profile_exts *x, enum oid purpose)
{
	for (size_t i = 0; i < x->purposes.num; i++) {
		if (slice_eq(x->purposes.slices[i], oid_bytes(purpose))) {
			return true;
		}
	}
	return false;
}

static void
complain(struct exam *e, const char *path, const char *text)
{
	settings_complain(e->report, e->c, path, "%s", text);
}

/* RFC 5280 4.2.1.9, 4.2.1.3: who may sign certificates, and says so. */
static void
check_ca(struct exam *e)
{
	const uint32_t both = KU_CERT_SIGN | KU_CRL_SIGN;
	bool signs = (e->x->key_usage & KU_CERT_SIGN) != 0;

	if ((e->p->kind == PROFILE_ROOT) != e->p->self_signed) {
		complain(e, "kind",
		    "a root signs itself, and nothing else does: kind = "
		    "\"root\" and self_signed = true belong together");
	}
	if (e->is_ca &&
	    (e->x->need[EXT_BASIC_CONSTRAINTS] != EXT_REQUIRED || !e->x->ca ||
		!e->x->critical[EXT_BASIC_CONSTRAINTS])) {
		complain(e, "extensions",
		    "a CA needs basic_constraints with ca = true, critical "
		    "(RFC 5280 4.2.1.9)");
	}
	if (e->is_ca && (e->x->key_usage & both) != both) {
		complain(e, "extensions.key_usage",
		    "a CA needs keyCertSign and cRLSign: one key signs its "
		    "certificates and their CRL (RFC 5280 4.2.1.3)");
	}
	if (!e->is_ca && (e->x->ca || signs)) {
		complain(e, "extensions",
		    "only the kinds \"ca\" and \"root\" may have ca = true or "
		    "keyCertSign");
	}
	if (!e->x->ca && e->x->path_len >= 0) {
		complain(e, "extensions.basic_constraints.path_length",
		    "path_length means something only with ca = true (RFC "
		    "5280 4.2.1.9)");
	}
	if (e->is_ca && e->p->hold) {
		complain(e, "hold", "a CA is revoked, never suspended");
	}
	if (e->p->direct && e->p->kind != PROFILE_END_ENTITY) {
		complain(e, "direct",
		    "only a subscriber's certificate is "
		    "issued to a direct order");
	}
}

/* RFC 6960 4.2.2.2: a delegated responder. */
static void
check_ocsp(struct exam *e)
{
	bool ocsp = e->p->kind == PROFILE_OCSP;
	bool no_check = e->x->need[EXT_OCSP_NO_CHECK] == EXT_REQUIRED;

	if (has_purpose(e->x, OID_KP_OCSP) != ocsp) {
		complain(e, "extensions",
		    "the purpose OCSPSigning belongs into profiles of the "
		    "kind \"ocsp\" and into no other (RFC 6960 4.2.2.2)");
	}
	if (no_check != ocsp) {
		complain(e, "extensions",
		    "ocsp_no_check belongs into profiles of the kind \"ocsp\" "
		    "and into no other (RFC 6960 4.2.2.2.1)");
	}
}

/* RFC 3161 2.3: a time-stamping key has that purpose alone. */
static void
check_time_stamping(struct exam *e)
{
	bool stamps = e->p->kind == PROFILE_TIME_STAMPING;
	uint32_t sign = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;

	if (has_purpose(e->x, OID_KP_TIMESTAMP) != stamps) {
		complain(e, "extensions",
		    "the purpose timeStamping belongs into profiles of the "
		    "kind \"time-stamping\" and into no other");
	}
	if (stamps &&
	    (e->x->purposes.num != 1 || !e->x->critical[EXT_EXT_KEY_USAGE])) {
		complain(e, "extensions.ext_key_usage",
		    "timeStamping stands alone, and critical (RFC 3161 2.3)");
	}
	if (stamps && (e->x->key_usage & ~sign) != 0) {
		complain(e, "extensions.key_usage",
		    "a time-stamping key signs time stamps and does nothing "
		    "else (RFC 3161 2.3)");
	}
}

/* The key that orders agents to use people's keys does nothing else. */
static void
check_page_order(struct exam *e)
{
	bool orders = e->p->kind == PROFILE_PAGE_ORDER;

	if (has_purpose(e->x, OID_KP_PAGE_ORDER) != orders) {
		complain(e, "extensions",
		    "the purpose pageOrderSigning belongs into profiles of the "
		    "kind \"page-order\" and into no other");
	}
	if (orders &&
	    (e->x->purposes.num != 1 || !e->x->critical[EXT_EXT_KEY_USAGE])) {
		complain(e, "extensions.ext_key_usage",
		    "pageOrderSigning stands alone, and critical");
	}
	if (orders && e->x->key_usage != KU_DIGITAL_SIGNATURE) {
		complain(e, "extensions.key_usage",
		    "a key for orders has digitalSignature and nothing else");
	}
}

/* RFC 5280 4.2.1.1, 4.2.1.2. */
static void
check_key_ids(struct exam *e)
{
	if (e->x->need[EXT_SKI] != EXT_REQUIRED) {
		complain(e, "extensions.subject_key_id",
		    "certificates of ours always carry the key's id");
	}
	if (e->x->need[EXT_AKI] != EXT_REQUIRED && !e->p->self_signed) {
		complain(e, "extensions.authority_key_id",
		    "only a self-signed certificate may leave out the "
		    "issuer's key id (RFC 5280 4.2.1.1)");
	}
	if (e->p->self_signed && (e->x->need[EXT_CRL_POINTS] == EXT_REQUIRED ||
				     e->x->need[EXT_AIA] == EXT_REQUIRED)) {
		complain(e, "extensions",
		    "nobody can revoke a root: it carries no addresses");
	}
}

/* What a key cannot do must not be promised. */
static void
check_keys(struct exam *e)
{
	uint32_t encipher = KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT;
	bool fits = false, rsa = false;

	for (size_t i = 0; i < e->p->num_keys; i++) {
		enum key_alg alg = e->p->keys[i].alg;

		if ((alg == KEY_P256 || alg == KEY_P384 ||
			alg == KEY_ED25519) &&
		    (e->x->key_usage & encipher) != 0) {
			complain(e, "extensions.key_usage",
			    "an elliptic curve key cannot encipher: no "
			    "keyEncipherment, no dataEncipherment (RFC 8813 "
			    "3, RFC 8410 5)");
		}
		rsa = rsa || alg == KEY_RSA;
		for (unsigned s = SIG_NONE + 1; s < SIG_ALG_MAX_; s++) {
			fits = fits || (e->p->signature[s] &&
					   sig_alg_fits((enum sig_alg)s, alg));
		}
	}
	if ((e->x->rsa_key_usage & ~encipher) != 0 ||
	    (e->x->rsa_key_usage & e->x->key_usage) != 0 ||
	    (e->x->rsa_key_usage != 0 &&
		(!rsa || (e->x->key_usage & KU_DECIPHER_ONLY) != 0))) {
		complain(e, "extensions.key_usage.rsa_bits",
		    "what only an RSA key can do is keyEncipherment and "
		    "dataEncipherment, where bits does not have them and keys "
		    "has RSA");
	}
	if (e->p->self_signed && !fits) {
		complain(e, "signatures",
		    "none of the keys can make one of these signatures, and "
		    "the certificate is to sign itself");
	}
}

static void
check_times(struct exam *e)
{
	if (e->p->max_days < e->p->days) {
		complain(e, "validity.max_days", "max_days is less than days");
	}
	if (e->p->private_key_days > e->p->max_days) {
		complain(e, "validity.private_key_days",
		    "the private key would be used after the certificate's "
		    "end");
	}
	if (e->p->usual_sec > e->p->limit_sec) {
		complain(e, "usual_seconds",
		    "the usual time is longer than the limit");
	}
}

static void
check_names(struct exam *e)
{
	const struct profile_attr *cn = profile_attr_find(e->p, OID_CN);
	bool san_sure = e->x->need[EXT_SAN] == EXT_REQUIRED;
	bool named = false;

	for (size_t i = 0; i < e->p->num_attrs; i++) {
		named = named || e->p->attrs[i].required;
		if (e->p->attrs[i].required && e->p->attrs[i].forbidden) {
			complain(e, "subject", "required and forbidden");
		}
	}
	if (!named && !(san_sure && e->x->critical[EXT_SAN])) {
		complain(e, "subject",
		    "a subject may be empty only beside a critical "
		    "subject_alt_name that is always there (RFC 5280 "
		    "4.1.2.6)");
	}
	if (e->x->san_common_name && (cn == NULL || cn->forbidden)) {
		complain(e, "extensions.subject_alt_name.common_name_listed",
		    "there is no CN in the subject");
	}
	if (e->x->san_wildcards && !e->x->san_kinds[SAN_DNS]) {
		complain(e, "extensions.subject_alt_name.wildcards",
		    "wildcards need the kind \"dns\"");
	}
	if (has_purpose(e->x, OID_KP_SERVER) && !san_sure) {
		complain(e, "extensions",
		    "a server's names stand in subject_alt_name, so it is "
		    "required (RFC 6125 6.4.4)");
	}
	if (has_purpose(e->x, OID_ANY_EKU)) {
		complain(e, "extensions.ext_key_usage.purposes",
		    "anyEKU promises everything; name the purposes");
	}
}

/* RFC 5280 4.2.1.12: a purpose needs a usage that serves it. */
static void
check_purposes(struct exam *e)
{
	static const struct {
		enum oid purpose;
		uint32_t usage;
	} needs[] = {
	    {OID_KP_SERVER,
		KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT},
	    {OID_KP_CLIENT, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT},
	    {OID_KP_CODE, KU_DIGITAL_SIGNATURE},
	    {OID_KP_EMAIL, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION |
			       KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT},
	    {OID_KP_TIMESTAMP, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION},
	    {OID_KP_OCSP, KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION},
	};

	if (e->x->need[EXT_KEY_USAGE] != EXT_REQUIRED) {
		complain(e, "extensions",
		    "key_usage is missing: certificates of ours always say "
		    "what the key is for");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(needs); i++) {
		if (has_purpose(e->x, needs[i].purpose) &&
		    (e->x->key_usage & needs[i].usage) == 0) {
			settings_complain(e->report, e->c, "extensions",
			    "key_usage has nothing that serves the purpose "
			    "%s (RFC 5280 4.2.1.12)",
			    oid_short_name(needs[i].purpose));
		}
	}
}

/* Order 795 as facts/gost-tokens-profile.md 3.2 has it. */
static void
check_tools(struct exam *e)
{
	/* tool, CA software, and their documents */
	static const size_t most[ISSUER_SIGN_TOOL_TEXTS] = {200, 200, 100, 100};

	if (text_num_chars(slice_str(e->x->subject_tool)) >
	    SUBJECT_TOOL_CHARS_MAX) {
		complain(e, "extensions.subject_sign_tool",
		    "it may have 200 characters");
	}
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		if (text_num_chars(slice_str(e->x->issuer_tool[i])) > most[i]) {
			complain(e, "extensions.issuer_sign_tool",
			    "tools may have 200 characters, documents 100");
		}
	}
}

static void
check_qualified_form(struct exam *e)
{
	static const enum ext_kind needed[] = {EXT_SUBJECT_SIGN_TOOL,
	    EXT_ISSUER_SIGN_TOOL, EXT_IDENTIFICATION_KIND};

	if (!e->p->qualified_form) {
		return;
	}
	if (e->p->direct) {
		complain(e, "direct",
		    "the qualified form wants the owner identified and the "
		    "form approved: no direct orders");
	}
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		if (e->x->need[needed[i]] != EXT_REQUIRED) {
			complain(e, "extensions",
			    "the qualified form has subject_sign_tool, "
			    "issuer_sign_tool and identification_kinds");
			return;
		}
	}
	if (e->p->type_text[0] == '\0') {
		complain(e, "qualified_form",
		    "the qualified form needs a type_text, which people are "
		    "shown");
	}
}

void
profile_rules_check(
    const struct profile *p, struct conf_cursor c, struct conf_report *report)
{
	struct exam e = {
	    .p = p,
	    .x = &p->exts,
	    .c = c,
	    .report = report,
	    .is_ca = p->kind == PROFILE_CA || p->kind == PROFILE_ROOT,
	};

	check_ca(&e);
	check_ocsp(&e);
	check_time_stamping(&e);
	check_page_order(&e);
	check_key_ids(&e);
	check_keys(&e);
	check_times(&e);
	check_names(&e);
	check_purposes(&e);
	check_tools(&e);
	check_qualified_form(&e);
}
