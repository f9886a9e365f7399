/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_REGISTRY_H
#define SURGUCH_REGISTRY_REGISTRY_H
/*
 * The registry: who the people and organisations are, what was bought (a
 * form), and how far each application for it has come.  Certificates say what
 * stands here and nothing that a request brings (design rule 1).
 *
 * Every change is one unit of work with its audit row, and, when it came
 * with an idempotency key, with the record of its answer.  Ids of new objects
 * come from the caller (os/random.h id_new), so that the answer can be made
 * before the commit.
 *
 * Rows carry a version that each change raises.  A change names the version
 * it was made against; ERR_CONFLICT "registry.version" when another was
 * faster.
 */
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/id.h"
#include "base/secret.h"
#include "base/slice.h"
#include "identity/actor.h"
#include "registry/idem.h"

struct notices;
struct store;

enum {
	REGISTRY_KEY_SIZE = 32,
	REGISTRY_PAGE_SIZE = 512
};

/* Shared by the modules of this folder; safe to use from several threads. */
struct registry {
	struct store *store;          /* borrowed */
	const struct clock *clock;    /* borrowed */
	struct secret data_key;       /* encrypts passport data (rule 9) */
	struct notices *notices;      /* borrowed; NULL: nobody is told */
	unsigned phone_cooling_hours; /* registry/phone_change.h */
	char phone_page[REGISTRY_PAGE_SIZE]; /* where its SMS sends people */
};

/* data_key: REGISTRY_KEY_SIZE bytes kept outside the database; copied.  What is
 * not named here is set to a default. */
ATTR_MUST_USE enum err registry_init(struct registry *r, struct store *store,
    const struct clock *clock, struct slice data_key, struct errinfo *ei);
void registry_clear(struct registry *r);

/* One change: by whom, and, unless ticket is NULL, the answer that is recorded
 * in the same unit of work. */
struct act {
	struct actor actor;
	const struct idem_ticket *ticket;
	struct idem_answer answer;
};

/* The centre gives a person's agent an order about this object: a record of the
 * audit and nothing else.  order: a JSON object. */
ATTR_MUST_USE enum err registry_ordered(struct registry *r,
    const struct actor *actor, const char *action, const char *prefix,
    const struct id *about, const char *order, struct errinfo *ei);

/* Prefixes of ids as they are shown (base/id.h). */
#define PERSON_PREFIX      "per"
#define ORG_PREFIX         "org"
#define FORM_PREFIX        "form"
#define APPLICATION_PREFIX "app"

enum {
	REGISTRY_HASH_SIZE = 32
};

#endif
