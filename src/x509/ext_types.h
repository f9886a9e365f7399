/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_EXT_TYPES_H
#define SURGUCH_X509_EXT_TYPES_H
/*
 * What each extension holds, typed.  Everything that these structures point
 * to lives in the pool of the ext_list they came from.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "der/oid.h"
#include "x509/asn1_text.h"
#include "x509/general_name.h"

/* EXT_RAW is everything that we do not know: value kept as bytes. */
enum ext_kind {
	EXT_RAW = 0,
	EXT_SKI,
	EXT_KEY_USAGE,
	EXT_PRIVATE_KEY_PERIOD,
	EXT_SAN,
	EXT_IAN,
	EXT_BASIC_CONSTRAINTS,
	EXT_CRL_NUMBER,
	EXT_REASON_CODE,
	EXT_INVALIDITY_DATE,
	EXT_DELTA_CRL,
	EXT_IDP,
	EXT_CERT_ISSUER,
	EXT_NAME_CONSTRAINTS,
	EXT_CRL_POINTS,
	EXT_POLICIES,
	EXT_POLICY_MAPPINGS,
	EXT_POLICY_CONSTRAINTS,
	EXT_INHIBIT_ANY_POLICY,
	EXT_AKI,
	EXT_EXT_KEY_USAGE,
	EXT_FRESHEST_CRL,
	EXT_AIA,
	EXT_SUBJECT_SIGN_TOOL,
	EXT_ISSUER_SIGN_TOOL,
	EXT_IDENTIFICATION_KIND,
	EXT_MS_TEMPLATE_NAME,
	EXT_MS_TEMPLATE,
	EXT_MS_CA_VERSION,
	EXT_OCSP_NO_CHECK,
	EXT_OCSP_NONCE,
	EXT_KIND_MAX_
};

/* RFC 5280 4.2.1.3: bit i of the BIT STRING is 1 << i. */
enum key_usage_bits {
	KU_DIGITAL_SIGNATURE = 1 << 0,
	KU_NON_REPUDIATION = 1 << 1,
	KU_KEY_ENCIPHERMENT = 1 << 2,
	KU_DATA_ENCIPHERMENT = 1 << 3,
	KU_KEY_AGREEMENT = 1 << 4,
	KU_CERT_SIGN = 1 << 5,
	KU_CRL_SIGN = 1 << 6,
	KU_ENCIPHER_ONLY = 1 << 7,
	KU_DECIPHER_ONLY = 1 << 8,
};
enum {
	KU_NUM_BITS = 9
};

/* RFC 5280 5.3.1. */
enum crl_reason {
	CRL_REASON_NONE = -1, /* no reason given */
	CRL_REASON_UNSPECIFIED = 0,
	CRL_REASON_KEY_COMPROMISE = 1,
	CRL_REASON_CA_COMPROMISE = 2,
	CRL_REASON_AFFILIATION_CHANGED = 3,
	CRL_REASON_SUPERSEDED = 4,
	CRL_REASON_CESSATION = 5,
	CRL_REASON_HOLD = 6,
	CRL_REASON_REMOVE_FROM_CRL = 8,
	CRL_REASON_PRIVILEGE_WITHDRAWN = 9,
	CRL_REASON_AA_COMPROMISE = 10,
};

struct oid_array {
	const struct slice *list; /* content bytes */
	size_t num;
};

struct ext_basic_constraints {
	bool ca;
	int64_t path_len; /* -1: none */
};

/* GeneralizedTime that may have a fraction (a real root of 2025 has one). */
struct ext_time {
	bool present;
	int64_t sec;
	struct slice fraction; /* its decimal digits, usually none */
};

struct ext_private_key_period {
	struct ext_time not_before;
	struct ext_time not_after;
};

/* issuer.num is 0 and serial is empty when absent. */
struct ext_aki {
	bool has_key_id;
	struct slice key_id;
	struct general_names issuer;
	struct slice serial; /* INTEGER content */
};

/* full.num != 0, or relative != NULL, or neither. */
struct dist_point {
	struct general_names full;
	const struct name *relative; /* one RDN */
	bool has_reasons;
	uint32_t reasons; /* bit i at 1 << i */
	struct general_names crl_issuer;
};

struct dist_points {
	const struct dist_point *list;
	size_t num;
};

struct ext_idp {
	struct dist_point point; /* crl_issuer unused */
	bool only_user_certs;
	bool only_ca_certs;
	bool indirect;
	bool only_attribute_certs;
};

struct access_description {
	struct slice method; /* OID content */
	struct general_name location;
};

struct ext_aia {
	const struct access_description *list;
	size_t num;
};

struct user_notice {
	bool has_ref;
	struct asn1_text organization;
	const uint64_t *numbers;
	size_t num_numbers;
	bool has_text;
	struct asn1_text text;
};

/* cps: IA5 text; unotice: notice; any other id: raw is the whole DER. */
struct policy_qualifier {
	enum oid id;
	struct slice oid;
	struct slice cps;
	struct user_notice notice;
	struct slice raw;
};

struct policy {
	enum oid id;
	struct slice oid;
	const struct policy_qualifier *qualifiers;
	size_t num_qualifiers;
};

struct ext_policies {
	const struct policy *list;
	size_t num;
};

struct policy_mapping {
	struct slice issuer; /* issuerDomainPolicy, OID content */
	struct slice subject;
};

struct ext_policy_mappings {
	const struct policy_mapping *list;
	size_t num;
};

/* How many certificates may follow before it bites; -1: absent. */
struct ext_policy_constraints {
	int64_t require_explicit;
	int64_t inhibit_mapping;
};

struct ext_name_constraints {
	struct general_names permitted; /* num 0: absent */
	struct general_names excluded;
};

struct ext_ms_template {
	struct slice oid;
	bool has_major;
	uint64_t major;
	bool has_minor;
	uint64_t minor;
};

enum {
	ISSUER_SIGN_TOOL_TEXTS = 4
};

/* One extension.  The member of the union is chosen by `kind`. */
struct ext {
	enum ext_kind kind;
	struct slice oid; /* content bytes */
	bool critical;
	union {
		struct slice raw;       /* RAW: content of extnValue */
		struct slice octets;    /* SKI, OCSP_NONCE */
		struct slice integer;   /* CRL_NUMBER, DELTA_CRL: INTEGER
					 * content; MS_CA_VERSION */
		uint32_t key_usage;     /* enum key_usage_bits */
		uint64_t number;        /* IDENTIFICATION_KIND,
					 * INHIBIT_ANY_POLICY */
		enum crl_reason reason; /* REASON_CODE */
		int64_t time;           /* INVALIDITY_DATE */
		struct ext_private_key_period period;
		struct general_names names; /* SAN, IAN, CERT_ISSUER */
		struct ext_basic_constraints basic;
		struct ext_idp idp;
		struct ext_name_constraints constraints;
		struct dist_points points; /* CRL_POINTS, FRESHEST_CRL */
		struct ext_policies policies;
		struct ext_policy_mappings mappings;
		struct ext_policy_constraints policy_constraints;
		struct ext_aki aki;
		struct oid_array purposes; /* EXT_KEY_USAGE */
		struct ext_aia aia;
		struct asn1_text text; /* SUBJECT_SIGN_TOOL,
					* MS_TEMPLATE_NAME */
		struct asn1_text texts[ISSUER_SIGN_TOOL_TEXTS];
		struct ext_ms_template ms_template;
	} u;
};

#endif
