/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The word "qualified": only an accredited centre with confirmed tools issues
 * qualified certificates.  Until the configuration holds its accreditation,
 * no profile may say anything else than that it is none; with one, a profile
 * may either say the same or claim what the accreditation names, no more.
 */
#include "profile/profile_priv.h"

#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "profile/accreditation.h"
#include "profile/settings.h"

enum {
	CLASS_ARC_SIZE = 5
};

static const char not_qualified[] =
    "Неквалифицированный (по форме приказа ФСБ № 795)";
static const char qualified[] = "Квалифицированный";
static const char not_certified[] = "не сертифицировано";
static const char no_document[] = "отсутствует";

bool
claims_not_certified(struct slice text)
{
	struct slice words = slice_str(not_certified);

	while (text.len >= words.len) {
		if (slice_starts(text, words)) {
			return true;
		}
		text = slice_make(text.p + 1, text.len - 1);
	}
	return false;
}

bool
claims_class(struct slice policy)
{
	/* 1.2.643.100.113 */
	static const uint8_t arc[CLASS_ARC_SIZE] = {
	    0x2a, 0x85, 0x03, 0x64, 0x71};

	return slice_starts(policy, slice_make(arc, sizeof(arc)));
}

/* True when `word` stands in the text without any of `before` in front. */
static bool
says(const char *text, const char *word, const char *before)
{
	size_t len = strlen(before);

	for (const char *at = strstr(text, word); at != NULL;
	     at = strstr(at + 1, word)) {
		if ((size_t)(at - text) < len ||
		    strncmp(at - len, before, len) != 0) {
			return true;
		}
	}
	return false;
}

bool
claims_qualified(const char *text)
{
	struct buf folded = BUF_INIT(PROFILE_TEXT_MAX);
	const char *t;
	bool claims;

	text_fold(&folded, slice_str(text));
	t = buf_cstr(&folded);
	claims =
	    folded.err != ERR_OK || says(t, "квалифицированн", "не") ||
	    (says(t, "qualified", "un") && strstr(t, "qualified form") == NULL);
	buf_clear(&folded);
	return claims;
}

static void
check_no_tools(const struct profile_exts *x, struct conf_cursor c,
    struct conf_report *report)
{
	if (x->need[EXT_SUBJECT_SIGN_TOOL] == EXT_REQUIRED &&
	    !claims_not_certified(slice_str(x->subject_tool))) {
		settings_complain(report, c, "extensions.subject_sign_tool",
		    "without accreditation the tool is called \"%s\"",
		    not_certified);
	}
	if (x->need[EXT_ISSUER_SIGN_TOOL] != EXT_REQUIRED) {
		return;
	}
	for (size_t i = 0; i < 2; i++) {
		if (!claims_not_certified(slice_str(x->issuer_tool[i]))) {
			settings_complain(report, c, settings_tool_paths[i],
			    "without accreditation the tool is called \"%s\"",
			    not_certified);
		}
	}
	for (size_t i = 2; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		if (strcmp(x->issuer_tool[i], no_document) != 0) {
			settings_complain(report, c, settings_tool_paths[i],
			    "without accreditation the document is \"%s\"",
			    no_document);
		}
	}
}

static void
check_no_texts(
    const struct profile *p, struct conf_cursor c, struct conf_report *report)
{
	if (p->qualified_form && strcmp(p->type_text, not_qualified) != 0) {
		settings_complain(report, c,
		    p->type_text[0] != '\0' ? "type_text" : NULL,
		    "without accreditation type_text is \"%s\"", not_qualified);
	} else if (claims_qualified(p->type_text)) {
		settings_complain(report, c, "type_text",
		    "without accreditation nothing is called qualified");
	}
	if (claims_qualified(p->title_ru)) {
		settings_complain(report, c, "title_ru",
		    "without accreditation nothing is called qualified");
	}
	if (claims_qualified(p->title_en)) {
		settings_complain(report, c, "title_en",
		    "without accreditation nothing is called qualified");
	}
}

/* What a profile may say without accreditation. */
static void
check_claims_nothing(
    const struct profile *p, struct conf_cursor c, struct conf_report *report)
{
	const struct profile_exts *x = &p->exts;

	for (size_t i = 0; i < x->policies.num; i++) {
		if (claims_class(x->policies.slices[i])) {
			settings_complain(report, c, "extensions.policies",
			    "policies under 1.2.643.100.113 name the class "
			    "of a certified tool, which wants accreditation");
		}
	}
	check_no_tools(x, c, report);
	check_no_texts(p, c, report);
}

/* --- with accreditation ----------------------------------------------------
 */

static bool
has_class(const struct profile_exts *x, unsigned class)
{
	for (size_t i = 0; i < x->policies.num; i++) {
		struct slice policy = x->policies.slices[i];

		if (claims_class(policy) && policy.len == CLASS_ARC_SIZE + 1 &&
		    policy.p[CLASS_ARC_SIZE] == class) {
			return true;
		}
	}
	return false;
}

/* A class implies the lower ones, which are listed too (facts 3.2). */
static void
check_classes(const struct profile_exts *x, const struct accreditation *a,
    struct conf_cursor c, struct conf_report *report)
{
	size_t num = 0, num_known = 0;

	for (size_t i = 0; i < x->policies.num; i++) {
		num += claims_class(x->policies.slices[i]);
	}
	while (num_known < a->class && has_class(x, (unsigned)num_known + 1)) {
		num_known++;
	}
	if (num == 0 || num != num_known) {
		settings_complain(report, c,
		    num == 0 ? "extensions" : "extensions.policies",
		    "a qualified certificate names the class of the owner's "
		    "tool and every lower one, from 1.2.643.100.113.1 up to "
		    "at most .%u, which the accreditation has",
		    a->class);
	}
}

static bool
names_owner_tool(const struct accreditation *a, const char *tool)
{
	for (size_t i = 0; i < a->num_owner_tools; i++) {
		if (strcmp(a->owner_tools[i], tool) == 0) {
			return true;
		}
	}
	return false;
}

static void
check_claims_what_is_given(const struct profile *p,
    const struct accreditation *a, struct conf_cursor c,
    struct conf_report *report)
{
	const char *const given[ISSUER_SIGN_TOOL_TEXTS] = {
	    a->tool, a->ca, a->tool_document, a->ca_document};
	const struct profile_exts *x = &p->exts;

	if (!p->qualified_form) {
		settings_complain(report, c, NULL,
		    "only certificates of the qualified form may claim to be "
		    "qualified: qualified_form = true");
		return;
	}
	check_classes(x, a, c, report);
	if (!names_owner_tool(a, x->subject_tool)) {
		settings_complain(report, c, "extensions.subject_sign_tool",
		    "the accreditation's owner_tools do not name this tool");
	}
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		if (strcmp(x->issuer_tool[i], given[i]) != 0) {
			settings_complain(report, c, settings_tool_paths[i],
			    "the accreditation says \"%s\"", given[i]);
		}
	}
	if (strcmp(p->type_text, qualified) != 0) {
		settings_complain(report, c, "type_text",
		    "the type of a qualified certificate is \"%s\"", qualified);
	}
}

void
profile_claims_check(struct profile *p,
    const struct accreditation *accreditation, struct conf_cursor c,
    struct conf_report *report)
{
	struct conf_report claims;

	if (!accreditation_given(accreditation)) {
		check_claims_nothing(p, c, report);
		return;
	}
	conf_report_init(&claims);
	check_claims_nothing(p, c, &claims);
	p->claims = claims.num_lines > 0;
	conf_report_clear(&claims);
	if (p->claims) {
		p->claims_from = accreditation->from;
		p->claims_until = accreditation->until;
		check_claims_what_is_given(p, accreditation, c, report);
	}
}
