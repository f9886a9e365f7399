/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/judge.h"

#include <string.h>

#include "x509/cert.h"

static void
verify(const struct stl *l, const struct trust_policy *p, enum cms_old old,
    struct trust_judgement *out)
{
	const struct stl_rules rules = {
	    .anchors = trust_anchors_certs(p->anchors),
	    .own = trust_anchors_own(p->anchors),
	    .has_at = p->strict,
	    .at = p->now,
	    .old = old,
	};

	stl_verdict_clear(&out->v);
	out->why = (struct errinfo){0};
	out->result = stl_verify(l, &rules, &out->v, &out->why);
}

enum err
trust_judge(const struct stl *l, const struct trust_policy *p,
    struct trust_judgement *out, struct errinfo *ei)
{
	*out = (struct trust_judgement){.result = ERR_OK};
	verify(l, p, p->old ? CMS_OLD_SHA1 : CMS_OLD_REFUSED, out);
	if (out->result == ERR_POLICY &&
	    strcmp(out->why.rule, "stl.old") == 0) {
		const struct errinfo old = out->why;

		verify(l, p, CMS_OLD_SHA1, out);
		out->over_sha1 = out->result == ERR_OK;
		if (out->over_sha1) {
			out->result = ERR_POLICY;
			out->why = old;
		}
	}
	if (out->result == ERR_NOMEM) {
		*ei = out->why;
		return ERR_NOMEM;
	}
	if (out->v.signer != NULL) {
		out->signer_ends = cert_not_after(out->v.signer);
		out->signer_expired = out->signer_ends < p->now;
	}
	out->overdue = l->has_next_update && l->next_update < p->now;
	out->from_future = l->this_update > p->now;
	return ERR_OK;
}

void
trust_judgement_clear(struct trust_judgement *j)
{
	stl_verdict_clear(&j->v);
}
