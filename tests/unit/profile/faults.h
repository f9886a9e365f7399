/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_PROFILE_FAULTS_H
#define SURGUCH_TESTS_PROFILE_FAULTS_H
/*
 * Faults for lint: each takes a right certificate of a profile and makes one
 * thing wrong, so that exactly one rule has something to say.  Where the
 * profile itself would notice first, the profile (in memory) is changed too.
 */
#include "kit.h"
#include "plan.h"

struct fault;

struct scene {
	const struct fault *fault;
	struct kit k;
	struct plan *plan;
};

struct fault {
	const char *name;
	const char *profile;
	const char *rule; /* the one finding */
	enum err kind;
	void (*plant)(struct scene *s);
	enum oid oid; /* for plants that serve several */
	enum ext_kind ext;
};

extern const struct fault faults_form[];
extern const struct fault faults_body[];
extern const struct fault faults_subject[];
extern const struct fault faults_exts[];
extern const struct fault faults_values[];
extern const struct fault faults_deltas[];
extern const struct fault faults_san[];

/* The subject's key in plan and values, with its key id. */
void scene_key(struct scene *s, struct slice spki);
/* The value asked for; text NULL takes it away.  The plan is not touched. */
void scene_ask(struct scene *s, enum oid id, const char *text);
/* Both: asked and certified. */
void scene_set(struct scene *s, enum oid id, const char *text);
void scene_san(struct scene *s); /* certify exactly the values' names */

#endif
