/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_LINT_PRIV_H
#define SURGUCH_PROFILE_LINT_PRIV_H
/* What the rules of lint see, and how they report. */
#include "base/clock.h"
#include "base/host.h"
#include "profile/ca_identity.h"
#include "profile/lint.h"
#include "profile/profile_priv.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/spki.h"

/* A name's value as UTF-8: no type makes more than two bytes of one. */
enum {
	NAME_UTF8_MAX = 2 * NAME_VALUE_MAX
};

struct lint;

struct lint_rule {
	const char *id;
	const char *clause; /* "" where no standard says it */
	void (*check)(struct lint *l);
	enum ext_kind ext; /* the extension that the rule is about, if any */
};

struct lint {
	const struct profile *p;
	const struct profile_exts *x; /* of the profile */
	const struct ca_identity *ca;
	const struct issue_values *v;
	struct slice tbs;
	int64_t now;
	const struct cert *cert; /* parsed from tbs */
	const struct ext_list *exts;
	const struct ext *ext;        /* the rule's extension, or NULL */
	const struct lint_rule *rule; /* the one that runs */
	struct lint_report *report;
	bool no_memory; /* so what the rules found may not be so */
};

/* A violation of the rule that runs. */
void lint_add(struct lint *l, enum err kind, const char *fmt, ...)
    ATTR_PRINTF(3, 4);

/* Clear a buffer that a rule compared; one that had no memory is noted. */
void lint_drop(struct lint *l, struct buf *b);

/* The tables, each ended by a rule without id. */
extern const struct lint_rule lint_body_rules[];
extern const struct lint_rule lint_subject_rules[];
extern const struct lint_rule lint_key_rules[];
extern const struct lint_rule lint_ext_rules[];
extern const struct lint_rule lint_value_rules[];
extern const struct lint_rule lint_qualified_rules[];
extern const struct lint_rule lint_san_rules[];

#endif
