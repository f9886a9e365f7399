/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_PROFILE_KIT_H
#define SURGUCH_TESTS_PROFILE_KIT_H
/*
 * What tests of profiles share: a hierarchy of each algorithm, built through
 * our own templates, and for each profile a right set of values.
 */
#include "unit.h"

#include "crypto/privkey.h"
#include "profile/ca_identity.h"
#include "profile/lint.h"
#include "profile/profile_priv.h"
#include "profile/template.h"
#include "profile/values.h"

/* 2026-11-22T10:00:00Z */
enum {
	KIT_NOW = 1795341600
};

struct kit {
	struct profile *p; /* may be changed by a test */
	struct ca_identity ca;
	struct privkey *ca_key; /* borrowed, except of a root */
	struct issue_values v;  /* right, times resolved */
	struct template *t;
	struct privkey *key; /* the subject's, borrowed */
	int64_t now;
};

/* The files of profiles/, most of them under several hierarchies: a name is
 * PROFILE (P-256, or GOST for the qualified form) or "PROFILE@HIERARCHY". */
extern const char *const kit_profiles[];
extern const size_t kit_num_profiles;

void kit_path(const char *name, char out[4096]); /* of a product profile */
/* crypto_init() and the keys; once. */
int kit_group_setup(void **state);
int kit_group_teardown(void **state);
void kit_init(struct kit *k, const char *profile, int64_t now);
void kit_clear(struct kit *k);
/* A right TBS with a fixed serial. */
void kit_build(struct kit *k, struct buf *tbs);
/* The whole certificate, signed. */
void kit_sign(struct kit *k, struct slice tbs, struct buf *der);
struct privkey *kit_key(enum key_alg alg);
/* Reads a file whole. */
void kit_read(const char *path, struct buf *out);

#endif
