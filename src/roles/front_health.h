/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_HEALTH_H
#define SURGUCH_ROLES_FRONT_HEALTH_H
/*
 * Can the centre do its work?  The database answers and takes changes, each
 * signer answers, no CA is revoked that nobody takes the place of, and there is
 * room on the disks.  Looked at anew at most once
 * in HEALTH_KEEP_MS, however many ask.
 */
#include <stdbool.h>
#include <stdint.h>

#include "api/health.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/slice.h"

struct ca;
struct health;
struct store;

enum {
	HEALTH_KEEP_MS = 1000,
	HEALTH_SIGNER_MS = 500,            /* then it counts as silent */
	HEALTH_DISK_MIN = 8 * 1024 * 1024, /* bytes; a CRL and some groups */
	HEALTH_NAME_SIZE = 64,
	HEALTH_DIRS_MAX = 4,
};

/* All is borrowed. */
struct health_options {
	struct store *store;
	struct ca *ca;
	const struct clock *clock;
	const char *dirs[HEALTH_DIRS_MAX]; /* each on a disk that fills up */
};
ATTR_MUST_USE enum err health_new(
    const struct health_options *o, struct health **out, struct errinfo *ei);
void health_free(struct health *h); /* NULL is fine */

/* The chain (PEM) that the API serves from now on; none before the first. */
void health_serves(struct health *h, struct slice tls_chain);

/* arg: struct health * */
readiness_fn health_look;

/* A certificate of the centre's own, as of the last look. */
struct health_certificate {
	const char *kind;            /* "ca", "root", "upper", "ocsp", "tls" */
	char name[HEALTH_NAME_SIZE]; /* the CA's or responder's, "api" */
	int64_t not_after;
};
typedef void health_certificate_fn(
    void *arg, const struct health_certificate *c);
/* Looks first if that is due. */
void health_certificates(
    struct health *h, health_certificate_fn *fn, void *arg);

#endif
