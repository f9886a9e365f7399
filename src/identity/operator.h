/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_OPERATOR_H
#define SURGUCH_IDENTITY_OPERATOR_H
/*
 * The centre's own people and programs.  An operator has a name, a role and
 * any number of API tokens ("grants"), each with its own scopes, which may
 * not exceed what the role allows.  A token is sgo_ and 256 random bits in
 * base64url; the database has only its SHA-256.  Tokens of a disabled
 * operator open nothing from that moment.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "identity/actor.h"
#include "identity/scope.h"

struct store;

#define OPERATOR_TOKEN_PREFIX "sgo_"

enum {
	OPERATOR_NAME_SIZE = 64,
	OPERATOR_LABEL_SIZE = 64,
	OPERATOR_TOKEN_SIZE = 4 + 43 + 1,
};

struct known;

struct operators {
	struct store *store;
	const struct clock *clock;
	struct known *known; /* tokens of this second; NULL: none are kept */
};

struct operator_info {
	struct id id;
	char name[OPERATOR_NAME_SIZE];
	enum operator_role role;
	bool disabled;
	int64_t created_at;
};

/* ERR_CONFLICT "operator.name" when the name is taken, ERR_FORMAT
 * "operator.name" when it is not clean text of 1..63 bytes. */
ATTR_MUST_USE enum err operator_add(struct operators *o,
    const struct actor *actor, const char *name, enum operator_role role,
    struct id *out, struct errinfo *ei);
ATTR_MUST_USE enum err operator_find(struct operators *o, const char *name,
    struct operator_info *out, struct errinfo *ei);
/* A page by id: those after *after (NULL: from the first), at most max and
 * PAGE_ROWS_MAX. */
ATTR_MUST_USE enum err operator_list(struct operators *o,
    const struct id *after, struct operator_info *out, size_t max,
    size_t *out_num, struct errinfo *ei);
/* ERR_STATE "operator.state" when it is so already. */
ATTR_MUST_USE enum err operator_disable(struct operators *o,
    const struct actor *actor, const struct id *id, struct errinfo *ei);

struct operator_grant {
	const char *label;  /* what the token is for, 1..63 bytes */
	uint32_t scopes;    /* within the role's, else ERR_POLICY */
	int64_t expires_at; /* 0: does not end by itself */
};

/* The token is written after the commit and cannot be shown again. */
ATTR_MUST_USE enum err operator_grant_add(struct operators *o,
    const struct actor *actor, const struct id *id,
    const struct operator_grant *grant, char out_token[OPERATOR_TOKEN_SIZE],
    struct id *out_grant, struct errinfo *ei);

struct operator_session {
	struct operator_info info;
	struct id grant;
	uint32_t scopes;
};

/* Whose token is it?  ERR_DENIED "operator.token" for anything that is not a
 * living grant of an enabled operator; the answer does not tell which. */
ATTR_MUST_USE enum err operator_check(struct operators *o, struct slice token,
    struct operator_session *out, struct errinfo *ei);
/* ERR_DENIED "operator.scope", errinfo.object the scope's name. */
ATTR_MUST_USE enum err operator_may(
    const struct operator_session *s, enum scope scope, struct errinfo *ei);
void operator_actor(const struct operator_session *s, struct actor *out);

#endif
