/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl reconcile. */
#include "ca/reconcile.h"
#include "registry/issuing.h"
#include "roles/front_verbs.h"
#include "store/store.h"

static void
show_reconciled(struct verb_call *v, const struct reconciled *r)
{
	size_t num_certificates = 0, num_revocations = 0;

	for (size_t i = 0; i < r->num; i++) {
		const struct reconciled_ca *one = &r->at[i];

		buf_printf(v->out,
		    "%s: adopted %zu certificates and %zu revocations; CRL "
		    "numbers go on above %llu\n",
		    one->name, one->num_certificates, one->num_revocations,
		    (unsigned long long)one->crl_number);
		num_certificates += one->num_certificates;
		num_revocations += one->num_revocations;
	}
	buf_printf(v->out,
	    "adopted %zu certificates and %zu revocations in all; a new epoch "
	    "of the audit has begun; the centre issues again\n",
	    num_certificates, num_revocations);
}

static enum err
reconcile_verb(struct verb_call *v)
{
	const char *lost = verb_option(v, "journal-lost");
	struct reconciled done;
	struct errinfo why;
	char who[ACTOR_TEXT_SIZE];
	enum err e;

	if (!store_held(v->o->store, &why)) {
		buf_add_str(v->out,
		    "nothing to reconcile: the database has what the journals "
		    "have\n");
		return ERR_OK;
	}
	actor_text(&v->actor, who);
	e = issuing_reconcile(v->o->issuing, who, lost, &done, v->ei);
	if (e == ERR_OK) {
		show_reconciled(v, &done);
		v->ended = true;
	}
	return e;
}

static const char *const options[] = {"journal-lost", NULL};

const struct verb verbs_reconcile[] = {
    {"reconcile", "", VERB_ADMINISTRATOR, 0, options, reconcile_verb},
    {0},
};
