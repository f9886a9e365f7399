/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_SCOPE_H
#define SURGUCH_IDENTITY_SCOPE_H
/*
 * What an operator's token may do (scopes), and what a role may hand out.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	SCOPE_TEXT_MAX = 1024
};

enum scope {
	SCOPE_REGISTRY_READ,       /* registry:read */
	SCOPE_REGISTRY_WRITE,      /* registry:write */
	SCOPE_FORMS_PAY,           /* forms:pay */
	SCOPE_FORMS_IDENTIFY,      /* forms:identify */
	SCOPE_FORMS_APPROVE,       /* forms:approve */
	SCOPE_APPLICATIONS_REVIEW, /* applications:review */
	SCOPE_CERTIFICATES_READ,   /* certificates:read */
	SCOPE_CERTIFICATES_ISSUE,  /* certificates:issue */
	SCOPE_CERTIFICATES_REVOKE, /* certificates:revoke */
	SCOPE_AUDIT_READ,          /* audit:read */
	SCOPE_MAX_
};

/* A set of scopes is a uint32_t: bit n is enum scope n. */
#define SCOPE_BIT(s) (UINT32_C(1) << (s))

enum operator_role {
	ROLE_ADMINISTRATOR,  /* everything */
	ROLE_OPERATOR,       /* registry, forms, applications, certificates */
	ROLE_SERVICE_CENTRE, /* registry, pay, identify; never approves */
	ROLE_AUDITOR,        /* reads only, and the audit */
	ROLE_PROGRAM,        /* certificates:issue and :read */
	ROLE_MAX_
};

const char *scope_name(enum scope s);
const char *operator_role_name(enum operator_role r); /* "service-centre" */
ATTR_MUST_USE bool operator_role_from(
    struct slice name, enum operator_role *out);
uint32_t operator_role_scopes(enum operator_role r);
/* "registry:read,forms:approve"; spaces and commas part them.  ERR_FORMAT
 * "operator.scope" names the unknown one. */
ATTR_MUST_USE enum err scope_set_parse(
    struct slice text, uint32_t *out, struct errinfo *ei);
void scope_set_text(uint32_t set, struct buf *out);

#endif
