/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_JUDGE_H
#define SURGUCH_TRUST_JUDGE_H
/*
 * What is to be thought of a list's signature, told as a person needs it: a
 * verdict, and beside it what only is to be known (an expired signer is usual,
 * trust/stl_verify.h).
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/anchors.h"
#include "trust/stl.h"
#include "trust/stl_verify.h"

struct trust_policy {
	const struct trust_anchors *anchors;
	int64_t now;
	bool strict; /* at now, not at the list's own date */
	bool old;    /* lists over SHA-1 count */
};

struct trust_judgement {
	enum err result;      /* ERR_OK: accepted */
	struct errinfo why;   /* of one that was refused */
	bool over_sha1;       /* good, but for its age; refused unless asked */
	bool signer_expired;  /* by now */
	int64_t signer_ends;  /* 0: its certificate did not come along */
	bool overdue;         /* its next update is in the past */
	bool from_future;     /* its date is; a clock is wrong */
	struct stl_verdict v; /* owned */
};

/* ERR_NOMEM alone fails; trust_judgement_clear() in every case. */
ATTR_MUST_USE enum err trust_judge(const struct stl *l,
    const struct trust_policy *p, struct trust_judgement *out,
    struct errinfo *ei);
void trust_judgement_clear(struct trust_judgement *j);

#endif
