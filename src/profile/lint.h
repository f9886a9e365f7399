/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_LINT_H
#define SURGUCH_PROFILE_LINT_H
/*
 * The last look before the key: the exact bytes to be signed are parsed again
 * and compared with the profile, the CA's identity and what was asked.  It
 * shares no code with the template, so that one defect does not hide another.
 *
 * The rules are a const table {id, clause, check}; all of them run, and the
 * report holds every violation.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"

struct ca_identity;
struct issue_values;
struct profile;

enum {
	LINT_TEXT_MAX = 200
};

struct lint_finding {
	/* "lint.issuer"; of bytes that cannot even be parsed, the parser's
	 * own rule ("ext.duplicate") */
	char rule[ERRINFO_RULE];
	const char *clause; /* static; "" where no standard says it */
	enum err kind;
	char text[LINT_TEXT_MAX];
};

struct lint_report {
	struct lint_finding at[LINT_FINDINGS_MAX];
	size_t num;     /* entries in at[] */
	size_t dropped; /* findings beyond it */
};

/*
 * ERR_OK when nothing was found; else the kind of the first finding
 * (ERR_NOMEM and ERR_INTERNAL are findings too: what cannot be checked is not
 * signed).  `now` is the signer's clock, UTC seconds.
 */
ATTR_MUST_USE enum err lint_tbs(const struct profile *p,
    const struct ca_identity *ca, const struct issue_values *v,
    struct slice tbs, int64_t now, struct lint_report *report);
/* The first finding as an errinfo; returns its kind, ERR_OK if none. */
enum err lint_report_err(const struct lint_report *report, struct errinfo *ei);

/* The table, for `surguchctl profile rules` and the tests. */
size_t lint_num_rules(void);
const char *lint_rule_id(size_t i);
const char *lint_rule_clause(size_t i);

#ifdef SURGUCH_TEST_SEAMS
/* Switch one rule off (false: no such rule), or all of them on again. */
bool lint_disable_for_test(const char *rule);
void lint_enable_all_for_test(void);
#endif

#endif
