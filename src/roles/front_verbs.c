/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "identity/operator.h"
#include "roles/front_metrics.h"

/* --- operators ----------------------------------------------------------- */

static enum err
give_token(struct verb_call *v, const struct id *id, uint32_t scopes,
    const char *label)
{
	const struct operator_grant grant = {.label = label, .scopes = scopes};
	char token[OPERATOR_TOKEN_SIZE];
	struct id grant_id;
	enum err e = operator_grant_add(
	    v->o->operators, &v->actor, id, &grant, token, &grant_id, v->ei);

	if (e == ERR_OK) {
		buf_printf(v->out, "%s\n", token);
	}
	secret_wipe(token, sizeof(token));
	return e;
}

/* operator add NAME ROLE: the operator and a token with all that the role
 * allows. */
static enum err
operator_add_verb(struct verb_call *v)
{
	enum operator_role role;
	struct id id;
	enum err e;

	if (!operator_role_from(slice_str(verb_word(v, 1)), &role)) {
		return err_set(v->ei, ERR_FORMAT, "operator.role", NULL,
		    "the role is one of administrator, operator, "
		    "service-centre, auditor, program");
	}
	e = operator_add(
	    v->o->operators, &v->actor, verb_word(v, 0), role, &id, v->ei);
	return e != ERR_OK
		   ? e
		   : give_token(v, &id, operator_role_scopes(role), "first");
}

/* operator token NAME SCOPES LABEL */
static enum err
operator_token_verb(struct verb_call *v)
{
	struct operator_info info;
	uint32_t scopes;
	enum err e =
	    operator_find(v->o->operators, verb_word(v, 0), &info, v->ei);

	if (e == ERR_OK) {
		e = scope_set_parse(slice_str(verb_word(v, 1)), &scopes, v->ei);
	}
	return e != ERR_OK ? e
			   : give_token(v, &info.id, scopes, verb_word(v, 2));
}

static enum err
operator_disable_verb(struct verb_call *v)
{
	struct operator_info info;
	enum err e =
	    operator_find(v->o->operators, verb_word(v, 0), &info, v->ei);

	return e != ERR_OK ? e
			   : operator_disable(
				 v->o->operators, &v->actor, &info.id, v->ei);
}

enum {
	OPERATORS_PAGE = 50
};

static enum err
operator_list_verb(struct verb_call *v)
{
	struct operator_info page[OPERATORS_PAGE];
	const struct id *after = NULL;
	struct id last;
	size_t num = OPERATORS_PAGE;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == OPERATORS_PAGE) {
		e = operator_list(
		    v->o->operators, after, page, OPERATORS_PAGE, &num, v->ei);
		for (size_t i = 0; e == ERR_OK && i < num; i++) {
			buf_printf(v->out, "%-24s  %-16s  %s\n", page[i].name,
			    operator_role_name(page[i].role),
			    page[i].disabled ? "disabled" : "");
		}
		if (num > 0) {
			last = page[num - 1].id;
			after = &last;
		}
	}
	return e;
}

static enum err
metrics_verb(struct verb_call *v)
{
	return metrics_write(v->o->metrics, v->out, v->ei);
}

static const struct verb verbs_own[] = {
    {"operator", "add", VERB_ADMINISTRATOR, 2, NULL, operator_add_verb},
    {"operator", "token", VERB_ADMINISTRATOR, 3, NULL, operator_token_verb},
    {"operator", "disable", VERB_ADMINISTRATOR, 1, NULL, operator_disable_verb},
    {"metrics", "", SCOPE_CERTIFICATES_READ, 0, NULL, metrics_verb},
    {"operator", "list", SCOPE_AUDIT_READ, 0, NULL, operator_list_verb},
    {0},
};

/* --- finding the verb ------------------------------------------------------
 */

static const struct verb *const verbs[] = {
    verbs_own,
    verbs_ca,
    verbs_certificate,
    verbs_audit,
    verbs_backup,
    verbs_doctor,
    verbs_issue,
    verbs_reconcile,
    verbs_registry,
};

enum {
	NAME_WORDS = 2 /* group and name */
};

const char *
verb_word(const struct verb_call *v, size_t i)
{
	ensure(i + NAME_WORDS < v->call->num);
	return v->call->words[i + NAME_WORDS];
}

/* "name=value": the value, if the name is this one. */
static const char *
value_of(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '='
		   ? word + len + 1
		   : NULL;
}

const char *
verb_option(const struct verb_call *v, const char *name)
{
	size_t i = NAME_WORDS + v->verb->num_words;

	for (; i < v->call->num; i++) {
		const char *value = value_of(v->call->words[i], name);

		if (value != NULL) {
			return value;
		}
	}
	return NULL;
}

enum err
verb_needed(const struct verb_call *v, const char *name, const char **out)
{
	*out = verb_option(v, name);
	return *out != NULL ? ERR_OK
			    : err_set(v->ei, ERR_FORMAT, "control.words", NULL,
				  "%s is needed", name);
}

bool
verb_wants_json(const struct verb_call *v)
{
	const char *format = verb_option(v, "format");

	return format != NULL && strcmp(format, "json") == 0;
}

enum err
verb_time(const struct verb_call *v, const char *name, int64_t *out)
{
	const char *text = verb_option(v, name);

	if (text == NULL || time_from_text(slice_str(text), out)) {
		return ERR_OK;
	}
	return err_set(v->ei, ERR_FORMAT, "control.time", NULL,
	    "%s is not a time of the form 2026-11-22T14:05:09Z", name);
}

enum err
verb_id(const struct verb_call *v, const char *name, const char *prefix,
    struct id *out, const struct id **out_ref)
{
	const char *text = verb_option(v, name);

	if (text == NULL) {
		return ERR_OK;
	}
	if (!id_parse(slice_str(text), prefix, out)) {
		return err_set(v->ei, ERR_FORMAT, "control.id", NULL,
		    "%s is not an id of the form %s_ and 26 characters", name,
		    prefix);
	}
	*out_ref = out;
	return ERR_OK;
}

static const struct verb *
find_verb(const struct control_call *call)
{
	for (size_t i = 0; call->num >= NAME_WORDS && i < ARRAY_LEN(verbs);
	     i++) {
		for (const struct verb *one = verbs[i]; one->run != NULL;
		     one++) {
			if (strcmp(call->words[0], one->group) == 0 &&
			    strcmp(call->words[1], one->name) == 0) {
				return one;
			}
		}
	}
	return NULL;
}

static bool
knows(const struct verb *verb, const char *word)
{
	const char *const *option = verb->options;

	if (value_of(word, "format") != NULL) {
		return true;
	}
	while (option != NULL && *option != NULL &&
	       value_of(word, *option) == NULL) {
		option++;
	}
	return option != NULL && *option != NULL;
}

static enum err
check_words(const struct verb *verb, struct verb_call *v)
{
	size_t words = verb->num_words + NAME_WORDS;

	if (v->call->num < words) {
		return err_set(v->ei, ERR_FORMAT, "control.words", NULL,
		    "%s %s wants %zu words behind it", verb->group, verb->name,
		    verb->num_words);
	}
	for (size_t i = words; i < v->call->num; i++) {
		if (!knows(verb, v->call->words[i])) {
			return err_set(v->ei, ERR_FORMAT, "control.words", NULL,
			    "%s %s knows nothing of this: %s", verb->group,
			    verb->name, v->call->words[i]);
		}
	}
	return ERR_OK;
}

static bool
may(enum operator_role role, unsigned scope)
{
	return role == ROLE_ADMINISTRATOR ||
	       (scope != VERB_ADMINISTRATOR &&
		   (operator_role_scopes(role) & SCOPE_BIT(scope)) != 0);
}

enum err
verb_run(struct verb_call *v, enum operator_role role)
{
	const struct verb *verb = find_verb(v->call);
	enum err e;

	v->verb = verb;

	if (verb == NULL) {
		return err_set(v->ei, ERR_UNSUPPORTED, "control.verb", NULL,
		    "this centre does not know: %s %s", v->call->words[0],
		    v->call->words[1]);
	}
	if (!may(role, verb->scope)) {
		return err_set(v->ei, ERR_DENIED, "control.role", NULL,
		    "the role %s may not use: %s %s", operator_role_name(role),
		    verb->group, verb->name);
	}
	e = check_words(verb, v);
	return e != ERR_OK ? e : verb->run(v);
}
