/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_ACTOR_H
#define SURGUCH_IDENTITY_ACTOR_H
/*
 * On whose behalf something is done: what an audit row names.  A person is
 * known by the session it signed in with; the label is what a reader of the
 * audit is shown and never holds a secret.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/id.h"

enum actor_kind {
	ACTOR_NONE,
	ACTOR_SYSTEM,   /* the centre itself: label names the job */
	ACTOR_OPERATOR, /* id is the operator's, label its name */
	ACTOR_PERSON,   /* id is the session's public id, label masked phone */
	ACTOR_KIND_MAX_
};

enum {
	ACTOR_LABEL_SIZE = 64,
	ACTOR_TEXT_SIZE = 128
};

struct actor {
	enum actor_kind kind;
	struct id id;
	char label[ACTOR_LABEL_SIZE]; /* clean UTF-8, cut on a character */
};

void actor_system(struct actor *out, const char *job);
void actor_operator(struct actor *out, const struct id *id, const char *name);
/* phone in full; the label keeps its first four and last two characters. */
void actor_person(
    struct actor *out, const struct id *session, const char *phone);

const char *actor_kind_name(enum actor_kind kind); /* "operator" */
/* For audit rows: "operator:op_06d3k7... Мария", "person:ses_... +791*07",
 * "system:adopt". */
void actor_text(const struct actor *a, char out[ACTOR_TEXT_SIZE]);

/* Prefixes of ids as they are shown (base/id.h). */
#define OPERATOR_PREFIX "op"
#define GRANT_PREFIX    "gr"
#define SESSION_PREFIX  "ses"

#endif
