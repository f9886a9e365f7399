/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_verbs.h"

#include <string.h>

#include "base/text.h"

static const struct verb *const verbs[] = {
    verbs_operator,
    verbs_ca,
    verbs_certificate,
    verbs_audit,
    verbs_backup,
    verbs_doctor,
    verbs_issue,
    verbs_message,
    verbs_metrics,
    verbs_phone_change,
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
