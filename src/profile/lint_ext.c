/* SPDX-License-Identifier: Apache-2.0 */
/* For every extension that a profile can have: whether it is there, whether
 * it is critical; and that there is no other. */
#include "profile/lint_priv.h"

/* Wanted at all, given what was asked for? */
static bool
is_wanted(const struct lint *l, enum ext_kind kind)
{
	enum ext_need need = l->x->need[kind];

	/* A certificate that names a list names its delta too. */
	if (kind == EXT_FRESHEST_CRL) {
		return l->x->need[EXT_CRL_POINTS] == EXT_REQUIRED &&
		       l->ca->crl_deltas;
	}
	return need == EXT_REQUIRED ||
	       (need == EXT_AS_ASKED && l->v->num_sans > 0);
}

static void
check_present(struct lint *l)
{
	if (is_wanted(l, l->rule->ext) && l->ext == NULL) {
		lint_add(l, ERR_POLICY, "the extension %s is missing",
		    ext_kind_name(l->rule->ext));
	}
}

static void
check_critical(struct lint *l)
{
	bool want = l->x->critical[l->rule->ext];

	if (l->ext != NULL && is_wanted(l, l->rule->ext) &&
	    l->ext->critical != want) {
		lint_add(l, ERR_POLICY, "the extension %s is %scritical",
		    ext_kind_name(l->rule->ext), want ? "not " : "");
	}
}

static void
check_unexpected(struct lint *l)
{
	for (size_t i = 0; i < ext_list_num(l->exts); i++) {
		const struct ext *x = ext_list_at(l->exts, i);

		if (x->kind != EXT_RAW && !is_wanted(l, x->kind)) {
			lint_add(l, ERR_POLICY,
			    "the profile has no extension %s",
			    ext_kind_name(x->kind));
		}
	}
}

static void
check_unknown(struct lint *l)
{
	for (size_t i = 0; i < ext_list_num(l->exts); i++) {
		const struct ext *x = ext_list_at(l->exts, i);
		char oid[OID_TEXT_MAX];

		if (x->kind == EXT_RAW) {
			lint_add(l, ERR_UNSUPPORTED,
			    "the extension %s is not one that we know",
			    oid_dotted(x->oid, oid));
		}
	}
}

const struct lint_rule lint_ext_rules[] = {
#define ROWS(kind, name, clause)                                               \
	{"lint." name ".present", clause, check_present, kind},                \
	{                                                                      \
		"lint." name ".critical", clause, check_critical, kind         \
	}
    ROWS(EXT_KEY_USAGE, "key_usage", "RFC 5280 4.2.1.3"),
    ROWS(EXT_EXT_KEY_USAGE, "ext_key_usage", "RFC 5280 4.2.1.12"),
    ROWS(EXT_BASIC_CONSTRAINTS, "basic_constraints", "RFC 5280 4.2.1.9"),
    ROWS(EXT_POLICIES, "policies", "RFC 5280 4.2.1.4"),
    ROWS(EXT_SKI, "subject_key_id", "RFC 5280 4.2.1.2"),
    ROWS(EXT_AKI, "authority_key_id", "RFC 5280 4.2.1.1"),
    ROWS(EXT_CRL_POINTS, "crl_points", "RFC 5280 4.2.1.13"),
    ROWS(EXT_FRESHEST_CRL, "freshest_crl", "RFC 5280 4.2.1.15"),
    ROWS(EXT_AIA, "aia", "RFC 5280 4.2.2.1"),
    ROWS(EXT_SAN, "san", "RFC 5280 4.2.1.6"),
    ROWS(EXT_PRIVATE_KEY_PERIOD, "private_key_period", "facts 3.2"),
    ROWS(EXT_SUBJECT_SIGN_TOOL, "subject_sign_tool", "facts 3.2"),
    ROWS(EXT_ISSUER_SIGN_TOOL, "issuer_sign_tool", "facts 3.2"),
    ROWS(EXT_IDENTIFICATION_KIND, "identification_kind", "facts 3.2"),
    ROWS(EXT_OCSP_NO_CHECK, "ocsp_no_check", "RFC 6960 4.2.2.2.1"),
#undef ROWS
    {"lint.ext.unexpected", "", check_unexpected, EXT_RAW},
    {"lint.ext.unknown", "", check_unknown, EXT_RAW},
    {NULL, NULL, NULL, EXT_RAW},
};
