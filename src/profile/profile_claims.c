/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The word "qualified": only an accredited centre with confirmed tools issues
 * qualified certificates.  Until the configuration holds its accreditation,
 * no profile may say anything else than that it is none.
 */
#include "profile/profile_priv.h"

#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "profile/settings.h"

static const char not_qualified[] =
    "Неквалифицированный (по форме приказа ФСБ № 795)";
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
	static const uint8_t arc[] = {0x2a, 0x85, 0x03, 0x64, 0x71};

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
check_documents(const struct profile_exts *x, struct conf_cursor c,
    struct conf_report *report, const char *tool, const char *ca)
{
	if (strcmp(x->issuer_tool[2], tool) != 0) {
		settings_complain(report, c,
		    "extensions.issuer_sign_tool.tool_document",
		    "the tool's document must be \"%s\"", tool);
	}
	if (strcmp(x->issuer_tool[3], ca) != 0) {
		settings_complain(report, c,
		    "extensions.issuer_sign_tool.ca_document",
		    "the document of the CA software must be \"%s\"", ca);
	}
}

static void
check_tools(const struct profile_exts *x, struct conf_cursor c,
    struct conf_report *report)
{
	static const char *const paths[] = {"extensions.issuer_sign_tool.tool",
	    "extensions.issuer_sign_tool.ca"};

	if (x->need[EXT_SUBJECT_SIGN_TOOL] == EXT_REQUIRED &&
	    !claims_not_certified(slice_str(x->subject_tool))) {
		settings_complain(report, c, "extensions.subject_sign_tool",
		    "without accreditation the tool is called \"%s\"",
		    not_certified);
	}
	if (x->need[EXT_ISSUER_SIGN_TOOL] != EXT_REQUIRED) {
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (!claims_not_certified(slice_str(x->issuer_tool[i]))) {
			settings_complain(report, c, paths[i],
			    "without accreditation the tool is called \"%s\"",
			    not_certified);
		}
	}
	check_documents(x, c, report, no_document, no_document);
}

static void
check_texts(
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

void
profile_claims_check(const struct profile *p,
    const struct accreditation *accreditation, struct conf_cursor c,
    struct conf_report *report)
{
	const struct profile_exts *x = &p->exts;

	if (accreditation != NULL) {
		if (x->need[EXT_ISSUER_SIGN_TOOL] == EXT_REQUIRED) {
			check_documents(x, c, report,
			    accreditation->tool_document,
			    accreditation->ca_document);
		}
		return;
	}
	for (size_t i = 0; i < x->policies.num; i++) {
		if (claims_class(x->policies.slices[i])) {
			settings_complain(report, c, "extensions.policies",
			    "policies under 1.2.643.100.113 name the class "
			    "of a certified tool, which wants accreditation");
		}
	}
	check_tools(x, c, report);
	check_texts(p, c, report);
}
