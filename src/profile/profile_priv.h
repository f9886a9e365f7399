/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_PROFILE_PRIV_H
#define SURGUCH_PROFILE_PROFILE_PRIV_H
/*
 * The inside of a profile, for this floor and its tests.  Everything is
 * checked by profile_rules.c before anybody else sees it.
 */
#include "profile/profile.h"
#include "profile/values.h"
#include "x509/ext_types.h"

/* What a value must look like beyond its string type. */
enum attr_pattern {
	PATTERN_TEXT, /* clean text */
	PATTERN_COUNTRY,
	PATTERN_RUSSIA,
	PATTERN_REGION,
	PATTERN_PERSON_NAME,
	PATTERN_EMAIL,
	PATTERN_SNILS,
	PATTERN_INN10,
	PATTERN_INN12,
	PATTERN_OGRN,
	PATTERN_OGRNIP,
	PATTERN_DIGITS,
	PATTERN_DOMAIN,
	ATTR_PATTERN_MAX_
};

/* What becomes of the subject in a request (design rule 4.1: it never goes
 * into the certificate). */
enum profile_csr_subject {
	CSR_SUBJECT_IGNORE,
	CSR_SUBJECT_COMPARE, /* as a set; a difference refuses the request */
	CSR_SUBJECT_MAX_
};

struct profile_attr {
	enum oid id;
	uint8_t tag;
	bool required;
	bool forbidden; /* listed only to say so */
	enum attr_pattern pattern;
	uint32_t max_chars;
	uint32_t max_count;
};

enum {
	KEY_PARAMS_MAX = 8,
	PROFILE_KEYS_MAX = 8,
	KEY_SPEC_SIZE = 32,
	SUBJECT_TOOL_CHARS_MAX = 200, /* facts 3.2 */
};

struct profile_key {
	enum key_alg alg;
	enum oid params[KEY_PARAMS_MAX];
	size_t num_params;
	uint32_t min_bits; /* RSA */
	uint32_t max_bits;
};

struct profile_oid {
	uint8_t b[OID_BYTES_MAX];
	size_t len;
};

struct profile_oids {
	struct profile_oid at[PROFILE_LIST_MAX];
	struct slice slices[PROFILE_LIST_MAX]; /* of at[] */
	size_t num;
};

enum ext_need {
	EXT_FORBIDDEN,
	EXT_REQUIRED,
	EXT_AS_ASKED /* present exactly when the values hold it */
};

struct profile_exts {
	enum ext_need need[EXT_KIND_MAX_];
	bool critical[EXT_KIND_MAX_];
	uint32_t key_usage;
	uint32_t rsa_key_usage; /* and these, when the key is RSA */
	struct profile_oids purposes;
	struct profile_oids policies;
	bool ca;
	int path_len; /* -1: none */
	bool aia_ca_issuers;
	bool aia_ocsp;
	char *subject_tool;
	char *issuer_tool[ISSUER_SIGN_TOOL_TEXTS];
	bool identification[4];
	bool san_kinds[SAN_KIND_MAX_];
	uint32_t san_max;
	bool san_wildcards;
	bool san_common_name; /* CN, if any, must be one of them */
};

struct profile {
	char name[PROFILE_NAME_SIZE];
	char *title_ru;
	char *title_en;
	char *type_text;
	uint8_t sha256[32];
	enum profile_kind kind;
	bool self_signed;
	bool qualified_form;
	bool claims;         /* to be qualified, and the accreditation has it */
	int64_t claims_from; /* then: while it holds, UTC seconds */
	int64_t claims_until;
	bool hold;
	bool direct;
	enum profile_csr_subject csr_subject;
	struct profile_attr attrs[PROFILE_LIST_MAX];
	size_t num_attrs;
	struct profile_key keys[PROFILE_KEYS_MAX];
	size_t num_keys;
	char key_spec[KEY_SPEC_SIZE];
	bool signature[SIG_ALG_MAX_];
	uint32_t days;
	uint32_t max_days;
	uint32_t backdate_sec;
	uint32_t private_key_days; /* 0: no privateKeyUsagePeriod */
	uint32_t ceiling;
	uint32_t usual_sec;
	uint32_t limit_sec;
	uint32_t renew_days;
	struct profile_exts exts;
};

/* The profile's entry for an attribute, or NULL. */
const struct profile_attr *profile_attr_find(
    const struct profile *p, enum oid id);
/* Whether a text fits a pattern exactly as it stands (already normal). */
bool attr_pattern_fits(enum attr_pattern pattern, struct slice text);
const char *attr_pattern_name(enum attr_pattern pattern);
/* End of the private key's use for a certificate of these dates. */
int64_t profile_private_key_end(
    const struct profile *p, int64_t not_before, int64_t not_after);

/*
 * What the table of settings cannot say: how the parts go together
 * (profile_rules.c), and that nothing claims to be qualified
 * (profile_claims.c).  Complaints go into the report.
 */
struct conf_cursor;
struct conf_report;
void profile_rules_check(
    const struct profile *p, struct conf_cursor c, struct conf_report *report);
/* p->claims and its times are set here. */
void profile_claims_check(struct profile *p,
    const struct accreditation *accreditation, struct conf_cursor c,
    struct conf_report *report);
/* Whether a text says that it is not certified / claims the word. */
bool claims_not_certified(struct slice text);
bool claims_qualified(const char *text);
/* Whether a policy is one of the classes of 1.2.643.100.113. */
bool claims_class(struct slice policy);

#endif
