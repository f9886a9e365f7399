/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_REPLAY_H
#define SURGUCH_PROFILE_REPLAY_H
/*
 * One issue again, under a profile that may have changed: from the certificate
 * that was issued, what was asked for; from that, the bytes that would be
 * signed now.  Nothing is signed.  The serial and the beginning are the issued
 * ones, the end is the profile's.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "profile/facts.h"
#include "profile/lint.h"

struct ca_identity;
struct profile;
struct template;

struct replay {
	struct facts issued;
	struct facts rebuilt; /* empty when it was refused */
	bool equal;           /* byte for byte */
	bool refused;         /* nothing would be issued: */
	struct errinfo why;
	struct lint_report issued_lint; /* under the changed profile */
	struct lint_report rebuilt_lint;
};

/* t is of p and ca.  *out is zero or was cleared.  Errors only for a
 * certificate that cannot be read, and for memory. */
ATTR_MUST_USE enum err replay_run(const struct profile *p,
    const struct ca_identity *ca, const struct template *t, struct slice cert,
    struct replay *out, struct errinfo *ei);
void replay_clear(struct replay *r);

#endif
