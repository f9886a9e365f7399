/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what the extensions of the qualified form say: the private
 * key's period, the tools, the identification. */
#include "profile/lint_priv.h"

#include "base/text.h"
#include "der/der.h"

static bool
ext_time_is(const struct ext_time *t, int64_t sec)
{
	return t->present && t->sec == sec;
}

static void
check_period_form(struct lint *l)
{
	const struct ext_private_key_period *period;

	if (l->ext == NULL) {
		return;
	}
	period = &l->ext->u.period;
	if (!period->not_before.present || !period->not_after.present ||
	    period->not_before.fraction.len > 0 ||
	    period->not_after.fraction.len > 0) {
		lint_add(l, ERR_FORMAT,
		    "the private key's period has both ends, in whole "
		    "seconds");
	}
}

/* From the certificate's beginning, for the profile's days or until the
 * certificate's end. */
static void
check_period(struct lint *l)
{
	const struct ext_private_key_period *period;
	int64_t from = cert_not_before(l->cert);
	int64_t full = from + (int64_t)l->p->private_key_days * DAY_SEC;
	int64_t end = cert_not_after(l->cert);

	if (l->ext == NULL) {
		return;
	}
	period = &l->ext->u.period;
	if ((period->not_before.present &&
		!ext_time_is(&period->not_before, from)) ||
	    (period->not_after.present &&
		!ext_time_is(&period->not_after, full) &&
		!(end < full && ext_time_is(&period->not_after, end)))) {
		lint_add(l, ERR_CONFLICT,
		    "the private key's period is not the profile's");
	}
}

static void
check_period_inside(struct lint *l)
{
	const struct ext_private_key_period *period;

	if (l->ext == NULL) {
		return;
	}
	period = &l->ext->u.period;
	if (period->not_after.present &&
	    period->not_after.sec > cert_not_after(l->cert)) {
		lint_add(l, ERR_POLICY,
		    "the private key would be used after the certificate's "
		    "end");
	}
}

/* What is not UTF8String is another rule's finding; its text is compared
 * all the same. */
static bool
text_is(struct lint *l, struct asn1_text t, const char *want)
{
	struct buf utf8 = BUF_INIT(EXT_VALUE_MAX);
	bool same;

	if (t.tag == DER_UTF8_STRING) {
		return slice_eq_str(t.value, want);
	}
	same = asn1_text_utf8(t, &utf8) && slice_eq_str(buf_slice(&utf8), want);
	lint_drop(l, &utf8);
	return same;
}

static void
check_subject_tool(struct lint *l)
{
	if (l->ext != NULL && !text_is(l, l->ext->u.text, l->x->subject_tool)) {
		lint_add(
		    l, ERR_CONFLICT, "the owner's tool is not the profile's");
	}
}

static void
check_issuer_tool(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		if (!text_is(l, l->ext->u.texts[i], l->x->issuer_tool[i])) {
			lint_add(l, ERR_CONFLICT,
			    "text %zu of the issuer's tools is not the "
			    "profile's",
			    i + 1);
		}
	}
}

static bool
tool_text_fits(struct asn1_text t, size_t max_chars)
{
	size_t num = t.tag == DER_UTF8_STRING ? text_num_chars(t.value)
					      : asn1_text_num_chars(t);

	return num > 0 && num <= max_chars;
}

static void
check_subject_tool_length(struct lint *l)
{
	if (l->ext != NULL && !tool_text_fits(l->ext->u.text, 200)) {
		lint_add(
		    l, ERR_LIMIT, "the owner's tool has 1 to 200 characters");
	}
}

static void
check_issuer_tool_length(struct lint *l)
{
	static const size_t most[ISSUER_SIGN_TOOL_TEXTS] = {200, 200, 100, 100};

	for (size_t i = 0; l->ext != NULL && i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		if (!tool_text_fits(l->ext->u.texts[i], most[i])) {
			lint_add(l, ERR_LIMIT,
			    "text %zu of the issuer's tools has 1 to %zu "
			    "characters",
			    i + 1, most[i]);
		}
	}
}

/* Both extensions are UTF8String. */
static void
check_tool_types(struct lint *l)
{
	const struct ext *subject = ext_find(l->exts, EXT_SUBJECT_SIGN_TOOL);
	const struct ext *issuer = ext_find(l->exts, EXT_ISSUER_SIGN_TOOL);
	bool good = subject == NULL || subject->u.text.tag == DER_UTF8_STRING;

	for (size_t i = 0; issuer != NULL && i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		good = good && issuer->u.texts[i].tag == DER_UTF8_STRING;
	}
	if (!good) {
		lint_add(
		    l, ERR_FORMAT, "the tools are not written as UTF8String");
	}
}

static bool
text_claims(struct lint *l, struct asn1_text t)
{
	struct buf utf8 = BUF_INIT(EXT_VALUE_MAX);
	bool claims;

	if (t.tag == DER_UTF8_STRING) {
		return !claims_not_certified(t.value);
	}
	claims = !asn1_text_utf8(t, &utf8) ||
		 !claims_not_certified(buf_slice(&utf8));
	lint_drop(l, &utf8);
	return claims;
}

/* The word "qualified": the tools say that they are not certified. */
static void
check_tool_claims(struct lint *l)
{
	const struct ext *subject = ext_find(l->exts, EXT_SUBJECT_SIGN_TOOL);
	const struct ext *issuer = ext_find(l->exts, EXT_ISSUER_SIGN_TOOL);

	if (l->p->claims) {
		return;
	}
	if ((subject != NULL && text_claims(l, subject->u.text)) ||
	    (issuer != NULL &&
		(text_claims(l, issuer->u.texts[0]) ||
		    text_claims(l, issuer->u.texts[1]) ||
		    !text_is(l, issuer->u.texts[2], "отсутствует") ||
		    !text_is(l, issuer->u.texts[3], "отсутствует")))) {
		lint_add(l, ERR_DENIED,
		    "a tool does not say that it is not certified, and the "
		    "centre has no accreditation");
	}
}

/* What an accreditation allows to be said is said while it holds. */
static void
check_accreditation(struct lint *l)
{
	if (l->p->claims &&
	    (l->now < l->p->claims_from || l->now > l->p->claims_until)) {
		lint_add(l, ERR_POLICY,
		    "it claims to be qualified, and the centre's "
		    "accreditation does not hold now");
	}
}

static void
check_identification(struct lint *l)
{
	if (l->ext != NULL &&
	    (l->v->identification_kind < 0 ||
		l->ext->u.number != (uint64_t)l->v->identification_kind)) {
		lint_add(l, ERR_CONFLICT,
		    "the identification is not the one that was recorded");
	}
}

static void
check_identification_allowed(struct lint *l)
{
	if (l->ext != NULL &&
	    (l->ext->u.number > 3 || !l->x->identification[l->ext->u.number])) {
		lint_add(l, ERR_POLICY,
		    "the profile does not take this kind of identification");
	}
}

const struct lint_rule lint_qualified_rules[] = {
    {"lint.private_key_period.form", "facts 3.2", check_period_form,
	EXT_PRIVATE_KEY_PERIOD},
    {"lint.private_key_period.value", "", check_period, EXT_PRIVATE_KEY_PERIOD},
    {"lint.private_key_period.inside", "", check_period_inside,
	EXT_PRIVATE_KEY_PERIOD},
    {"lint.subject_sign_tool.value", "", check_subject_tool,
	EXT_SUBJECT_SIGN_TOOL},
    {"lint.subject_sign_tool.length", "facts 3.2", check_subject_tool_length,
	EXT_SUBJECT_SIGN_TOOL},
    {"lint.issuer_sign_tool.value", "", check_issuer_tool,
	EXT_ISSUER_SIGN_TOOL},
    {"lint.issuer_sign_tool.length", "facts 3.2", check_issuer_tool_length,
	EXT_ISSUER_SIGN_TOOL},
    {"lint.tools.type", "facts 3.2", check_tool_types, EXT_RAW},
    {"lint.tools.claim", "", check_tool_claims, EXT_RAW},
    {"lint.accreditation", "", check_accreditation, EXT_RAW},
    {"lint.identification_kind.value", "", check_identification,
	EXT_IDENTIFICATION_KIND},
    {"lint.identification_kind.allowed", "", check_identification_allowed,
	EXT_IDENTIFICATION_KIND},
    {NULL, NULL, NULL, EXT_RAW},
};
