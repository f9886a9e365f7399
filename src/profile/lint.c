/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/lint.h"

#include <stdarg.h>
#include <string.h>

#include "profile/lint_priv.h"

/* Must come first: without a parsed certificate the others have nothing to
 * look at. */
static const struct lint_rule form_rules[] = {
    {"lint.form", "RFC 5280 4.1", NULL, EXT_RAW},
    {NULL, NULL, NULL, EXT_RAW},
};

static const struct lint_rule *const tables[] = {
    form_rules,
    lint_body_rules,
    lint_subject_rules,
    lint_key_rules,
    lint_ext_rules,
    lint_value_rules,
    lint_qualified_rules,
    lint_san_rules,
};

static const struct lint_rule *
rule_at(size_t i)
{
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		for (const struct lint_rule *r = tables[t]; r->id != NULL;
		     r++) {
			if (i-- == 0) {
				return r;
			}
		}
	}
	return NULL;
}

size_t
lint_num_rules(void)
{
	size_t num = 0;

	while (rule_at(num) != NULL) {
		num++;
	}
	return num;
}

const char *
lint_rule_id(size_t i)
{
	const struct lint_rule *r = rule_at(i);

	return r != NULL ? r->id : NULL;
}

const char *
lint_rule_clause(size_t i)
{
	const struct lint_rule *r = rule_at(i);

	return r != NULL ? r->clause : NULL;
}

#ifdef SURGUCH_TEST_SEAMS
static const struct lint_rule *switched_off;

static bool
is_off(const struct lint_rule *r)
{
	return r == switched_off;
}

bool
lint_disable_for_test(const char *rule)
{
	for (size_t i = 0; rule_at(i) != NULL; i++) {
		if (strcmp(rule_at(i)->id, rule) == 0) {
			switched_off = rule_at(i);
			return true;
		}
	}
	return false;
}

void
lint_enable_all_for_test(void)
{
	switched_off = NULL;
}
#else
static bool
is_off(const struct lint_rule *r)
{
	(void)r;
	return false;
}
#endif

static struct lint_finding *
next_finding(struct lint_report *report)
{
	if (report->num == ARRAY_LEN(report->at)) {
		report->dropped++;
		return NULL;
	}
	return &report->at[report->num++];
}

void
lint_add(struct lint *l, enum err kind, const char *fmt, ...)
{
	struct lint_finding *f = next_finding(l->report);
	va_list ap;

	if (f == NULL) {
		return;
	}
	f->kind = kind;
	f->clause = l->rule->clause;
	(void)snprintf(f->rule, sizeof(f->rule), "%s", l->rule->id);
	va_start(ap, fmt);
	(void)vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
}

void
lint_drop(struct lint *l, struct buf *b)
{
	l->no_memory = l->no_memory || b->err == ERR_NOMEM;
	buf_clear(b);
}

/* The parser's refusal, under the parser's own rule. */
static void
add_parse_error(struct lint_report *report, const struct errinfo *ei)
{
	struct lint_finding *f = next_finding(report);

	if (f == NULL) {
		return;
	}
	f->kind = ei->kind;
	f->clause = form_rules[0].clause;
	(void)snprintf(f->rule, sizeof(f->rule), "%s",
	    ei->rule[0] != '\0' ? ei->rule : form_rules[0].id);
	(void)snprintf(f->text, sizeof(f->text), "%.*s",
	    (int)sizeof(f->text) - 1, ei->text);
}

static void
run_rules(struct lint *l, const struct lint_rule *table)
{
	for (const struct lint_rule *r = table; r->id != NULL; r++) {
		if (is_off(r) || r->check == NULL) {
			continue;
		}
		l->rule = r;
		l->ext = r->ext != EXT_RAW ? ext_find(l->exts, r->ext) : NULL;
		r->check(l);
	}
}

enum err
lint_tbs(const struct profile *p, const struct ca_identity *ca,
    const struct issue_values *v, struct slice tbs, int64_t now,
    struct lint_report *report)
{
	struct cert *cert = NULL;
	struct errinfo ei = {0};
	struct lint l = {.p = p,
	    .x = &p->exts,
	    .ca = ca,
	    .v = v,
	    .tbs = tbs,
	    .now = now,
	    .report = report};

	memset(report, 0, sizeof(*report));
	if (cert_parse_tbs(tbs, &cert, &ei) != ERR_OK) {
		if (!is_off(&form_rules[0])) {
			add_parse_error(report, &ei);
		}
		return lint_report_err(report, NULL);
	}
	l.cert = cert;
	l.exts = cert_exts(cert);
	for (size_t t = 0; t < ARRAY_LEN(tables); t++) {
		run_rules(&l, tables[t]);
	}
	cert_free(cert);
	if (l.no_memory) {
		memset(report, 0, sizeof(*report));
		(void)err_nomem(&ei);
		add_parse_error(report, &ei);
	}
	return lint_report_err(report, NULL);
}

enum err
lint_report_err(const struct lint_report *report, struct errinfo *ei)
{
	const struct lint_finding *f = &report->at[0];

	if (report->num == 0) {
		return ERR_OK;
	}
	return err_set(ei, f->kind, f->rule, f->clause, "%s", f->text);
}
