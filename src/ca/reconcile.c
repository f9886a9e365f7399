/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/reconcile.h"

#include <string.h>

#include "ca/adopt.h"
#include "ca/authority.h"
#include "ca/epoch.h"
#include "ca/published.h"

/* Before anything is changed: is every journal as new as it has to be? */
static enum err
check_journals(struct ca *ca, const char *lost, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (lost != NULL && ca_by_name(ca, lost) == NULL) {
		return err_set(ei, ERR_NOTFOUND, "ca.name", NULL,
		    "there is no CA %s; surguchctl ca list shows them", lost);
	}
	for (size_t i = 0; e == ERR_OK && i < ca_num(ca); i++) {
		struct authority *a = ca_at(ca, i);

		if (lost == NULL || strcmp(authority_name(a), lost) != 0) {
			e = ca_check_journal(ca, a, ei);
		}
	}
	return e;
}

static enum err
reconcile_one(struct ca *ca, struct authority *a, const struct adoption *how,
    const struct epochs *epochs, struct reconciled_ca *out, struct errinfo *ei)
{
	struct reconciled_ca one = {.name = authority_name(a)};
	struct published p;
	enum err e = epochs_note(a, epochs, ei);

	if (e == ERR_OK) {
		e = ca_adopt_from(ca, a, how, &one.num_certificates, ei);
	}
	if (e == ERR_OK) {
		e = published_find(ca, a, &p, ei);
	}
	if (e == ERR_OK) {
		e = published_adopt(ca, a, &p, &one.num_revocations, ei);
		one.crl_number = p.number;
		published_clear(&p);
	}
	if (e == ERR_OK) {
		*out = one;
	}
	return e;
}

enum err
ca_reconcile(struct ca *ca, const struct adoption *how, const char *actor,
    const char *journal_lost, struct reconciled *out, struct errinfo *ei)
{
	const struct adoption walk = {
	    .adopt = how->adopt, .arg = how->arg, .reconciling = true};
	struct reconciled done = {.num = 0};
	struct epochs epochs = {0};
	enum err e = check_journals(ca, journal_lost, ei);

	if (e == ERR_OK) {
		e = epoch_begin(ca, actor, ei);
	}
	if (e == ERR_OK && journal_lost != NULL) {
		e = ca_forget_journal(ca, ca_by_name(ca, journal_lost), ei);
	}
	if (e == ERR_OK) {
		e = epochs_of_database(ca, &epochs, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < ca_num(ca); i++) {
		e = reconcile_one(
		    ca, ca_at(ca, i), &walk, &epochs, &done.at[done.num], ei);
		done.num++;
	}
	epochs_clear(&epochs);
	if (e == ERR_OK) {
		*out = done;
	}
	return e;
}
