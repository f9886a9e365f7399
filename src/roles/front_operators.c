/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl operator: add, token, disable, list. */
#include "base/secret.h"
#include "identity/operator.h"
#include "roles/front_verbs.h"

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

const struct verb verbs_operator[] = {
    {"operator", "add", VERB_ADMINISTRATOR, 2, NULL, operator_add_verb},
    {"operator", "token", VERB_ADMINISTRATOR, 3, NULL, operator_token_verb},
    {"operator", "disable", VERB_ADMINISTRATOR, 1, NULL, operator_disable_verb},
    {"operator", "list", SCOPE_AUDIT_READ, 0, NULL, operator_list_verb},
    {0},
};
