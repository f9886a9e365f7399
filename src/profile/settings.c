/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/settings.h"

#include <stdarg.h>
#include <string.h>

#include "base/bounds.h"
#include "der/der.h"

void
settings_complain(struct conf_report *report, struct conf_cursor c,
    const char *path, const char *fmt, ...)
{
	char text[512];
	char group[128];
	const char *dot = path != NULL ? strrchr(path, '.') : NULL;
	va_list ap;

	ensure(fmt != NULL); /* gcc -fsanitize=undefined wants to know */
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (dot != NULL) {
		(void)snprintf(
		    group, sizeof(group), "%.*s", (int)(dot - path), path);
		c = conf_group(c, group);
		path = dot + 1;
	}
	conf_complain(report, c, path, "%s", text);
}

static const struct attr_default attr_defaults[] = {
    {OID_CN, DER_UTF8_STRING, false, PATTERN_TEXT, 160},
    {OID_SN, DER_UTF8_STRING, false, PATTERN_PERSON_NAME, 64},
    {OID_GN, DER_UTF8_STRING, false, PATTERN_PERSON_NAME, 128},
    {OID_SERIAL_NUMBER, DER_PRINTABLE_STRING, true, PATTERN_TEXT, 64},
    {OID_C, DER_PRINTABLE_STRING, true, PATTERN_COUNTRY, 2},
    {OID_L, DER_UTF8_STRING, false, PATTERN_TEXT, 128},
    {OID_ST, DER_UTF8_STRING, false, PATTERN_TEXT, 128},
    {OID_STREET, DER_UTF8_STRING, false, PATTERN_TEXT, 128},
    {OID_O, DER_UTF8_STRING, false, PATTERN_TEXT, 160},
    {OID_OU, DER_UTF8_STRING, false, PATTERN_TEXT, 128},
    {OID_TITLE, DER_UTF8_STRING, false, PATTERN_TEXT, 128},
    {OID_POSTAL_CODE, DER_UTF8_STRING, false, PATTERN_TEXT, 16},
    {OID_DC, DER_IA5_STRING, true, PATTERN_TEXT, 63},
    {OID_EMAIL, DER_IA5_STRING, true, PATTERN_EMAIL, SUBJECT_EMAIL_MAX},
    {OID_UNSTRUCTURED_NAME, DER_UTF8_STRING, false, PATTERN_TEXT, 255},
    {OID_OGRN, DER_NUMERIC_STRING, true, PATTERN_OGRN, 13},
    {OID_SNILS, DER_NUMERIC_STRING, true, PATTERN_SNILS, 11},
    {OID_INNLE, DER_NUMERIC_STRING, true, PATTERN_INN10, 10},
    {OID_OGRNIP, DER_NUMERIC_STRING, true, PATTERN_OGRNIP, 15},
    {OID_INN, DER_NUMERIC_STRING, true, PATTERN_INN12, 12},
    {OID_RNS_FSS, DER_UTF8_STRING, true, PATTERN_DIGITS, 10},
    {OID_KP_FSS, DER_UTF8_STRING, true, PATTERN_DIGITS, 4},
};

const struct attr_default *
settings_attr(enum oid id)
{
	for (size_t i = 0; i < ARRAY_LEN(attr_defaults); i++) {
		if (attr_defaults[i].id == id && id != OID_UNKNOWN) {
			return &attr_defaults[i];
		}
	}
	return NULL;
}

static const char *const type_names[] = {
    "utf8", "printable", "numeric", "ia5", NULL};
static const uint8_t type_tags[] = {
    DER_UTF8_STRING, DER_PRINTABLE_STRING, DER_NUMERIC_STRING, DER_IA5_STRING};

bool
settings_type_fits(const struct attr_default *d, size_t choice, uint8_t *tag)
{
	uint8_t wanted = type_tags[choice];

	/* DirectoryString: UTF8String or PrintableString (RFC 5280 4.1.2.4) */
	if (wanted != d->tag &&
	    (d->fixed_tag || wanted != DER_PRINTABLE_STRING)) {
		return false;
	}
	*tag = wanted;
	return true;
}

/* The engine's letters for parameter sets (facts 1.3). */
static const struct param_set {
	enum key_alg alg;
	enum oid params;
	const char *letters;
} param_sets[] = {
    {KEY_GOST256, OID_GOST_CP_A, "A"},
    {KEY_GOST256, OID_GOST_CP_B, "B"},
    {KEY_GOST256, OID_GOST_CP_C, "C"},
    {KEY_GOST256, OID_GOST_CP_XA, "XA"},
    {KEY_GOST256, OID_GOST_CP_XB, "XB"},
    {KEY_GOST256, OID_GOST_CP_TEST, "0"},
    {KEY_GOST256, OID_GOST_TC_256A, "TCA"},
    {KEY_GOST256, OID_GOST_TC_256B, "TCB"},
    {KEY_GOST256, OID_GOST_TC_256C, "TCC"},
    {KEY_GOST256, OID_GOST_TC_256D, "TCD"},
    {KEY_GOST512, OID_GOST_TC_512A, "A"},
    {KEY_GOST512, OID_GOST_TC_512B, "B"},
    {KEY_GOST512, OID_GOST_TC_512C, "C"},
    {KEY_GOST512, OID_GOST_TC_512_TEST, ""},
};

static const struct param_set *
find_params(enum key_alg alg, enum oid params)
{
	for (size_t i = 0; i < ARRAY_LEN(param_sets); i++) {
		if (param_sets[i].alg == alg &&
		    param_sets[i].params == params) {
			return &param_sets[i];
		}
	}
	return NULL;
}

bool
settings_params_fit(enum key_alg alg, enum oid params)
{
	return find_params(alg, params) != NULL;
}

void
settings_key_spec(struct profile *p)
{
	const struct profile_key *k = &p->keys[0];
	const struct param_set *set = find_params(k->alg, k->params[0]);
	const char *name = key_alg_name(k->alg);

	if (p->num_keys == 0) {
		return;
	}
	if (k->alg == KEY_RSA) {
		(void)snprintf(p->key_spec, sizeof(p->key_spec), "rsa:%u",
		    (unsigned)k->min_bits);
	} else if (set == NULL) {
		(void)snprintf(p->key_spec, sizeof(p->key_spec), "%s", name);
	} else {
		(void)snprintf(p->key_spec, sizeof(p->key_spec), "%s:%s", name,
		    set->letters);
	}
}

/* RFC 5280 4.2.1.3, in the order of the bits. */
static const char *const key_usages[KU_NUM_BITS] = {
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
};

uint32_t
settings_key_usage(const char *name)
{
	for (unsigned i = 0; i < KU_NUM_BITS; i++) {
		if (strcmp(key_usages[i], name) == 0) {
			return 1u << i;
		}
	}
	return 0;
}

/* In the order of the numbers (facts 3.2). */
static const char *const identifications[] = {
    "personal", "remote-certificate", "remote-passport", "remote-system"};

int
settings_identification(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(identifications); i++) {
		if (strcmp(identifications[i], name) == 0) {
			return (int)i;
		}
	}
	return -1;
}

static const char *const kind_names[] = {
    "end-entity", "ca", "root", "ocsp", "time-stamping", "page-order", NULL};
static const char *const need_names[] = {
    "required", "optional", "forbidden", NULL};
static const char *const san_need_names[] = {"required", "optional", NULL};
static const char *const request_names[] = {"ignore", "compare", NULL};
static const char *const key_names[] = {
    "gost2012-256", "gost2012-512", "p256", "p384", "rsa", "ed25519", NULL};
static const char *const pattern_names[] = {
    [PATTERN_TEXT] = "text",
    [PATTERN_COUNTRY] = "country",
    [PATTERN_RUSSIA] = "russia",
    [PATTERN_REGION] = "region",
    [PATTERN_PERSON_NAME] = "person-name",
    [PATTERN_EMAIL] = "email",
    [PATTERN_SNILS] = "snils",
    [PATTERN_INN10] = "inn10",
    [PATTERN_INN12] = "inn12",
    [PATTERN_OGRN] = "ogrn",
    [PATTERN_OGRNIP] = "ogrnip",
    [PATTERN_DIGITS] = "digits",
    [PATTERN_DOMAIN] = "domain",
    [ATTR_PATTERN_MAX_] = NULL,
};
_Static_assert(ARRAY_LEN(kind_names) == PROFILE_KIND_MAX_ + 1, "kinds");
_Static_assert(ARRAY_LEN(request_names) == CSR_SUBJECT_MAX_ + 1, "requests");
_Static_assert(ARRAY_LEN(key_names) == KEY_ALG_MAX_, "every key but NONE");

const char *const settings_tool_paths[ISSUER_SIGN_TOOL_TEXTS] = {
    "extensions.issuer_sign_tool.tool",
    "extensions.issuer_sign_tool.ca",
    "extensions.issuer_sign_tool.tool_document",
    "extensions.issuer_sign_tool.ca_document",
};

const char *
settings_key_usage_name(unsigned bit)
{
	return key_usages[bit];
}

const char *
settings_identification_name(int kind)
{
	return identifications[kind];
}

const char *
settings_kind_name(enum profile_kind kind)
{
	return kind_names[kind];
}

const char *
settings_request_name(enum profile_csr_subject what)
{
	return request_names[what];
}

const char *
attr_pattern_name(enum attr_pattern pattern)
{
	return pattern_names[pattern];
}

static const struct conf_setting attr_settings[] = {
    {.name = "attribute", .type = CONF_TEXT, .required = true, .max = 64},
    {.name = "need",
	.type = CONF_CHOICE,
	.choices = need_names,
	.fallback = "required"},
    {.name = "type", .type = CONF_CHOICE, .choices = type_names},
    {.name = "pattern", .type = CONF_CHOICE, .choices = pattern_names},
    {.name = "max", .type = CONF_INT, .min = 1, .max = SUBJECT_TEXT_MAX / 2},
    {.name = "count", .type = CONF_INT, .min = 1, .max = 8, .fallback_int = 1},
    {0},
};

static const struct conf_setting key_settings[] = {
    {.name = "algorithm",
	.type = CONF_CHOICE,
	.required = true,
	.choices = key_names},
    {.name = "parameters", .type = CONF_TEXTS, .max = KEY_PARAMS_MAX},
    {.name = "min_bits",
	.type = CONF_INT,
	.min = 2048,
	.max = 8192,
	.fallback_int = 2048},
    {.name = "max_bits",
	.type = CONF_INT,
	.min = 2048,
	.max = 8192,
	.fallback_int = 4096},
    {0},
};

enum {
	DAYS_MAX = 7320, /* twenty years */
	THREE_DAYS_SECONDS = 3 * 86400,
	MONTH_SECONDS = 30 * 86400,
};

static const struct conf_setting validity_settings[] = {
    {.name = "days",
	.type = CONF_INT,
	.required = true,
	.min = 1,
	.max = DAYS_MAX},
    {.name = "max_days", .type = CONF_INT, .min = 1, .max = DAYS_MAX},
    {.name = "backdate_seconds",
	.type = CONF_INT,
	.min = 0,
	.max = CLOCK_SKEW_SEC},
    {.name = "private_key_days", .type = CONF_INT, .min = 1, .max = DAYS_MAX},
    {0},
};

static const struct conf_setting key_usage_settings[] = {
    {.name = "critical", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "bits",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = KU_NUM_BITS},
    {.name = "rsa_bits", .type = CONF_TEXTS, .max = KU_NUM_BITS},
    {0},
};

static const struct conf_setting purposes_settings[] = {
    {.name = "critical", .type = CONF_BOOL},
    {.name = "purposes",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = PROFILE_LIST_MAX},
    {0},
};

static const struct conf_setting basic_settings[] = {
    {.name = "critical", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "ca", .type = CONF_BOOL},
    {.name = "path_length",
	.type = CONF_INT,
	.min = -1,
	.max = 16,
	.fallback_int = -1},
    {0},
};

static const struct conf_setting tool_settings[] = {
    {.name = "tool", .type = CONF_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "ca", .type = CONF_TEXT, .required = true, .min = 1, .max = 400},
    {.name = "tool_document",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = 400},
    {.name = "ca_document",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = 400},
    {0},
};

static const struct conf_setting san_settings[] = {
    {.name = "need",
	.type = CONF_CHOICE,
	.choices = san_need_names,
	.fallback = "required"},
    {.name = "critical", .type = CONF_BOOL},
    {.name = "kinds",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = SAN_KIND_MAX_ - 1},
    {.name = "max",
	.type = CONF_INT,
	.min = 1,
	.max = SANS_MAX,
	.fallback_int = 16},
    {.name = "wildcards", .type = CONF_BOOL},
    {.name = "common_name_listed", .type = CONF_BOOL},
    {0},
};

static const struct conf_setting extension_settings[] = {
    {.name = "key_usage", .type = CONF_GROUP, .members = key_usage_settings},
    {.name = "ext_key_usage", .type = CONF_GROUP, .members = purposes_settings},
    {.name = "basic_constraints",
	.type = CONF_GROUP,
	.members = basic_settings},
    {.name = "policies", .type = CONF_TEXTS, .max = PROFILE_LIST_MAX},
    {.name = "subject_sign_tool", .type = CONF_TEXT, .min = 1, .max = 400},
    {.name = "issuer_sign_tool", .type = CONF_GROUP, .members = tool_settings},
    {.name = "identification_kinds", .type = CONF_TEXTS, .max = 4},
    {.name = "subject_key_id", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "authority_key_id", .type = CONF_BOOL, .fallback_bool = true},
    {.name = "crl_points", .type = CONF_BOOL},
    {.name = "ca_issuers", .type = CONF_BOOL},
    {.name = "ocsp", .type = CONF_BOOL},
    {.name = "ocsp_no_check", .type = CONF_BOOL},
    {.name = "subject_alt_name", .type = CONF_GROUP, .members = san_settings},
    {0},
};

static const char *
name_fits(const char *value)
{
	size_t len = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return value[len] == '\0'
		   ? NULL
		   : "may hold only small Latin letters, digits and hyphens";
}

const struct conf_setting profile_settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = PROFILE_NAME_MAX,
	.check = name_fits},
    {.name = "title_ru",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = 200},
    {.name = "title_en",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = 200},
    {.name = "kind",
	.type = CONF_CHOICE,
	.required = true,
	.choices = kind_names},
    {.name = "self_signed", .type = CONF_BOOL},
    {.name = "qualified_form", .type = CONF_BOOL},
    {.name = "type_text", .type = CONF_TEXT, .max = 200, .fallback = ""},
    {.name = "request_subject",
	.type = CONF_CHOICE,
	.choices = request_names,
	.fallback = "ignore"},
    {.name = "subject",
	.type = CONF_GROUPS,
	.required = true,
	.min = 1,
	.max = PROFILE_LIST_MAX,
	.members = attr_settings},
    {.name = "keys",
	.type = CONF_GROUPS,
	.required = true,
	.min = 1,
	.max = PROFILE_KEYS_MAX,
	.members = key_settings},
    {.name = "signatures",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = SIG_ALG_MAX_},
    {.name = "validity",
	.type = CONF_GROUP,
	.required = true,
	.members = validity_settings},
    {.name = "extensions",
	.type = CONF_GROUP,
	.required = true,
	.members = extension_settings},
    {.name = "ceiling",
	.type = CONF_INT,
	.min = 1,
	.max = 10000000,
	.fallback_int = SIGNER_CEILING_DEFAULT},
    {.name = "hold", .type = CONF_BOOL},
    {.name = "direct", .type = CONF_BOOL},
    {.name = "usual_seconds",
	.type = CONF_INT,
	.min = 1,
	.max = 86400,
	.fallback_int = 60},
    {.name = "limit_seconds",
	.type = CONF_INT,
	.min = 1,
	.max = MONTH_SECONDS,
	.fallback_int = THREE_DAYS_SECONDS},
    {.name = "renew_days",
	.type = CONF_INT,
	.min = 0,
	.max = 3660,
	.fallback_int = 60},
    {0},
};
