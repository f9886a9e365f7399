/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/scope.h"

#include "base/err.h"
#include "base/text.h"

static const char *const names[SCOPE_MAX_] = {
    [SCOPE_REGISTRY_READ] = "registry:read",
    [SCOPE_REGISTRY_WRITE] = "registry:write",
    [SCOPE_FORMS_PAY] = "forms:pay",
    [SCOPE_FORMS_IDENTIFY] = "forms:identify",
    [SCOPE_FORMS_APPROVE] = "forms:approve",
    [SCOPE_APPLICATIONS_REVIEW] = "applications:review",
    [SCOPE_CERTIFICATES_READ] = "certificates:read",
    [SCOPE_CERTIFICATES_ISSUE] = "certificates:issue",
    [SCOPE_CERTIFICATES_REVOKE] = "certificates:revoke",
    [SCOPE_AUDIT_READ] = "audit:read",
};

enum {
	ALL = (1 << SCOPE_MAX_) - 1,
	DESK = 1 << SCOPE_REGISTRY_READ | 1 << SCOPE_REGISTRY_WRITE |
	       1 << SCOPE_FORMS_PAY | 1 << SCOPE_FORMS_IDENTIFY,
};

static const struct {
	const char *name;
	uint32_t scopes;
} roles[ROLE_MAX_] = {
    [ROLE_ADMINISTRATOR] = {"administrator", ALL},
    [ROLE_OPERATOR] = {"operator",
	DESK | 1 << SCOPE_FORMS_APPROVE | 1 << SCOPE_APPLICATIONS_REVIEW |
	    1 << SCOPE_CERTIFICATES_READ | 1 << SCOPE_CERTIFICATES_REVOKE},
    [ROLE_SERVICE_CENTRE] = {"service-centre", DESK},
    [ROLE_AUDITOR] = {"auditor", 1 << SCOPE_REGISTRY_READ |
				     1 << SCOPE_CERTIFICATES_READ |
				     1 << SCOPE_AUDIT_READ},
    [ROLE_PROGRAM] = {"program",
	1 << SCOPE_CERTIFICATES_READ | 1 << SCOPE_CERTIFICATES_ISSUE},
};

const char *
scope_name(enum scope s)
{
	ensure((unsigned)s < SCOPE_MAX_);
	return names[s];
}

const char *
operator_role_name(enum operator_role r)
{
	ensure((unsigned)r < ROLE_MAX_);
	return roles[r].name;
}

bool
operator_role_from(struct slice name, enum operator_role *out)
{
	unsigned r;

	for (r = 0; r < ROLE_MAX_; r++) {
		if (slice_eq_str(name, roles[r].name)) {
			*out = (enum operator_role)r;
			return true;
		}
	}
	return false;
}

uint32_t
operator_role_scopes(enum operator_role r)
{
	ensure((unsigned)r < ROLE_MAX_);
	return roles[r].scopes;
}

static bool
scope_from(struct slice name, uint32_t *set)
{
	unsigned s;

	for (s = 0; s < SCOPE_MAX_; s++) {
		if (slice_eq_str(name, names[s])) {
			*set |= SCOPE_BIT(s);
			return true;
		}
	}
	return false;
}

static enum err
unknown(struct slice name, struct errinfo *ei)
{
	struct buf b = BUF_INIT(SCOPE_TEXT_MAX);
	enum err err;

	text_escape(&b, name, 32);
	err = err_set(ei, ERR_FORMAT, "operator.scope", NULL,
	    "There is no scope \"%s\".", buf_cstr(&b));
	err = err_object(ei, err, buf_cstr(&b));
	buf_clear(&b);
	return err;
}

enum err
scope_set_parse(struct slice text, uint32_t *out, struct errinfo *ei)
{
	uint32_t set = 0;
	size_t from = 0;
	size_t i;
	bool end;

	for (i = 0; i <= text.len; i++) {
		end = i == text.len || text.p[i] == ',' || text.p[i] == ' ';
		if (!end) {
			continue;
		}
		if (i > from &&
		    !scope_from(slice_make(text.p + from, i - from), &set)) {
			return unknown(slice_make(text.p + from, i - from), ei);
		}
		from = i + 1;
	}
	*out = set;
	return ERR_OK;
}

void
scope_set_text(uint32_t set, struct buf *out)
{
	bool first = true;
	unsigned s;

	for (s = 0; s < SCOPE_MAX_; s++) {
		if ((set & SCOPE_BIT(s)) != 0) {
			buf_add_str(out, first ? "" : ",");
			buf_add_str(out, names[s]);
			first = false;
		}
	}
}
